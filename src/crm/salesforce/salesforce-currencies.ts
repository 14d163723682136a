/** Reads what the org's currencies are worth. */
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { readRows } from "./salesforce-row-reading.ts";
import { textOrNull } from "./salesforce-wire.ts";
import { isTrue } from "./soql.ts";

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
