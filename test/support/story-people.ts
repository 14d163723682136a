/** The people of one story: their records on both sides, and what others do to them. */
import type { Link } from "../../src/core/model/link.ts";
import type { System } from "../../src/core/model/record.ts";
import type { Fields } from "./story-shape.ts";
import { MARKETER, type SyncWorld } from "./sync-world.ts";

/** Records of one person; those that a sync makes are found by their address. */
interface Somebody {
  readonly email: string;
  hubspotId?: string;
  salesforce?: { object: "Lead" | "Contact"; id: string };
}

export class StoryPeople {
  readonly #world: SyncWorld;
  readonly #number: number;
  readonly #people = new Map<string, Somebody>();

  constructor(world: SyncWorld, number: number) {
    this.#world = world;
    this.#number = number;
  }

  /** Somebody whom both systems have; blank fields stay blank. */
  know(name: string, given: { readonly hubspot?: Fields | undefined; readonly salesforce?: Fields | undefined }): void {
    this.newInHubspot(name, { firstname: name, ...given.hubspot });
    this.newInSalesforce("Lead", name, { FirstName: name, ...given.salesforce });
  }

  newInHubspot(name: string, fields: Fields): void {
    const somebody = this.#meet(name, fields["email"]);
    const properties = { email: somebody.email, lastname: "Story", ...texts(fields) };
    somebody.hubspotId = this.#world.sandbox.hubspot.createContact(properties, MARKETER);
  }

  newInSalesforce(object: "Lead" | "Contact", name: string, fields: Fields): void {
    const somebody = this.#meet(name, fields["Email"]);
    const company = object === "Lead" ? { Company: "Acme" } : {};
    const all = { Email: somebody.email, LastName: "Story", ...company, ...fields };
    const id = this.#world.sandbox.salesforce.create(object, all, this.#rep());
    // The first one is the person: a double is only there.
    somebody.salesforce ??= { object, id };
  }

  editInHubspot(name: string, fields: Fields): void {
    this.#world.sandbox.hubspot.editContact(this.hubspotId(name), texts(fields), MARKETER);
  }

  writeLate(name: string, fields: Fields): void {
    const { hubspot } = this.#world.sandbox;
    hubspot.editContact(this.hubspotId(name), texts(fields), hubspot.apiWriter);
  }

  editInSalesforce(name: string, fields: Fields): void {
    const { object, id } = this.#record(name);
    this.#world.sandbox.salesforce.edit(object, id, fields, this.#rep());
  }

