/** Which values the records of an object really hold in a field, and how many hold each. */
import type { UsedValues, ValueQuestion } from "../../jobs/ports.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { runQueries } from "./salesforce-queries.ts";
import { name } from "./soql.ts";

/** A picklist has at most a thousand values; a field that turns out to have more different ones is told by its first. */
const MOST_GROUPS = 2_000;

/**
 * One aggregate query for each field, five to a call (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby.htm).
 * Converted leads are left out: nobody writes to them any more. A field that cannot be grouped is missing from the answer. Throws StopRun and RetryLater.
 */
export async function valuesInUse(
  calls: SalesforceCalls,
  object: string,
  questions: readonly ValueQuestion[],
): Promise<ReadonlyMap<string, UsedValues>> {
  const where = object === "Lead" ? " WHERE IsConverted = false" : "";
  const queries = questions.map(({ field }) => ({
    object,
    includeDeleted: false,
    soql: `SELECT ${name(field)}, COUNT(Id) held FROM ${name(object)}${where} GROUP BY ${name(field)} LIMIT ${MOST_GROUPS}`,
  }));
  const answers = await runQueries(calls, queries);
  const used = new Map<string, UsedValues>();
  for (const [index, { field, except }] of questions.entries()) {
    const answer = answers[index];
    if (answer?.ok !== true) continue;
    const counts = new Map<string, number>();
    for (const row of answer.rows) {
      const value = row[field];
      if (typeof value === "string" && value !== "" && !except.includes(value)) counts.set(value, Number(row["held"]));
    }
    used.set(field, { counts, others: 0 });
  }
  return used;
}
