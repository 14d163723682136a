/** Takes a run back: what it wrote is replaced by what was there before, wherever the record still shows what it wrote. */
import type { IntentEntry } from "../model/ledger.ts";
import type { FieldState, Link } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { FieldWrite, Skip, Write } from "../model/plan.ts";
import type { CrmRecord, System } from "../model/record.ts";
import { isSameRaw, updateWrite } from "./build-writes.ts";

export interface UndoInput {
  readonly link: Link;
  readonly mapping: ObjectMapping;
  readonly records: Readonly<Record<System, CrmRecord | null>>;
  /** The person's writes of that run, oldest first. */
  readonly intents: readonly IntentEntry[];
  readonly run: string;
}

export interface UndonePerson {
  /** Version raised by one. The fields taken back are held, or the next sync would do again what was undone. */
  readonly link: Link;
  readonly writes: readonly Write[];
  /** What is left as it is, each with the reason. */
  readonly skips: readonly Skip[];
}

/**
 * Newest write first. A value that somebody has changed since stays; so do LeadLoop's own fields, which follow from the others, and whom the run created:
 * those are proposed for deletion by hand. Pure.
 */
export function undoPerson(input: UndoInput): UndonePerson {
  const { link, mapping, records, run } = input;
  const restored: Restored = { hubspot: {}, salesforce: {} };
  const skips: Skip[] = [];
  const fields: Record<string, FieldState> = { ...link.fields };
  for (const intent of input.intents.toReversed()) {
    const { system } = intent;
    const tell = (reason: string): number => skips.push({ link: link.id, recordName: link.name, system, reason });
    const record = records[system];
    const gone = whyNothing(intent, record);
    if (gone !== null || record === null) {
      tell(gone ?? "the record is gone");
      continue;
    }
    for (const field of mapping.fields) {
      const write = intent.fields[field[system]];
      if (write === undefined || write.rule !== field.rule) continue;
      const step = stepBack(field[system], write, restored[system], record);
      if (typeof step === "string") tell(step);
      else {
        restored[system][field[system]] = step;
        fields[field.name] = heldState(field, system, step.to, run);
      }
    }
  }
  const next: Link = { ...link, version: link.version + 1, fields };
  const writes = (["salesforce", "hubspot"] as const).flatMap((system) => {
    const record = records[system];
    const side = { fields: restored[system], mapped: [], guarded: true, unencodable: [] };
    if (record === null || Object.keys(side.fields).length === 0) return [];
    return [{ ...updateWrite(next, record, side, "fields"), reason: `run ${run} is undone` }];
  });
  return { link: next, writes, skips };
}

type Restored = Record<System, Record<string, FieldWrite>>;

/** LeadLoop brings nobody back: HubSpot has no call for it, and a deleted person is never resurrected by a program. */
const HOW_TO_RESTORE: Readonly<Record<System, string>> = {
  hubspot: "restore it by hand in HubSpot within 90 days (Contacts, Actions, Restore records)",
  salesforce: "take it out of Salesforce's recycle bin by hand within 15 days (Undelete)",
};

function whyNothing({ operation, object, recordId, system }: IntentEntry, record: CrmRecord | null): string | null {
  const name = `${object} ${recordId ?? ""}`;
  if (operation === "archive")
    return `${name} was archived by that run; ${HOW_TO_RESTORE[system]}, and the link goes on once both records are back`;
  if (operation === "create") return `${name} was created by that run; delete it by hand if it is not wanted`;
  return record === null || record.ref.id !== recordId ? `${name} is no longer this person's record` : null;
}

/** The write that takes one field back, or why it is left as it is. An earlier write of the run is measured against what is restored already. */
function stepBack(
  name: string,
  write: IntentEntry["fields"][string],
  restored: Readonly<Record<string, FieldWrite>>,
  record: CrmRecord,
): FieldWrite | string {
  const shown = restored[name]?.to ?? record.fields[name];
  if (!isSameRaw(shown, write.to)) return `${name} was changed since`;
  if (write.from === undefined) return `what ${name} held before is not known`;
  return { from: record.fields[name], to: write.from, rule: "undo" };
}

function heldState(field: FieldMapping, system: System, from: FieldWrite["to"], run: string): FieldState {
  const before = field.transform.decode(from, system);
  const held = {
    reason: `run ${run} was undone; \`leadloop release\` lets it go`,
    values: {},
    until: "released" as const,
  };
  return before.ok ? { base: before.value, held } : { held };
}
