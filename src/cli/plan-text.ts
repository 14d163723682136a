/** Shows a plan to a person: each write as a line, conflicts with both values, skips and rejects with their reasons. */
import type { ConflictEntry, RejectEntry } from "../core/model/ledger.ts";
import type { Skip } from "../core/model/plan.ts";
import type { RawValue } from "../core/model/record.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { sentence } from "./command-failure.ts";
import { writingCost } from "./plan-cost.ts";
import type { KeptWrite } from "./plan-file.ts";
import { type PlannedField, type PlannedWrite, plannedWrite } from "./run-json.ts";
import { COLORS, counted, heading, wrapped } from "./terminal.ts";

/** Longest value shown; the JSON form has it whole. */
const LONGEST_VALUE = 60;

/** The whole plan. `names`: the person's name by link. */
export function planText(result: SyncResult, names: ReadonlyMap<string, string>): string {
  const { plan } = result;
  const parts = [
    ...grouped(plan.writes.map(plannedWrite)),
    ...listed(
      "Conflicts",
      plan.conflicts.map((entry) => conflictLine(entry, names)),
    ),
    ...listed("Skipped", plan.skips.map(skipLine)),
    ...listed("Rejected", plan.rejects.map(rejectLine)),
    closing(result),
  ];
  return parts.join("\n\n");
}

function grouped(writes: readonly PlannedWrite[]): string[] {
  const groups = Map.groupBy(writes, (write) => `${write.system} ${write.object} ${write.operation}`);
  return [...groups].map(([title, group]) => {
    const [first] = group;
    const kind =
      first === undefined ? title : `${first.system} ${first.object}: ${counted(group.length, first.operation)}`;
    return [heading(kind), ...group.map(writeLine)].join("\n");
  });
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : [[heading(`${title}: ${lines.length}`), ...lines.map((line) => wrapped(line, 4))].join("\n")];
}

/** `salesforce Lead 00Q… update Ada Lovelace`, and below it each field: `Title: "CEO" → "Chief" (two-way)`. */
export function writeLine(write: PlannedWrite): string {
  const start = `${write.system} ${write.object} ${write.id ?? "new"} ${write.operation} ${write.name}`;
  const fields = Object.entries(write.fields).map(([name, field]) => fieldText(name, field, write.operation));
  if (write.operation === "archive") return `${start}  ${COLORS.dim(`because: ${write.reason}`)}`;
  const because = write.operation === "create" ? [COLORS.dim(`because: ${write.reason}`)] : [];
  return [wrapped(start, 4), ...[...fields, ...because].map((line) => wrapped(line, 6, 4))].join("\n");
}

/** A write of a plan file: as above where the file has the values, otherwise the record and its fields' names. */
export function keptLine({ values, seal: _seal, ...write }: KeptWrite): string {
  if (values !== undefined) return writeLine({ ...write, ...values });
  return wrapped(
    `${write.system} ${write.object} ${write.id ?? "new"} ${write.operation}  ${write.fields.join(", ")}`,
    4,
  );
}

function fieldText(name: string, { from, to, rule }: PlannedField, operation: PlannedWrite["operation"]): string {
  const before = operation === "create" ? "" : `${shownValue(from)} → `;
  return `${name}: ${before}${shownValue(to)} ${COLORS.dim(`(${rule})`)}`;
}

/** A value as it is told to people: quoted, in one line, and cut where it is very long. */
export function shownValue(value: RawValue | undefined): string {
  if (value === undefined || value === null || value === "") return "(blank)";
  if (typeof value !== "string") return String(value);
  const line = value.replaceAll(/\s+/g, " ");
  return `"${line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE - 1)}…` : line}"`;
}

/** `Ada Lovelace  jobtitle (two-way): HubSpot "CEO", Salesforce "Chief"; kept salesforce, because …` */
export function conflictLine(entry: ConflictEntry, names: ReadonlyMap<string, string>): string {
  const who = names.get(entry.link) ?? entry.link;
  const kept = entry.open ? COLORS.yellow("waits for a person") : `kept ${entry.kept}`;
  const both = `HubSpot ${shownValue(entry.hubspot)}, Salesforce ${shownValue(entry.salesforce)}`;
  return `${who}  ${entry.field} (${entry.rule}): ${both}; ${kept}, because ${entry.because}`;
}

/** `Ada Lovelace (salesforce): no e-mail address, …` */
export function skipLine(skip: Skip): string {
  return `${skip.recordName}${skip.system === null ? "" : ` (${skip.system})`}: ${skip.reason}`;
}

/** `salesforce Lead 00Q… Ada Lovelace  LastName: REQUIRED_FIELD_MISSING, …` */
export function rejectLine(reject: RejectEntry): string {
  const where = [reject.system, reject.object, reject.recordId].filter((part) => part !== null).join(" ");
  const fields = reject.fields.length === 0 ? "" : `  ${reject.fields.join(", ")}`;
  return `${where} ${reject.recordName}${fields}: ${reject.message} (${reject.code})`;
}

function closing(result: SyncResult): string {
  const { written: planned, calls, plan } = result;
  const updates = planned.hubspot.updated + planned.salesforce.updated;
  const creates = planned.hubspot.created + planned.salesforce.created;
  const archives = planned.hubspot.archived + planned.salesforce.archived;
  const kinds = [
    counted(creates, "create"),
    counted(updates, "update"),
    ...(archives > 0 ? [counted(archives, "archive")] : []),
  ];
  const cost = writingCost(plan.writes);
  const lines = [
    creates + updates + archives + planned.tasks === 0
      ? "Nothing to write."
      : `${kinds.join(", ")} and ${counted(planned.tasks, "task")} planned; nothing was changed.`,
    `Calls: reading took ${calls.hubspot} HubSpot and ${calls.salesforce} Salesforce; writing would take about ${cost.hubspot} and ${cost.salesforce} more.`,
    ...result.reasons.map((reason) => COLORS.yellow(`Note: ${sentence(reason)}`)),
  ];
  return lines.map((line) => wrapped(line)).join("\n");
}
