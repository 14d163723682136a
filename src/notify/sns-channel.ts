/** Publishes to an Amazon SNS topic. The region is in the topic's ARN; credentials are those of the environment or the Lambda's role. */
import { createHash } from "node:crypto";
import { type Answer, type Channel, refused, SEND_TIME_OUT_MS, SENT } from "./channel.ts";

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: a subject has at most 100 characters of printable ASCII; a message at most 256 KB. */
const SUBJECT_LENGTH = 100;
const MESSAGE_LENGTH = 64_000;
const TOPIC = /^arn:[\w-]+:sns:([\w-]+):\d{12}:[\w-]{1,256}(\.fifo)?$/;

export function openSnsChannel(topic: string): Channel {
  const [, region, fifo] = TOPIC.exec(topic) ?? [];
  return {
    async send(message) {
      if (region === undefined)
        return refused("the address is no topic; write its ARN, arn:aws:sns:REGION:ACCOUNT:NAME", false);
      // Not at the top: a bundle would load the SDK at every cold start.
      const { PublishCommand, SNSClient } = await import("@aws-sdk/client-sns");
      const client = new SNSClient({ region, maxAttempts: 1 });
      try {
        await client.send(
          new PublishCommand({
            TopicArn: topic,
            Subject: subjectOf(message.title),
            Message: `${message.title}\n\n${message.text}`.slice(0, MESSAGE_LENGTH),
            MessageAttributes: { kind: { DataType: "String", StringValue: message.kind } },
            ...(fifo === undefined
              ? {}
              : {
                  MessageGroupId: "leadloop",
                  MessageDeduplicationId: createHash("sha256").update(message.key).digest("hex"),
                }),
          }),
          { abortSignal: AbortSignal.timeout(SEND_TIME_OUT_MS) },
        );
        return SENT;
      } catch (error) {
        return refusal(error);
      } finally {
        client.destroy();
      }
    },
  };
}

function refusal(error: unknown): Answer {
  if (!(error instanceof Error)) throw error;
  const { $metadata: metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = metadata?.httpStatusCode;
  const again = status === undefined || status === 429 || status >= 500 || /Throttl/.test(error.name);
  return refused(`SNS answered ${status ?? "nothing"}: ${error.name}, ${error.message}`, again);
}

function subjectOf(title: string): string {
  const plain = title.normalize("NFKD").replaceAll(/[^\x20-\x7e]/g, "");
  const subject = plain.trim().slice(0, SUBJECT_LENGTH);
  return subject === "" ? "LeadLoop" : subject;
}
