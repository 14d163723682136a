/** Plays what people do in both systems, as far as those let them, and writes down every value they entered and every record they touched. */
import { assertNever } from "../../src/core/errors.ts";
import type { RecordView } from "../../src/sandbox/hubspot/hubspot-model.ts";
import { HubSpotRefusal } from "../../src/sandbox/hubspot/hubspot-refusals.ts";
import type { StoredRecord } from "../../src/sandbox/salesforce/field-definition.ts";
import { SalesforceFault } from "../../src/sandbox/salesforce/salesforce-fault.ts";
import { addressOf, contactOf, type SalesforcePerson, salesforceRecordOf } from "./find-people.ts";
import type { HumanRow, HumanStep } from "./human-steps.ts";
import type { StandIns, SystemName } from "./stand-ins.ts";
import { CONSENTS, emailOf, personOf, STORM_FIELDS } from "./storm-fields.ts";

const MARKETER = { sourceType: "CRM_UI", sourceId: "userId:9001" } as const;

export class People {
  readonly rows: HumanRow[] = [];
  /** How long it takes until the API shows what people do in Salesforce. */
  commitDelayMs = 0;
  readonly #systems: StandIns;
  readonly #now: () => number;
  readonly #rep: string;

  constructor(systems: StandIns, now: () => number) {
    [this.#systems, this.#now] = [systems, now];
    this.#rep = systems.salesforce.people.repIds[0] ?? "";
  }

  /** True when it could be done. */
  play(step: HumanStep): boolean {
    const rows = this.rows.length;
    try {
      // What people do may take long to commit; a call of ours is answered when it has committed.
      this.#systems.salesforce.setCommitDelay(this.commitDelayMs);
      this.#act(step);
    } catch (error) {
      if (!(error instanceof HubSpotRefusal) && !(error instanceof SalesforceFault)) throw error;
      // What a system refused was not done.
      this.rows.length = rows;
    } finally {
      this.#systems.salesforce.setCommitDelay(0);
    }
    return this.rows.length > rows;
  }

  contact(who: number): RecordView | undefined {
    return contactOf(this.#systems, who);
  }

  salesforceRecord(who: number): SalesforcePerson | undefined {
    return salesforceRecordOf(this.#systems, who);
  }

  #act(step: HumanStep): void {
    const inHubspot = "side" in step && step.side === "hubspot";
    switch (step.do) {
      case "create":
        if (inHubspot) this.#createContact(step);
        else this.#createLead(step);
        break;
      case "edit":
      case "clear":
        this.#edit(step, step.do === "edit" ? step.value : "");
        break;
      case "consent":
        this.#object(step);
        break;
      case "stage":
        if (inHubspot) this.#enterInHubspot(step, { lifecyclestage: step.stage });
        else this.#enterInSalesforce(step, { LeadLoop_Stage__c: step.stage });
        break;
      case "reject":
        this.#enterInSalesforce(step, { LeadLoop_Rejection__c: step.reason });
        break;
      case "accept":
        this.#enterInSalesforce(step, { Status: "Working - Contacted" }, "Lead");
        break;
      case "merge":
        if (inHubspot) this.#mergeContacts(step);
        else this.#mergeInSalesforce(step);
        break;
      case "delete":
        if (inHubspot) this.#archive(step);
        else this.#remove(step);
        break;
      case "restore":
        if (inHubspot) this.#restoreContact(step);
        else this.#restoreRecord(step);
        break;
      case "convert":
        this.#convert(step);
        break;
      case "win":
      case "lose":
        this.#close(step);
        break;
      case "complete-task":
      case "delete-task":
        this.#task(step);
        break;
      case "erase":
        this.#erase(step);
        break;
      case "address":
        if (inHubspot) this.#enterInHubspot(step, { email: emailOf(step.who, step.spelling) });
        else this.#enterInSalesforce(step, { Email: emailOf(step.who, step.spelling) });
        break;
      default:
        assertNever(step);
    }
  }

  #note(
    step: HumanStep,
    system: SystemName,
    object: string,
    id: string,
    entry?: readonly [string, unknown, unknown],
    who = step.who,
  ): void {
    const [field, before, after] = entry ?? [null, undefined, undefined];
    const address = addressOf(this.#systems, { system, object, id }, who);
    this.rows.push({ at: this.#now(), what: step.do, who, system, object, id, address, field, before, after });
  }

  #createContact(step: Extract<HumanStep, { do: "create" }>): void {
    if (this.contact(step.who) !== undefined) return;
    const properties = {
      email: emailOf(step.who),
      lastname: `Last${step.who}`,
      lifecyclestage: step.stage,
      ...(step.title === null ? {} : { jobtitle: step.title }),
    };
    const id = this.#systems.hubspot.createContact(properties, MARKETER);
    for (const [name, value] of Object.entries(properties))
      this.#note(step, "hubspot", "contacts", id, [name, undefined, value]);
  }

  #createLead(step: Extract<HumanStep, { do: "create" }>): void {
    if (this.salesforceRecord(step.who) !== undefined) return;
    const fields = {
      Email: emailOf(step.who),
      LastName: `Last${step.who}`,
      Company: `Company ${step.who}`,
      ...(step.title === null ? {} : { Title: step.title }),
    };
    const id = this.#systems.salesforce.create("Lead", fields, this.#rep);
    for (const [name, value] of Object.entries(fields))
      this.#note(step, "salesforce", "Lead", id, [name, undefined, value]);
  }

  #edit(step: Extract<HumanStep, { do: "edit" | "clear" }>, value: string): void {
    const field = STORM_FIELDS[step.field];
    if (field === undefined) return;
    if (step.side === "hubspot") {
      this.#enterInHubspot(step, { [field.hubspot]: value });
      return;
    }
    const name = this.salesforceRecord(step.who)?.object === "Contact" ? field.Contact : field.Lead;
    if (name === null) return;
    let entered: unknown = value === "" ? null : value;
    if (field.kind === "boolean") entered = value === "true";
    if (field.kind === "integer" && value !== "") entered = Number(value);
    this.#enterInSalesforce(step, { [name]: entered });
  }

  #enterInHubspot(step: HumanStep, values: Readonly<Record<string, string>>): void {
    const contact = this.contact(step.who);
    if (contact === undefined) return;
    this.#systems.hubspot.editContact(contact.id, values, MARKETER);
    const seen = this.#systems.hubspot.contact(contact.id)?.properties ?? {};
    this.#note(step, "hubspot", "contacts", contact.id);
    for (const name of Object.keys(values))
      if ((seen[name] ?? "") !== (contact.properties[name] ?? ""))
        this.#note(step, "hubspot", "contacts", contact.id, [name, contact.properties[name], seen[name] ?? ""]);
  }

