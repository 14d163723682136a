/** Reads in what the org counts its money, and what its currencies are worth. */
import { StopRun } from "../../core/errors.ts";
import type { DatedRates } from "../../core/model/ledger.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { runQueries, stopQuery } from "./salesforce-queries.ts";
import { readRows } from "./salesforce-row-reading.ts";
import { organizationAnswer, textOrNull } from "./salesforce-wire.ts";
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

/**
 * The currency of an org that has only one, which no record says: Organization has no field for it, the Connect REST API has
 * (https://developer.salesforce.com/docs/atlas.en-us.188.0.chatterapi.meta/chatterapi/connect_responses_features.htm; Chatter need not be on,
 * https://developer.salesforce.com/docs/atlas.en-us.250.0.apexref.meta/apexref/apex_ConnectAPI_Organization_static_methods.htm). It cannot be part of a composite request. One call.
 */
export async function readOwnCurrency(calls: SalesforceCalls): Promise<string | null> {
  const what = "the currency of the org";
  const body = await calls.need({ method: "GET", path: calls.paths.organization, what, write: false });
  const parsed = organizationAnswer.safeParse(body);
  if (!parsed.success) throw new StopRun(`${what} has a form that LeadLoop does not know`, { cause: parsed.error });
  return parsed.data.features.defaultCurrencyIsoCode ?? null;
}

const DATED = "DatedConversionRate";

/**
 * Rates by the day from which they hold, until the next one of the currency; {} where advanced currency management is off.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_datedconversionrate.htm
 */
export async function readDatedRates(calls: SalesforceCalls): Promise<DatedRates> {
  if (!(await hasDatedRates(calls))) return {};
  const fields = ["Id", "IsoCode", "StartDate", "ConversionRate"];
  const [rows = []] = await readRows(calls, [{ object: DATED, fields, where: [], includeDeleted: false }]);
  const dated: Record<string, { readonly from: string; readonly rate: number }[]> = {};
  for (const row of rows) {
    const [code, from] = [textOrNull(row["IsoCode"]), textOrNull(row["StartDate"])];
    const rate = Number(row["ConversionRate"]);
    if (code === null || from === null || !(rate > 0)) continue;
    dated[code] = [...(dated[code] ?? []), { from: from.slice(0, 10), rate }];
  }
  for (const rates of Object.values(dated)) rates.sort((a, b) => (a.from < b.from ? -1 : 1));
  return dated;
}

/**
 * An org without advanced currency management does not have the object, and says so.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_datedconversionrate.htm
 */
async function hasDatedRates(calls: SalesforceCalls): Promise<boolean> {
  const soql = select({ object: DATED, fields: ["Id"], where: [], orderBy: ["Id"], limit: 1 });
  const [answer] = await runQueries(calls, [{ object: DATED, soql, includeDeleted: false }]);
  if (answer === undefined) return false;
  if (answer.ok) return answer.rows.length > 0;
  if (answer.refusal.code === "INVALID_TYPE") return false;
  throw stopQuery(answer.refusal, DATED);
}
