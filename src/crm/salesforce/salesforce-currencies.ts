/** Reads what the org's currencies are worth. */
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { runQueries, stopQuery } from "./salesforce-queries.ts";
import { readRows } from "./salesforce-row-reading.ts";
import { textOrNull } from "./salesforce-wire.ts";
import { isTrue, select } from "./soql.ts";

/**
 * Units of each active currency for one of the corporate currency, which comes first. Only for an org with several currencies: any other has no such object.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_currencytype.htm
 */
export async function readCurrencyRates(calls: SalesforceCalls): Promise<Readonly<Record<string, number>>> {
  const [rows = []] = await readRows(calls, [
    {
      object: "CurrencyType",
      fields: ["Id", "IsoCode", "ConversionRate", "IsCorporate"],
      where: [isTrue("IsActive")],
      includeDeleted: false,
    },
  ]);
  const corporateFirst = rows.toSorted((a, b) => Number(b["IsCorporate"]) - Number(a["IsCorporate"]));
  return Object.fromEntries(
    corporateFirst.flatMap((row): [string, number][] => {
      const [code, rate] = [textOrNull(row["IsoCode"]), Number(row["ConversionRate"])];
      return code === null || !(rate > 0) ? [] : [[code, rate]];
    }),
  );
}

const DATED = "DatedConversionRate";

/**
 * Whether advanced currency management is on. An org without it does not have the object, and says so.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_datedconversionrate.htm
 */
export async function hasDatedRates(calls: SalesforceCalls): Promise<boolean> {
  const soql = select({ object: DATED, fields: ["Id"], where: [], orderBy: ["Id"], limit: 1 });
  const [answer] = await runQueries(calls, [{ object: DATED, soql, includeDeleted: false }]);
  if (answer === undefined) return false;
  if (answer.ok) return answer.rows.length > 0;
  if (answer.refusal.code === "INVALID_TYPE") return false;
  throw stopQuery(answer.refusal, DATED);
}
