/** What each side of a person holds in canonical form, when it was entered, and which edit our last write ran over. */
import { decodeFields } from "../mapping/translate-record.ts";
import type { FieldState, Link, Unverified } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { Write } from "../model/plan.ts";
import type { CrmRecord, FieldVersion, Instant, Value } from "../model/record.ts";
import type { Sighting } from "./choose-value.ts";
import type { Candidate } from "./sync-rules.ts";

/** Salesforce stamps whole seconds: an edit may be up to this much younger than its stamp. */
const SALESFORCE_STAMP_MS = 1_000;

export interface Sights {
  readonly values: Readonly<Record<string, Value>>;
  readonly unreadable: readonly { readonly field: string; readonly reason: string }[];
  sighting(field: FieldMapping): Sighting | null;
}

/** Reads one side of a person. A field that the record does not show, or whose value has no canonical form, has no sighting. */
export function sightFields(link: Link, mapping: ObjectMapping, record: CrmRecord): Sights {
  const { values, unreadable } = decodeFields(mapping, record, link.fields);
  return { values, unreadable, sighting: (field) => sightingOf(link, record, field, values[field.name]) };
}

/** When the value of one field was entered, for whoever looks at few of a record's fields. Null where it is unknown or has no canonical form. */
export function sightField(link: Link, field: FieldMapping, record: CrmRecord): Sighting | null {
  const { values } = decodeFields({ fields: [field] }, record, link.fields);
  return sightingOf(link, record, field, values[field.name]);
}

function sightingOf(link: Link, record: CrmRecord, field: FieldMapping, value: Value | undefined): Sighting | null {
  if (value === undefined) return null;
  const { system } = record.ref;
  const lo = link.seen[system]?.at ?? record.createdAt;
  const hi = system === "salesforce" ? later(record.modifiedAt, SALESFORCE_STAMP_MS) : record.modifiedAt;
  const history = record.history?.[field[system]];
  if (history === undefined || history.length === 0) return { value, own: false, lo: earlier(lo, hi), hi };
  const answers = isAnswer(history, link.fields[field.name]?.unverified, field);
  return { ...fromHistory(value, history, hi), ...(answers ? { answers } : {}) };
}

function fromHistory(value: Value, history: readonly FieldVersion[], hi: Instant): Sighting {
  const foreign = history.find((entry) => !entry.own);
  const at = foreign?.at ?? hi;
  return { value, own: history[0]?.own === true, lo: at, hi: at };
}

/** Newest first: somebody's entry, and further down the value that we were to write, entered since we decided to. */
function isAnswer(history: readonly FieldVersion[], unverified: Unverified | undefined, field: FieldMapping): boolean {
  if (unverified === undefined || history[0]?.own !== false) return false;
  return history.some(({ own, at, value }) => {
    if (!own || at <= unverified.readUpTo) return false;
    const decoded = field.transform.decode(value, "hubspot");
    return decoded.ok && decoded.value === unverified.value;
  });
}

/** An edit that our last write ran over. `standing`: our value is what the side still shows; else somebody has edited again since. */
export interface Overrun extends Candidate {
  readonly standing: boolean;
}

/**
 * The edit that our last write to HubSpot ran over: the entry before ours was entered by somebody else, after the newest entry we had read when we
 * decided. HubSpot knows no conditional write, so its history is how such an edit is found and decided like any other.
 */
export function findOverrun(state: FieldState, field: FieldMapping, record: CrmRecord | null): Overrun | null {
  const unverified = state.unverified;
  if (unverified === undefined || record === null || record.ref.system !== "hubspot") return null;
  const history = record.history?.[field.hubspot] ?? [];
  const ours = history.findIndex((entry) => entry.own && entry.at > unverified.readUpTo);
  const before = history[ours + 1];
  if (ours === -1 || before === undefined || before.own || before.at <= unverified.readUpTo) return null;
  const decoded = field.transform.decode(before.value, "hubspot");
  if (!decoded.ok || decoded.value === state.base || decoded.value === unverified.value) return null;
  return { value: decoded.value, side: "hubspot", lo: before.at, hi: before.at, rank: 2, standing: ours === 0 };
}

/** The same in Salesforce, where field history told it. `standing`: what we wrote is what Salesforce still shows. */
export function overrunInSalesforce({ overrun }: FieldState, shown: Value): Overrun | null {
  if (overrun === undefined || overrun.value === shown) return null;
  const { value, wrote, lo, hi } = overrun;
  return { value, side: "salesforce", lo, hi, rank: 2, standing: wrote === shown };
}

/** What a write to HubSpot may run over is noted before it is sent, so that neither a crash nor a lost answer can hide it. */
export function withChecks(
  fields: Readonly<Record<string, FieldState>>,
  mapping: ObjectMapping,
  write: Pick<Write, "fields">,
  record: CrmRecord,
): Readonly<Record<string, FieldState>> {
  const checked = { ...fields };
  for (const field of mapping.fields) {
    const state = fields[field.name];
    if (write.fields[field.hubspot] === undefined || state?.register === undefined || !isGuarded(field)) continue;
    // An earlier try that may still arrive can run over what is entered after this write as well.
    const unverified = { value: state.register.target, readUpTo: newestEntry(record, field.hubspot) };
    checked[field.name] = { ...state, unverified: { ...state.unverified, ...unverified } };
  }
  return checked;
}

/**
 * A Salesforce checkbox is never blank (api-facts of Salesforce: "checkbox never null"). Where a blank is what we expect there, its false is nobody's no:
 * the box of a lead just created, or one whose answer was cleared in HubSpot.
 */
export function isUntickedBlank(field: FieldMapping, state: FieldState | undefined, value: Value): boolean {
  if (field.transform.type !== "boolean" || value !== "false") return false;
  if (state?.register === undefined) return (state?.base ?? null) === null;
  const expected = state.register.noNews.salesforce;
  return expected.includes(null) && !expected.includes("false");
}

/** Newest history time of a field, or the record's own change time where no history was read. */
export function newestEntry(record: CrmRecord, field: string): Instant {
  return record.history?.[field]?.[0]?.at ?? record.modifiedAt;
}

function earlier(a: Instant, b: Instant): Instant {
  return a <= b ? a : b;
}

/** An instant a number of milliseconds later. */
export function later(instant: Instant, ms: number): Instant {
  return new Date(Date.parse(instant) + ms).toISOString();
}

/** Fields whose HubSpot history is worth reading: those a person may edit on either side, and the stage. */
export function historyFields(mapping: ObjectMapping, stageProperty: string): string[] {
  const twoWay = mapping.fields.filter((field) => isGuarded(field)).map((field) => field.hubspot);
  return [...new Set([...twoWay, stageProperty])];
}

/** A write of this field could run over a person's edit on the side that is written. */
export function isGuarded(field: FieldMapping): boolean {
  return field.rule !== "dont-sync" && field.rule !== "stage" && !field.rule.startsWith("always-use-");
}
