/** Bulk API 2.0 query jobs: a query that Salesforce works on by itself, its result fetched in parts as a table. */
import * as z from "zod";
import { StopRun } from "../../core/errors.ts";
import type { Instant } from "../../core/model/record.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { stopFor } from "./salesforce-errors.ts";
import type { Row } from "./salesforce-wire.ts";
import { jobId } from "./soql.ts";

/** Rows of one part. Salesforce allows far more; these fit into memory beside everything else, and a thousand people still cost a tenth of a call. */
const PART = 10_000;

const jobAnswer = z.looseObject({ id: z.string(), state: z.string(), errorMessage: z.string().nullish() });
const table = z.array(z.custom<Row>((row) => typeof row === "object" && row !== null && "Id" in row));

export type QueryJobState =
  | { readonly state: "working" | "complete" | "gone" }
  | { readonly state: "failed"; readonly message: string };

/** A part of a result. `next`: the locator of the one after it, null for the last. */
export type ResultPart = { readonly rows: readonly Row[]; readonly next: string | null } | "gone";

/** Makes a job, or tells why Salesforce would not. https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_create_job.htm */
export async function openQueryJob(
  calls: SalesforceCalls,
  object: string,
  soql: string,
): Promise<{ readonly id: string; readonly serverTime: Instant } | { readonly refused: string }> {
  const what = `a query job of ${object}`;
  // It changes nothing, so one whose answer was lost may be made once more; Salesforce clears the other away after seven days.
  const answer = await calls.send({
    method: "POST",
    path: calls.paths.queryJobs,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      operation: "queryAll",
      query: soql,
      contentType: "CSV",
      columnDelimiter: "COMMA",
      lineEnding: "LF",
    }),
    what,
    write: false,
  });
  if (answer.ok) return { id: jobOf(answer.body, what).id, serverTime: answer.serverTime };
  const { code, message } = answer.refusal;
  return { refused: `${code}: ${message}` };
}

export async function queryJobState(calls: SalesforceCalls, id: string): Promise<QueryJobState> {
  const what = `the state of query job ${id}`;
  const answer = await calls.send({ method: "GET", path: `${calls.paths.queryJobs}/${jobId(id)}`, what, write: false });
  if (!answer.ok) {
    if (answer.refusal.status === 404) return { state: "gone" };
    throw stopFor(answer.refusal, what);
  }
  const { state, errorMessage } = jobOf(answer.body, what);
  switch (state) {
    case "UploadComplete":
    case "InProgress":
      return { state: "working" };
    case "JobComplete":
      return { state: "complete" };
    case "Failed":
    case "Aborted":
      return { state: "failed", message: errorMessage ?? state };
    default:
      throw new StopRun(`${what} is "${state}", which LeadLoop does not know; update LeadLoop, or report it`);
  }
}

/** `locator` null: the first part. The same one may be asked for again and again. https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm */
export async function queryJobPart(calls: SalesforceCalls, id: string, locator: string | null): Promise<ResultPart> {
  const what = `the result of query job ${id}`;
  const place = locator === null ? "" : `&locator=${encodeURIComponent(locator)}`;
  const answer = await calls.send({
    method: "GET",
    path: `${calls.paths.queryJobs}/${jobId(id)}/results?maxRecords=${PART}${place}`,
    headers: { accept: "text/csv" },
    what,
    write: false,
  });
  if (!answer.ok) {
    if (answer.refusal.action === "gone" || answer.refusal.status === 404) return "gone";
    throw stopFor(answer.refusal, what);
  }
  const parsed = table.safeParse(answer.body ?? []);
  if (!parsed.success) throw new StopRun(`${what} is no table that LeadLoop can read`, { cause: parsed.error });
  // The last part says so by the word null.
  const next = answer.headers["sforce-locator"] ?? "null";
  return { rows: parsed.data, next: next === "null" || next === "" ? null : next };
}

function jobOf(body: unknown, what: string): z.infer<typeof jobAnswer> {
  const parsed = jobAnswer.safeParse(body);
  if (!parsed.success) throw new StopRun(`${what}: the answer is no query job`, { cause: parsed.error });
  return parsed.data;
}
