/** I4, I5, I26: no value that a person entered disappears without a word, and what is said of conflicts is true. */
import type { Link } from "../../../src/core/model/link.ts";
import type { Checker, Evidence } from "../evidence.ts";
import type { HumanRow } from "../human-steps.ts";
import type { ChangeRow } from "../stand-ins.ts";
import { personOf, STORM_FIELDS, type StormField } from "../storm-fields.ts";
import { conflictsOf, hasDecided, isSetAside, meaning, type Pair, pairsOf } from "./naive.ts";

/** Values that are there once, so that one tells who entered it. */
const TELLING = STORM_FIELDS.filter((field) => ["text", "phone", "integer"].includes(field.kind));

/** What the vendor makes of values when records are merged, deleted or brought back is its own business. */
const REMAKING: ReadonlySet<string> = new Set(["merge", "delete", "restore", "erase"]);

function pairWithEdits(evidence: Evidence): { pair: Pair; who: number; rows: readonly HumanRow[] }[] {
  return pairsOf(evidence).flatMap((pair) => {
    const who = personOf(pair.link.email);
    if (who === undefined) return [];
    const rows = evidence.humans.filter((row) => row.who === who);
    const merged = evidence.humans.some(
      (row) =>
        REMAKING.has(row.what) &&
        (row.who === who || row.id === pair.link.hubspotId || row.id === pair.link.salesforceId),
    );
    // Another record of the same address, which LeadLoop leaves alone, has values of its own.
    const records = new Set(
      rows.filter((row) => row.system === "salesforce" && row.object === "Lead").map((row) => row.id),
    );
    return merged || records.size > 1 || hasDouble(evidence, who) ? [] : [{ pair, who, rows }];
  });
}

/** Two records of one side under two addresses are two people to LeadLoop: what was entered in the one is nothing that the other could lose. */
function hasDouble({ systems }: Evidence, who: number): boolean {
  const contacts = systems.hubspot
    .contacts()
    .filter(({ archived, properties }) => !archived && personOf(properties["email"]) === who);
  const all = ["Lead", "Contact"].flatMap((object) =>
    systems.salesforce.records(object).filter((row) => personOf(row["Email"]) === who && row["IsConverted"] !== true),
  );
  return all.length > 1 || contacts.length > 1;
}

function editsOf(rows: readonly HumanRow[], field: StormField): HumanRow[] {
  const names = [field.hubspot, field.Lead, field.Contact];
  return rows.filter((row) => row.field !== null && names.includes(row.field)).sort((one, other) => one.at - other.at);
}

/** I4: every value that a person entered is there at the end, was replaced by somebody who saw it, or lost a recorded conflict. */
export const nothingIsLost: Checker = (evidence) =>
  pairWithEdits(evidence).flatMap(({ pair, rows }) =>
    TELLING.flatMap((field) => {
      const name = pair.object === "Lead" ? field.Lead : field.Contact;
      if (name === null || isSetAside(evidence, pair.link, [field.hubspot, name])) return [];
      if (field.name === "city" && evidence.mappingChangedAt !== null) return [];
      const edits = editsOf(rows, field).filter((row) => meaning(field.kind, row.after) !== "");
      return edits.flatMap((edit) => {
        const value = meaning(field.kind, edit.after);
        if (isKept(evidence, pair, field, name, edit, edits, value)) return [];
        const time = new Date(edit.at).toISOString().slice(11, 23);
        return [
          `${pair.link.email}: ${field.name} "${value}", entered in ${edit.system} at ${time}, is gone without a word`,
        ];
      });
    }),
  );

function isKept(
  evidence: Evidence,
  pair: Pair,
  field: StormField,
  name: string,
  edit: HumanRow,
  edits: readonly HumanRow[],
  value: string,
): boolean {
  const { changes } = evidence.systems;
  if (meaning(field.kind, pair.contact[field.hubspot]) === value || meaning(field.kind, pair.record[name]) === value)
    return true;
  const names = [field.hubspot, field.Lead, field.Contact];
  // Somebody saw it there and entered something else, on the same side, or on the other once it had come there.
  const seenBy = evidence.humans.some(
    (row) =>
      row.who === edit.who &&
      names.includes(row.field ?? "") &&
      row.at > edit.at &&
      meaning(field.kind, row.before) === value,
  );
  if (seenBy) return true;
  const crossed = changes.find(
    (row) =>
      names.includes(row.field) &&
      row.system !== edit.system &&
      meaning(field.kind, row.after) === value &&
      row.at >= edit.at,
  );
  if (crossed !== undefined && edits.some((row) => row.at >= crossed.at && row !== edit)) return true;
  return conflictsOf(evidence, pair).some(
    (row) =>
      row.field === field.hubspot && [row.hubspot, row.salesforce].some((said) => meaning(field.kind, said) === value),
  );
}