  #enterInSalesforce(step: HumanStep, values: Readonly<Record<string, unknown>>, only?: "Lead"): void {
    const found = this.salesforceRecord(step.who);
    if (found === undefined || (only !== undefined && found.object !== only)) return;
    const id = String(found.record["Id"]);
    this.#systems.salesforce.edit(found.object, id, values, this.#rep);
    const seen = this.#systems.salesforce.record(found.object, id) ?? {};
    this.#note(step, "salesforce", found.object, id);
    for (const name of Object.keys(values))
      if (seen[name] !== found.record[name])
        this.#note(step, "salesforce", found.object, id, [name, found.record[name], seen[name]]);
  }

  #object(step: Extract<HumanStep, { do: "consent" }>): void {
    const consent = CONSENTS[step.what];
    if (step.side === "salesforce") this.#enterInSalesforce(step, { [consent.salesforce]: step.objects });
    else if (consent.hubspot === "do_not_call") this.#enterInHubspot(step, { do_not_call: String(step.objects) });
    else this.#unsubscribe(step);
  }

  #unsubscribe(step: Extract<HumanStep, { do: "consent" }>): void {
    const contact = this.contact(step.who);
    if (contact === undefined || !step.objects) return;
    const { hubspot } = this.#systems;
    const before = contact.properties["hs_email_optout"];
    hubspot.store("contacts");
    hubspot.optOuts.unsubscribe(contact.properties["email"] ?? "", this.#systems.timeOf("hubspot"));
    this.#note(step, "hubspot", "contacts", contact.id, ["hs_email_optout", before, "true"]);
  }

  #mergeContacts(step: Extract<HumanStep, { do: "merge" }>): void {
    const [kept, gone] = [this.contact(step.who), this.contact(step.other)];
    if (kept === undefined || gone === undefined || kept.id === gone.id) return;
    const merged = this.#systems.hubspot.mergeContacts(kept.id, gone.id);
    this.#note(step, "hubspot", "contacts", kept.id, ["(merged)", kept.id, merged]);
    this.#note(step, "hubspot", "contacts", gone.id, ["(merged)", gone.id, merged], step.other);
  }

  #mergeInSalesforce(step: Extract<HumanStep, { do: "merge" }>): void {
    const [kept, gone] = [this.salesforceRecord(step.who), this.salesforceRecord(step.other)];
    if (kept === undefined || gone === undefined || kept.object !== gone.object) return;
    const [master, loser] = [String(kept.record["Id"]), String(gone.record["Id"])];
    if (master === loser) return;
    this.#systems.salesforce.merge(kept.object, master, [loser], this.#rep);
    this.#note(step, "salesforce", kept.object, master, ["(merged)", loser, master]);
    this.#note(step, "salesforce", kept.object, loser, ["(merged)", loser, master], step.other);
  }

  #archive(step: HumanStep): void {
    const contact = this.contact(step.who);
    if (contact === undefined) return;
    this.#systems.hubspot.archiveContact(contact.id);
    this.#note(step, "hubspot", "contacts", contact.id);
  }

  #remove(step: HumanStep): void {
    const found = this.salesforceRecord(step.who);
    if (found === undefined) return;
    this.#systems.salesforce.remove(found.object, String(found.record["Id"]), this.#rep);
    this.#note(step, "salesforce", found.object, String(found.record["Id"]));
  }

  #restoreContact(step: HumanStep): void {
    const gone = this.#systems.hubspot
      .contacts()
      .find((one) => one.archived && personOf(one.properties["email"]) === step.who);
    if (gone === undefined) return;
    this.#systems.hubspot.restoreContact(gone.id);
    this.#note(step, "hubspot", "contacts", gone.id);
  }

  #restoreRecord(step: HumanStep): void {
    const isOurs = (record: StoredRecord): boolean => personOf(record["Email"]) === step.who;
    for (const object of ["Lead", "Contact"] as const) {
      const gone = this.#systems.salesforce
        .records(object)
        .find((one) => one["IsDeleted"] === true && isOurs(one) && (one["MasterRecordId"] ?? null) === null);
      if (gone === undefined || this.salesforceRecord(step.who) !== undefined) continue;
      this.#systems.salesforce.restore(object, String(gone["Id"]));
      this.#note(step, "salesforce", object, String(gone["Id"]));
      return;
    }
  }

  #convert(step: HumanStep): void {
    const found = this.salesforceRecord(step.who);
    if (found?.object !== "Lead") return;
    const leadId = String(found.record["Id"]);
    const { contactId } = this.#systems.salesforce.convertLead(
      { leadId, convertedStatus: "Closed - Converted", opportunityName: `Deal ${step.who}` },
      this.#rep,
    );
    this.#note(step, "salesforce", "Lead", leadId, ["(converted)", leadId, contactId]);
  }

  #close(step: HumanStep): void {
    const found = this.salesforceRecord(step.who);
    if (found?.object !== "Contact") return;
    const { salesforce } = this.#systems;
    const role = salesforce.recordsBy("OpportunityContactRole", "ContactId", String(found.record["Id"]))[0];
    const id = role?.["OpportunityId"];
    if (typeof id !== "string" || salesforce.record("Opportunity", id)?.["IsClosed"] === true) return;
    const stage = step.do === "win" ? "Closed Won" : "Closed Lost";
    salesforce.edit("Opportunity", id, { StageName: stage, Amount: 1_000 }, this.#rep);
    this.#note(step, "salesforce", "Opportunity", id, ["StageName", undefined, stage]);
  }

  #task(step: HumanStep): void {
    const found = this.salesforceRecord(step.who);
    if (found === undefined) return;
    const { salesforce } = this.#systems;
    const task = salesforce.recordsBy("Task", "WhoId", String(found.record["Id"]))[0];
    if (task === undefined) return;
    const id = String(task["Id"]);
    if (step.do === "delete-task") salesforce.remove("Task", id, this.#rep);
    else salesforce.edit("Task", id, { Status: "Completed" }, this.#rep);
    this.#note(step, "salesforce", "Task", id);
  }

  #erase(step: HumanStep): void {
    const contact = this.contact(step.who);
    if (contact === undefined) return;
    this.#note(step, "hubspot", "contacts", contact.id);
    this.#systems.hubspot.eraseContact(contact.id);
  }
}
