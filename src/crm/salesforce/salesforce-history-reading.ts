/** Reads field history: who changed what from which value, for the fields that the org tracks. */
import type { RawValue } from "../../core/model/record.ts";
import type { CrmClient, FieldChange } from "../../jobs/ports.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { SIZES } from "./salesforce-paths.ts";
import { type Query, runQueries, stopQuery } from "./salesforce-queries.ts";
import { idOf, idOrNull, instantFrom, type Row } from "./salesforce-wire.ts";
import { afterId, inLists, isOneOf, type Predicate, select, since } from "./soql.ts";

type HistoryRequest = Parameters<CrmClient["readFieldChanges"]>[0];

/** An org where nothing of the object is tracked has no history object for it; one that hides it says the same. */
const NO_HISTORY: ReadonlySet<string> = new Set([
  "INVALID_TYPE",
  "INSUFFICIENT_ACCESS",
  "INSUFFICIENT_ACCESS_OR_READONLY",
]);

interface Reading {
  readonly where: readonly Predicate[];
  after: string | null;
  finished: boolean;
}

/**
 * Changes of tracked fields, oldest first. Field history is off until an admin chooses fields (at most 20 of an object), stamps whole seconds, and does
 * not promise an order within one (https://developer.salesforce.com/docs/atlas.en-us.securityImplGuide.meta/securityImplGuide/tracking_field_history.htm).
 * `us`: the user id of the integration.
 */
export async function readFieldChanges(
  calls: SalesforceCalls,
  request: HistoryRequest,
  us: string,
): Promise<readonly FieldChange[]> {
  const { object, ids } = request;
  const parent = `${object}Id`;
  const readings = inLists([...new Set(ids)], SIZES.uriBytes / 2).map(
    (list): Reading => ({
      where: [isOneOf(parent, list), since("CreatedDate", request.since)],
      after: null,
      finished: false,
    }),
  );
  const changes: FieldChange[] = [];
  for (let open = readings; open.length > 0; open = open.filter(({ finished }) => !finished)) {
    const answers = await runQueries(
      calls,
      open.map((reading) => queryOf(object, parent, reading)),
    );
    for (const [index, reading] of open.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (!answer.ok && NO_HISTORY.has(answer.refusal.code)) return [];
      if (!answer.ok) throw stopQuery(answer.refusal, `${object}History`);
      for (const row of answer.rows) changes.push(...changeFrom(row, parent, us));
      turnPage(reading, answer.rows, answer.complete);
    }
  }
  return changes.sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
}

function turnPage(reading: Reading, rows: readonly Row[], complete: boolean): void {
  const last = rows.at(-1);
  reading.finished = last === undefined || (complete && rows.length < SIZES.page);
  if (last !== undefined) reading.after = idOf(last);
}

function queryOf(object: string, parent: string, { where, after }: Reading): Query {
  const soql = select({
    object: `${object}History`,
    fields: ["Id", parent, "Field", "DataType", "OldValue", "NewValue", "CreatedDate", "CreatedById"],
    where: after === null ? where : [...where, afterId(after)],
    orderBy: ["Id"],
    limit: SIZES.page,
  });
  return { soql, includeDeleted: false, object: `${object}History` };
}

/** A reference has two rows under its relationship's name, one with names and one with ids: only the ids are values. */
function changeFrom(row: Row, parent: string, us: string): FieldChange[] {
  const field = row["Field"];
  const record = idOrNull(row[parent]);
  if (typeof field !== "string" || record === null) return [];
  const isReference = row["DataType"] === "EntityId";
  return [
    {
      record,
      field: isReference && !field.endsWith("__c") ? `${field}Id` : field,
      from: valueFrom(row["OldValue"], row["DataType"]),
      to: valueFrom(row["NewValue"], row["DataType"]),
      at: instantFrom(row["CreatedDate"]),
      own: idOrNull(row["CreatedById"]) === us,
    },
  ];
}

function valueFrom(value: unknown, type: unknown): RawValue {
  if (value === null || value === undefined || value === "") return null;
  if (type === "Boolean") return String(value).toLowerCase() === "true";
  if (type === "Double") return Number(value);
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}
