/** A schedule's tick becomes one message per connection: each has a group of its own, so one that fails or takes long delays no other. */
import type { Deployment } from "./deployment.ts";
import type { RunJob, RunMessage } from "./queue-messages.ts";
import { queueUrl, sendMessages } from "./send-messages.ts";

/** `tick` names the schedule's event, which may be delivered twice. */
export async function scheduleRuns(deployment: Deployment, job: RunJob, tick: string): Promise<void> {
  const connections = await deployment.connections();
  await sendMessages(
    queueUrl("RUNS_QUEUE_URL"),
    connections.map((connection) => ({
      connection,
      body: { connection, job } satisfies RunMessage,
      deduplication: `${job}-${connection}-${tick}`,
    })),
  );
}

/** Work is left and only the time was up: the next invocation goes on at once. */
export async function handOver(message: RunMessage, run: string): Promise<void> {
  const body = { ...message } satisfies RunMessage;
  await sendMessages(queueUrl("RUNS_QUEUE_URL"), [
    { connection: message.connection, body, deduplication: `${message.job}-${message.connection}-after-${run}` },
  ]);
}
