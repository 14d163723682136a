/** Reads everything of a large object by a query job, so that a killed run's successor goes on with the same job where it stopped. */
import { StopRun } from "../../core/errors.ts";
import type { Instant } from "../../core/model/record.ts";
import type { ChangePage, ChangeRequest } from "../../jobs/ports.ts";
import { chunked } from "../side-by-side.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { openQueryJob, queryJobPart, queryJobState, type ResultPart } from "./salesforce-query-jobs.ts";
import { type ColumnTypes, columnTypes, typedRow } from "./salesforce-table-rows.ts";
import { fieldsToSelect, type Row, recordFrom } from "./salesforce-wire.ts";
import { select } from "./soql.ts";

/** Records of one page: as many as a page of REST has. */
const PAGE = 2_000;

/** A job, and how far its result has been read. Stored by whoever reads, as a text that only this file can read. */
interface Place {
  readonly job: string;
  readonly locator: string | null;
  /** Salesforce's time before the job was made: what changed since then may be missing in its result. */
  readonly startedAt: Instant;
}

const MARK = "job ";

function textOf({ job, locator, startedAt }: Place): string {
  return `${MARK}${job} ${startedAt} ${locator ?? ""}`;
}

function placeFrom(text: string): Place {
  const [, job = "", startedAt = "", locator = ""] = text.split(" ");
  return { job, startedAt, locator: locator === "" ? null : locator };
}

/** Whether a position is one within a job's result. */
export function isWithinJob(position: string | undefined): boolean {
  return position?.startsWith(MARK) === true;
}

/**
 * Pages of everything, deleted, merged and converted records included, in no order. The first page of a new job and those that come while
 * Salesforce works have no records: they tell where to go on, and let the reader look at the time. Gives false when Salesforce would not do it: then nothing was passed over that
 * another way of reading need not read.
 */
export async function* readByJob(
  calls: SalesforceCalls,
  request: ChangeRequest,
  pollMs: number,
): AsyncGenerator<ChangePage, boolean> {
  const { object, after } = request;
  const fields = fieldsToSelect(object, request.fields);
  let place = after === undefined || !isWithinJob(after) ? null : placeFrom(after);
  // A job that is gone (Salesforce keeps them for seven days) is made once more, not again and again.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (place === null) place = await openedJob(calls, object, fields);
    if (place === null) return false;
    const read = yield* readResult(calls, request, place, pollMs);
    if (read !== "gone") return read === "complete";
    calls.log.warn({ event: "bulk.ended", job: place.job, state: "gone", reason: `${object} is read anew` });
    place = null;
  }
  return false;
}

async function openedJob(calls: SalesforceCalls, object: string, fields: readonly string[]): Promise<Place | null> {
  // No order and no limit: either would keep Salesforce from cutting the work in pieces.
  const soql = select({ object, fields, where: [], orderBy: [], limit: null });
  const job = await openQueryJob(calls, object, soql);
  if ("refused" in job) {
    calls.log.warn({ event: "bulk.refused", object, reason: job.refused });
    return null;
  }
  calls.log.info({ event: "bulk.started", job: job.id, object, operation: "queryAll", records: 0 });
  return { job: job.id, locator: null, startedAt: job.serverTime };
}

/** `failed`: Salesforce could not do it. `gone`: it does not know the job, or not this place in its result. */
async function* readResult(
  calls: SalesforceCalls,
  request: ChangeRequest,
  start: Place,
  pollMs: number,
): AsyncGenerator<ChangePage, "complete" | "failed" | "gone"> {
  let place = start;
  const page = (records: ChangePage["records"], last = false): ChangePage => ({
    object: request.object,
    records,
    serverTime: place.startedAt,
    position: textOf(place),
    last,
  });
  // A job that nobody knows yet is told before anything else; one that goes on tells when it has something to tell, so that every run gets further.
  if (textOf(start) !== request.after) yield page([]);
  for (;;) {
    const progress = await queryJobState(calls, place.job);
    if (progress.state === "complete") break;
    if (progress.state === "gone") return "gone";
    if (progress.state === "failed") {
      calls.log.warn({ event: "bulk.ended", job: place.job, state: "failed", reason: progress.message });
      return "failed";
    }
    await calls.clock.sleep(pollMs);
    yield page([]);
  }
  calls.log.info({ event: "bulk.ended", job: place.job, state: "complete", reason: "" });
  const types = await columnTypes(calls, request.object, fieldsToSelect(request.object, request.fields));
  for (;;) {
    const part: ResultPart = await queryJobPart(calls, place.job, place.locator);
    if (part === "gone") return "gone";
    const pieces = chunked(recordsOf(part.rows, request, types), PAGE);
    // Where to go on changes only with the last piece: a part is read again as a whole.
    for (const piece of pieces.slice(0, -1)) yield page(piece);
    const rest = pieces.at(-1) ?? [];
    if (part.next === null) {
      yield page(rest, true);
      return "complete";
    }
    if (part.next === place.locator)
      throw new StopRun(
        `The result of query job ${place.job} does not go on after ${place.locator}; no record was passed over. Try again.`,
      );
    place = { ...place, locator: part.next };
    yield page(rest);
  }
}

function recordsOf(rows: readonly Row[], { object, fields }: ChangeRequest, types: ColumnTypes): ChangePage["records"] {
  return rows.map((row) => recordFrom(object, fields, typedRow(row, types)));
}
