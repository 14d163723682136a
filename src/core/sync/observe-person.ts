/** What a look at both records says of a link whose stored values cannot be trusted: which fields agree, and which are to meet as if for the first time. */
import type { FieldState, Link } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { CrmRecord, Value } from "../model/record.ts";
import { isUntickedBlank, sightFields } from "./sight-fields.ts";

export interface Observed {
  /** Version raised by one. A field that both sides hold alike has it as its base; another has none. */
  readonly link: Link;
  /** Names of fields that differ. */
  readonly differing: readonly string[];
}

/** Decides nothing and asks for no write. What waits for a person, or for an answer, goes on waiting. Pure. */
export function observePerson(link: Link, mapping: ObjectMapping, hubspot: CrmRecord, salesforce: CrmRecord): Observed {
  const sights = { hubspot: sightFields(link, mapping, hubspot), salesforce: sightFields(link, mapping, salesforce) };
  const fields: Record<string, FieldState> = {};
  const differing: string[] = [];
  for (const field of mapping.fields) {
    if (field.rule === "dont-sync" || field.rule === "stage") continue;
    const { held, base, unseen } = link.fields[field.name] ?? {};
    const waiting = held?.until === "released" ? { held } : {};
    const here = sights.hubspot.sighting(field);
    const there = sights.salesforce.sighting(field);
    if (here === null || there === null) {
      // What cannot be read says nothing against what was known.
      fields[field.name] = {
        ...waiting,
        ...(base === undefined ? {} : { base }),
        ...(unseen === undefined ? {} : { unseen }),
      };
      continue;
    }
    if (isSame(field, here.value, there.value)) fields[field.name] = { ...waiting, base: here.value };
    else {
      fields[field.name] = waiting;
      differing.push(field.name);
    }
  }
  return { link: { ...link, version: link.version + 1, fields }, differing };
}

/** An unticked box is a blank where nothing better is known, and nobody's consent is lost where neither side says no. */
function isSame(field: FieldMapping, hubspot: Value, salesforce: Value): boolean {
  if (hubspot === salesforce) return true;
  if (field.rule === "most-restrictive") return hubspot !== "true" && salesforce !== "true";
  return hubspot === null && isUntickedBlank(field, undefined, salesforce);
}

/** When the state last knew of a run, and when this one began. */
export interface KnownTimes {
  readonly until: string;
  readonly startedAt: string;
}

/**
 * The instant of a write that HubSpot's history says was ours and that no run of this state can have made: the state was put back from a backup, or is
 * not the only one. Null when there is none.
 */
export function unknownOwnWrite(records: Iterable<CrmRecord | null>, { until, startedAt }: KnownTimes): string | null {
  for (const record of records) {
    for (const versions of Object.values(record?.history ?? {})) {
      const found = versions.find(({ own, at }) => own && at > until && at < startedAt);
      if (found !== undefined) return found.at;
    }
  }
  return null;
}
