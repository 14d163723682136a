/** A random story of a few people in both systems: how it is played, and what is remembered of every entry. */
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { LookedAt } from "./looked-at.ts";
import { FIELDS, PEOPLE, type StoryStep } from "./random-steps.ts";
import { MARKETER, type SyncWorld } from "./sync-world.ts";

interface Entry {
  readonly who: number;
  readonly value: string;
  /** Replaced by a person who saw it, gone with its record, or agreed on by both sides at some time. */
  settled: boolean;
}

export class RandomStory {
  readonly #world: SyncWorld;
  readonly #contacts = new Map<number, string>();
  readonly #people = new Map<number, { readonly object: "Lead" | "Contact"; readonly id: string }>();
  readonly entries: Entry[] = [];
  readonly runs: SyncResult[] = [];
  /** What each run was given to look at, counted beside it: marks taken from the store, and records read that had no mark for it. */
  readonly looked: number[] = [];
  /** Persons of whom a run has seen an objection to calls. */
  readonly objected = new Set<number>();
  #values = 0;

  constructor(world: SyncWorld) {
    this.#world = world;
  }

  async play(steps: readonly StoryStep[]): Promise<void> {
    for (const step of steps) await this.#step(step);
  }

  async #step(step: StoryStep): Promise<void> {
    if (step.do === "pass") return this.#world.pass(step.minutes);
    if (step.do === "sync") return this.sync();
    // People act one after the other, and vendors refuse some of what they try.
    await this.#world.pass(0.1);
    try {
      this.#act(step);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }

  async sync(): Promise<void> {
    for (let person = 0; person < PEOPLE; person += 1) {
      // What an archived contact says was perhaps never read.
      if (this.#left.has(person)) continue;
      if (this.#shown(person, "do_not_call") === "true" || this.#shown(person, "DoNotCall") === "true")
        this.objected.add(person);
    }
    const dependencies = this.#world.dependencies();
    const counter = new LookedAt();
    const run = await this.#world.sync({}, counter.around(dependencies));
    this.runs.push(run);
    this.looked.push(counter.rows + counter.unchanged);
    for (const entry of this.entries) entry.settled ||= this.#isAgreed(entry);
  }

  #isAgreed({ who: person, value }: Entry): boolean {
    return FIELDS.some(
      (names) => this.#shown(person, names.hubspot) === value && this.#shownInSalesforce(person, names) === value,
    );
  }

  #act(step: Exclude<StoryStep, { do: "pass" | "sync" }>): void {
    if (step.do === "clash") this.#clash(step.who, step.field);
    if (step.do === "withdraw") this.#withdraw(step.who);
    if (step.do === "edit") this.#values += 1;
    if (step.do === "edit") this.#enter(step.side, step.who, step.field, `v${this.#values}`);
    else if (step.do === "blank") this.#enter(step.side, step.who, step.field, "");
    else if (step.do === "object") this.#object(step);
    else if (step.do === "create") this.#create(step);
    else if (step.do === "answer") this.#answer(step.who, step.accepted);
    else if (step.do === "convert") this.#convert(step.who);
    else if (step.do === "delete") this.#remove(step.who);
    else if (step.do === "archive") this.#archive(step.who);
    else if (step.do === "merge") this.#merge(step);
  }

  #clash(person: number, index: number): void {
    for (const where of ["hubspot", "salesforce"] as const) {
      this.#values += 1;
      this.#enter(where, person, index, `v${this.#values}`);
    }
  }

