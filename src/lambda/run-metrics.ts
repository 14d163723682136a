/** What a run tells CloudWatch: how it ended, how it adds up, what it cost, and how long ago one went well. */
import { SYSTEMS, type System } from "../core/model/record.ts";
import type { CrmClient } from "../jobs/ports.ts";
import type { StateStore } from "../jobs/state-port.ts";
import type { SyncDependencies } from "../jobs/sync-dependencies.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { emitMetrics, type Metric } from "./embedded-metrics.ts";

/** Runs looked through for the last that went well: the last hours, at one run every few minutes. */
const RUNS_LOOKED_AT = 200;
/** The age told when no run ever went well: older than any alarm's limit. */
const NEVER_SECONDS = 604_800;

/** A run that paused did its part; what is left is the next one's. */
const WENT_WELL: ReadonlySet<string> = new Set(["done", "paused", "needs-attention"]);

export async function emitRunMetrics(
  connection: string,
  dependencies: SyncDependencies,
  result: SyncResult,
): Promise<void> {
  const { store, clock, clients, rulebook } = dependencies;
  const now = Date.parse(clock.now());
  const reserve = (system: System): boolean =>
    isAtReserve(clients[system], rulebook.connector.calls[system].dailyReserveShare);
  const count = (name: string, value: number): Metric => ({ name, value, unit: "Count" });
  const { considered, written, calls } = result;
  emitMetrics(
    connection,
    [
      count("RunsStopped", result.outcome === "stopped" ? 1 : 0),
      count("RunsPaused", result.outcome === "paused" ? 1 : 0),
      { name: "SecondsSinceSuccess", value: await secondsSinceSuccess(store, now), unit: "Seconds" },
      { name: "RunMilliseconds", value: result.ms, unit: "Milliseconds" },
      count("Considered", considered.total),
      count("Written", considered.written),
      count("Unchanged", considered.unchanged),
      count("Skipped", considered.skipped),
      count("Rejected", considered.rejected),
      count("Deferred", considered.deferred),
      count("Conflicts", result.conflicts),
      count("TasksWritten", written.tasks),
      count("Waiting", await store.dirtyCount()),
      count("HubSpotCalls", calls.hubspot),
      count("SalesforceCalls", calls.salesforce),
      count("QuotaReserveReached", SYSTEMS.some(reserve) ? 1 : 0),
    ],
    now,
  );
}

/** For a run that could not even begin: nothing is known of it but that it failed. */
export function emitRunFailed(connection: string): void {
  emitMetrics(connection, [{ name: "RunsStopped", value: 1, unit: "Count" }]);
}

async function secondsSinceSuccess(store: StateStore, now: number): Promise<number> {
  const runs = await store.runs(RUNS_LOOKED_AT);
  const last = runs.find((run) => run.endedAt !== null && WENT_WELL.has(run.outcome ?? ""));
  return last?.endedAt == null ? NEVER_SECONDS : Math.max(0, Math.round((now - Date.parse(last.endedAt)) / 1_000));
}

function isAtReserve(client: CrmClient, share: number): boolean {
  const daily = client.knownDaily;
  return daily !== null && daily.remaining <= daily.limit * share;
}
