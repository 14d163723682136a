/** Bulk API 2.0: many writes handed over as one job, which Salesforce works on by itself. */
import * as z from "zod";
import { RetryLater, StopRun } from "../../core/errors.ts";
import type { BulkDelivery, BulkKind, BulkProgress } from "../../jobs/ports.ts";
import { BulkResults, type ResultRow, suitsBulk, tableOf } from "./salesforce-bulk-rows.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { stopFor } from "./salesforce-errors.ts";
import { mayBePersons, type PersonContacts } from "./salesforce-person-accounts.ts";
import { jobId, name } from "./soql.ts";

const JSON_BODY = { "content-type": "application/json" };

const jobAnswer = z.looseObject({
  id: z.string(),
  state: z.string(),
  errorMessage: z.string().nullish(),
});

const resultTable = z.array(z.custom<ResultRow>((row) => typeof row === "object" && row !== null));

/** https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm */
export function bulkDelivery(calls: SalesforceCalls, persons: PersonContacts): BulkDelivery {
  const path = (id: string, rest = ""): string => `${calls.paths.ingestJobs}/${jobId(id)}${rest}`;
  return {
    suits: (write) => suitsBulk(write) && !mayBePersons(write, undefined, persons),

    async open(kind) {
      const body = {
        object: name(kind.object),
        operation: kind.operation,
        ...(kind.keyField === null ? {} : { externalIdFieldName: name(kind.keyField) }),
        contentType: "CSV",
        lineEnding: "LF",
        columnDelimiter: "COMMA",
      };
      const what = `a bulk job for ${kind.object}`;
      // A job without data does nothing, so one whose answer was lost may be made once more.
      const answer = await calls.send({
        method: "POST",
        path: calls.paths.ingestJobs,
        headers: JSON_BODY,
        body: JSON.stringify(body),
        what,
        write: false,
      });
      if (answer.ok) return { id: jobOf(answer.body, what).id };
      const { code, message } = answer.refusal;
      return { refused: `${code}: ${message}` };
    },

    async upload(id, kind, writes) {
      await calls.need({
        method: "PUT",
        path: path(id, "/batches"),
        headers: { "content-type": "text/csv" },
        body: tableOf(kind, writes),
        what: `the data of bulk job ${id}`,
        write: true,
      });
    },

    async start(id) {
      try {
        await calls.need({ ...stateChange(path(id), "UploadComplete"), what: `the start of bulk job ${id}` });
      } catch (error) {
        // Whether it has begun shows when it is asked for.
        if (!(error instanceof RetryLater)) throw error;
      }
    },

    progress: (id) => progressOf(calls, id, path(id)),

    async abort(id) {
      const what = `the end of bulk job ${id}`;
      const answer = await calls.send({ ...stateChange(path(id), "Aborted"), write: false, what });
      return answer.ok;
    },

    results: (id, kind) => resultsOf(calls, id, kind, path, persons),
  };
}

function stateChange(path: string, state: string) {
  return { method: "PATCH", path, headers: JSON_BODY, body: JSON.stringify({ state }), write: true } as const;
}

async function progressOf(calls: SalesforceCalls, id: string, path: string): Promise<BulkProgress> {
  const what = `the state of bulk job ${id}`;
  const answer = await calls.send({ method: "GET", path, what, write: false });
  if (!answer.ok) {
    if (answer.refusal.status === 404) return { state: "gone", message: "" };
    throw stopFor(answer.refusal, what);
  }
  const { state, errorMessage } = jobOf(answer.body, what);
  const message = errorMessage ?? "";
  switch (state) {
    case "Open":
      return { state: "open", message };
    case "UploadComplete":
    case "InProgress":
      return { state: "working", message };
    case "JobComplete":
      return { state: "complete", message };
    case "Failed":
      return { state: "failed", message };
    case "Aborted":
      return { state: "aborted", message };
    default:
      throw new StopRun(`${what} is "${state}", which LeadLoop does not know; update LeadLoop, or report it`);
  }
}

/** One table after the other: each of them can be large. */
async function resultsOf(
  calls: SalesforceCalls,
  id: string,
  kind: BulkKind,
  path: (id: string, rest: string) => string,
  persons: PersonContacts,
): Promise<BulkResults> {
  const table = async (resource: string): Promise<readonly ResultRow[]> => {
    const what = `${resource} of bulk job ${id}`;
    const body = await calls.need({ method: "GET", path: path(id, `/${resource}`), what, write: false });
    const parsed = resultTable.safeParse(body ?? []);
    if (!parsed.success) throw new StopRun(`${what} is no table that LeadLoop can read`, { cause: parsed.error });
    return parsed.data;
  };
  const tables = {
    successful: await table("successfulResults"),
    failed: await table("failedResults"),
    unprocessed: await table("unprocessedrecords"),
  };
  return new BulkResults(kind, tables, persons);
}

function jobOf(body: unknown, what: string): z.infer<typeof jobAnswer> {
  const parsed = jobAnswer.safeParse(body);
  if (!parsed.success) throw new StopRun(`${what}: the answer is no bulk job`, { cause: parsed.error });
  return parsed.data;
}
