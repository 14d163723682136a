/** Lambda: Salesforce's change events, which EventBridge put into a queue; a batch of them becomes a few messages of ids for the queue of changes. */
import { createHash } from "node:crypto";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { openDeployment } from "./deployment.ts";
import type { ChangedRecord, ChangesMessage } from "./queue-messages.ts";
import { changedRecords } from "./salesforce-change-events.ts";
import { queueUrl, sendMessages } from "./send-messages.ts";
import { tellFailure } from "./tell-failure.ts";

const deployment = openDeployment();
/** Ids in one message: far below the 256 KB that a message may have, and about as many as one run works at a time. */
const MOST_PER_MESSAGE = 500;

/** One event that cannot be read goes to the dead letters, the others go on. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const connections = await deployment.connections();
  const failed: string[] = [];
  const found = new Map<string, Map<string, ChangedRecord>>();
  for (const { body, messageId } of event.Records) {
    const change = changedRecords(body);
    // Where there is one connection, its events need not say so.
    const connection = change?.connection ?? (connections.length === 1 ? connections[0] : undefined);
    if (change === null || connection === undefined || !connections.includes(connection)) {
      tellFailure("a Salesforce change event cannot be read, or is of no connection");
      failed.push(messageId);
      continue;
    }
    const records = found.get(connection) ?? new Map<string, ChangedRecord>();
    for (const record of change.records) records.set(`${record.object}:${record.id}`, record);
    found.set(connection, records);
  }
  const batch = createHash("sha256")
    .update(event.Records.map(({ messageId }) => messageId).join())
    .digest("hex");
  await sendMessages(
    queueUrl("CHANGES_QUEUE_URL"),
    [...found].flatMap(([connection, records]) =>
      slices([...records.values()]).map((slice, index) => ({
        connection,
        body: { connection, system: "salesforce", records: slice } satisfies ChangesMessage,
        deduplication: `${batch}-${index}`,
      })),
    ),
  );
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function slices(records: readonly ChangedRecord[]): readonly (readonly ChangedRecord[])[] {
  const count = Math.ceil(records.length / MOST_PER_MESSAGE);
  return Array.from({ length: count }, (_, index) =>
    records.slice(index * MOST_PER_MESSAGE, (index + 1) * MOST_PER_MESSAGE),
  );
}