/** Clocks that are off, lag and rounding to seconds: nobody can say which of two edits so close together came first. */
const CLOSE_MS = 300_000;

/** I5: a person's value is never replaced by one that is older, unless that is recorded. */
export const nothingStaleWins: Checker = (evidence) =>
  pairWithEdits(evidence).flatMap(({ pair, rows }) =>
    TELLING.filter((field) => field.rule === "two-way").flatMap((field) => {
      const edits = editsOf(rows, field);
      const meant = (value: unknown): string => meaning(field.kind, value);
      const counted = edits.filter((row) => !isTakenBack(evidence, pair.link.id, edits, row, meant));
      const enteredAs = (value: unknown): HumanRow | undefined =>
        counted.findLast((row) => meant(row.after) === meant(value));
      return evidence.systems.changes
        .filter((change) => !change.created && [field.hubspot, field.Lead, field.Contact].includes(change.field))
        .filter((change) => [pair.link.hubspotId, pair.link.salesforceId].includes(change.id))
        .flatMap((change) => {
          const [lost, won] = [enteredAs(change.before), enteredAs(change.after)];
          if (lost === undefined || won === undefined || lost.at > change.at || won.at > change.at) return [];
          // A request that had left before the person entered theirs could not know: that a later run finds it and puts it right is for I4 to tell.
          const unaware = sentAt(evidence, change) < lost.at;
          if (won.at >= lost.at - CLOSE_MS || lost.system === won.system || unaware) return [];
          // Section 2.5: where nothing was agreed on yet, a lone value fills the other side; a blank is no news there.
          if (meaning(field.kind, lost.after) === "" && lost.at < metAt(evidence, pair.link.id)) return [];
          const recorded = conflictsOf(evidence, pair).some((row) =>
            [row.hubspot, row.salesforce].some(
              (said) => meaning(field.kind, said) === meaning(field.kind, change.before),
            ),
          );
          return recorded
            ? []
            : [
                `${pair.link.email}: ${field.name} "${String(change.before)}" was replaced by the older "${String(change.after)}"`,
              ];
        });
    }),
  );

/** When the request that made the change left its process. */
function sentAt({ systems }: Evidence, { system, at, invocation }: ChangeRow): number {
  return (
    systems.requests.find((row) => row.system === system && row.at === at && row.invocation === invocation)?.sentAt ??
    at
  );
}

/** Whoever enters something and takes it back before a run has read it and decided has changed nothing. */
function isTakenBack(
  evidence: Evidence,
  link: string,
  edits: readonly HumanRow[],
  lost: HumanRow,
  meant: (value: unknown) => string,
): boolean {
  const wasRead = (value: unknown, from: number, until: number): boolean =>
    evidence.systems.requests.some(
      ({ system, at, response, invocation }) =>
        system === lost.system &&
        at >= from &&
        at < until &&
        response.body.includes(lost.id) &&
        response.body.includes(`"${String(value)}"`) &&
        hasDecided(evidence, invocation, link),
    );
  const before = edits.filter((row) => row.id === lost.id && row.at < lost.at);
  const last = before.at(-1);
  return last !== undefined && meant(last.before) === meant(lost.after) && !wasRead(last.after, last.at, lost.at);
}

/** When the state first had both records of a link. */
function metAt({ storeLog }: Evidence, id: string): number {
  const met = storeLog.find(({ given }) =>
    ((given[1] as { links?: readonly Link[] } | undefined)?.links ?? []).some(
      (link) => link.id === id && link.hubspotId !== null && link.salesforceId !== null,
    ),
  );
  return met?.at ?? Number.POSITIVE_INFINITY;
}

/** I26: what a conflict says a side held, it held at some time. */
export const conflictsAreTrue: Checker = (evidence) =>
  pairWithEdits(evidence).flatMap(({ pair, rows, who }) =>
    conflictsOf(evidence, pair)
      .filter((row) => row.kept !== "merged")
      .flatMap((row) => {
        const field = TELLING.find((one) => one.hubspot === row.field);
        if (field === undefined) return [];
        const names = [field.hubspot, field.Lead, field.Contact];
        const held = new Set(
          [
            ...evidence.systems.changes
              .filter((change) => names.includes(change.field))
              .flatMap((change) => [change.before, change.after]),
            ...rows
              .filter((human) => names.includes(human.field ?? ""))
              .flatMap((human) => [human.before, human.after]),
          ].map((value) => meaning(field.kind, value)),
        );
        return [row.hubspot, row.salesforce]
          .filter((value) => value !== null && !held.has(meaning(field.kind, value)))
          .map((value) => `a conflict of p${who} about ${field.name} names "${value}", which nobody ever entered`);
      }),
  );
