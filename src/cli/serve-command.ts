/** `leadloop serve`: the jobs on their schedules on one machine, until it is stopped. */
import { join } from "node:path";
import { schedule, validate } from "node-cron";
import PQueue from "p-queue";
import { reportWriter } from "../app/report-threads.ts";
import type { OpenConnection } from "../app/wire-up.ts";
import { countAhead } from "../jobs/count-ahead-job.ts";
import { runFollowUp } from "../jobs/follow-up-job.ts";
import { periodWindow, type ReportPeriod, runReport } from "../jobs/report-job.ts";
import { runSync } from "../jobs/sync-job.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { AHEAD_WRITERS } from "../report/count-ahead.ts";
import { digestNotice } from "../report/digest.ts";
import { type CommandContext, withConnection } from "./command-context.ts";
import { failureOf, stackOf, UsageError } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { stopSignal } from "./stop-signal.ts";
import { moment } from "./terminal.ts";

/** Schedules in cron's notation, in the machine's time zone. */
export interface ServeOptions {
  readonly sync: string;
  readonly followUp: string;
  readonly report: string;
  readonly monthlyReport: string;
  readonly out: string;
}

/** What is said when a job has ended; `goesOn`: work is left only because its time was up. */
interface Ended {
  readonly line: string;
  readonly goesOn: boolean;
}
type Job = (connection: OpenConnection) => Promise<Ended>;

/** A failed job is told and tried again at its next time; only a signal ends this. The run under way is finished first. */
export async function serveCommand(context: CommandContext, options: ServeOptions): Promise<ExitCode> {
  for (const name of ["sync", "followUp", "report", "monthlyReport"] as const) {
    if (!validate(options[name]))
      throw new UsageError(
        `"${options[name]}" is no schedule; write five fields such as "*/5 * * * *" (every five minutes)`,
      );
  }
  const { terminal } = context;
  const stopped = stopSignal();
  return withConnection(context, async (connection) => {
    // One at a time: they share a lease, and the embedded database has one writer.
    const queue = new PQueue({ concurrency: 1 });
    const ran: Record<string, number> = { sync: 0, "follow-up": 0, report: 0, "monthly report": 0 };
    const waiting = new Set<string>();
    let ending = false;
    const enqueue = (name: string, job: Job): void => {
      if (waiting.has(name)) return;
      waiting.add(name);
      void queue.add(async () => {
        waiting.delete(name);
        const { line, goesOn } = await runJob(context, connection, job);
        ran[name] = (ran[name] ?? 0) + 1;
        terminal.print(`${moment(connection.clock.now())}  ${name.padEnd(9)}  ${line}`);
        if (goesOn && !ending) enqueue(name, job);
      });
    };
    const report =
      (period: ReportPeriod): Job =>
      (open) =>
        reportJob(open, period, join(options.out, period), context.settings);
    const tasks = [
      schedule(options.sync, () => enqueue("sync", syncJob)),
      schedule(options.followUp, () => enqueue("follow-up", followUpJob)),
      schedule(options.report, () => enqueue("report", report("last-week"))),
      schedule(options.monthlyReport, () => enqueue("monthly report", report("last-month"))),
    ];
    terminal.print(
      `Serving: sync ${options.sync}, follow-up ${options.followUp}, report ${options.report} and ${options.monthlyReport}. Ctrl+C stops after the run under way.`,
    );
    enqueue("sync", syncJob);
    await stopped;
    ending = true;
    for (const task of tasks) await task.destroy();
    queue.clear();
    await queue.onIdle();
    terminal.printJson({ outcome: "done", ran });
    return EXIT.done;
  });
}

async function runJob(context: CommandContext, connection: OpenConnection, job: Job): Promise<Ended> {
  try {
    return await job(connection);
  } catch (error) {
    if (context.debug) context.terminal.note(stackOf(error));
    return { line: failureOf(error).text, goesOn: false };
  }
}

async function syncJob(connection: OpenConnection): Promise<Ended> {
  const result = await runSync(connection.dependencies());
  return { line: summary(result), goesOn: result.outOfTime };
}

async function followUpJob(connection: OpenConnection): Promise<Ended> {
  const { rescored, late, sync } = await runFollowUp(connection.dependencies());
  if (!sync.outOfTime) await countAhead({ ...connection.dependencies(), writers: AHEAD_WRITERS });
  return { line: `${rescored} scores due, ${late} handoffs late; ${summary(sync)}`, goesOn: sync.outOfTime };
}

/** Writes the report of the last whole week or month, and leaves a digest to be sent with the next sync. */
async function reportJob(
  { store, loaded, clock }: OpenConnection,
  period: ReportPeriod,
  folder: string,
  { salesforceLoginUrl: salesforceUrl, databaseUrl, connection }: CommandContext["settings"],
): Promise<Ended> {
  const { report: settings, lifecycle } = loaded.rulebook;
  const window = periodWindow(period, clock.now());
  const { report, files } = await runReport(
    { store, settings, names: lifecycle.names, folder, window, salesforceUrl },
    reportWriter({ store, databaseUrl, connection }),
  );
  await store.saveNotices([digestNotice(report, period, files.html)]);
  return { line: files.html, goesOn: false };
}

function summary({ outcome, written, conflicts, rejected, reasons }: SyncResult): string {
  const { hubspot, salesforce, tasks } = written;
  const counts = `HubSpot ${hubspot.created}+${hubspot.updated}, Salesforce ${salesforce.created}+${salesforce.updated} created+updated, ${tasks} tasks, ${conflicts} conflicts, ${rejected} rejects`;
  return [outcome, counts, ...reasons].join("; ");
}
