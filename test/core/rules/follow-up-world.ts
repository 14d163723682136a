/** Plays one person's follow-ups through time: what a plan makes is kept as the ledger keeps it, and planned from again. */

import type { CadenceRun, FollowUpEvent, LadderStep, Template } from "../../../src/core/model/follow-up.ts";
import type { HandoffEntry, StageEvent, TaskEntry } from "../../../src/core/model/ledger.ts";
import type { StageState } from "../../../src/core/model/link.ts";
import type { NoticeEntry } from "../../../src/core/model/notice.ts";
import type { Instant } from "../../../src/core/model/record.ts";
import type { Cadence, Facts, Handoff, Rulebook } from "../../../src/core/model/rulebook.ts";
import type { FollowUpInput, FollowUpPlan } from "../../../src/core/rules/follow-up-plan.ts";
import { handoffCause } from "../../../src/core/rules/handoff-task.ts";
import { planFollowUps } from "../../../src/core/rules/plan-follow-ups.ts";
import { NO_OWNER_WORK } from "../../../src/core/rules/route-lead.ts";
import { silenceOf } from "../../../src/core/rules/take-ladder-steps.ts";
import { fact, owner, rulebook, score, state } from "./rule-subjects.ts";

export const MONDAY_9: Instant = "2026-10-05T07:00:00.000Z"; // 09:00 in Berlin

/** Local time in Berlin in the first weeks of October 2026. */
export const berlin = (day: number, hour: number): string => new Date(Date.UTC(2026, 9, day, hour - 2)).toISOString();

const ANNA = owner("anna", { managerId: "005-boss" });
const BEN = owner("ben", { managerId: "005-boss" });
const BOSS = owner("boss");

/** `{name}` and the like, without Liquid: templates of the tests. */
export function words(source: string): Template {
  return { source, fill: (values) => source.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "") };
}

const LADDER: readonly LadderStep[] = [
  { kind: "remind", afterHours: 4 },
  { kind: "escalate", afterHours: 8 },
  { kind: "reassign", afterHours: 12 },
  { kind: "last-touch", afterHours: 16 },
  { kind: "recycle", afterHours: 24 },
];

export const NURTURE: Cadence = {
  name: "nurture",
  label: "Nurture",
  anchor: { kind: "fact", fact: "converted_at" },
  include: { source: "not sales", holds: (facts) => ["lead", "recycled"].includes(facts["stage"] ?? "") },
  leave: [
    { when: null, since: "replied_at", because: "replied" },
    { when: fact("opted_out"), since: null, because: "opted out" },
  ],
  steps: [
    {
      name: "mail-1",
      delay: { from: "anchor", unit: "days", count: 3 },
      channel: "email",
      subject: null,
      text: null,
      priority: "Normal",
    },
    {
      name: "call-1",
      delay: { from: "step", unit: "days", count: 1 },
      channel: "call",
      subject: words("Call {name}"),
      text: words("{reasons}"),
      priority: "Normal",
    },
    {
      name: "letter",
      delay: { from: "anchor", unit: "days", count: 21 },
      channel: "letter",
      subject: words("Post {name}"),
      text: null,
      priority: "Low",
    },
    {
      name: "call-2",
      delay: { from: "step", unit: "business-days", count: 5 },
      channel: "call",
      subject: words("Call {name} again"),
      text: null,
      priority: "Normal",
    },
  ],
  next: null,
  owner: "ben@example.com",
  maxAgeDays: 7,
};

export interface WorldOptions {
  readonly facts?: Facts;
  readonly stage?: StageState;
  readonly stages?: readonly StageEvent[];
  readonly cadences?: readonly Cadence[];
  readonly handoff?: Partial<Handoff>;
  readonly followUps?: Partial<Rulebook["followUps"]>;
  readonly suppression?: Rulebook["suppression"];
  readonly owners?: FollowUpInput["owners"];
  readonly ownerEmail?: string | null;
  readonly inSalesforce?: boolean;
  readonly fallbackPerson?: string;
}

