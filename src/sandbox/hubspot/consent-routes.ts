/** The calls about e-mail subscriptions: unsubscribing addresses from everything, and asking who is. Nothing here subscribes anybody. */
import { type HubSpotCall, listOf, type Route, type RouteAnswer } from "./hubspot-call.ts";
import { formatInstant } from "./hubspot-instants.ts";
import { type HubSpotRefusal, invalidRequest } from "./hubspot-refusals.ts";
import { isEmail, normalEmail } from "./property-values.ts";
import { batchAnswer, batchError } from "./record-answers.ts";

/** https://developers.hubspot.com/docs/api-reference/legacy/communication-preferences/status/batch/unsubscribe-contacts-batch */
const INPUTS_MAXIMUM = 100;

/** The subscription types of the account. */
const SUBSCRIPTIONS = [
  { subscriptionId: 1, subscriptionName: "Marketing Information" },
  { subscriptionId: 2, subscriptionName: "One to One" },
] as const;

const STATUSES = "/communication-preferences/v4/statuses";

export const consentRoutes: Readonly<Record<string, Route>> = {
  [`POST ${STATUSES}/batch/unsubscribe-all`]: unsubscribeBatch,
  [`POST ${STATUSES}/batch/unsubscribe-all/read`]: readBatch,
  [`POST ${STATUSES}/{subscriberIdString}/unsubscribe-all`]: unsubscribeOne,
  [`GET ${STATUSES}/{subscriberIdString}/unsubscribe-all`]: readOne,
};

function unsubscribeBatch(call: HubSpotCall): RouteAnswer {
  return inBatch(call, (email) => {
    const statuses = unsubscribed(call, email);
    return { subscriberIdString: email, statuses };
  });
}

function readBatch(call: HubSpotCall): RouteAnswer {
  return inBatch(call, (email) => ({ subscriberIdString: email, wideStatuses: wideStatuses(call, email) }), true);
}

function unsubscribeOne(call: HubSpotCall): RouteAnswer {
  checkChannel(call);
  const email = call.params["subscriberIdString"] ?? "";
  checkAddress(email);
  const statuses = unsubscribed(call, email);
  return { status: 200, body: batchAnswer(call.account, isVerbose(call) ? statuses : []) };
}

/** The results are empty for somebody who is not unsubscribed from everything. */
function readOne(call: HubSpotCall): RouteAnswer {
  checkChannel(call);
  const email = call.params["subscriberIdString"] ?? "";
  checkAddress(email);
  return { status: 200, body: batchAnswer(call.account, wideStatuses(call, email)) };
}

/** Good addresses are done, bad ones reported beside them (207). Without `verbose` what was done is not listed. */
function inBatch(call: HubSpotCall, work: (email: string) => Record<string, unknown>, always = false): RouteAnswer {
  checkChannel(call);
  const { inputs } = call.body as { inputs: readonly string[] };
  if (inputs.length === 0) throw invalidRequest("inputs may not be empty");
  if (inputs.length > INPUTS_MAXIMUM) {
    throw invalidRequest(`The maximum number of inputs supported in a batch request is ${INPUTS_MAXIMUM}`);
  }
  const results: Record<string, unknown>[] = [];
  const errors: Record<string, unknown>[] = [];
  for (const email of new Set(inputs)) {
    const refusal = addressRefusal(email);
    if (refusal === undefined) results.push(work(email));
    else errors.push(withAddress(batchError(refusal, undefined), email));
  }
  const listed = always || isVerbose(call) ? results : [];
  return { status: errors.length === 0 ? 200 : 207, body: batchAnswer(call.account, listed, errors) };
}

function unsubscribed(call: HubSpotCall, email: string): Record<string, unknown>[] {
  const { account } = call;
  const now = account.clock.now();
  const changed = account.optOuts.unsubscribe(normalEmail(email), now);
  const timestamp = formatInstant(account.optOuts.since(normalEmail(email)) ?? now);
  return SUBSCRIPTIONS.map((subscription) => ({
    channel: "EMAIL",
    source: "PUBLIC_API",
    status: "UNSUBSCRIBED",
    subscriberIdString: email,
    ...subscription,
    timestamp,
    setStatusSuccessReason: changed ? "UNSUBSCRIBE_FROM_ALL_OCCURRED" : "NO_STATUS_CHANGE",
  }));
}

function wideStatuses(call: HubSpotCall, email: string): Record<string, unknown>[] {
  const since = call.account.optOuts.since(normalEmail(email));
  if (since === undefined) return [];
  const what = { channel: "EMAIL", status: "UNSUBSCRIBED", wideStatusType: "PORTAL_WIDE" };
  return [{ ...what, subscriberIdString: email, timestamp: formatInstant(since) }];
}

/** The channel must be named in the query, and there is only one. */
function checkChannel(call: HubSpotCall): void {
  const channels = listOf(call.query, "channel");
  if (channels.length !== 1 || channels[0] !== "EMAIL") {
    throw invalidRequest(`channel must be EMAIL, got ${channels.join(",") || "none"}`);
  }
}

function isVerbose(call: HubSpotCall): boolean {
  return call.query.get("verbose") === "true";
}

function checkAddress(email: string): void {
  const refusal = addressRefusal(email);
  if (refusal !== undefined) throw refusal;
}

function addressRefusal(email: string): HubSpotRefusal | undefined {
  return isEmail(email) ? undefined : invalidRequest(`${email} is not a valid email address`);
}

function withAddress(error: Record<string, unknown>, email: string): Record<string, unknown> {
  return { ...error, context: { subscriberIdString: [email] } };
}
