/** One connector process of the benchmark: one sync. Tells its parent calls, CPU and memory. `settle`: what was written may be read back at once. */
import { PGlite } from "@electric-sql/pglite";
import { SYSTEM_CLOCK } from "../../src/app/clocks.ts";
import { SILENT_LOG } from "../../src/app/log.ts";
import { readSettings } from "../../src/app/settings.ts";
import { openConnection } from "../../src/app/wire-up.ts";
import type { Clock } from "../../src/jobs/ports.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";

/** What one run cost, measured inside the process that ran it. */
export interface RunFigures {
  readonly hubspotCalls: number;
  readonly salesforceCalls: number;
  readonly cpuMs: number;
  /** Of these, what the embedded database computed, which runs inside this process; 0 with a server. */
  readonly databaseMs: number;
  readonly wallMs: number;
  readonly written: number;
  /** Nothing was written, and nobody was looked at. */
  readonly quiet: boolean;
  readonly maxRssMb: number;
}

let databaseMs = 0;

/** The embedded engine computes in one piece, between being handed a message and giving its answer. */
function watchEngine(): void {
  const engine = PGlite.prototype;
  const answer = engine.execProtocolRawSync;
  engine.execProtocolRawSync = function (this: PGlite, ...given: Parameters<typeof answer>) {
    const start = performance.now();
    try {
      return answer.apply(this, given);
    } finally {
      databaseMs += performance.now() - start;
    }
  };
}

const MODE = process.argv[2];
/** How far the sandbox's clock was put ahead by now: time that a run would only wait for. */
const AHEAD_MS = Number(process.env["BENCH_AHEAD_MS"] ?? "0");
const CLOCK: Clock = {
  now: () => new Date(Date.now() + AHEAD_MS).toISOString(),
  sleep: (ms) => SYSTEM_CLOCK.sleep(ms),
};

function countWrites(result: SyncResult): number {
  const { hubspot, salesforce, tasks } = result.written;
  return hubspot.created + hubspot.updated + salesforce.created + salesforce.updated + tasks;
}

watchEngine();
const connection = await openConnection({
  settings: readSettings(),
  clock: CLOCK,
  log: SILENT_LOG,
  // Waiting is not what is measured: lags and pauses are shortened, everything else is the shipped configuration.
  adjust: (loaded) => ({
    ...loaded,
    rulebook: {
      ...loaded.rulebook,
      connector: {
        ...loaded.rulebook.connector,
        overlapSeconds: 10,
        settledLagSeconds: { hubspot: 20, salesforce: 15 },
        verifyAfterSeconds: MODE === "settle" ? 1 : loaded.rulebook.connector.verifyAfterSeconds,
        hubspot: { burst: 1_000_000, burstSeconds: 10, searchPerSecond: 1_000_000, concurrency: 4 },
      },
    },
  }),
});

async function measured(): Promise<RunFigures> {
  databaseMs = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await runSync(connection.dependencies());
  const used = process.cpuUsage(cpu);
  if (result.outcome === "stopped" || result.outcome === "paused")
    throw new Error(`the run ended early: ${result.reasons.join("; ")}`);
  const written = countWrites(result);
  return {
    hubspotCalls: result.calls.hubspot,
    salesforceCalls: result.calls.salesforce,
    cpuMs: Math.round((used.user + used.system) / 1_000),
    databaseMs: Math.round(databaseMs),
    wallMs: Math.round(performance.now() - start),
    written,
    quiet: written === 0 && result.considered.total === 0,
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
}

const figures = await measured();
await connection.close();
process.send?.(figures);
process.disconnect?.();
