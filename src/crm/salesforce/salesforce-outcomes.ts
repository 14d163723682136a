/** Decides what became of one write from what Salesforce said of its row. */
import { assertNever } from "../../core/errors.ts";
import type { Write, WriteOutcome } from "../../core/model/plan.ts";
import { toEighteen } from "./eighteen-character-id.ts";
import type { RowAnswer } from "./salesforce-batches.ts";
import { type Refusal, refusalFrom } from "./salesforce-errors.ts";
import { duplicateResult } from "./salesforce-wire.ts";

/** `again`: surely not written, and worth another try (a locked row). `stop`: no row can be written now. */
export type Verdict =
  | { readonly kind: "done"; readonly outcome: WriteOutcome }
  | { readonly kind: "again"; readonly code: string }
  | { readonly kind: "stop"; readonly refusal: Refusal };

export function verdictOn(write: Write, row: RowAnswer | undefined): Verdict {
  if (row === undefined) return done(unknown(write, "Salesforce's answer does not mention this record"));
  if (row.ok) return done(written(write, row.id, row.created));
  return verdictOnRefusal(write, refusalFrom(row.errors, row.status, "row"));
}

/** As for a row, when a request for this one write was refused whole. */
export function verdictOnRefusal(write: Write, refusal: Refusal): Verdict {
  switch (refusal.action) {
    case "retry":
      if (refusal.outcomeUnknown) return done(unknown(write, `Salesforce failed in the middle (${refusal.code})`));
      return { kind: "again", code: refusal.code };
    case "pause":
    case "stop":
    case "log-in-again":
      return { kind: "stop", refusal };
    case "stale":
      return done({ kind: "stale", key: write.key });
    case "gone":
      return done(goneOrRejected(write, refusal));
    case "duplicate":
    case "reject":
    case "split":
      return done(rejected(write, refusal));
    default:
      return assertNever(refusal.action);
  }
}

export function written(write: Write, id: string, created: boolean): WriteOutcome {
  return { kind: "written", key: write.key, id, created, version: null, returned: null };
}

export function unknown(write: Write, message: string): WriteOutcome {
  return { kind: "unknown", key: write.key, message };
}

export function deferred(write: Write, message: string): WriteOutcome {
  return { kind: "deferred", key: write.key, message };
}

/** The same codes are used for a lookup that names a missing record; then it names the field, and the record itself is still there. */
function goneOrRejected(write: Write, refusal: Refusal): WriteOutcome {
  const aboutLookup = refusal.fields.some((field) => field.toLowerCase() !== "id");
  if (write.id === null || aboutLookup) return rejected(write, refusal);
  return { kind: "gone", key: write.key, message: `${refusal.code}: ${refusal.message}` };
}

function rejected(write: Write, refusal: Refusal): WriteOutcome {
  const { code, message, known } = refusal;
  const rejection = {
    kind: "rejected",
    key: write.key,
    code,
    message,
    fields: blamedFields(refusal),
    existingId: existingId(refusal),
  } as const;
  return known ? rejection : { ...rejection, unknownCode: true };
}

/** DUPLICATE_VALUE comes with an empty list of fields, and names the one that must be unique in its text. */
function blamedFields({ action, fields, message }: Refusal): readonly string[] {
  if (action !== "duplicate" || fields.length > 0) return fields;
  const unique = /duplicate value found: (\w+) duplicates value/.exec(message)?.[1];
  return unique === undefined ? fields : [unique];
}

/** DUPLICATE_VALUE names the holder in its text, a duplicate rule in the matched records it sends along (the first is the best match). */
function existingId({ action, message, errors }: Refusal): string | null {
  if (action !== "duplicate") return null;
  for (const error of errors) {
    const parsed = duplicateResult.safeParse(error.duplicateResult);
    const matched = parsed.success ? parsed.data.matchResults[0]?.matchRecords[0]?.record.Id : undefined;
    if (matched !== undefined) return toEighteen(matched);
  }
  const named = /record with id: ([a-zA-Z0-9]{15,18})/.exec(message)?.[1];
  return named === undefined ? null : toEighteen(named);
}

function done(outcome: WriteOutcome): Verdict {
  return { kind: "done", outcome };
}
