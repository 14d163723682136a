/** One connector process of the benchmark. `settle`: sync until quiet; `run`: one sync. Tells its parent calls, CPU and memory of its last run. */
import { SYSTEM_CLOCK } from "../../src/app/clocks.ts";
import { SILENT_LOG } from "../../src/app/log.ts";
import { readSettings } from "../../src/app/settings.ts";
import { openConnection } from "../../src/app/wire-up.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";

/** What one run cost, measured inside the process that ran it. */
export interface RunFigures {
  readonly hubspotCalls: number;
  readonly salesforceCalls: number;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly written: number;
  readonly maxRssMb: number;
}

const MODE = process.argv[2];
const MOST_RUNS = 12;
/** Longer than HubSpot's search index lags in the sandbox. */
const PAUSE_MS = 9_000;

function countWrites(result: SyncResult): number {
  const { hubspot, salesforce, tasks } = result.written;
  return hubspot.created + hubspot.updated + salesforce.created + salesforce.updated + tasks;
}

const connection = await openConnection({
  settings: readSettings(),
  clock: SYSTEM_CLOCK,
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

async function measured(): Promise<{ readonly quiet: boolean; readonly figures: RunFigures }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await runSync(connection.dependencies());
  const used = process.cpuUsage(cpu);
  if (result.outcome === "stopped" || result.outcome === "paused")
    throw new Error(`the run ended early: ${result.reasons.join("; ")}`);
  const written = countWrites(result);
  const figures: RunFigures = {
    hubspotCalls: result.calls.hubspot,
    salesforceCalls: result.calls.salesforce,
    cpuMs: Math.round((used.user + used.system) / 1_000),
    wallMs: Math.round(performance.now() - start),
    written,
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
  return { quiet: written === 0 && result.considered.total === 0, figures };
}

async function settle(): Promise<RunFigures> {
  const first = await measured();
  for (let run = 0; run < MOST_RUNS; run += 1) {
    await SYSTEM_CLOCK.sleep(PAUSE_MS);
    if ((await measured()).quiet) break;
  }
  return first.figures;
}

const figures = MODE === "settle" ? await settle() : (await measured()).figures;
await connection.close();
process.send?.(figures);
process.disconnect?.();
