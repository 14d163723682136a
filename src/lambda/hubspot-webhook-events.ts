/** Which contacts a webhook of HubSpot names: up to 100 events, any order, some twice, some about our own writes. */
import type { ChangedRecord } from "./queue-messages.ts";

/** https://developers.hubspot.com/docs/api-reference/latest/webhooks/guide */
interface WebhookEvent {
  readonly subscriptionType?: unknown;
  readonly objectTypeId?: unknown;
  readonly appId?: unknown;
  readonly changeSource?: unknown;
  readonly sourceId?: unknown;
  readonly objectId?: unknown;
  /** A merge: the one that stays, those that went into it, and since 2025 the new record that both became. */
  readonly primaryObjectId?: unknown;
  readonly mergedObjectIds?: unknown;
  readonly newObjectId?: unknown;
}

const CONTACTS = "contacts";

/** Each contact once. Null for what is no list of events. */
export function changedContacts(body: string): readonly ChangedRecord[] | null {
  const events = parsedList(body);
  if (events === null) return null;
  const ids = events.filter((event) => isAboutContact(event) && !isOurOwn(event)).flatMap(idsOf);
  return [...new Set(ids)].map((id) => ({ object: CONTACTS, id }));
}

function parsedList(body: string): readonly WebhookEvent[] | null {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value.filter((event) => typeof event === "object" && event !== null) : null;
  } catch {
    return null;
  }
}

/** `contact.propertyChange`, or `object.propertyChange` with the type's id. */
function isAboutContact({ subscriptionType, objectTypeId }: WebhookEvent): boolean {
  const type = String(subscriptionType);
  return type.startsWith("contact.") || (type.startsWith("object.") && objectTypeId === "0-1");
}

/** An echo costs a read to be found out by its value; one that names us as its source need not be looked at. Polling sees it all the same. */
function isOurOwn({ changeSource, sourceId, appId }: WebhookEvent): boolean {
  return changeSource === "INTEGRATION" && sourceId !== undefined && String(sourceId) === String(appId);
}

/** Ids are larger than JavaScript's safe integers only in theory; what was read inexactly is left to polling. */
function idsOf({ objectId, primaryObjectId, mergedObjectIds, newObjectId }: WebhookEvent): string[] {
  const merged: readonly unknown[] = Array.isArray(mergedObjectIds) ? mergedObjectIds : [];
  return [objectId, primaryObjectId, newObjectId, ...merged].flatMap((id) => {
    if (typeof id === "number") return Number.isSafeInteger(id) && id > 0 ? [String(id)] : [];
    return typeof id === "string" && /^\d{1,20}$/.test(id) ? [id] : [];
  });
}
