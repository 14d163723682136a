/** A small history that keeps every law, made up for the tests of the checkers: two people's records, one edit, one task, two runs. Each test breaks one thing of it. */
import type { IntentEntry, StageEvent, TaskEntry } from "../../../src/core/model/ledger.ts";
import type { Link } from "../../../src/core/model/link.ts";
import type { SyncResult } from "../../../src/jobs/sync-result.ts";
import type { InvocationRow } from "../engine.ts";
import type { Evidence, StateDump } from "../evidence.ts";
import type { HumanRow } from "../human-steps.ts";
import { Kernel } from "../kernel.ts";
import type { StoreRow } from "../simulated-store.ts";
import { type ChangeRow, type RequestRow, StandIns, type SystemName } from "../stand-ins.ts";
import { emailOf } from "../storm-fields.ts";
import { planOfSeed, type StormPlan, type StormSetting } from "../storm-plan.ts";
import { STORM_START } from "../storm-time.ts";

type Writable<Thing> = { -readonly [Key in keyof Thing]: Thing[Key] };
type WritableDump = { -readonly [Part in keyof StateDump]: StateDump[Part][number][] };

const CALM: StormSetting = {
  lifecycle: "ignores-backward",
  skews: { hubspot: 0, salesforce: 0 },
  indexLagMs: [300, 2_000],
  indexTailChance: 0,
  commitDelayMs: 0,
  warm: false,
};

const MARKETER = { sourceType: "CRM_UI", sourceId: "userId:9001" } as const;

/** A moment of the storm. */
export function minute(minutes: number): number {
  return STORM_START + minutes * 60_000;
}

const instant = (minutes: number): string => new Date(minute(minutes)).toISOString();

/** A law, how it is broken, what of the intact world is changed for that, and what the checker says then. A checker with several things to say has several. */
export type Breach = readonly [invariant: string, how: string, breakIt: (world: MadeUpWorld) => void, said: RegExp];

/** What looks like a breach of a law and is none. */
export type Excuse = readonly [invariant: string, why: string, doIt: (world: MadeUpWorld) => void];

/** One value that a request of ours changed. */
type Changed = Partial<ChangeRow> & Pick<ChangeRow, "field" | "before" | "after">;
/** Something that a person did to person 0, or to whom is named. */
type Did = Partial<HumanRow> & Pick<HumanRow, "what" | "system">;

export class MadeUpWorld {
  readonly systems = new StandIns(new Kernel(STORM_START), 1, { skews: CALM.skews, hubspot: {} });
  readonly humans: HumanRow[] = [];
  readonly invocations: InvocationRow[] = [];
  readonly storeLog: StoreRow[] = [];
  readonly logged: string[] = ['{"event":"run.finished","job":"sync"}'];
  readonly state: WritableDump = {
    ...{ links: [], conflicts: [], rejects: [], intents: [] },
    ...{ stages: [], handoffs: [], tasks: [], outcomes: [], dirty: [] },
  };
  plan: StormPlan = { ...planOfSeed(1), persons: 1, steps: [], setting: CALM, faults: {} };
  mappingChangedAt: number | null = null;
  /** All that the state holds, where it is more than what its lists show. */
  stored: string | null = null;
  /** Leads of the report that are too many. */
  miscounted = 0;
  readonly contact: string;
  readonly lead: string;
  readonly task: string;

  constructor() {
    const { hubspot, salesforce } = this.systems;
    this.contact = hubspot.createContact(
      { email: emailOf(0), jobtitle: "v1", company: "Company 0", lifecyclestage: "marketingqualifiedlead" },
      MARKETER,
    );
    this.lead = this.createLead(0, { Title: "v1", LeadLoop_Stage__c: "MQL", LeadLoop_Epoch__c: 1 });
    this.task = salesforce.create("Task", { Subject: "Call", WhoId: this.lead, LeadLoop_Cause__c: "mql:1" }, this.rep);
    this.link();
    this.run(1, 2);
    this.reads(1, "hubspot", `{"id":"${this.contact}","jobtitle":"first"}`);
    this.commits(1, 1);
    this.human({ what: "edit", system: "hubspot", at: minute(10), field: "jobtitle", before: "first", after: "v1" });
    this.run(2, 12);
    this.reads(2, "hubspot", `{"id":"${this.contact}","jobtitle":"v1"}`);
    this.change({ invocation: 2, at: minute(12), field: "Title", before: "first", after: "v1" });
    this.commits(2, 2);
    const made = { object: "Task", id: this.task, created: true, before: undefined };
    this.change({ ...made, invocation: 2, at: minute(12), field: "LeadLoop_Cause__c", after: "mql:1" });
    this.state.tasks.push({ cause: "mql:1", link: "link-0", state: "done" } as TaskEntry);
    this.stage(1, "lead");
    this.stage(2, "mql");
  }

  get rep(): string {
    return this.systems.salesforce.people.repIds[0] ?? "";
  }

  get evidence(): Evidence {
    const { plan, systems, humans, invocations, state, storeLog, logged, mappingChangedAt } = this;
    const given = { plan, systems, humans, invocations, state, storeLog, logged, mappingChangedAt };
    return {
      ...given,
      healedAt: minute(120),
      quietAt: minute(240),
      putBack: null,
      stored: this.stored ?? JSON.stringify(this.state),
      reported: state.links.length + this.miscounted,
    };
  }