  delete(system: System, name: string): void {
    const { hubspot, salesforce } = this.#world.sandbox;
    if (system === "hubspot") {
      hubspot.archiveContact(this.hubspotId(name));
      return;
    }
    const { object, id } = this.#record(name);
    salesforce.remove(object, id, this.#rep());
  }

  restore(system: System, name: string): void {
    const { hubspot, salesforce } = this.#world.sandbox;
    if (system === "hubspot") {
      hubspot.restoreContact(this.hubspotId(name));
      return;
    }
    const { object, id } = this.#record(name);
    salesforce.restore(object, id);
  }

  merge(system: System, keep: string, lose: string): void {
    const { hubspot, salesforce } = this.#world.sandbox;
    if (system === "hubspot") {
      this.#somebody(keep).hubspotId = hubspot.mergeContacts(this.hubspotId(keep), this.hubspotId(lose));
      return;
    }
    const { object, id } = this.#record(keep);
    salesforce.merge(object, id, [this.#record(lose).id], this.#rep());
  }

  convert(name: string): void {
    const { id } = this.#record(name);
    const request = { leadId: id, convertedStatus: "Closed - Converted", doNotCreateOpportunity: true };
    const { contactId } = this.#world.sandbox.salesforce.convertLead(request, this.#rep());
    this.#somebody(name).salesforce = { object: "Contact", id: contactId };
  }

  deleteTasksOf(name: string): void {
    const { salesforce } = this.#world.sandbox;
    for (const task of this.tasksOf(name)) salesforce.remove("Task", String(task["Id"]), salesforce.people.managerId);
  }

  /** Tasks on the person's lead or contact, deleted ones included. */
  tasksOf(name: string): readonly Readonly<Record<string, unknown>>[] {
    const { id } = this.#record(name);
    return this.#world.sandbox.salesforce.records("Task").filter((task) => task["WhoId"] === id);
  }

  hubspotId(name: string): string {
    const somebody = this.#somebody(name);
    const id = somebody.hubspotId ?? this.#world.sandbox.hubspot.contactByEmail(somebody.email)?.id;
    if (id === undefined) throw new Error(`${name} is not in HubSpot`);
    somebody.hubspotId = id;
    return id;
  }

  salesforceId(name: string): string {
    return this.#record(name).id;
  }

  inHubspot(name: string, property: string): unknown {
    return this.#world.sandbox.hubspot.contact(this.hubspotId(name))?.properties[property] ?? null;
  }

  inSalesforce(name: string, field: string): unknown {
    const { object, id } = this.#record(name);
    return this.#world.sandbox.salesforce.record(object, id)?.[field] ?? null;
  }

  /** What LeadLoop knows of the person, found by either record. */
  async link(name: string): Promise<Link | null> {
    const { email, hubspotId, salesforce } = this.#somebody(name);
    const { store } = this.#world;
    const byHubspot = hubspotId === undefined ? undefined : await store.linksByRecord("hubspot", [hubspotId]);
    const bySalesforce =
      salesforce === undefined ? undefined : await store.linksByRecord("salesforce", [salesforce.id]);
    const [byEmail] = await store.linksByEmail([email]);
    const known = [...(byHubspot?.values() ?? []), ...(bySalesforce?.values() ?? [])];
    return known[0] ?? byEmail ?? null;
  }

  /** Live records of an object with the address that the person has had from the start. */
  count(kind: "hubspot-contacts" | "leads" | "contacts", name: string): number {
    const { email } = this.#somebody(name);
    const { hubspot, salesforce } = this.#world.sandbox;
    if (kind === "hubspot-contacts") return hubspot.contactByEmail(email) === undefined ? 0 : 1;
    const records = salesforce.recordsBy(kind === "leads" ? "Lead" : "Contact", "Email", email);
    return records.filter((record) => record["IsConverted"] !== true).length;
  }

  /** Addresses of those who own the Salesforce record and the tasks on it, each once. */
  owners(name: string): string[] {
    const { object, id } = this.#record(name);
    const { salesforce } = this.#world.sandbox;
    const ids = [salesforce.record(object, id), ...this.tasksOf(name)].map((record) => String(record?.["OwnerId"]));
    return [...new Set(ids)].map((owner) => String(salesforce.record("User", owner)?.["Email"] ?? owner));
  }

  /** Causes with two tasks. */
  doubles(): string[] {
    const causes = this.#world.sandbox.salesforce
      .records("Task")
      .map((task) => String(task["LeadLoop_Cause__c"] ?? ""));
    return causes.filter((cause, index) => cause !== "" && causes.indexOf(cause) !== index);
  }

  #meet(name: string, email: unknown): Somebody {
    const known = this.#people.get(name);
    if (known !== undefined) return known;
    const made: Somebody = { email: typeof email === "string" ? email : this.#email(name) };
    this.#people.set(name, made);
    return made;
  }

  #email(name: string): string {
    return `${name.toLowerCase()}.${this.#number}@story.example.com`;
  }

  #somebody(name: string): Somebody {
    const somebody = this.#people.get(name);
    if (somebody === undefined) throw new Error(`nobody is called ${name} in this story`);
    return somebody;
  }

  #record(name: string): { readonly object: "Lead" | "Contact"; readonly id: string } {
    const somebody = this.#somebody(name);
    if (somebody.salesforce === undefined) {
      const [lead] = this.#world.sandbox.salesforce.recordsBy("Lead", "Email", somebody.email);
      if (lead === undefined) throw new Error(`${name} is not in Salesforce`);
      somebody.salesforce = { object: "Lead", id: String(lead["Id"]) };
    }
    return somebody.salesforce;
  }

  #rep(): string {
    const { people } = this.#world.sandbox.salesforce;
    return people.repIds[0] ?? people.managerId;
  }
}

/** HubSpot takes texts; a blank is an empty one. */
function texts(fields: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === null ? "" : String(value)]));
}
