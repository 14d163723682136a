/** Reads what changed, page by page in the order of change, all objects in one call for as long as each has more. */
import * as z from "zod";
import type { BulkSettings } from "../../core/model/connector-settings.ts";
import type { ChangePage, ChangeRequest } from "../../jobs/ports.ts";
import { isWithinJob, readByJob } from "./salesforce-bulk-reading.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { narrowedFields } from "./salesforce-narrowing.ts";
import { SIZES } from "./salesforce-paths.ts";
import { type Query, type QueryAnswer, runQueries, stopQuery } from "./salesforce-queries.ts";
import { fieldsToSelect, idOf, instantFrom, recordFrom } from "./salesforce-wire.ts";
import { afterPosition, changedWithin, isNotBlank, type KeysetPosition, name, type Predicate, select } from "./soql.ts";

interface Reading {
  readonly request: ChangeRequest;
  fields: readonly string[];
  after: KeysetPosition | null;
  pageSize: number;
  /** Salesforce's time when the first page was answered. */
  startedAt: string | null;
  finished: boolean;
}

const countAnswer = z.looseObject({ sObjects: z.array(z.looseObject({ name: z.string(), count: z.number() })) });

/**
 * Pages of every request, deleted, merged and converted records included. A window is read to its end by (SystemModstamp, Id), so rows that change
 * meanwhile are met again at their new time; everything of a large object is read by a job. Throws RetryLater and StopRun; what was given until then
 * stands, and a read of everything goes on after the position of its last page.
 */
export async function* readChanges(
  calls: SalesforceCalls,
  requests: readonly ChangeRequest[],
  bulk: Pick<BulkSettings, "readFromRecords" | "pollSeconds">,
): AsyncGenerator<ChangePage> {
  const asked = requests.filter(({ windows }) => windows.length > 0);
  const large = await largeAmong(calls, asked, bulk.readFromRecords);
  const refused = new Set<ChangeRequest>();
  for (const request of large) {
    const done = yield* readByJob(calls, request, bulk.pollSeconds * 1_000);
    if (!done) refused.add(request);
  }
  yield* readInPages(
    calls,
    asked.filter((request) => !large.includes(request) || refused.has(request)),
  );
}

/** Those that are worth a job: everything of an object with very many records, or the rest of what a job has begun. */
async function largeAmong(
  calls: SalesforceCalls,
  requests: readonly ChangeRequest[],
  fromRecords: number,
): Promise<readonly ChangeRequest[]> {
  const whole = requests.filter((request) => isWhole(request) && request.onlyWith === undefined);
  const begun = whole.filter(({ after }) => isWithinJob(after));
  const fresh = whole.filter(({ after }) => after === undefined);
  if (fromRecords === 0 || fresh.length === 0) return begun;
  const objects = fresh.map(({ object }) => name(object));
  const what = `the number of records of ${objects.join(", ")}`;
  const answer = await calls.send({ method: "GET", path: calls.paths.recordCount(objects), what, write: false });
  const counted = countAnswer.safeParse(answer.ok ? answer.body : null);
  // Who cannot count reads page by page, which is always right.
  if (!counted.success) return begun;
  const counts = new Map(counted.data.sObjects.map(({ name: object, count }) => [object, count]));
  return [...begun, ...fresh.filter(({ object }) => (counts.get(object) ?? 0) >= fromRecords)];
}

function isWhole({ windows }: ChangeRequest): boolean {
  return windows.some(({ from, to }) => from === null && to === null);
}

async function* readInPages(calls: SalesforceCalls, requests: readonly ChangeRequest[]): AsyncGenerator<ChangePage> {
  let open = requests.map(
    (request): Reading => ({
      request,
      fields: request.fields,
      pageSize: SIZES.page,
      finished: false,
      ...placeAfter(request),
    }),
  );
  while (open.length > 0) {
    const answers = await runQueries(calls, open.map(queryOf));
    for (const [index, reading] of open.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (answer.ok) yield pageOf(reading, answer);
      else {
        const refused = await adapt(calls, reading, answer);
        if (refused !== null) yield refused;
      }
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
    position: isWhole(reading.request) ? textOf(reading) : null,
    last: reading.finished,
  };
}

const MARK = "page ";

function textOf({ startedAt, after }: Reading): string | null {
  return startedAt === null || after === null ? null : `${MARK}${startedAt} ${after.at} ${after.id}`;
}

function placeAfter({ after }: ChangeRequest): Pick<Reading, "startedAt" | "after"> {
  const [, startedAt, at, id] = after?.startsWith(MARK) === true ? after.split(" ") : [];
  if (startedAt === undefined || at === undefined || id === undefined) return { startedAt: null, after: null };
  return { startedAt, after: { at, id } };
}

/**
 * Asks for less after a refusal: smaller pages, or without the fields that were taken from us. Where neither helps, gives the refusal of an object that others
 * can do without, and throws StopRun for any other.
 */
async function adapt(
  calls: SalesforceCalls,
  reading: Reading,
  { refusal, serverTime }: Extract<QueryAnswer, { ok: false }>,
): Promise<ChangePage | null> {
  const { object } = reading.request;
  if (refusal.action === "split" && reading.pageSize > SIZES.smallestPage) {
    reading.pageSize = Math.floor(reading.pageSize / 4);
    calls.log.warn({ event: "batch.split", system: "salesforce", size: reading.pageSize, reason: refusal.code });
    return null;
  }
  const fields = await narrowedFields(calls, object, reading.fields, refusal);
  if (fields !== null) {
    reading.fields = fields;
    return null;
  }
  const stop = stopQuery(refusal, object);
  if (reading.request.dispensable !== true || stop.hiddenObject === null) throw stop;
  reading.finished = true;
  return { object, records: [], serverTime, position: null, last: true, refused: stop.message };
}
