/** Lambda: the schedule's tick asks for a sync of every connection; each message of the queue is one run of one connection. */
import type { Context, ScheduledEvent, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { countAhead } from "../jobs/count-ahead-job.ts";
import { runFollowUp } from "../jobs/follow-up-job.ts";
import type { SyncDependencies } from "../jobs/sync-dependencies.ts";
import { runSync } from "../jobs/sync-job.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { openDeployment } from "./deployment.ts";
import { parseRunMessage, type RunJob, type RunMessage } from "./queue-messages.ts";
import { runConnected } from "./run-connection.ts";
import { emitRunFailed } from "./run-metrics.ts";
import { handOver, scheduleRuns } from "./schedule-runs.ts";
import { tellFailure } from "./tell-failure.ts";

const deployment = openDeployment();

const JOBS: Readonly<Record<RunJob, (dependencies: SyncDependencies) => Promise<SyncResult>>> = {
  sync: (dependencies) => runSync(dependencies),
  "follow-up": followUp,
};

async function followUp(dependencies: SyncDependencies): Promise<SyncResult> {
  const { sync } = await runFollowUp(dependencies);
  // A sync does not wait for what only reports read.
  if (!sync.outOfTime)
    await countAhead({ ...dependencies, writers: (await import("../report/count-ahead.ts")).AHEAD_WRITERS });
  return sync;
}

export async function handler(
  event: ScheduledEvent | SQSEvent,
  context: Context,
): Promise<SQSBatchResponse | undefined> {
  if (!("Records" in event)) {
    await scheduleRuns(deployment, "sync", event.id);
    return undefined;
  }
  const failed: string[] = [];
  for (const record of event.Records) {
    const message = parseRunMessage(record.body);
    if (message === null) {
      tellFailure("a message of the queue of runs cannot be read");
      failed.push(record.messageId);
    } else await runOnce(message, record, context);
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** A run that failed is told, and not repeated by the queue: the schedule asks again, and a message kept back would hold its connection up until then. */
async function runOnce(message: RunMessage, record: SQSRecord, context: Context): Promise<void> {
  const sentAt = new Date(Number(record.attributes.SentTimestamp)).toISOString();
  try {
    const result = await runConnected(deployment, message.connection, context, (dependencies) =>
      runUnlessAnswered(dependencies, message, sentAt),
    );
    if (result?.outOfTime === true) await handOver(message, result.run);
  } catch (error) {
    emitRunFailed(message.connection);
    tellFailure(`the ${message.job} of ${message.connection} failed`, error);
  }
}

/** Ticks pile up behind a long run. A run that began after this one was asked for has answered it. */
async function runUnlessAnswered(
  dependencies: SyncDependencies,
  { job }: RunMessage,
  sentAt: string,
): Promise<SyncResult | null> {
  const runs = job === "sync" ? await dependencies.store.runs(20) : [];
  if (runs.some((run) => run.job === "sync" && run.startedAt > sentAt && run.outcome === "done")) return null;
  return JOBS[job](dependencies);
}
