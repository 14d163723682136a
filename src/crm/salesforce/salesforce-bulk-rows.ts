/** Writes as the table that a bulk job takes, and what became of each from the tables it gives back. */
import type { StopRun } from "../../core/errors.ts";
import type { Write, WriteOutcome } from "../../core/model/plan.ts";
import type { RawValue } from "../../core/model/record.ts";
import type { BulkKind } from "../../jobs/ports.ts";
import { toEighteen } from "./eighteen-character-id.ts";
import { refusalFrom, stopFor } from "./salesforce-errors.ts";
import { deferred, unknown, verdictOnRefusal, written } from "./salesforce-outcomes.ts";
import { mayBePersons, type PersonContacts } from "./salesforce-person-accounts.ts";
import { textOrNull } from "./salesforce-wire.ts";
import { name } from "./soql.ts";

/** Bulk API 2.0's word for "make this field blank"; an empty cell leaves the field alone (Bulk API 2.0 Developer Guide, Prepare CSV Files). */
const BLANK = "#N/A";

const PURPOSES: ReadonlySet<Write["purpose"]> = new Set(["fields", "meet", "create"]);

/** A job knows no condition, and its cells hold text: what would mean something else there travels by collections. */
export function suitsBulk(write: Write): boolean {
  if (write.ifUnmodifiedSince !== null || !PURPOSES.has(write.purpose)) return false;
  if (write.operation === "create" ? write.unique === null : toEighteen(write.id ?? "") === null) return false;
  return Object.values(write.fields).every(({ to }) => typeof to !== "string" || (to !== BLANK && !to.includes("\r")));
}

/** The writes as CSV with line feeds. Throws StopRun for a name that can stand in no request. */
export function tableOf(kind: BulkKind, writes: readonly Write[]): string {
  const key = kind.keyField ?? "Id";
  const columns = [...new Set(writes.flatMap((write) => Object.keys(write.fields)))].filter((field) => field !== key);
  const lines = [[key, ...columns.toSorted()].map((field) => cell(name(field))).join(",")];
  const order = columns.toSorted();
  for (const write of writes) {
    const cells = order.map((field) => {
      const change = write.fields[field];
      return change === undefined ? "" : cell(text(change.to));
    });
    lines.push([cell(rowKey(kind, write)), ...cells].join(","));
  }
  return `${lines.join("\n")}\n`;
}

function text(value: RawValue): string {
  return value === null || value === "" ? BLANK : String(value);
}

function cell(content: string): string {
  return `"${content.replaceAll('"', '""')}"`;
}

function rowKey({ keyField }: BulkKind, write: Write): string {
  return keyField === null ? (toEighteen(write.id ?? "") ?? "") : (write.unique?.value ?? "");
}

/** Rows as the job's result tables name them: each column by its heading. */
export type ResultRow = Readonly<Record<string, unknown>>;

export interface ResultTables {
  readonly successful: readonly ResultRow[];
  readonly failed: readonly ResultRow[];
  readonly unprocessed: readonly ResultRow[];
}

type RowResult =
  | { readonly kind: "written"; readonly id: string; readonly created: boolean }
  | { readonly kind: "failed"; readonly error: string }
  | { readonly kind: "unprocessed" };

interface BulkOutcome {
  readonly outcome: WriteOutcome;
  readonly stop: StopRun | null;
}

/** What a job made of its rows, by their key. */
export class BulkResults {
  readonly #kind: BulkKind;
  readonly #rows = new Map<string, RowResult>();
  readonly #persons: PersonContacts;

  constructor(kind: BulkKind, { successful, failed, unprocessed }: ResultTables, persons: PersonContacts = new Set()) {
    this.#kind = kind;
    this.#persons = persons;
    // A row can stand in two tables when a job was cut off: what says most about it comes last.
    for (const row of unprocessed) this.#put(row, { kind: "unprocessed" });
    for (const row of failed) this.#put(row, { kind: "failed", error: textOrNull(row["sf__Error"]) ?? "" });
    for (const row of successful) {
      const id = toEighteen(textOrNull(row["sf__Id"]) ?? "");
      if (id !== null) this.#put(row, { kind: "written", id, created: row["sf__Created"] === "true" });
    }
  }

  #put(row: ResultRow, result: RowResult): void {
    const key = textOrNull(row[this.#kind.keyField ?? "Id"]);
    if (key !== null) this.#rows.set(comparable(this.#kind, key), result);
  }

  /** `stop` where no row can be written now; the write was not done then. */
  of(write: Write): BulkOutcome {
    const row = this.#rows.get(comparable(this.#kind, rowKey(this.#kind, write)));
    if (row === undefined) return { outcome: unknown(write, "the bulk job's results do not mention it"), stop: null };
    switch (row.kind) {
      case "written":
        return { outcome: written(write, row.id, row.created), stop: null };
      case "unprocessed":
        return { outcome: deferred(write, "the bulk job ended before it came to this record"), stop: null };
      case "failed":
        return this.#withoutPersons(write, onFailure(write, row.error));
    }
  }

  /** A job cannot write what belongs to a Person Account: from now on it travels by collections, which find the account. */
  #withoutPersons(write: Write, told: BulkOutcome): BulkOutcome {
    if (!mayBePersons(write, told.outcome, new Set())) return told;
    this.#persons.add(write.id ?? "");
    return {
      outcome: deferred(write, "its contact may be a Person Account's, which a bulk job cannot write"),
      stop: null,
    };
  }
}

/** External ids are compared without regard to case, as Salesforce does; record ids are not. */
function comparable({ keyField }: BulkKind, key: string): string {
  return keyField === null ? (toEighteen(key) ?? key) : key.toLowerCase();
}

function onFailure(write: Write, text: string): BulkOutcome {
  const refusal = refusalFrom([errorIn(text)], 400, "row");
  const verdict = verdictOnRefusal(write, refusal);
  switch (verdict.kind) {
    case "done":
      return { outcome: verdict.outcome, stop: null };
    case "again":
      return { outcome: deferred(write, `Another change held the record (${verdict.code})`), stop: null };
    case "stop": {
      const stop = stopFor(verdict.refusal, `a record of ${write.object}`);
      return { outcome: deferred(write, stop.message), stop };
    }
  }
}

/** `REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --`: code, message, fields. */
function errorIn(text: string): { statusCode: string; message: string; fields: string[] } {
  const body = text.replace(/\s*--\s*$/, "");
  const first = body.indexOf(":");
  if (first < 0) return { statusCode: body, message: body, fields: [] };
  const last = body.lastIndexOf(":");
  const fields = last > first ? body.slice(last + 1).split(",") : [];
  const areNames = fields.every((field) => /^\w*$/.test(field.trim()));
  return {
    statusCode: body.slice(0, first),
    message: body.slice(first + 1, areNames && last > first ? last : undefined),
    fields: areNames ? fields.map((field) => field.trim()).filter((field) => field !== "") : [],
  };
}
