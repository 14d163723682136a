/** Everything a checker may look at after a storm: both systems, what people did, what was written, and the state. Nothing of the engine's insides. */
import type {
  ConflictEntry,
  HandoffEntry,
  IntentEntry,
  OutcomeEntry,
  RejectEntry,
  StageEvent,
  TaskEntry,
} from "../../src/core/model/ledger.ts";
import type { Link } from "../../src/core/model/link.ts";
import type { DirtyRow, StateStore } from "../../src/jobs/state-port.ts";
import type { InvocationRow } from "./engine.ts";
import type { HumanRow } from "./human-steps.ts";
import type { StoreRow } from "./simulated-store.ts";
import type { StandIns } from "./stand-ins.ts";
import type { StormPlan } from "./storm-plan.ts";

export interface StateDump {
  readonly links: readonly Link[];
  readonly conflicts: readonly ConflictEntry[];
  readonly rejects: readonly RejectEntry[];
  readonly intents: readonly IntentEntry[];
  readonly stages: readonly StageEvent[];
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly outcomes: readonly OutcomeEntry[];
  readonly dirty: readonly DirtyRow[];
}

export interface Evidence {
  readonly plan: StormPlan;
  readonly systems: StandIns;
  readonly humans: readonly HumanRow[];
  readonly invocations: readonly InvocationRow[];
  readonly state: StateDump;
  /** Moments in virtual milliseconds since the epoch. */
  readonly healedAt: number;
  readonly quietAt: number;
  readonly storeLog: readonly StoreRow[];
  /** Every line that the product logged, as JSON. */
  readonly logged: readonly string[];
  /** When an admin changed the mapping of cities; null: never. */
  readonly mappingChangedAt: number | null;
  /** When the state was put back from a backup, and as of when; null: never. */
  readonly putBack: { readonly to: number; readonly at: number } | null;
  /** How many leads a report of all times counts. */
  readonly reported: number;
  /** Everything that the state holds in the end, as text; null where it is in a database. */
  readonly stored: string | null;
}

/** What a law was broken by, in one sentence. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

export type Checker = (evidence: Evidence) => readonly string[];

export async function dumpState(store: StateStore): Promise<StateDump> {
  const all = 1_000_000;
  const links = await store.scanLinks(null, all);
  const ids = links.map((link) => link.id);
  const intents: IntentEntry[] = [];
  for (const id of ids) intents.push(...(await store.intentsOf(id)));
  return {
    links,
    intents,
    conflicts: await store.conflicts({ limit: all }),
    rejects: await store.rejects({ limit: all }),
    stages: await store.stageEventsOf(ids),
    handoffs: await store.handoffsOf(ids),
    tasks: await store.tasksOf(ids),
    outcomes: await store.outcomesOf(ids),
    dirty: await store.dirtyDue(all, "9999-12-31T23:59:59.999Z"),
  };
}
