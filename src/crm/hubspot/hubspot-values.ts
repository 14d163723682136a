/** Which values contacts really hold in a property that nobody expected. */
import { type Filter, FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import * as z from "zod";
import type { UsedValues, ValueQuestion } from "../../jobs/ports.ts";
import { type HubSpotConnection, reading } from "./hubspot-connection.ts";
import { HUBSPOT_SIZES } from "./hubspot-paths.ts";
import { pageAnswerShape, understood } from "./hubspot-wire.ts";

const totalShape = pageAnswerShape.extend({ total: z.number() });

/**
 * HubSpot counts no values, so one search for each property asks for those who hold another value than the expected ones: its total is exact (but for the
 * lag of the index), its first page of 200 tells the values. An expected value that is too long for the search is left out of it and passed over here.
 */
export async function valuesInUse(
  connection: HubSpotConnection,
  object: string,
  questions: readonly ValueQuestion[],
): Promise<ReadonlyMap<string, UsedValues>> {
  const used = new Map<string, UsedValues>();
  for (const { field, except } of questions) used.set(field, await askFor(connection, object, field, except));
  return used;
}

async function askFor(
  connection: HubSpotConnection,
  object: string,
  field: string,
  except: readonly string[],
): Promise<UsedValues> {
  let room: number = HUBSPOT_SIZES.searchValueCharacters;
  const values = except.filter((value) => {
    room -= JSON.stringify(value).length + 1;
    return room > 0;
  });
  const held: Filter = { propertyName: field, operator: FilterOperatorEnum.HasProperty };
  const filters =
    values.length === 0 ? [held] : [{ propertyName: field, operator: FilterOperatorEnum.NotIn, values }, held];
  const { total, results } = await reading(`a search of ${object}`, async () => {
    const query = { filterGroups: [{ filters }], sorts: ["hs_object_id"], properties: [field] };
    return understood(
      totalShape,
      await connection.search.doSearch(object, { ...query, limit: HUBSPOT_SIZES.searchPage }),
    );
  });
  const counts = new Map<string, number>();
  for (const { properties } of results) {
    const value = properties[field];
    // The index may be behind the records.
    if (value === null || value === undefined || value === "" || except.includes(value)) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return { counts, others: Math.max(0, total - results.length) };
}
