/** Plays one storm from its plan to the quiet point after it, and has every law checked. */
import { countReport } from "../../src/jobs/report-job.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { backupOf, type MemoryTables } from "../support/memory-state-tables.ts";
import { Aims, type Call } from "./aims.ts";
import { CHECKERS } from "./checks/all-checks.ts";
import { changedMapping, Engine, type EngineJob } from "./engine.ts";
import { dumpState, type Evidence, type Violation } from "./evidence.ts";
import { type Fault, type FaultSource, faultsByList, faultsByRates } from "./faults.ts";
import { namesOf } from "./find-people.ts";
import { Invocation } from "./invocation.ts";
import { Kernel } from "./kernel.ts";
import { People } from "./people.ts";
import { type Reaction, reactionTo } from "./reactions.ts";
import type { BreakAt } from "./simulated-store.ts";
import { Sky } from "./sky.ts";
import { StandIns } from "./stand-ins.ts";
import { STORM_FIELDS } from "./storm-fields.ts";
import type { Step, StormPlan } from "./storm-plan.ts";
import { STORM_MS, STORM_START, TICK_MS } from "./storm-time.ts";
import { Trace } from "./trace.ts";
import { isWeather } from "./weather.ts";

export interface StormOptions {
  /** An empty state of its own; in memory when none is given. */
  readonly store?: StateStore;
  /** How that one is made to fail within a call. */
  readonly breakAt?: BreakAt;
  /** Keep the trace to read. */
  readonly traced?: boolean;
}

export interface StormResult {
  readonly violations: readonly Violation[];
  readonly digest: string;
  /** What people see in both systems in the end, as text. */
  readonly end: string;
  readonly trace: readonly string[];
  /** Every fault that was met, by the stop it met. */
  readonly faults: Readonly<Record<string, Fault>>;
  /** What people did at once about what was made for them, as steps of a plan. */
  readonly reactions: readonly Step[];
  readonly counts: {
    readonly events: number;
    readonly invocations: number;
    readonly deaths: number;
    readonly writes: number;
    /** Requests that reached a system, each held against its vendor's descriptions. */
    readonly requests: number;
  };
}

/** Minutes after the storm at which the job runs: soon, past the settled lane, past the walk through the archive, and on. */
const AFTERWARDS = [1, 5, 10, 15, 40, 75, 80, 85, 90, 1_560, 1_565, 1_570, 1_575, 1_580, 1_660, 1_665];
/** Invocations after the storm are numbered from here. */
const FIRST_AFTERWARDS = 1_000;
/** Then nobody has done anything for a day: so many more runs write nothing. */
const QUIET_TICKS = 8;

export async function playStorm(plan: StormPlan, options: StormOptions = {}): Promise<StormResult> {
  return new Storm(plan, options).play();
}

class Storm {
  readonly #plan: StormPlan;
  readonly #trace: Trace;
  readonly #kernel = new Kernel(STORM_START);
  readonly #store: StateStore;
  readonly #systems: StandIns;
  readonly #people: People;
  readonly #sky: Sky;
  readonly #engine: Engine;
  readonly #invocations: Invocation[] = [];
  readonly #faults: Record<string, Fault> = {};
  readonly #source: FaultSource;
  readonly #reactions: Step[] = [];
  readonly #aims: Aims;
  /** Everything in the state as text; null: it is in a database. */
  readonly #stored: () => string | null;
  #healed = false;
  #made = 0;

