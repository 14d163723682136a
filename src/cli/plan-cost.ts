/** Estimates the calls that a plan's writes would cost, from how many go into one call. */
import type { Write } from "../core/model/plan.ts";
import type { System } from "../core/model/record.ts";

/** Contacts in one batch call (https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide). */
const HUBSPOT_BATCH = 100;
/** Records in one collections call (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm). */
const SALESFORCE_BATCH = 200;
/** Subrequests in one composite call (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm). */
const GUARDED_BATCH = 25;

/** Calls for writing alone, when nothing has to be repeated. */
export function writingCost(writes: readonly Write[]): Readonly<Record<System, number>> {
  const batches = new Map<string, { readonly write: Write; rows: number }>();
  for (const write of writes) {
    const { system, object, operation, step } = write;
    const guarded = write.ifUnmodifiedSince !== null;
    const key = `${system} ${object} ${operation} ${step} ${guarded}`;
    const batch = batches.get(key);
    if (batch === undefined) batches.set(key, { write, rows: 1 });
    else batch.rows += 1;
  }
  const cost = { hubspot: 0, salesforce: 0 };
  for (const { write, rows } of batches.values()) cost[write.system] += Math.ceil(rows / batchSize(write));
  return cost;
}

function batchSize(write: Write): number {
  if (write.system === "hubspot") return HUBSPOT_BATCH;
  return write.ifUnmodifiedSince === null ? SALESFORCE_BATCH : GUARDED_BATCH;
}