export class FollowUpWorld {
  facts: Facts;
  stage: StageState;
  ownerEmail: string | null;
  handoffs: readonly HandoffEntry[] = [];
  tasks: readonly TaskEntry[] = [];
  runs: readonly CadenceRun[] = [];
  events: readonly FollowUpEvent[] = [];
  readonly notices: NoticeEntry[] = [];
  readonly plans: FollowUpPlan[] = [];
  readonly #options: WorldOptions;
  readonly #rulebook: Rulebook;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.facts = options.facts ?? {};
    this.stage = options.stage ?? state("lead", { armed: true });
    this.ownerEmail = options.ownerEmail === undefined ? "anna@example.com" : options.ownerEmail;
    const base = rulebook();
    this.#rulebook = {
      ...base,
      routing: {
        rules: [
          {
            name: "all",
            when: fact("always"),
            owners: [
              { email: "anna@example.com", weight: 1 },
              { email: "ben@example.com", weight: 1 },
            ],
          },
        ],
        fallback: "boss@example.com",
        fallbackPerson: options.fallbackPerson ?? null,
        companyFirst: null,
        capacity: null,
        absences: [],
      },
      handoff: { ...base.handoff, ladder: LADDER, ...options.handoff },
      suppression: options.suppression ?? [],
      followUps: {
        cadences: options.cadences ?? [],
        contactLogged: "contacted_at",
        retry: { subject: words("Call {name} back"), text: words("{stage_reason}"), priority: "High" },
        ...options.followUps,
      },
    };
  }

  /** An MQL given to Anna, whose task has reached Salesforce. */
  handOver(at: Instant, reasons = score(70).reasons.slice(0, 3)): void {
    this.stage = state("mql", { epoch: this.stage.epoch, since: at });
    const handoff: HandoffEntry = {
      link: "link-1",
      epoch: this.stage.epoch,
      ownerEmail: "anna@example.com",
      routedBy: "all",
      at,
      deadline: at,
      outcome: "open",
      endedAt: null,
      endedBy: null,
      reasons,
    };
    this.handoffs = [...this.handoffs, handoff];
    this.tasks = [
      ...this.tasks,
      task({ cause: handoffCause("link-1", this.stage.epoch), epoch: this.stage.epoch, createdAt: at, purpose: "mql" }),
    ];
  }

  input(now: Instant): FollowUpInput {
    const { facts, stage, handoffs, tasks, runs, events, ownerEmail } = this;
    const { stages = [], owners = [ANNA, BEN, BOSS], inSalesforce = true } = this.#options;
    return {
      link: "link-1",
      name: "Ada Lovelace",
      facts: { always: "true", company: "Engines", ...facts, stage: stage.stage },
      score: score(70),
      stage,
      stages,
      handoffs,
      tasks,
      runs,
      events,
      rulebook: this.#rulebook,
      owners,
      ownerEmail,
      given: new Map(),
      work: NO_OWNER_WORK,
      inSalesforce,
      now,
    };
  }

  silence(now: Instant): string | null {
    return silenceOf({ ...this.input(now), epoch: this.stage.epoch });
  }

  /** Plans at `now` and keeps what came of it; new tasks reach Salesforce, and what is to be changed in them is changed. */
  step(now: Instant): FollowUpPlan {
    const silence = this.silence(now);
    if (silence !== null) this.recycle(silence, now, "late");
    const plan = planFollowUps(this.input(now));
    this.plans.push(plan);
    this.handoffs = merged(this.handoffs, plan.handoffs, ({ epoch }) => String(epoch));
    this.tasks = merged(this.tasks, plan.tasks, ({ cause }) => cause).map((one) => delivered(one, now));
    this.runs = merged(this.runs, plan.runs, (run) => `${run.cadence} ${run.epoch} ${run.anchorAt}`);
    this.events = [...this.events, ...plan.events.filter(({ key }) => !this.events.some((known) => known.key === key))];
    this.notices.push(...plan.notices);
    return plan;
  }

  /** The open handoff ends, and the next cycle begins. */
  recycle(reason: string, now: Instant, outcome: "late" | "rejected", retryOn: string | null = null): void {
    const { epoch } = this.stage;
    this.handoffs = this.handoffs.map((handoff) =>
      handoff.epoch === epoch && handoff.outcome === "open"
        ? { ...handoff, outcome, endedAt: now, endedBy: "leadloop" }
        : handoff,
    );
    this.stage = state("recycled", {
      epoch: epoch + 1,
      since: now,
      reason,
      recycledFor: `${reason}\n${retryOn ?? ""}`,
    });
  }

  /** Plans each time something is due, until `until`; gives the instants. */
  playUntil(from: Instant, until: Instant): Instant[] {
    const instants: Instant[] = [];
    let now: Instant | null = from;
    while (now !== null && now <= until) {
      instants.push(now);
      const { dueAt } = this.step(now);
      if (dueAt !== null && dueAt <= now) throw new Error(`due again at ${dueAt}, which is not after ${now}`);
      now = dueAt;
    }
    return instants;
  }

  get openTasks(): readonly TaskEntry[] {
    return this.tasks.filter(({ state: is, closedAt }) => is === "done" && closedAt === null);
  }
}

export function task(overrides: Partial<TaskEntry> = {}): TaskEntry {
  return {
    cause: "cause",
    link: "link-1",
    epoch: 1,
    purpose: "mql",
    state: "done",
    subject: "Call Ada",
    description: "",
    priority: "High",
    dueOn: "2026-10-06",
    ownerEmail: "anna@example.com",
    createdAt: MONDAY_9,
    notBefore: null,
    salesforceId: "00T1",
    reason: "",
    status: "Not Started",
    closedAt: null,
    closedByUs: false,
    ...overrides,
  };
}

function delivered(one: TaskEntry, now: Instant): TaskEntry {
  if (one.state === "due") return { ...one, state: "done", salesforceId: `00T${one.cause}`, status: "Not Started" };
  if (one.change == null) return one;
  const closed = one.change.close === undefined ? {} : { status: "Completed", closedAt: now, closedByUs: true };
  return { ...one, ...closed, change: null };
}

function merged<Row>(before: readonly Row[], after: readonly Row[], key: (row: Row) => string): Row[] {
  return [...new Map([...before, ...after].map((row) => [key(row), row])).values()];
}
