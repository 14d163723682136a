/** Lambda: HubSpot's webhooks. Who signed it is settled before anything is parsed; then only ids go on, to the queue of changes. */
import { createHash } from "node:crypto";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { openDeployment } from "./deployment.ts";
import { isSignedByHubSpot, isTimely } from "./hubspot-signature.ts";
import { changedContacts } from "./hubspot-webhook-events.ts";
import type { ChangesMessage } from "./queue-messages.ts";
import { queueUrl, sendMessages } from "./send-messages.ts";
import { tellFailure } from "./tell-failure.ts";

const deployment = openDeployment();

/** The same words for every reason, so that a forger learns nothing. */
const REFUSED: APIGatewayProxyStructuredResultV2 = { statusCode: 401, body: "not signed by HubSpot" };
const TAKEN: APIGatewayProxyStructuredResultV2 = { statusCode: 204 };

/** HubSpot repeats what is not answered with 2xx within five seconds, ten times over a day (https://developers.hubspot.com/docs/api-reference/latest/webhooks/guide). */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const now = Date.now();
  const timestamp = event.headers["x-hubspot-request-timestamp"];
  const signature = event.headers["x-hubspot-signature-v3"];
  if (signature === undefined || !isTimely(timestamp, now)) return REFUSED;
  const connection = event.pathParameters?.["connection"] ?? "";
  const secret = await deployment.webhookSecret(connection);
  if (secret === null) return REFUSED;
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  const { method } = event.requestContext.http;
  if (!isSignedByHubSpot({ method, uri: addressOf(event), body, signature, timestamp }, secret, now)) return REFUSED;

  const records = changedContacts(body.toString("utf8"));
  if (records === null) {
    // Signed, and yet nothing we understand: HubSpot would send it ten times more, so it is told and taken.
    tellFailure(`a webhook of ${connection} is no list of events`);
    return TAKEN;
  }
  if (records.length > 0) {
    const message: ChangesMessage = { connection, system: "hubspot", records };
    const deduplication = createHash("sha256").update(body).digest("hex");
    await sendMessages(queueUrl("CHANGES_QUEUE_URL"), [{ connection, body: message, deduplication }]);
  }
  return TAKEN;
}

/** The address that HubSpot called: the one that was signed. */
function addressOf({ requestContext, rawPath, rawQueryString }: APIGatewayProxyEventV2): string {
  return `https://${requestContext.domainName}${rawPath}${rawQueryString === "" ? "" : `?${rawQueryString}`}`;
}
