/** Tells of a write to Salesforce without an answer whether it was there: then what shows now, though it stood there before, was entered after it. */
import type { IntentEntry } from "../model/ledger.ts";
import type { FieldState, Link } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { CrmRecord, RawValue, Value } from "../model/record.ts";
import type { HistoryRow } from "./find-overrun.ts";
import { isGuarded } from "./sight-fields.ts";
import { isJoin } from "./sync-rules.ts";

/** Of one person, by the names of fields. */
export interface Arrivals {
  /** The write was there, and somebody put back what had stood there before it. */
  readonly answered: ReadonlySet<string>;
  /** It may have been: somebody changed the record since we read it, and field history says nothing of the field. */
  readonly doubtful: ReadonlySet<string>;
}

export const NO_ARRIVALS: Arrivals = { answered: new Set(), doubtful: new Set() };

/** A write whose outcome nobody told, to a record that was changed since it was read for that write. */
export interface DoubtfulWrite {
  readonly intent: IntentEntry;
  /** The mapped fields that it wrote, and that show what stood there before. */
  readonly fields: readonly FieldMapping[];
}

/**
 * The unanswered conditional writes to this record of which what it shows does not tell whether they were lost, or were there and taken back by hand. A record
 * that was not changed since it was read never got them. Pure; `intents`: writes of this person.
 */
export function doubtfulWrites(
  link: Pick<Link, "fields">,
  mapping: ObjectMapping,
  record: CrmRecord,
  intents: readonly IntentEntry[],
): readonly DoubtfulWrite[] {
  return intents.flatMap((intent): DoubtfulWrite[] => {
    const { state, system, recordId, ifUnmodifiedSince } = intent;
    if ((state !== "sent" && state !== "unknown") || system !== "salesforce" || recordId !== record.ref.id) return [];
    if (ifUnmodifiedSince === null || record.modifiedAt <= ifUnmodifiedSince) return [];
    const fields = mapping.fields.filter((field) => {
      const write = intent.fields[field.salesforce];
      const target = link.fields[field.name]?.register?.target;
      return (
        write !== undefined &&
        isTakenBack(field, link.fields[field.name], record) &&
        canonical(field, write.to) === target
      );
    });
    return fields.length === 0 ? [] : [{ intent, fields }];
  });
}

/** The record shows what it showed when the decision that is still on its way to it was made. */
export function isTakenBack(field: FieldMapping, state: FieldState | undefined, record: CrmRecord): boolean {
  const register = state?.register;
  const raw = record.fields[field.salesforce];
  if (register === undefined || register.delivered.salesforce || raw === undefined || !isGuarded(field)) return false;
  const shown = canonical(field, raw);
  // A box that is not ticked stands for a blank where a blank was expected.
  const before =
    register.noNews.salesforce.includes(shown ?? null) ||
    (shown === "false" && register.noNews.salesforce.includes(null));
  return shown !== undefined && shown !== register.target && before;
}

/** What field history tells of one record, and what else was written to it. */
export interface ToldByHistory {
  /** Oldest first. */
  readonly rows: readonly HistoryRow[];
  /** The fields of which history told anything, of whichever record. */
  readonly tracked: ReadonlySet<string>;
  /** Writes to this person, these among them, however they ended. */
  readonly intents: readonly IntentEntry[];
}

/**
 * What field history says of these writes to one record; a write arrives as a whole or not at all. Where a field's own row is missing, though the field is
 * tracked, the write was lost; so it was where a field that it wrote besides is tracked and left none. A row of such a field which another write explains as
 * well (one that is repeated writes the same again) proves neither. Pure.
 */
export function findArrivals(
  writes: readonly DoubtfulWrite[],
  { rows, tracked, intents }: ToldByHistory,
  mapping: ObjectMapping,
): Arrivals {
  const answered = new Set<string>();
  const doubtful = new Set<string>();
  for (const { intent, fields } of writes) {
    const written = mapping.fields.filter((field) => intent.fields[field.salesforce] !== undefined);
    const others = intents.filter((other) => other.key !== intent.key && other.recordId === intent.recordId);
    const besides = written.flatMap((field) => rows.filter((row) => isOf(intent, field, row)));
    const proofs = besides.filter((row) => !others.some((other) => written.some((field) => isOf(other, field, row))));
    const isKnown = written.some((field) => tracked.has(field.salesforce));
    for (const field of fields) {
      if (besides.some((row) => row.field === field.salesforce)) answered.add(field.name);
      else if (tracked.has(field.salesforce)) continue;
      else if (proofs.length > 0) answered.add(field.name);
      else if ((besides.length > 0 || !isKnown) && !isJoin(field.rule)) doubtful.add(field.name);
    }
  }
  for (const name of answered) doubtful.delete(name);
  return { answered, doubtful };
}

/** Within the second in which the record had been changed before, only a row that starts from what we had read is our write's. */
function isOf({ fields, ifUnmodifiedSince }: IntentEntry, field: FieldMapping, row: HistoryRow): boolean {
  const write = fields[field.salesforce];
  const since = ifUnmodifiedSince ?? "";
  if (write === undefined || !row.own || row.field !== field.salesforce || row.at < since) return false;
  if (canonical(field, row.to) !== canonical(field, write.to)) return false;
  return row.at > since || canonical(field, row.from) === canonical(field, write.from ?? null);
}

function canonical(field: FieldMapping, raw: RawValue): Value | undefined {
  const decoded = field.transform.decode(raw, "salesforce");
  return decoded.ok ? decoded.value : undefined;
}
