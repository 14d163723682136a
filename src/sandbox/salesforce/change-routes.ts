/** Serves /sobjects/{Type}/updated and /deleted: the ids of records that changed in a window of whole minutes. */
import { json, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, pathObject } from "./api-call.ts";
import { tableOf } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { msOfText, stampOf } from "./vendor-time.ts";

const minute = 60_000;
const day = 86_400_000;

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getupdated.htm: seconds are ignored, 30 days back. */
export function serveUpdated(call: ApiCall): SandboxResponse {
  const { start, end } = windowOf(call, 30);
  const ids: string[] = [];
  for (const { id, record } of changed(call, start, end)) {
    if (record["IsDeleted"] !== true) ids.push(id);
  }
  return json(200, { ids, latestDateCovered: latestCovered(call, end) });
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm: 15 days back. */
export function serveDeleted(call: ApiCall): SandboxResponse {
  const { start, end } = windowOf(call, 15);
  const deletedRecords: { id: string; deletedDate: unknown }[] = [];
  for (const { id, record } of changed(call, start, end)) {
    if (record["IsDeleted"] === true) deletedRecords.push({ id, deletedDate: record["SystemModstamp"] });
  }
  return json(200, {
    deletedRecords,
    earliestDateAvailable: stampOf(call.state.clock.now() - 15 * day),
    latestDateCovered: latestCovered(call, end),
  });
}

function windowOf(call: ApiCall, daysBack: number): { start: number; end: number } {
  const [start, end] = ["start", "end"].map((name) => {
    // A "+" of the offset that was not encoded arrives as a blank.
    const ms = msOfText((call.request.query.get(name) ?? "").replace(" ", "+"));
    if (ms === undefined) throw new SalesforceFault("INVALID_REPLICATION_DATE", `Invalid ${name} date`);
    return Math.floor(ms / minute) * minute;
  });
  if (start === undefined || end === undefined || end - start < minute) {
    throw new SalesforceFault("INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate");
  }
  if (start < call.state.clock.now() - daysBack * day) {
    throw new SalesforceFault(
      "INVALID_REPLICATION_DATE",
      `startDate before org replication enabled date or more than ${daysBack} days back`,
    );
  }
  return { start, end };
}

function* changed(
  call: ApiCall,
  start: number,
  end: number,
): Generator<{ id: string; record: Readonly<Record<string, unknown>> }> {
  const object = pathObject(call, call.parts[1] ?? "");
  const table = tableOf(call.state, object);
  const now = call.state.clock.now();
  for (const id of table.idsSince(stampOf(start))) {
    const record = table.visible(id, now);
    const stamp = record?.["SystemModstamp"];
    if (record === undefined || typeof stamp !== "string") continue;
    if (stamp >= stampOf(start) && stamp < stampOf(end)) yield { id, record };
  }
}

/** Held back by transactions that are stamped and not committed yet. */
function latestCovered(call: ApiCall, end: number): string {
  const { clock, settings } = call.state;
  return stampOf(Math.min(end, Math.floor((clock.now() - settings.commitDelayMs) / minute) * minute));
}
