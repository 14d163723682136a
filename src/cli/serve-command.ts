/** `leadloop serve`: the jobs on their schedules on one machine, until it is stopped. */
import { schedule, validate } from "node-cron";
import PQueue from "p-queue";
import type { OpenConnection } from "../app/wire-up.ts";
import { runFollowUp } from "../jobs/follow-up-job.ts";
import { reportWindow, runReport } from "../jobs/report-job.ts";
import { runSync } from "../jobs/sync-job.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { writeReport } from "../report/write-report.ts";
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
  readonly out: string;
}

/** One line each, said when a job has ended. */
type Job = (connection: OpenConnection) => Promise<string>;

/** A failed job is told and tried again at its next time; only a signal ends this. The run under way is finished first. */
export async function serveCommand(context: CommandContext, options: ServeOptions): Promise<ExitCode> {
  for (const name of ["sync", "followUp", "report"] as const) {
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
    const ran: Record<string, number> = { sync: 0, "follow-up": 0, report: 0 };
    const waiting = new Set<string>();
    const enqueue = (name: string, job: Job): void => {
      if (waiting.has(name)) return;
      waiting.add(name);
      void queue.add(async () => {
        waiting.delete(name);
        const line = await runJob(context, connection, job);
        ran[name] = (ran[name] ?? 0) + 1;
        terminal.print(`${moment(connection.clock.now())}  ${name.padEnd(9)}  ${line}`);
      });
    };
    const report: Job = (open) => reportJob(open, options.out);
    const tasks = [
      schedule(options.sync, () => enqueue("sync", syncJob)),
      schedule(options.followUp, () => enqueue("follow-up", followUpJob)),
      schedule(options.report, () => enqueue("report", report)),
    ];
    terminal.print(
      `Serving: sync ${options.sync}, follow-up ${options.followUp}, report ${options.report}. Ctrl+C stops after the run under way.`,
    );
    enqueue("sync", syncJob);
    await stopped;
    for (const task of tasks) await task.destroy();
    queue.clear();
    await queue.onIdle();
    terminal.printJson({ outcome: "done", ran });
    return EXIT.done;
  });
}

async function runJob(context: CommandContext, connection: OpenConnection, job: Job): Promise<string> {
  try {
    return await job(connection);
  } catch (error) {
    if (context.debug) context.terminal.note(stackOf(error));
    return failureOf(error).text;
  }
}

async function syncJob(connection: OpenConnection): Promise<string> {
  return summary(await runSync(connection.dependencies()));
}

async function followUpJob(connection: OpenConnection): Promise<string> {
  const { rescored, late, sync } = await runFollowUp(connection.dependencies());
  return `${rescored} scores due, ${late} handoffs late; ${summary(sync)}`;
}

async function reportJob({ store, loaded, clock }: OpenConnection, folder: string): Promise<string> {
  const { report: settings, lifecycle } = loaded.rulebook;
  const { files } = await runReport(
    { store, settings, names: lifecycle.names, folder, window: reportWindow({}, clock.now()) },
    writeReport,
  );
  return files.html;
}

function summary({ outcome, written, conflicts, rejected, reasons }: SyncResult): string {
  const { hubspot, salesforce, tasks } = written;
  const counts = `HubSpot ${hubspot.created}+${hubspot.updated}, Salesforce ${salesforce.created}+${salesforce.updated} created+updated, ${tasks} tasks, ${conflicts} conflicts, ${rejected} rejects`;
  return [outcome, counts, ...reasons].join("; ");
}
