/** What reps do with their tasks: work them in time or late, let them lie, delete them, accept, learn, reject with a reason, convert. */
import type { Random } from "../random.ts";
import type { StoredRecord } from "../salesforce/field-definition.ts";
import type { CompanyWorld, Person } from "./company-world.ts";
import { startDeal } from "./deal-work.ts";
import { DAY_MS, MINUTE_MS, nextWorkingDayAt, workingMoment } from "./working-hours.ts";

interface Rep {
  readonly id: string;
  /** Hours ahead of UTC. */
  readonly utcOffset: number;
  /** 0 to 1: how soon they take up what they are given. */
  readonly diligence: number;
}

/** Local hours at which reps look at their lists. */
const LOOKS = [9.25, 13.75];
const UTC_OFFSETS: Readonly<Record<string, number>> = {
  "Europe/Dublin": 0,
  "America/New_York": -5,
  "Europe/Rome": 1,
  "Europe/Berlin": 1,
  "America/Sao_Paulo": -3,
  "Europe/Paris": 1,
};
const DILIGENCE = [0.9, 0.8, 0.6, 0.95, 0.7, 0.85];
const CUSTOMER_STAGES: ReadonlySet<string> = new Set(["Customer", "Evangelist"]);
const MOST_CALLS = 3;
const BANT = ["Need_Known__c", "Authority_Known__c", "Budget_Known__c", "Timing_Known__c"];

export class SalesWork {
  readonly #world: CompanyWorld;
  readonly #planned = new Set<string>();

  constructor(world: CompanyWorld) {
    this.#world = world;
  }

  start(): void {
    for (const [index, id] of this.#org.people.repIds.entries()) {
      const zone = String(this.#org.record("User", id)?.["TimeZoneSidKey"] ?? "");
      const rep: Rep = { id, utcOffset: UTC_OFFSETS[zone] ?? 0, diligence: DILIGENCE[index] ?? 0.8 };
      for (const hour of LOOKS) this.#lookEvery(rep, hour);
    }
  }

  get #org() {
    return this.#world.sandbox.salesforce;
  }

