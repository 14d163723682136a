/** Finds the edit that one of our writes to Salesforce ran over although it was conditional, from what field history says of the write. */
import type { IntentEntry } from "../model/ledger.ts";
import type { OverrunEdit } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { Instant, RawValue, Value } from "../model/record.ts";
import { later } from "./sight-fields.ts";

/** A change as field history tells it, oldest first. */
export interface HistoryRow {
  readonly field: string;
  readonly from: RawValue;
  readonly to: RawValue;
  readonly at: Instant;
  readonly own: boolean;
}

/** Their clock and ours may differ by this much before a row is no longer taken for our write's. */
const CLOCK_SKEW_MS = 300_000;

/** Salesforce stamps whole seconds: an edit may be up to this much younger than its stamp. */
const STAMP_MS = 1_000;

/** The instant from which a write's rows are worth reading. */
export function historySince({ sentAt }: Pick<IntentEntry, "sentAt">): Instant {
  return later(sentAt, -CLOCK_SKEW_MS);
}

/**
 * By field name, the values that the write replaced without our having read them: its history row says that the field held something else than what we
 * had seen. The guard compares whole seconds, taken before a transaction commits, so an edit in the second of the last one slips past it. Pure.
 */
export function findOverrunEdits(
  intent: Pick<IntentEntry, "fields" | "sentAt">,
  mapping: ObjectMapping,
  rows: readonly HistoryRow[],
): Readonly<Record<string, OverrunEdit>> {
  const found: Record<string, OverrunEdit> = {};
  for (const field of mapping.fields) {
    const write = intent.fields[field.salesforce];
    if (write === undefined || field.rule === "dont-sync" || field.rule === "stage") continue;
    const mine = rows.filter((row) => row.field === field.salesforce && row.at >= historySince(intent));
    const edit = overrunIn(field, write, mine);
    if (edit !== null) found[field.name] = edit;
  }
  return found;
}

function overrunIn(
  field: FieldMapping,
  write: IntentEntry["fields"][string],
  rows: readonly HistoryRow[],
): OverrunEdit | null {
  const wrote = canonical(field, write.to);
  const ours = rows.find((row) => row.own && canonical(field, row.to) === wrote);
  // Nothing of ours: the field is not tracked, or the write never arrived.
  if (ours === undefined || wrote === undefined) return null;
  const value = canonical(field, ours.from);
  if (value === undefined || value === wrote || value === canonical(field, write.from ?? null)) return null;
  // A value that we put there ourselves, with an earlier write, is nobody's edit.
  if (rows.some((row) => row.own && row !== ours && canonical(field, row.to) === value)) return null;
  const entered = rows.find((row) => !row.own && row.at <= ours.at && canonical(field, row.to) === value);
  const lo = entered?.at ?? ours.at;
  return { value, wrote, lo, hi: later(lo, STAMP_MS) };
}

function canonical(field: FieldMapping, raw: RawValue): Value | undefined {
  const decoded = field.transform.decode(raw, "salesforce");
  return decoded.ok ? decoded.value : undefined;
}
