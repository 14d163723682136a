/** A deployment as its functions see it: a sandbox for both systems, AWS on this machine, a PostgreSQL database, and connections that are set up. */
import { createHmac, randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2, ScheduledEvent, SQSEvent } from "aws-lambda";
import { createSandbox, type RunningSandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox-parts.ts";
import { AwsStandIn } from "../../tools/lambda/aws-stand-in.ts";

const STAGE = "test";
const WEBHOOK_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";

export interface LambdaWorld {
  readonly aws: AwsStandIn;
  readonly sandbox: Sandbox;
  /** The variables of every function. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** One sandbox pair for the connection "acme"; "globex" has a HubSpot token that is refused. */
export async function openLambdaWorld(databaseUrl: string): Promise<LambdaWorld> {
  const sandbox = createSandbox({ seed: "lambda" });
  const running: RunningSandbox = await startSandbox(sandbox);
  const aws = await new AwsStandIn().start();
  aws.parameters.set(`/leadloop/${STAGE}/connections`, "acme, globex");
  aws.secrets.set(`leadloop/${STAGE}/database`, { "database-url": databaseUrl });
  for (const [name, token] of [
    ["acme", "pat-sandbox"],
    ["globex", "pat-wrong"],
  ] as const) {
    const path = `/leadloop/${STAGE}/connection/${name}`;
    aws.parameters.set(`${path}/salesforce-login-url`, running.salesforceUrl);
    aws.parameters.set(`${path}/salesforce-client-id`, "sandbox-client");
    aws.parameters.set(`${path}/hubspot-base-url`, running.hubspotUrl);
    aws.parameters.set(`${path}/hubspot-app-id`, "18221010");
    aws.secrets.set(path.slice(1), { "salesforce-client-secret": "sandbox-secret", "hubspot-access-token": token });
    aws.secrets.set(`leadloop/${STAGE}/webhook/${name}`, { "hubspot-client-secret": WEBHOOK_SECRET });
  }
  return {
    aws,
    sandbox,
    environment: {
      ...aws.environment(),
      LEADLOOP_STAGE: STAGE,
      LEADLOOP_LOG: "info",
      LEADLOOP_SECRETS_SECONDS: "300",
    },
    close: async () => {
      await aws.close();
      await running.close();
    },
  };
}

/** A schedule's tick. */
export function tick(): ScheduledEvent {
  return {
    id: randomUUID(),
    version: "0",
    account: "000000000000",
    time: new Date().toISOString(),
    region: "eu-central-1",
    resources: [],
    source: "aws.events",
    "detail-type": "Scheduled Event",
    detail: {},
  };
}

/** The messages of a batch, with one in the middle that nobody of us wrote. */
export function withPoison(event: SQSEvent): SQSEvent {
  const [first, ...rest] = event.Records;
  if (first === undefined) throw new Error("no message to be put beside the poison");
  return { Records: [first, { ...first, messageId: "poison", body: '{"connection":' }, ...rest] };
}

export interface WebhookOptions {
  readonly body?: string;
  readonly secret?: string;
  readonly timestamp?: number | string;
  readonly query?: string;
  readonly connection?: string;
}

/** A webhook as API Gateway hands it over, signed as HubSpot signs. */
export function webhook(options: WebhookOptions = {}): APIGatewayProxyEventV2 {
  const { body = "[]", secret = WEBHOOK_SECRET, query = "", connection = "acme" } = options;
  const timestamp = String(options.timestamp ?? Date.now());
  const rawPath = `/hubspot/${connection}`;
  const uri = `https://abc.execute-api.eu-central-1.amazonaws.com${rawPath}${query === "" ? "" : `?${query}`}`;
  const signature = createHmac("sha256", secret).update(`POST${uri}${body}${timestamp}`).digest("base64");
  return {
    version: "2.0",
    routeKey: "POST /hubspot/{connection}",
    rawPath,
    rawQueryString: query,
    headers: { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp },
    requestContext: {
      accountId: "000000000000",
      apiId: "abc",
      domainName: "abc.execute-api.eu-central-1.amazonaws.com",
      domainPrefix: "abc",
      http: { method: "POST", path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "HubSpot" },
      requestId: "1",
      routeKey: "POST /hubspot/{connection}",
      stage: "$default",
      time: "",
      timeEpoch: 0,
    },
    pathParameters: { connection },
    body,
    isBase64Encoded: false,
  };
}

/** HubSpot's event of a changed property (https://developers.hubspot.com/docs/api-reference/latest/webhooks/guide). */
export function propertyChange(objectId: number, more: object = {}): object {
  return {
    eventId: objectId,
    subscriptionId: 1,
    portalId: 62515,
    appId: 54321,
    occurredAt: Date.now(),
    subscriptionType: "contact.propertyChange",
    attemptNumber: 0,
    objectId,
    propertyName: "firstname",
    propertyValue: "x",
    changeSource: "CRM_UI",
    ...more,
  };
}