  #withdraw(person: number): void {
    for (const where of ["hubspot", "salesforce"] as const)
      this.#object({ do: "object", side: where, who: person, value: false });
  }

  #object({ side: where, who: person, value }: Extract<StoryStep, { do: "object" }>): void {
    this.#set(where, person, where === "hubspot" ? { do_not_call: String(value) } : { DoNotCall: value });
  }

  #enter(where: "hubspot" | "salesforce", person: number, index: number, value: string): void {
    const names = FIELDS[index];
    if (names === undefined || !this.#has(where, person)) return;
    const before = where === "hubspot" ? this.#shown(person, names.hubspot) : this.#shownInSalesforce(person, names);
    const object = this.#people.get(person)?.object ?? "Lead";
    this.#set(
      where,
      person,
      where === "hubspot" ? { [names.hubspot]: value } : { [names[object]]: value === "" ? null : value },
    );
    for (const entry of this.entries) if (entry.who === person && entry.value === before) entry.settled = true;
    if (value !== "") this.entries.push({ who: person, value, settled: false });
  }

  #set(where: "hubspot" | "salesforce", person: number, fields: Readonly<Record<string, unknown>>): void {
    const { hubspot, salesforce } = this.#world.sandbox;
    const contact = this.#contacts.get(person);
    const record = this.#people.get(person);
    if (where === "hubspot" && contact !== undefined)
      hubspot.editContact(contact, fields as Record<string, string>, MARKETER);
    if (where === "salesforce" && record !== undefined) {
      salesforce.edit(record.object, record.id, fields as Parameters<typeof salesforce.edit>[2], this.#rep());
    }
  }

  #create(step: Extract<StoryStep, { do: "create" }>): void {
    const { hubspot, salesforce } = this.#world.sandbox;
    const email = emailOf(step.who);
    this.#meet();
    if (this.#has(step.side, step.who)) return;
    if (step.side === "hubspot") {
      const lifecyclestage = step.qualified ? "marketingqualifiedlead" : "lead";
      this.#contacts.set(
        step.who,
        hubspot.createContact({ email, lastname: `Last${step.who}`, lifecyclestage }, MARKETER),
      );
    } else {
      const id = salesforce.create("Lead", { Email: email, LastName: `Last${step.who}`, Company: "Acme" }, this.#rep());
      this.#people.set(step.who, { object: "Lead", id });
    }
  }

  #answer(person: number, accepted: boolean): void {
    if (this.#people.get(person)?.object !== "Lead") return;
    const answer = accepted ? { Status: "Working - Contacted" } : { LeadLoop_Rejection__c: "No need" };
    this.#set("salesforce", person, answer);
  }

  #convert(person: number): void {
    const record = this.#people.get(person);
    if (record?.object !== "Lead") return;
    const { salesforce } = this.#world.sandbox;
    const { contactId } = salesforce.convertLead(
      { leadId: record.id, convertedStatus: "Closed - Converted", opportunityName: "Deal" },
      this.#rep(),
    );
    this.#people.set(person, { object: "Contact", id: contactId });
  }

  #remove(person: number): void {
    const record = this.#people.get(person);
    if (record === undefined) return;
    this.#world.sandbox.salesforce.remove(record.object, record.id, this.#rep());
    this.#forget(person);
  }

  #archive(person: number): void {
    const contact = this.#contacts.get(person);
    if (contact === undefined) return;
    this.#world.sandbox.hubspot.archiveContact(contact);
    this.#forget(person);
  }

  #merge({ side: where, who: person, other }: Extract<StoryStep, { do: "merge" }>): void {
    const { hubspot, salesforce } = this.#world.sandbox;
    if (person === other) return;
    if (where === "hubspot") {
      const [kept, gone] = [this.#contacts.get(person), this.#contacts.get(other)];
      if (kept === undefined || gone === undefined) return;
      this.#contacts.set(person, hubspot.mergeContacts(kept, gone));
      this.#contacts.delete(other);
    } else {
      const [kept, gone] = [this.#people.get(person), this.#people.get(other)];
      if (kept?.object !== "Lead" || gone?.object !== "Lead") return;
      salesforce.merge("Lead", kept.id, [gone.id], this.#rep());
      this.#people.delete(other);
    }
    this.#forget(person);
    this.#forget(other);
  }

  /** What becomes of the values of a merged or deleted record is its system's business. */
  #forget(person: number): void {
    for (const entry of this.entries) if (entry.who === person) entry.settled = true;
    this.objected.delete(person);
    this.#left.add(person);
  }

  readonly #left = new Set<number>();

  /** Somebody who was deleted or merged away is out of the story: their address may belong to nobody or to anybody. */
  #has(where: "hubspot" | "salesforce", person: number): boolean {
    this.#meet();
    return this.#left.has(person) || (where === "hubspot" ? this.#contacts.has(person) : this.#people.has(person));
  }

  /** Records that a sync has created belong to the story too. */
  #meet(): void {
    const { hubspot, salesforce } = this.#world.sandbox;
    for (let person = 0; person < PEOPLE; person += 1) {
      if (this.#left.has(person)) continue;
      const contact = hubspot.contactByEmail(emailOf(person));
      if (contact !== undefined && !this.#contacts.has(person)) this.#contacts.set(person, contact.id);
      const [lead] = salesforce.recordsBy("Lead", "Email", emailOf(person));
      if (lead !== undefined && !this.#people.has(person))
        this.#people.set(person, { object: "Lead", id: String(lead["Id"]) });
    }
  }

  #shown(person: number, name: string): string | null {
    this.#meet();
    const contact = this.#contacts.get(person);
    const record = this.#people.get(person);
    const { hubspot, salesforce } = this.#world.sandbox;
    const inHubspot = contact === undefined ? undefined : hubspot.contact(contact)?.properties[name];
    const inSalesforce = record === undefined ? undefined : salesforce.record(record.object, record.id)?.[name];
    const value = inHubspot ?? inSalesforce;
    return value === undefined || value === null || value === "" ? null : String(value);
  }

  #shownInSalesforce(person: number, names: (typeof FIELDS)[number]): string | null {
    const record = this.#people.get(person);
    const value =
      record === undefined
        ? null
        : this.#world.sandbox.salesforce.record(record.object, record.id)?.[names[record.object]];
    return value === null || value === undefined ? null : String(value);
  }

  #rep(): string {
    const { people } = this.#world.sandbox.salesforce;
    return people.repIds[0] ?? people.managerId;
  }

  /** Entered values that neither stand anywhere, nor were settled, nor are told in a conflict. */
  async lost(): Promise<string[]> {
    const conflicts = await this.#world.store.conflicts({ limit: 10_000 });
    const told = new Set(conflicts.flatMap(({ hubspot, salesforce }) => [hubspot, salesforce]));
    return this.entries
      .filter(({ who: person, value, settled }) => {
        const stands = FIELDS.some(
          (names) => this.#shown(person, names.hubspot) === value || this.#shownInSalesforce(person, names) === value,
        );
        return !settled && !stands && !told.has(value);
      })
      .map(({ who: person, value }) => `${value} of person ${person}`);
  }

  /** Persons with an objection seen by a run that does not show on a side. */
  loosened(): string[] {
    return [...this.objected].flatMap((person) => {
      const contact = this.#contacts.get(person);
      const record = this.#people.get(person);
      const { hubspot, salesforce } = this.#world.sandbox;
      const said = [
        contact === undefined ? "true" : hubspot.contact(contact)?.properties["do_not_call"],
        record === undefined ? "true" : String(salesforce.record(record.object, record.id)?.["DoNotCall"]),
      ];
      return said.every((value) => value === "true") ? [] : [`person ${person}: ${said.join(" and ")}`];
    });
  }
}

function emailOf(person: number): string {
  return `person${person}@example.com`;
}
