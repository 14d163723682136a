/** Answers what LeadLoop's functions ask of AWS, over HTTP on this machine: parameters, secrets, FIFO queues, a bucket. Built from the vendor's API references. */
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SQSEvent, SQSRecord } from "aws-lambda";

interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly group: string;
  readonly sentAt: number;
  receives: number;
}

type Json = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body: Json };

/** SQS drops a second message with the same deduplication id for five minutes. */
const DEDUPLICATION_MS = 300_000;

export class AwsStandIn {
  readonly parameters = new Map<string, string>();
  readonly secrets = new Map<string, Readonly<Record<string, string>>>();
  /** Bodies by `bucket/key`. */
  readonly objects = new Map<string, string>();
  /** Names of the actions that were asked for, in order. */
  readonly asked: string[] = [];
  /** What a message is sent to fails once for each name in here. */
  readonly failing = new Set<string>();
  readonly #queues = new Map<string, QueuedMessage[]>();
  readonly #seen = new Map<string, number>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((listening) => this.#server.listen(0, "127.0.0.1", listening));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a function's environment has on AWS. The keys open nothing. */
  environment(): Readonly<Record<string, string>> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "stand-in",
      AWS_SECRET_ACCESS_KEY: "stand-in",
      RUNS_QUEUE_URL: this.queueUrl("runs"),
      CHANGES_QUEUE_URL: this.queueUrl("changes"),
    };
  }

  queueUrl(name: string): string {
    return `${this.url}/000000000000/${name}.fifo`;
  }

  /** Bodies of the messages that wait in a queue. */
  waiting(queue: string): readonly Json[] {
    return (this.#queues.get(`${queue}.fifo`) ?? []).map(({ body }) => JSON.parse(body) as Json);
  }

  /** Takes up to so many messages of a queue, as the event of one invocation; null when none waits. */
  receive(queue: string, most: number): SQSEvent | null {
    const messages = (this.#queues.get(`${queue}.fifo`) ?? []).splice(0, most);
    return messages.length === 0 ? null : { Records: messages.map((message) => recordOf(message)) };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString("utf8");
    const target = String(request.headers["x-amz-target"] ?? "");
    if (target === "" && request.method === "PUT") {
      this.asked.push("PutObject");
      this.objects.set(decodeURIComponent(new URL(request.url ?? "", this.url).pathname.slice(1)), text);
      response.writeHead(200, { etag: '"stand-in"' }).end();
      return;
    }
    const action = target.slice(target.indexOf(".") + 1);
    this.asked.push(action);
    const { status, body } = this.#answer(action, JSON.parse(text || "{}") as Json);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  }

  #answer(action: string, given: Json): Answer {
    if (this.failing.delete(action)) return { status: 500, body: { __type: "InternalFailure", message: "as asked" } };
    if (action === "GetParameter") return this.#parameter(String(given["Name"]));
    if (action === "GetParametersByPath") return this.#parametersUnder(String(given["Path"]));
    if (action === "GetSecretValue") return this.#secret(String(given["SecretId"]));
    if (action === "SendMessageBatch") return this.#send(given);
    return { status: 400, body: { __type: "UnknownOperationException", message: action } };
  }

  #parameter(name: string): Answer {
    const Value = this.parameters.get(name);
    if (Value === undefined) return { status: 400, body: { __type: "ParameterNotFound", message: name } };
    return { status: 200, body: { Parameter: { Name: name, Value, Type: "String", Version: 1 } } };
  }

  #parametersUnder(path: string): Answer {
    const Parameters = [...this.parameters]
      .filter(([name]) => name.startsWith(`${path}/`) && !name.slice(path.length + 1).includes("/"))
      .map(([Name, Value]) => ({ Name, Value, Type: "String", Version: 1 }));
    return { status: 200, body: { Parameters } };
  }

  #secret(id: string): Answer {
    const value = this.secrets.get(id);
    if (value === undefined) return { status: 400, body: { __type: "ResourceNotFoundException", message: id } };
    return { status: 200, body: { Name: id, SecretString: JSON.stringify(value), VersionId: "1" } };
  }

  #send(given: Json): Answer {
    const name = String(given["QueueUrl"]).split("/").at(-1) ?? "";
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    const Successful = (given["Entries"] as readonly Json[]).map((entry) => {
      const body = String(entry["MessageBody"]);
      const message: QueuedMessage = {
        messageId: randomUUID(),
        body,
        group: String(entry["MessageGroupId"]),
        sentAt: Date.now(),
        receives: 0,
      };
      const key = `${name} ${String(entry["MessageDeduplicationId"])}`;
      const before = this.#seen.get(key);
      if (before === undefined || message.sentAt - before > DEDUPLICATION_MS) queue.push(message);
      this.#seen.set(key, message.sentAt);
      const MD5OfMessageBody = createHash("md5").update(body).digest("hex");
      return { Id: entry["Id"], MessageId: message.messageId, MD5OfMessageBody, SequenceNumber: "1" };
    });
    return { status: 200, body: { Successful } };
  }
}

function recordOf(message: QueuedMessage): SQSRecord {
  message.receives += 1;
  return {
    messageId: message.messageId,
    receiptHandle: randomUUID(),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
      SenderId: "stand-in",
      ApproximateFirstReceiveTimestamp: String(Date.now()),
      MessageGroupId: message.group,
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:stand-in",
    awsRegion: "eu-central-1",
  };
}
