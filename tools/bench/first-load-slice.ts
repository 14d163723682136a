/** One invocation of a first load: syncs until its time is up or nothing is left, and tells its parent. Whoever kills it in the middle hears nothing. */
import { SYSTEM_CLOCK } from "../../src/app/clocks.ts";
import { SILENT_LOG } from "../../src/app/log.ts";
import { readSettings } from "../../src/app/settings.ts";
import { openConnection } from "../../src/app/wire-up.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";

export type SliceResult = Pick<
  SyncResult,
  "outcome" | "reasons" | "read" | "written" | "considered" | "calls" | "outOfTime" | "busy"
>;

const seconds = Number(process.argv[2] ?? "60");
const connection = await openConnection({
  settings: readSettings(),
  clock: SYSTEM_CLOCK,
  log: SILENT_LOG,
  // Fifteen minutes of Lambda in as many seconds as asked for; what only makes one wait is shortened with it, everything else is as shipped.
  adjust: (loaded) => {
    const { connector } = loaded.rulebook;
    return {
      ...loaded,
      rulebook: {
        ...loaded.rulebook,
        connector: {
          ...connector,
          timeBudgetSeconds: seconds,
          leaseSeconds: 5,
          quarantineSeconds: 5,
          overlapSeconds: 10,
          settledLagSeconds: { hubspot: 20, salesforce: 15 },
          verifyAfterSeconds: 1,
          hubspot: { burst: 1_000_000, burstSeconds: 10, searchPerSecond: 1_000_000, concurrency: 4 },
          calls: {
            hubspot: { perRun: 1_000_000, dailyReserveShare: 0 },
            salesforce: { perRun: 1_000_000, dailyReserveShare: 0 },
          },
          bulk: { ...connector.bulk, pollSeconds: 1, lostAfterSeconds: 10 },
        },
      },
    };
  },
});
const { plan: _plan, ...result } = await runSync(connection.dependencies());
await connection.close();
process.send?.(result);
process.disconnect?.();
