/** Reads all rows of some selections, page by page in the order of their ids, several selections in one call. */
import type { SalesforceCalls } from "./salesforce-calls.ts";
import type { Refusal } from "./salesforce-errors.ts";
import { narrowedFields } from "./salesforce-narrowing.ts";
import { SIZES } from "./salesforce-paths.ts";
import { type Query, runQueries, stopQuery } from "./salesforce-queries.ts";
import { idOf, type Row } from "./salesforce-wire.ts";
import { afterId, type Predicate, select } from "./soql.ts";

interface RowSelection {
  readonly object: string;
  readonly fields: readonly string[];
  readonly where: readonly Predicate[];
  readonly includeDeleted: boolean;
}

interface Reading {
  readonly selection: RowSelection;
  readonly rows: Row[];
  fields: readonly string[];
  after: string | null;
  pageSize: number;
  finished: boolean;
}

/** Rows per selection, in the order of the selections. Throws RetryLater and StopRun. */
export async function readRows(
  calls: SalesforceCalls,
  selections: readonly RowSelection[],
): Promise<readonly (readonly Row[])[]> {
  const readings = selections.map(
    (selection): Reading => ({
      selection,
      rows: [],
      fields: selection.fields,
      after: null,
      pageSize: SIZES.page,
      finished: false,
    }),
  );
  for (let open = readings; open.length > 0; open = open.filter(({ finished }) => !finished)) {
    const asked = open.map(({ fields }) => fields);
    const answers = await runQueries(calls, open.map(queryOf));
    for (const [index, reading] of open.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (answer.ok) take(reading, answer.rows, answer.complete);
      else await adapt(calls, reading, open, answer.refusal, asked[index]);
    }
  }
  return readings.map(({ rows }) => rows);
}

function queryOf({ selection, fields, after, pageSize }: Reading): Query {
  const { object, where, includeDeleted } = selection;
  const page = after === null ? where : [...where, afterId(after)];
  return { object, includeDeleted, soql: select({ object, fields, where: page, orderBy: ["Id"], limit: pageSize }) };
}

function take(reading: Reading, rows: readonly Row[], complete: boolean): void {
  for (const row of rows) reading.rows.push(row);
  const last = rows.at(-1);
  // Salesforce may give fewer rows than asked for when they are wide, and says so.
  reading.finished = last === undefined || (complete && rows.length < reading.pageSize);
  if (last !== undefined) reading.after = idOf(last);
}

/** Asks for less after a refusal: smaller pages, or without the fields that were taken from us. Throws StopRun when neither helps. */
async function adapt(
  calls: SalesforceCalls,
  reading: Reading,
  open: readonly Reading[],
  refusal: Refusal,
  asked: readonly string[] | undefined,
): Promise<void> {
  const { object } = reading.selection;
  if (refusal.action === "split" && reading.pageSize > SIZES.smallestPage) {
    reading.pageSize = Math.floor(reading.pageSize / 4);
    calls.log.warn({ event: "batch.split", system: "salesforce", size: reading.pageSize, reason: refusal.code });
    return;
  }
  // Another selection of the same object may have found the hidden field in this very round. One that is still refused with what is left hides elsewhere.
  if (reading.fields !== asked && refusal.code === "INVALID_FIELD") return;
  const fields = await narrowedFields(calls, object, reading.fields, refusal);
  if (fields === null) throw stopQuery(refusal, object);
  for (const other of open) if (other.selection.fields === reading.selection.fields) other.fields = fields;
}