  constructor(plan: StormPlan, options: StormOptions) {
    const { setting, seed, rates } = plan;
    this.#plan = plan;
    this.#trace = new Trace(options.traced === true);
    const memory = openMemoryState();
    this.#stored = () => (options.store === undefined ? textOf(memory.tables) : null);
    this.#store = options.store ?? memory.store;
    this.#systems = new StandIns(this.#kernel, seed, {
      skews: setting.skews,
      hubspot: {
        lifecycle: setting.lifecycle,
        times: {
          lagMs: setting.indexLagMs,
          tailChance: setting.indexTailChance,
          tailMs: 20 * 60_000,
          selfTouchChance: 0.6,
          selfTouchMs: 24_000,
        },
      },
    });
    this.#people = new People(this.#systems, () => this.#kernel.now);
    this.#people.commitDelayMs = setting.commitDelayMs;
    this.#aims = new Aims(plan.aims ?? [], (who) => namesOf(this.#systems, who));
    const state = {
      backup: () => backupOf(memory.tables),
      cutOff: () => {
        for (const one of this.#invocations) if (!one.done && !one.dead) void one.die("its database was put back");
      },
    };
    const now = (): number => this.#kernel.now;
    this.#sky = new Sky(this.#systems, this.#people, now, options.store === undefined ? state : null);
    const { warm, onDelete } = setting;
    this.#engine = new Engine(this.#kernel, this.#systems, {
      ...{ store: this.#store, seed, warm, onDelete },
      breakAt: options.breakAt ?? null,
    });
    this.#source = plan.faults === null ? faultsByRates(seed, rates) : faultsByList(seed, rates.slowness, plan.faults);
    this.#systems.made = (record) => this.#react(record);
    this.#kernel.outside = () => this.#invocations.some((invocation) => invocation.isOutside);
    this.#kernel.busy = () => this.#invocations.some((invocation) => invocation.isBusy);
  }

  async play(): Promise<StormResult> {
    for (const step of this.#plan.steps) this.#kernel.after(step.at, () => this.#happen(step));
    await this.#kernel.runUntil(STORM_START + STORM_MS);
    this.#heal();
    const healedAt = this.#kernel.now;
    // Whoever asked to be forgotten in the middle of it is, at the latest now: the admin sees what became of the command.
    for (const step of this.#plan.steps) if (step.do === "forget") this.#happen({ ...step, number: step.number + 50 });
    for (const minutes of AFTERWARDS) {
      await this.#kernel.runUntil(healedAt + minutes * 60_000);
      this.#tick(minutes === 1_560 ? "follow-up" : "sync", this.#later());
    }
    await this.#kernel.runUntil(this.#kernel.now + TICK_MS - 1);
    const quietAt = this.#kernel.now;
    for (let tick = 0; tick < QUIET_TICKS; tick += 1) {
      this.#tick("sync", this.#later());
      await this.#kernel.runUntil(this.#kernel.now + TICK_MS);
    }
    // What reading everybody finds now, the changes had to tell before.
    for (const job of ["comparison", "sync"] as const) {
      this.#tick(job, this.#later());
      await this.#kernel.runUntil(this.#kernel.now + TICK_MS);
    }
    return this.#judged({
      plan: this.#plan,
      systems: this.#systems,
      humans: this.#people.rows,
      invocations: this.#engine.rows,
      state: await dumpState(this.#store),
      healedAt,
      quietAt,
      storeLog: this.#engine.storeLog.rows,
      logged: this.#engine.logged,
      mappingChangedAt: this.#sky.mappingChangedAt,
      putBack: this.#sky.putBack,
      reported: await this.#reported(),
      stored: this.#stored(),
    });
  }

  #happen(step: Step): void {
    if (step.do === "tick") {
      this.#tick(step.job, step.number, step.skewMs);
      return;
    }
    if (step.do === "forget") {
      this.#engine.forget(step.who, this.#invocation(step.number, `forgets person ${step.who}`));
      return;
    }
    if (isWeather(step)) {
      this.#sky.make(step);
      this.#trace.note(`${this.#kernel.now} weather ${JSON.stringify(step)}`);
      return;
    }
    const done = this.#people.play(step);
    this.#trace.note(`${this.#kernel.now} ${done ? "people" : "(in vain)"} ${JSON.stringify(step)}`);
  }

  #react(record: Parameters<StandIns["made"]>[0]): void {
    const { seed, eagerness = 0 } = this.#plan;
    if (eagerness === 0 || this.#healed) return;
    this.#made += 1;
    const reaction = reactionTo(record, { seed, count: this.#made, eagerness, systems: this.#systems });
    if (reaction === null) return;
    this.#follow(reaction);
  }

  /** What people do because of what has just happened: listed, so that a shrunk storm has it among its steps. */
  #follow(reaction: Reaction): void {
    const step = { ...reaction.step, at: this.#kernel.now - STORM_START + reaction.afterMs };
    this.#reactions.push(step);
    this.#kernel.after(reaction.afterMs, () => this.#happen(step));
  }

  #aimed(call: Call): Fault | undefined {
    const aim = this.#aims.hit(call, this.#kernel.now - STORM_START);
    for (const reaction of aim?.people ?? []) this.#follow(reaction);
    return aim?.fault;
  }

  #later(): number {
    return FIRST_AFTERWARDS + this.#invocations.length;
  }

  #tick(job: EngineJob, number: number, skewMs = 0): void {
    const invocation = this.#invocation(number, job, skewMs);
    const { loaded } = this.#engine;
    this.#engine.start(job, invocation, this.#sky.mappingChangedAt !== null ? changedMapping(loaded) : loaded);
  }

  #invocation(number: number, what: string, skewMs = 0): Invocation {
    const invocation = new Invocation({
      number,
      kernel: this.#kernel,
      trace: this.#trace,
      skewMs,
      faults: this.#source,
      aimed: (call) => this.#aimed(call),
      met: (stop, fault) => {
        this.#faults[stop] = fault;
      },
    });
    if (this.#healed) invocation.heal();
    this.#invocations.push(invocation);
    this.#trace.note(`${this.#kernel.now} #${invocation.number} begins ${what}`);
    return invocation;
  }

  async #reported(): Promise<number> {
    const { report: settings, lifecycle } = this.#engine.loaded.rulebook;
    const window = { from: null, to: null, asOf: new Date(this.#kernel.now).toISOString() };
    return (await countReport({ store: this.#store, settings, names: lifecycle.names, window })).leads;
  }

  #heal(): void {
    this.#healed = true;
    this.#sky.heal();
    for (const invocation of this.#invocations) invocation.heal();
    this.#trace.note(`${this.#kernel.now} fair weather`);
  }

  #judged(evidence: Evidence): StormResult {
    const violations = Object.entries(CHECKERS).flatMap(([invariant, check]) =>
      check(evidence).map((what): Violation => ({ invariant, what })),
    );
    return {
      violations,
      digest: this.#trace.digest(),
      end: endOf(this.#systems),
      trace: this.#trace.lines,
      faults: this.#faults,
      reactions: this.#reactions,
      counts: {
        events: this.#kernel.events,
        invocations: this.#invocations.length,
        deaths: this.#invocations.filter((invocation) => invocation.dead).length,
        writes: evidence.systems.changes.length,
        requests: evidence.systems.requests.length,
      },
    };
  }
}

/** Owners, schemas and runs tell of nobody. */
function textOf({ schemas: _schemas, owners: _owners, runs: _runs, ...tables }: MemoryTables): string {
  const all = Object.values(tables).map((table) =>
    table.select(
      () => true,
      () => [],
    ),
  );
  return JSON.stringify(all);
}

const SHOWN = [
  ...STORM_FIELDS.flatMap((field) => [field.hubspot, field.Lead, field.Contact ?? field.Lead]),
  ...["email", "lifecyclestage", "Email", "LeadLoop_Stage__c", "LeadLoop_Epoch__c", "DoNotCall", "do_not_call"],
];

function endOf({ hubspot, salesforce }: StandIns): string {
  const rows = [
    ...hubspot.contacts().map(({ properties, archived }) => ({ ...properties, archived: String(archived) })),
    ...["Lead", "Contact"].flatMap((object) => salesforce.records(object)),
  ];
  return rows
    .map((row) => JSON.stringify(SHOWN.map((name) => (row as Record<string, unknown>)[name] ?? null)))
    .join("\n");
}
