/** Lambda: records of which HubSpot or Salesforce said that they changed, in batches from the queue, each connection by itself. */
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type Hint, runChanges } from "../jobs/changes-job.ts";
import { openDeployment } from "./deployment.ts";
import { type ChangesMessage, parseChangesMessage } from "./queue-messages.ts";
import { runConnected } from "./run-connection.ts";
import { tellFailure } from "./tell-failure.ts";

const deployment = openDeployment();
/** A sync that is under way is waited for so long; a longer one finds the marks itself. */
const WAIT_MS = 20_000;

interface Batch {
  readonly messageIds: string[];
  readonly hints: Hint[];
}

/** Nothing depends on the order of hints, so a message that cannot be read holds no other back; it goes to the dead letters after some tries. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const batches = new Map<string, Batch>();
  const failed: string[] = [];
  for (const { body, messageId } of event.Records) {
    const message = parseChangesMessage(body);
    if (message === null) {
      tellFailure("a message of the queue of changes cannot be read");
      failed.push(messageId);
    } else addTo(batches, message, messageId);
  }
  const results = await Promise.all(
    [...batches].map(async ([connection, batch]) => ((await work(connection, batch, context)) ? [] : batch.messageIds)),
  );
  return { batchItemFailures: [...failed, ...results.flat()].map((itemIdentifier) => ({ itemIdentifier })) };
}

function addTo(batches: Map<string, Batch>, { connection, system, records }: ChangesMessage, messageId: string): void {
  const batch = batches.get(connection) ?? { messageIds: [], hints: [] };
  batch.messageIds.push(messageId);
  batch.hints.push(...records.map(({ object, id }) => ({ system, object, id })));
  batches.set(connection, batch);
}

/** False where the marks may not be stored, so that the queue brings the messages again. */
async function work(connection: string, { hints }: Batch, context: Context): Promise<boolean> {
  try {
    // Whatever becomes of the run: its marks are stored, and the next sync works what this one left.
    await runConnected(deployment, connection, context, (dependencies) =>
      runChanges(dependencies, hints, { waitMs: WAIT_MS }),
    );
    return true;
  } catch (error) {
    tellFailure(`the changes of ${connection} failed`, error);
    return false;
  }
}