  createLead(who: number, fields: Readonly<Record<string, string | number>> = {}): string {
    const required = { Email: emailOf(who), LastName: `Last${who}`, Company: `Company ${who}` };
    return this.systems.salesforce.create("Lead", { ...required, ...fields }, this.rep);
  }

  createContact(who: number, properties: Readonly<Record<string, string>>): string {
    return this.systems.hubspot.createContact({ email: emailOf(who), ...properties }, MARKETER);
  }

  /** What HubSpot shows of person 0, with no word of who did it. */
  show(properties: Readonly<Record<string, string>>): void {
    this.systems.hubspot.editContact(this.contact, properties, MARKETER);
  }

  human(row: Did): void {
    const ours =
      row.system === "hubspot" ? { object: "contacts", id: this.contact } : { object: "Lead", id: this.lead };
    const nothing = { field: null, before: undefined, after: undefined };
    this.humans.push({ at: minute(20), who: 0, address: emailOf(row.who ?? 0), ...ours, ...nothing, ...row });
  }

  /** In Salesforce, unless it says otherwise. */
  change(row: Changed): void {
    const ours =
      row.system === "hubspot" ? { object: "contacts", id: this.contact } : { object: "Lead", id: this.lead };
    const plain = { at: minute(30), invocation: 2, system: "salesforce" as const, created: false };
    this.systems.changes.push({ ...plain, ...ours, ...row });
  }

  run(number: number, at: number, result: Partial<SyncResult> = {}): void {
    const considered = { total: 1, written: 1, unchanged: 0, skipped: 0, rejected: 0, deferred: 0 };
    const ended = { outcome: "done", considered, ...result } as SyncResult;
    const row = { job: "sync", startedAt: minute(at), endedAt: minute(at + 1), stopped: null, error: null };
    this.invocations.push({ number, ...row, result: ended });
    this.storeLog.push({
      at: minute(at),
      invocation: number,
      method: "acquireLease",
      fence: number,
      given: ["sync"],
      answer: null,
    });
  }

  /** A read of a run, with its answer. */
  reads(invocation: number, system: SystemName, answer: string, at = this.startOf(invocation)): void {
    this.request({ invocation, system, at, sentAt: at, path: "/crm/v3/objects/contacts/batch/read", answer });
  }

  request(
    row: Partial<RequestRow> & { readonly path: string; readonly body?: object; readonly answer?: string },
  ): void {
    const { path, body = {}, answer = "{}", ...rest } = row;
    const request = { method: "POST", path, query: new URLSearchParams(), headers: {}, body: JSON.stringify(body) };
    const response = { status: 200, headers: {}, body: answer };
    const plain = { at: minute(30), sentAt: minute(30), invocation: 2, system: "hubspot" as const, fault: null };
    this.systems.requests.push({ ...plain, request, response, ...rest });
  }

  /** A run stores what it decided of person 0. */
  commits(invocation: number, version: number, fence = invocation): void {
    const links = this.state.links.map((link) => ({ ...link, version }));
    const given = [{ job: "sync" }, { links, conflicts: [] }];
    const at = this.startOf(invocation) + 1_000;
    this.storeLog.push({ at, invocation, method: "commitDecisions", fence, given, answer: { stale: [] } });
  }

  /** A write goes into the ledger. */
  stores(intent: IntentEntry, at = 28): void {
    const given = [{ job: "sync" }, { links: [], conflicts: [], intents: [intent] }];
    const answer = { stale: [] };
    this.storeLog.push({ at: minute(at), invocation: 2, method: "commitDecisions", fence: 2, given, answer });
    this.state.intents.push(intent);
  }

  /** The settled cursor of contacts comes to a moment, half an hour after it. */
  passesBy(moment: number): void {
    const position = new Date(moment).toISOString();
    const given = [{}, { cursors: [{ system: "hubspot", object: "contacts", lane: "settled", position }] }];
    const at = moment + 1_800_000;
    this.storeLog.push({ at, invocation: 2, method: "ingest", fence: 2, given, answer: null });
  }

  stage(sequence: number, stage: StageEvent["stage"], changes: Partial<StageEvent> = {}): void {
    const event = { link: "link-0", sequence, epoch: 1, stage, at: instant(sequence), reason: "said by marketing" };
    this.state.stages.push({ ...event, side: "hubspot", score: null, band: null, ...changes });
  }

  link(changes: Partial<Link> = {}): void {
    const stage = { epoch: 1, stage: "mql", since: instant(2), reason: "said by marketing", armed: false } as const;
    this.state.links.push({
      ...{ id: "link-0", state: "linked", hubspotId: this.contact, salesforceObject: "Lead", salesforceId: this.lead },
      ...{ email: emailOf(0), name: "Last0", version: 2, generation: 1, seen: {}, fields: {}, stage, score: null },
      ...{ facts: {}, firstSeenAt: instant(2), quarantine: {}, ...changes },
    });
  }

  /** Changes what the state says of person 0. */
  relink(changes: Partial<Writable<Link>>): void {
    this.state.links.length = 0;
    this.link(changes);
  }

  private startOf(invocation: number): number {
    return this.invocations.find(({ number }) => number === invocation)?.startedAt ?? minute(0);
  }
}
