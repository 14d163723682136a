/** Reads what changed, page by page in the order of change, all objects in one call for as long as each has more. */
import type { ChangePage, ChangeRequest } from "../../jobs/ports.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { narrowedFields } from "./salesforce-narrowing.ts";
import { SIZES } from "./salesforce-paths.ts";
import { type Query, type QueryAnswer, runQueries, stopQuery } from "./salesforce-queries.ts";
import { fieldsToSelect, idOf, instantFrom, recordFrom } from "./salesforce-wire.ts";
import { afterPosition, changedWithin, isNotBlank, type KeysetPosition, type Predicate, select } from "./soql.ts";

interface Reading {
  readonly request: ChangeRequest;
  fields: readonly string[];
  after: KeysetPosition | null;
  pageSize: number;
  /** Salesforce's time when the first page was answered. */
  startedAt: string | null;
  finished: boolean;
}

/**
 * Pages of every request, deleted, merged and converted records included. A window is read to its end by (SystemModstamp, Id), so rows that change
 * meanwhile are met again at their new time. Throws RetryLater and StopRun; what was given until then stands.
 */
export async function* readChanges(
  calls: SalesforceCalls,
  requests: readonly ChangeRequest[],
): AsyncGenerator<ChangePage> {
  let open = requests
    .filter(({ windows }) => windows.length > 0)
    .map(
      (request): Reading => ({
        request,
        fields: request.fields,
        after: null,
        pageSize: SIZES.page,
        startedAt: null,
        finished: false,
      }),
    );
  while (open.length > 0) {
    const answers = await runQueries(calls, open.map(queryOf));
    for (const [index, reading] of open.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (answer.ok) yield pageOf(reading, answer);
      else await adapt(calls, reading, answer);
    }
    open = open.filter(({ finished }) => !finished);
  }
}

function queryOf({ request, fields, after, pageSize }: Reading): Query {
  const { object, windows, onlyWith } = request;
  const where: Predicate[] = [];
  const changed = changedWithin(windows);
  if (changed !== null) where.push(changed);
  if (after !== null) where.push(afterPosition(after));
  if (onlyWith !== undefined) where.push(isNotBlank(onlyWith));
  const soql = select({
    object,
    fields: fieldsToSelect(object, fields),
    where,
    orderBy: ["SystemModstamp", "Id"],
    limit: pageSize,
  });
  return { soql, includeDeleted: true, object };
}

function pageOf(reading: Reading, answer: Extract<QueryAnswer, { ok: true }>): ChangePage {
  const { object } = reading.request;
  const last = answer.rows.at(-1);
  reading.startedAt ??= answer.serverTime;
  // Salesforce may give fewer rows than asked for when they are wide, and says so.
  reading.finished = last === undefined || (answer.complete && answer.rows.length < reading.pageSize);
  if (last !== undefined) reading.after = { at: instantFrom(last["SystemModstamp"]), id: idOf(last) };
  return {
    object,
    records: answer.rows.map((row) => recordFrom(object, reading.fields, row)),
    serverTime: reading.startedAt,
    last: reading.finished,
  };
}

/** Asks for less after a refusal: smaller pages, or without the fields that were taken from us. Throws StopRun when neither helps. */
async function adapt(
  calls: SalesforceCalls,
  reading: Reading,
  { refusal }: Extract<QueryAnswer, { ok: false }>,
): Promise<void> {
  const { object } = reading.request;
  if (refusal.action === "split" && reading.pageSize > SIZES.smallestPage) {
    reading.pageSize = Math.floor(reading.pageSize / 4);
    calls.log.warn({ event: "batch.split", system: "salesforce", size: reading.pageSize, reason: refusal.code });
    return;
  }
  const fields = await narrowedFields(calls, object, reading.fields, refusal);
  if (fields === null) throw stopQuery(refusal, object);
  reading.fields = fields;
}
