/** Which records a change event of Salesforce names, as Event Relay hands it to EventBridge. */
import { type ChangedRecord, parseObject } from "./queue-messages.ts";

/** What `callOptions.client` of our own requests leaves in `changeOrigin`: `com/salesforce/api/rest/66.0;client=LeadLoop`. */
const OUR_OWN = /;client=LeadLoop(;|$)/;
const ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;

export interface ChangeEvent {
  /** Where the rule that took the event names it; null where it does not. */
  readonly connection: string | null;
  readonly records: readonly ChangedRecord[];
}

/**
 * Reads the EventBridge event (https://developer.salesforce.com/docs/platform/event-relay/guide): the header is at `detail.payload.ChangeEventHeader`.
 * Null for what is none. Our own writes, and gaps that name no record, have no records: polling reads what is behind them.
 */
export function changedRecords(body: string): ChangeEvent | null {
  const event = parseObject(body);
  const header = asObject(asObject(asObject(event?.["detail"])?.["payload"])?.["ChangeEventHeader"]);
  if (event === null || header === null) return null;
  const { entityName, recordIds, changeOrigin } = header;
  if (typeof entityName !== "string" || !Array.isArray(recordIds)) return null;
  const connection = typeof event["connection"] === "string" ? event["connection"] : null;
  if (typeof changeOrigin === "string" && OUR_OWN.test(changeOrigin)) return { connection, records: [] };
  const ids = recordIds.filter((id): id is string => typeof id === "string" && ID.test(id));
  return { connection, records: ids.map((id) => ({ object: entityName, id })) };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
}
