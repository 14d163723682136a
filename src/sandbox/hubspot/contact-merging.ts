/** Makes one contact out of two: a new record under a new id that both old ids lead to. */
import type { MergedRecord, RecordState, ValueVersion } from "./hubspot-model.ts";
import { HubSpotRefusal } from "./hubspot-refusals.ts";
import type { PropertyCatalogue } from "./property-catalogue.ts";
import type { RecordStore } from "./record-store.ts";

/** https://knowledge.hubspot.com/records/merge-records: a record can take part in 250 merges. */
const MERGES_MAXIMUM = 250;

/**
 * Merges two live contacts and returns the new one.
 * The primary's values win, empty ones are filled from the other; the lifecycle stage is the later of the two and the
 * creation the earlier; the other's e-mail becomes a secondary address.
 * https://knowledge.hubspot.com/records/merge-records
 * Throws a HubSpotRefusal when both are the same record or the merge would exceed the maximum.
 */
export function mergeContacts(
  store: RecordStore,
  catalogue: PropertyCatalogue,
  primary: RecordState,
  other: RecordState,
  now: number,
): RecordState {
  if (primary.id === other.id) throw mergeRefused();
  const mergedRecords: MergedRecord[] = [
    ...primary.mergedRecords,
    { id: primary.id, at: now },
    ...other.mergedRecords,
    { id: other.id, at: now },
  ];
  if (mergedRecords.length > MERGES_MAXIMUM) throw mergeRefused();
  store.remove(primary, now);
  store.remove(other, now);
  const merged = store.create(
    {
      createdAt: Math.min(primary.createdAt, other.createdAt),
      by: primary.createdBy,
      changes: {
        values: mergedValues(catalogue, primary.values, other.values),
        additionalEmails: mergedEmails(primary, other),
        mergedRecords,
      },
    },
    now,
  );
  store.alias(primary.id, merged.id);
  store.alias(other.id, merged.id);
  return merged;
}

/** The message recorded for ids that cannot be merged. */
function mergeRefused(): HubSpotRefusal {
  const message = "canonical vid is not a valid contact or is already in the process of being merged";
  return new HubSpotRefusal(400, "VALIDATION_ERROR", message);
}

function mergedValues(
  catalogue: PropertyCatalogue,
  primary: RecordState["values"],
  other: RecordState["values"],
): Record<string, ValueVersion> {
  const values: Record<string, ValueVersion> = { ...other, ...primary };
  for (const [name, version] of Object.entries(other)) {
    if ((primary[name]?.value ?? "") === "") values[name] = version;
  }
  const stages = (catalogue.get("contacts", "lifecyclestage")?.options ?? []).map((option) => option.value);
  const rank = (version: ValueVersion | undefined): number => stages.indexOf(version?.value ?? "");
  const theirs = other["lifecyclestage"];
  if (theirs !== undefined && rank(theirs) > rank(primary["lifecyclestage"])) values["lifecyclestage"] = theirs;
  return values;
}

function mergedEmails(primary: RecordState, other: RecordState): readonly string[] {
  const first = primary.values["email"]?.value ?? "";
  const second = other.values["email"]?.value ?? "";
  const kept = first === "" ? second : first;
  const all = [...primary.additionalEmails, second, ...other.additionalEmails];
  return [...new Set(all)].filter((email) => email !== "" && email !== kept);
}
