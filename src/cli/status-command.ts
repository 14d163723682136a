/** `leadloop status`: last runs, how far both systems were read, and what waits. No call is made. */

import type { ConnectorSettings } from "../core/model/connector-settings.ts";
import type { Instant, System } from "../core/model/record.ts";
import {
  callsSince,
  DAY_MS,
  forecastQuota,
  type KnownQuota,
  knownQuota,
  type QuotaForecast,
  RUNS_OF_A_DAY,
} from "../jobs/known-quota.ts";
import type { Cursor, RunRow, StateStore } from "../jobs/state-port.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { COLORS, heading, moment, table, wrapped } from "./terminal.ts";

const RUNS_SHOWN = 8;

interface Status {
  readonly connection: string;
  readonly now: Instant;
  readonly accounts: Readonly<Record<System, string | null>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly waiting: number;
  readonly cursors: readonly (Cursor & { readonly ageSeconds: number })[];
  readonly callsOfLastDay: Readonly<Record<System, number>>;
  /** As the systems last told it; null where they have not. */
  readonly quota: Readonly<Record<System, KnownQuota | null>>;
  /** When the part of the quota that is not reserved will be used up, at the rate of the last hours. */
  readonly forecast: Readonly<Record<System, QuotaForecast>>;
  readonly runs: readonly RunRow[];
}

export function statusCommand(context: CommandContext): Promise<ExitCode> {
  return withState(context, async ({ store, clock, loaded }) => {
    const { calls } = loaded.rulebook.connector;
    const status = await readStatus(store, context.settings.connection, calls, clock.now());
    context.terminal.printJson(status);
    context.terminal.print(statusText(status));
    return EXIT.done;
  });
}

async function readStatus(
  store: StateStore,
  connection: string,
  limits: ConnectorSettings["calls"],
  now: Instant,
): Promise<Status> {
  const quota = { hubspot: await knownQuota(store, "hubspot"), salesforce: await knownQuota(store, "salesforce") };
  const runs = await store.runs(RUNS_OF_A_DAY);
  const cursors = await store.cursors();
  return {
    connection,
    now,
    accounts: {
      hubspot: await store.setting("account:hubspot"),
      salesforce: await store.setting("account:salesforce"),
    },
    counts: await store.counts(),
    waiting: await store.dirtyCount(),
    cursors: cursors.map((cursor) => ({
      ...cursor,
      ageSeconds: Math.round((Date.parse(now) - Date.parse(cursor.position)) / 1_000),
    })),
    callsOfLastDay: callsSince(runs, new Date(Date.parse(now) - DAY_MS).toISOString()),
    quota,
    forecast: {
      hubspot: forecastQuota(runs, "hubspot", quota.hubspot, limits.hubspot.dailyReserveShare, now),
      salesforce: forecastQuota(runs, "salesforce", quota.salesforce, limits.salesforce.dailyReserveShare, now),
    },
    runs: runs.slice(0, RUNS_SHOWN),
  };
}

/** A count stored with a run; 0 where a run ended before it could store any. */
function numberAt(counts: unknown, ...path: readonly string[]): number {
  const found = path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined,
    counts,
  );
  return typeof found === "number" ? found : 0;
}

function statusText(status: Status): string {
  const { counts, accounts, callsOfLastDay } = status;
  const count = (name: string): string => (counts[name] ?? 0).toLocaleString("en");
  const known =
    accounts.hubspot === null
      ? "nothing was synced yet"
      : `HubSpot ${accounts.hubspot}, Salesforce ${accounts.salesforce ?? "not yet"}`;
  const attention = (name: string): string => ((counts[name] ?? 0) > 0 ? COLORS.yellow(count(name)) : count(name));
  return [
    `${heading("Connection")} ${status.connection}: ${known}`,
    "",
    table(
      [
        ["people", count("people"), "linked", count("linked"), "one side only", count("single")],
        [
          "waiting for a look",
          status.waiting.toLocaleString("en"),
          "open handoffs",
          count("openHandoffs"),
          "tasks given",
          count("tasksDone"),
        ],
        [
          "unpaired, to be settled",
          attention("ambiguous"),
          "deleted",
          count("tombstoned"),
          "merged away",
          count("superseded"),
        ],
        [
          "open conflicts",
          attention("openConflicts"),
          "rejects",
          attention("rejects"),
          "unconfirmed",
          count("unresolvedIntents"),
        ],
      ],
      { right: [1, 3, 5] },
    ),
    "",
    heading("Read up to"),
    cursorTable(status),
    "",
    heading("Runs"),
    status.runs.length === 0 ? "  none yet; start with `leadloop plan` or `leadloop sync`" : runTable(status.runs),
    "",
    `Calls in the last 24 hours: ${callsOfLastDay.hubspot.toLocaleString("en")} HubSpot, ${callsOfLastDay.salesforce.toLocaleString("en")} Salesforce`,
    ...quotaLines(status),
  ].join("\n");
}

function quotaLines({ quota, forecast }: Status): string[] {
  return (["hubspot", "salesforce"] as const).flatMap((system) => {
    const known = quota[system];
    if (known === null) return [];
    const left = `${known.remaining.toLocaleString("en")} of ${known.limit.toLocaleString("en")} calls left`;
    const { callsPerHour, exhaustedAt } = forecast[system];
    const until = exhaustedAt === null ? "lasts the day" : `is down to the reserve ${moment(exhaustedAt)}`;
    const pace = `at ${callsPerHour.toLocaleString("en")} calls an hour it ${until}`;
    return [wrapped(`Daily quota of ${system}: ${left} at ${moment(known.at)}; ${pace}`, 2)];
  });
}

function cursorTable({ cursors }: Status): string {
  const fast = cursors.filter((cursor) => cursor.lane === "fast");
  if (fast.length === 0) return "  nothing yet";
  const rows = fast.map((cursor) => [
    cursor.system,
    cursor.object,
    moment(cursor.position),
    `${age(cursor.ageSeconds)} ago`,
  ]);
  return table(rows, { indent: 2 });
}

function age(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function runTable(runs: readonly RunRow[]): string {
  const rows = runs.map((run) => {
    const written = (["hubspot", "salesforce"] as const).reduce(
      (sum, system) =>
        sum + numberAt(run.counts, "written", system, "created") + numberAt(run.counts, "written", system, "updated"),
      numberAt(run.counts, "written", "tasks"),
    );
    const counts = [written, numberAt(run.counts, "conflicts"), numberAt(run.counts, "rejected")];
    return [
      moment(run.startedAt),
      run.job,
      run.outcome ?? "under way, or killed",
      ...counts.map(String),
      reasonsOf(run),
    ];
  });
  return table(rows, {
    head: ["started (UTC)", "job", "outcome", "written", "conflicts", "rejects", "why"],
    right: [3, 4, 5],
    indent: 2,
  });
}

function reasonsOf({ counts }: RunRow): string {
  const reasons = counts["reasons"];
  return Array.isArray(reasons) ? reasons.join("; ") : "";
}
