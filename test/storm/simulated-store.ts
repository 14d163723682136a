/** The state store as an invocation reaches it: each call is a stop, before or after whose effect the connection may break. */
import { StopRun } from "../../src/core/errors.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { Invocation } from "./invocation.ts";

/** A method of the store that took effect. */
export interface StoreRow {
  readonly at: number;
  readonly invocation: number;
  readonly method: string;
  /** The fence it was allowed by; of a lease that was given, its own. */
  readonly fence: number | null;
  readonly given: readonly unknown[];
  readonly answer: unknown;
}

const LOGGED: ReadonlySet<string> = new Set([
  ...["acquireLease", "renewLease", "ingest", "deferDirty", "commitDecisions", "commitOutcomes"],
  ...["postponeScores", "saveTasks", "saveHandoffs", "saveOutcomes", "retryRejects", "erase"],
]);

export class StoreLog {
  readonly rows: StoreRow[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  note(invocation: number, method: string, given: readonly unknown[], answer: unknown): void {
    if (!LOGGED.has(method)) return;
    const lease = (method === "acquireLease" ? answer : given[0]) as { fence: number } | null;
    this.rows.push({ at: this.#now(), invocation, method, fence: lease?.fence ?? null, given, answer });
  }
}

/** How a real database is made to fail within a call: at its so-manieth statement. */
export type BreakAt = (statement: number, work: () => Promise<unknown>) => Promise<unknown>;

export function storeThrough(
  invocation: Invocation,
  store: StateStore,
  log: StoreLog,
  breakAt: BreakAt | null,
): StateStore {
  return new Proxy(store, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== "function") return member;
      const method = String(property);
      return (...given: unknown[]) =>
        stopOver(invocation, `store ${method}`, breakAt, async () => {
          const answer: unknown = await Reflect.apply(member, target, given);
          log.note(invocation.number, method, given, answer);
          return answer;
        });
    },
  });
}

async function stopOver(
  invocation: Invocation,
  label: string,
  breakAt: BreakAt | null,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const { fault, latency } = invocation.begin("store", label, { name: label, body: "" });
  if (fault?.kind === "kill-before") return invocation.die("killed");
  await invocation.wait(latency + (fault?.kind === "freeze" ? fault.ms : 0));
  if (fault?.kind === "database-before") throw broken();
  const within = fault?.kind === "database-after" && breakAt !== null;
  // In memory a call is one step; a real one fails at one of its statements, or, where it has fewer, after the last.
  const answer = await invocation.outside(within ? () => breakAt(1 + (latency % 6), effect) : effect);
  if (fault?.kind === "kill-after") return invocation.die("killed");
  if (fault?.kind === "database-after") throw broken();
  await invocation.wait(latency);
  return answer;
}

/** As src/state says it. */
function broken(): StopRun {
  return new StopRun("the database cannot be used: the connection broke. The next run goes on where this one stopped.");
}
