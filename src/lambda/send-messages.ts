/** Puts messages into a FIFO queue: one group per connection, so that connections never wait for each other and none runs twice at once. */

/** `deduplication`: SQS drops a second message with the same one for five minutes. */
export interface QueuedMessage {
  readonly connection: string;
  readonly body: object;
  readonly deduplication: string;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MOST_PER_CALL = 10;

/** Throws when one of them was not taken, so that whoever sent them is asked again. */
export async function sendMessages(queueUrl: string, messages: readonly QueuedMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const { SQSClient, SendMessageBatchCommand } = await import("@aws-sdk/client-sqs");
  const client = new SQSClient({});
  for (let start = 0; start < messages.length; start += MOST_PER_CALL) {
    const Entries = messages.slice(start, start + MOST_PER_CALL).map((message, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(message.body),
      MessageGroupId: message.connection,
      MessageDeduplicationId: message.deduplication.slice(0, 128),
    }));
    const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    const failed = answer.Failed ?? [];
    if (failed.length > 0) throw new Error(`the queue refused ${failed.length} messages (${failed[0]?.Code ?? ""})`);
  }
}

/** The address of a queue, from the environment that serverless.yml sets. */
export function queueUrl(name: "RUNS_QUEUE_URL" | "CHANGES_QUEUE_URL"): string {
  const url = process.env[name];
  if (url === undefined || url === "") throw new Error(`${name} is not set; serverless.yml sets it`);
  return url;
}