  #lookEvery(rep: Rep, hour: number): void {
    this.#world.at(nextWorkingDayAt(this.#world.now() + MINUTE_MS, rep.utcOffset, hour), () => {
      for (const task of this.#org.recordsBy("Task", "OwnerId", rep.id)) this.#plan(rep, task);
      this.#lookEvery(rep, hour);
    });
  }

  #plan(rep: Rep, task: StoredRecord): void {
    const id = String(task["Id"]);
    if (this.#planned.has(id) || task["IsClosed"] === true) return;
    this.#planned.add(id);
    const person = this.#personOf(task);
    if (person === undefined) return;
    const random = person.random.fork(`task ${this.#world.people.indexOf(person)} ${String(task["CreatedDate"])}`);
    const roll = random.next();
    if (roll < 0.05 * (2 - rep.diligence)) return;
    const isPrompt = random.chance(rep.diligence);
    const wait = isPrompt ? random.integer(5, 5 * 60) * MINUTE_MS : (1 + random.next() * 5) * DAY_MS;
    this.#soon(rep, random, wait, () => {
      if (random.chance(0.02)) this.#world.act("deleted a task", () => this.#org.remove("Task", id, rep.id));
      else this.#call(rep, id, random, 1);
    });
  }

  #soon(rep: Rep, random: Random, wait: number, work: () => void): void {
    this.#world.at(workingMoment(this.#world.now() + wait, rep.utcOffset, random), work);
  }

  #personOf(task: StoredRecord): Person | undefined {
    const who = this.#who(task);
    return this.#world.personWith(who?.record["Email"]);
  }

  /** The live lead or contact a task is about; a merge or a conversion may have changed it since. */
  #who(task: StoredRecord | undefined): { object: "Lead" | "Contact"; id: string; record: StoredRecord } | undefined {
    const id = task?.["WhoId"];
    if (typeof id !== "string") return undefined;
    const object = id.startsWith("00Q") ? "Lead" : "Contact";
    const record = this.#org.record(object, id);
    if (record === undefined || record["IsDeleted"] === true || record["IsConverted"] === true) return undefined;
    return { object, id, record };
  }

  #call(rep: Rep, taskId: string, random: Random, tries: number): void {
    const task = this.#org.record("Task", taskId);
    if (task === undefined || task["IsDeleted"] === true || task["IsClosed"] === true) return;
    const who = this.#who(task);
    const person = this.#world.personWith(who?.record["Email"]);
    if (who === undefined || person === undefined) return;
    const isReached = random.chance(0.68);
    if (!isReached && tries < MOST_CALLS) {
      if (tries === 1)
        this.#world.act("tried to call", () => this.#org.edit("Task", taskId, { Status: "In Progress" }, rep.id));
      this.#soon(rep, random, (0.5 + random.next() * 2) * DAY_MS, () => this.#call(rep, taskId, random, tries + 1));
      return;
    }
    const closing = { Status: "Completed", CallDisposition: isReached ? "Talked" : "No answer" };
    this.#world.act("completed a task", () => this.#org.edit("Task", taskId, closing, rep.id));
    // Whoever bought is looked after, not weighed again.
    if (CUSTOMER_STAGES.has(String(who.record["LeadLoop_Stage__c"]))) return;
    if (!isReached) this.#reject(rep, person, "No answer", random);
    else this.#judge(rep, person, random);
  }

  /** The talk: some are out at once, some are taken on. */
  #judge(rep: Rep, person: Person, random: Random): void {
    const { kind, fit } = person.profile;
    const out = { student: "Student or job seeker", competitor: "Competitor", "wrong-data": "Bad data", buyer: null }[
      kind
    ];
    if (out !== null) {
      this.#reject(rep, person, out, random);
      return;
    }
    if (random.chance(0.02)) {
      this.#reject(rep, person, "Duplicate", random);
      return;
    }
    if (!random.chance(0.3 + 0.6 * fit)) {
      this.#reject(rep, person, reasonFor(random), random);
      return;
    }
    this.#edit(
      rep,
      person,
      { Status: "Working - Contacted", LeadLoop_Rejection__c: null, LeadLoop_Retry_On__c: null },
      "accepted",
    );
    this.#soon(rep, random, (0.5 + random.next() * 4) * DAY_MS, () => this.#learn(rep, person, random, 0));
  }

  /** Later talks bring out budget, authority, need and timing, or that there is nothing to be had. */
  #learn(rep: Rep, person: Person, random: Random, known: number): void {
    const { fit } = person.profile;
    if (random.chance(0.08)) return;
    if (!random.chance(0.72 + 0.26 * fit)) {
      this.#reject(rep, person, reasonFor(random), random);
      return;
    }
    const count = random.integer(1, 3);
    const learnt = Object.fromEntries(BANT.slice(known, known + count).map((field) => [field, true]));
    this.#edit(rep, person, learnt, "learnt what matters");
    if (known + count < BANT.length) {
      this.#soon(rep, random, (1 + random.next() * 5) * DAY_MS, () => this.#learn(rep, person, random, known + count));
      return;
    }
    this.#soon(rep, random, (0.2 + random.next() * 5) * DAY_MS, () => this.#convert(rep, person, random));
  }

  #convert(rep: Rep, person: Person, random: Random): void {
    const known = this.#world.inSalesforce(person);
    if (known === undefined) return;
    const opportunityName = `${person.profile.firm.name} - ${person.profile.productInterest[0] ?? "analytics"}`;
    if (known.object === "Contact") {
      startDeal(this.#world, person, { rep: rep.id, utcOffset: rep.utcOffset, contact: known.record, opportunityName });
      return;
    }
    const ownerId = String(known.record["OwnerId"]).startsWith("005") ? {} : { ownerId: rep.id };
    const request = {
      leadId: known.id,
      convertedStatus: "Closed - Converted",
      opportunityName,
      doNotCreateOpportunity: random.chance(0.05),
      ...ownerId,
    };
    this.#world.act("converted", () => {
      const { opportunityId } = this.#org.convertLead(request, rep.id);
      if (opportunityId === null) return;
      startDeal(this.#world, person, { rep: rep.id, utcOffset: rep.utcOffset, opportunityId, opportunityName });
    });
  }

  #reject(rep: Rep, person: Person, reason: string, random: Random): void {
    const retry = new Date(this.#world.now() + random.integer(10, 60) * DAY_MS).toISOString().slice(0, 10);
    const fields = {
      Status: "Closed - Not Converted",
      LeadLoop_Rejection__c: reason,
      LeadLoop_Retry_On__c: reason === "Bad timing" ? retry : null,
    };
    this.#soon(rep, random, random.integer(2, 40) * MINUTE_MS, () =>
      this.#edit(rep, person, fields, `rejected: ${reason}`),
    );
  }

  /** Edits the person's lead or contact; contacts have no status. */
  #edit(rep: Rep, person: Person, fields: Readonly<Record<string, unknown>>, deed: string): void {
    const known = this.#world.inSalesforce(person);
    if (known === undefined) return;
    const { Status, ...others } = fields;
    const all = known.object === "Lead" && Status !== undefined ? fields : others;
    if (Object.keys(all).length === 0) return;
    this.#world.act(deed, () => this.#org.edit(known.object, known.id, all, rep.id));
  }
}

function reasonFor(random: Random): string {
  const roll = random.next();
  if (roll < 0.3) return "Budget too small";
  if (roll < 0.5) return "No authority";
  return roll < 0.75 ? "No need" : "Bad timing";
}

/** A lead that a rep typed in after a call. */
export function typeInLead(world: CompanyWorld, person: Person, fields: Readonly<Record<string, unknown>>): void {
  const { salesforce } = world.sandbox;
  const rep = person.random.pick(salesforce.people.repIds);
  const lead = { ...fields, LeadSource: person.random.pick(["Phone Inquiry", "Partner Referral"]), OwnerId: rep };
  world.act("typed in a lead", () => salesforce.create("Lead", lead, rep));
}
