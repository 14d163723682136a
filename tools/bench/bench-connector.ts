/** One connector process of the benchmark: first sync, settle, an idle run, then a run with edits on both sides; prints figures as JSON. */
import { SYSTEM_CLOCK } from "../../src/app/clocks.ts";
import { SILENT_LOG } from "../../src/app/log.ts";
import { readSettings } from "../../src/app/settings.ts";
import { openConnection } from "../../src/app/wire-up.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";

interface Figures {
  readonly hubspotCalls: number;
  readonly salesforceCalls: number;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly written: number;
  readonly maxRssMb: number;
  readonly memory: string;
}

const connection = await openConnection({
  settings: readSettings(),
  clock: SYSTEM_CLOCK,
  log: SILENT_LOG,
  adjust: (loaded) => ({
    ...loaded,
    rulebook: {
      ...loaded.rulebook,
      connector: {
        ...loaded.rulebook.connector,
        overlapSeconds: 10,
        settledLagSeconds: { hubspot: 20, salesforce: 15 },
        verifyAfterSeconds: 1,
        chunkSize: 500,
        hubspot: { burst: 1_000_000, burstSeconds: 10, searchPerSecond: 1_000_000, concurrency: 4 },
        safety: { maxBlanks: 1_000_000, maxChangesShare: 1, maxChangesFloor: 1_000_000, maxStageShare: 1 },
      },
    },
  }),
});

function total(result: SyncResult): number {
  const { hubspot, salesforce, tasks } = result.written;
  return hubspot.created + hubspot.updated + salesforce.created + salesforce.updated + tasks;
}

async function measured(): Promise<{ result: SyncResult; figures: Figures }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await runSync(connection.dependencies());
  const used = process.cpuUsage(cpu);
  const figures = {
    hubspotCalls: result.calls.hubspot,
    salesforceCalls: result.calls.salesforce,
    cpuMs: Math.round((used.user + used.system) / 1_000),
    wallMs: Math.round(performance.now() - start),
    written: total(result),
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
    memory: JSON.stringify(Object.fromEntries(Object.entries(process.memoryUsage()).map(([k, v]) => [k, Math.round(v / 1e6)]))),
  };
  if (result.outcome === "stopped" || result.outcome === "paused") throw new Error(`the run ended early: ${result.reasons.join("; ")}`);
  return { result, figures };
}

async function settle(): Promise<void> {
  for (let run = 0; run < 12; run += 1) {
    const { result } = await measured();
    if (total(result) === 0 && result.considered.total === 0) return;
    await SYSTEM_CLOCK.sleep(4_000);
  }
}

const first = await measured();
await settle();
const idle = await measured();
process.send?.({ ready: true });
await new Promise<void>((resolve) => process.once("message", () => resolve()));
// HubSpot's search index tells of an edit a few seconds late.
await SYSTEM_CLOCK.sleep(10_000);
const edits = await measured();
await connection.close();
process.send?.({ figures: { first: first.figures, idle: idle.figures, edits: edits.figures } });
process.disconnect?.();
