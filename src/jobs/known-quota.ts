/** What is known of the calls that are left: what the systems last said of their quota, what our own runs spent, and when it will be used up at this rate. */
import { StopRun } from "../core/errors.ts";
import type { Instant, System } from "../core/model/record.ts";
import type { CrmClient } from "./ports.ts";
import type { RunRow, StateStore } from "./state-port.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

/** Runs looked at for the calls of a day: one every five minutes, follow-ups, and what was told in between. */
export const RUNS_OF_A_DAY = 600;
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The rate is that of the last hours: a first load must not be taken for what every day will be like. */
const RATE_HOURS = 3;
const NAMES: Readonly<Record<System, string>> = { hubspot: "HubSpot", salesforce: "Salesforce" };

export interface KnownQuota {
  readonly limit: number;
  readonly remaining: number;
  readonly at: Instant;
}

/** Both systems tell it with their answers, so after a run it costs nothing. */
export async function rememberQuota(store: StateStore, client: CrmClient, now: Instant): Promise<void> {
  const daily = client.knownDaily;
  if (daily !== null) await store.saveSetting(settingOf(client.system), JSON.stringify({ ...daily, at: now }));
}

/** Null where the system has not said it yet. */
export async function knownQuota(store: StateStore, system: System): Promise<KnownQuota | null> {
  const text = await store.setting(settingOf(system));
  return text === null ? null : (JSON.parse(text) as KnownQuota);
}

function settingOf(system: System): string {
  return `quota:${system}`;
}

/** Calls of all runs that began at `since` or later. */
export function callsSince(runs: readonly RunRow[], since: Instant): Readonly<Record<System, number>> {
  const sums = { hubspot: 0, salesforce: 0 };
  for (const run of runs) {
    if (run.startedAt < since) continue;
    const calls = run.counts["calls"];
    if (typeof calls !== "object" || calls === null) continue;
    for (const system of ["hubspot", "salesforce"] as const) {
      const count = (calls as Readonly<Record<string, unknown>>)[system];
      if (typeof count === "number") sums[system] += count;
    }
  }
  return sums;
}

/** `exhaustedAt`: when the reserve for others is reached at this rate; null where that is more than a day away, by which time the quota is renewed. */
export interface QuotaForecast {
  readonly callsPerHour: number;
  readonly exhaustedAt: Instant | null;
}

/** Counts our own calls of the last hours; what others spend shows in the quota itself. */
export function forecastQuota(
  runs: readonly RunRow[],
  system: System,
  quota: KnownQuota | null,
  reserveShare: number,
  now: Instant,
): QuotaForecast {
  const since = new Date(Date.parse(now) - RATE_HOURS * HOUR_MS).toISOString();
  const callsPerHour = Math.round(callsSince(runs, since)[system] / RATE_HOURS);
  if (quota === null) return { callsPerHour, exhaustedAt: null };
  const left = quota.remaining - quota.limit * reserveShare;
  if (left <= 0) return { callsPerHour, exhaustedAt: quota.at };
  if (callsPerHour === 0) return { callsPerHour, exhaustedAt: null };
  const at = Date.parse(quota.at) + (left / callsPerHour) * HOUR_MS;
  return { callsPerHour, exhaustedAt: at < Date.parse(now) + DAY_MS ? new Date(at).toISOString() : null };
}

/** What runs of the last 24 hours have spent, where a budget for the day is set. */
export async function spentToday({
  store,
  clock,
  rulebook,
}: SyncDependencies): Promise<Readonly<Record<System, number>> | null> {
  const { calls } = rulebook.connector;
  if ((calls.hubspot.perDay ?? calls.salesforce.perDay ?? null) === null) return null;
  const since = new Date(Date.parse(clock.now()) - DAY_MS).toISOString();
  return callsSince(await store.runs(RUNS_OF_A_DAY), since);
}

/** Throws StopRun (paused) when a budget for the day is spent. Asked between chunks: what is in hand is finished. */
export function assertDayBudget(
  { clients, rulebook }: SyncDependencies,
  spent: Readonly<Record<System, number>> | null,
): void {
  if (spent === null) return;
  for (const system of ["hubspot", "salesforce"] as const) {
    const { perDay = null } = rulebook.connector.calls[system];
    if (perDay === null || spent[system] + clients[system].calls < perDay) continue;
    throw new StopRun(
      `the day's budget of ${perDay} ${NAMES[system]} calls is spent (calls.${system}.per-day in config/connector.yml); a run goes on when calls of yesterday no longer count`,
      { kind: "paused" },
    );
  }
}
