/** Plays the days: lets people act, runs the job that is due, goes on; at the end lets time pass until nothing is left to write. */
import type { VirtualClock } from "../../app/clocks.ts";
import type { OpenConnection } from "../../app/wire-up.ts";
import type { Instant } from "../../core/model/record.ts";
import { runFollowUp } from "../../jobs/follow-up-job.ts";
import { runSync } from "../../jobs/sync-job.ts";
import type { SyncResult } from "../../jobs/sync-result.ts";
import type { SandboxProcess } from "../sandbox-process.ts";
import { demoSchedule, type ScheduledJob } from "./demo-schedule.ts";
import { type DemoTally, writtenBy } from "./demo-tally.ts";

/** Where the wall time goes, in milliseconds. */
export interface DemoTimes {
  people: number;
  sync: number;
  followUp: number;
}

export interface DemoStage {
  readonly sandbox: SandboxProcess;
  readonly connection: OpenConnection;
  readonly clock: VirtualClock;
  readonly tally: DemoTally;
  readonly times: DemoTimes;
}

const MOST_QUIET_RUNS = 12;
const QUIET_MINUTES = 15;

/** `onDay` is told each day as it ends. */
export async function playDays(stage: DemoStage, days: number, onDay: (day: number) => void): Promise<void> {
  for (const { day, jobs, end } of demoSchedule(days)) {
    for (const [index, scheduled] of jobs.entries()) {
      await live(stage, scheduled.at);
      await work(stage, scheduled, day === 1 && index === 0);
    }
    await live(stage, end);
    onDay(day);
  }
}

/** People act until then, and both clocks stand there. */
async function live({ sandbox, clock, times }: DemoStage, until: Instant): Promise<void> {
  const started = performance.now();
  await sandbox.play(until);
  await clock.moveTo(until);
  times.people += performance.now() - started;
}

async function work(
  { connection, tally, times }: DemoStage,
  { at, job }: ScheduledJob,
  isFirst: boolean,
): Promise<void> {
  const started = performance.now();
  if (job === "follow-up") {
    const { sync } = await runFollowUp(connection.dependencies());
    tally.add(sync, at);
    times.followUp += performance.now() - started;
    return;
  }
  // Whoever connects two systems looks at the plan of the first run and lets it through; from then on the safety limits hold.
  tally.add(await runSync(connection.dependencies(), isFirst ? { approve: () => true } : {}), at);
  times.sync += performance.now() - started;
}

/** Nobody acts any more: time passes and syncs run until one writes nothing. Gives that one, or the last when none does. */
export async function syncUntilQuiet({ connection, clock, tally }: DemoStage): Promise<SyncResult> {
  for (let run = 1; ; run += 1) {
    await clock.sleep(QUIET_MINUTES * 60_000);
    const result = await runSync(connection.dependencies());
    tally.add(result, clock.now());
    if (writtenBy(result) === 0 || run === MOST_QUIET_RUNS) return result;
  }
}
