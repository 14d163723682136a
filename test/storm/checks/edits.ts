/** I4, I5, I26: no value that a person entered disappears without a word, and what is said of conflicts is true. */
import type { Link } from "../../../src/core/model/link.ts";
import type { Checker, Evidence } from "../evidence.ts";
import type { HumanRow } from "../human-steps.ts";
import type { ChangeRow } from "../stand-ins.ts";
import { personOf, STORM_FIELDS, type StormField } from "../storm-fields.ts";
import { STORM_START } from "../storm-time.ts";
import { asksHistory, conflictsOf, hasDecided, isForgotten, isSetAside, meaning, type Pair, pairsOf } from "./naive.ts";
import { named } from "./ping-pong.ts";
import { personsOf } from "./same-person.ts";

/** Values that are there once, so that one tells who entered it. */
const TELLING = STORM_FIELDS.filter((field) => ["text", "phone", "integer"].includes(field.kind));

/** What the vendor makes of values when records are merged, deleted or brought back is its own business. */
const REMAKING: ReadonlySet<string> = new Set(["merge", "delete", "restore", "erase"]);

/** Lag and late commits: a run that began sooner may not have seen what was remade. */
const BLIND_MS = 330_000;

interface Judged {
  readonly pair: Pair;
  readonly rows: readonly HumanRow[];
}

/** Everybody with what was entered for them; of whom was remade, what was entered in the records that are left once a run had seen them so. */
function pairWithEdits(evidence: Evidence): Judged[] {
  return pairsOf(evidence).flatMap((pair): Judged[] => {
    const who = personOf(pair.link.email);
    if (who === undefined || hasDouble(evidence, who)) return [];
    const ids = [pair.link.hubspotId, pair.link.salesforceId];
    const rows = evidence.humans.filter((row) => row.who === who);
    const remade = evidence.humans.filter(
      (row) => REMAKING.has(row.what) && (row.who === who || ids.includes(row.id) || ids.includes(String(row.after))),
    );
    const last = remade.at(-1);
    if (last !== undefined) {
      const since = settledAfter(evidence, pair, last.at);
      return [{ pair, rows: evidence.humans.filter((row) => ids.includes(row.id) && row.at > since) }];
    }
    // Another record of the same address, which LeadLoop leaves alone, has values of its own.
    const records = new Set(
      rows.filter((row) => row.system === "salesforce" && row.object === "Lead").map((row) => row.id),
    );
    return records.size > 1 ? [] : [{ pair, rows }];
  });
}

/** When a run that began afterwards had decided about the pair as it is now, or ended well without a need to. */
function settledAfter({ invocations, storeLog }: Evidence, { link }: Pair, moment: number): number {
  const ended = invocations.filter((run) => run.startedAt > moment + BLIND_MS && run.result?.outcome === "done");
  const decided = storeLog.filter(({ at, invocation, method, given }) => {
    const began = invocations.find(({ number }) => number === invocation)?.startedAt ?? 0;
    if (method !== "commitDecisions" || at < moment || began < moment) return false;
    const { links } = given[1] as { links: readonly Link[] };
    return links.some((one) => one.hubspotId === link.hubspotId && one.salesforceId === link.salesforceId);
  });
  return Math.min(...ended.map((run) => run.endedAt), ...decided.map((row) => row.at));
}

/** Two records of one side under two addresses are two people to LeadLoop: what was entered in the one is nothing that the other could lose. */
function hasDouble({ systems }: Evidence, who: number): boolean {
  const contacts = systems.hubspot
    .contacts()
    .filter(({ archived, properties }) => !archived && personOf(properties["email"]) === who);
  const all = ["Lead", "Contact"].flatMap((object) =>
    systems.salesforce
      .records(object)
      .filter((row) => personOf(row["Email"]) === who && row["IsConverted"] !== true && row["IsDeleted"] !== true),
  );
  return all.length > 1 || contacts.length > 1;
}

function editsOf(rows: readonly HumanRow[], field: StormField): HumanRow[] {
  const names = [field.hubspot, field.Lead, field.Contact];
  return rows.filter((row) => row.field !== null && names.includes(row.field)).sort((one, other) => one.at - other.at);
}

/** I4: every value that a person entered is there at the end, was replaced by somebody who saw it, or lost a recorded conflict. */
export const nothingIsLost: Checker = (evidence) => [...everyValueIsKept(evidence), ...lastWordStands(evidence)];

const everyValueIsKept: Checker = (evidence) =>
  pairWithEdits(evidence).flatMap(({ pair, rows }) =>
    TELLING.flatMap((field) => {
      const name = pair.object === "Lead" ? field.Lead : field.Contact;
      if (name === null || isSetAside(evidence, pair.link, [field.hubspot, name])) return [];
      if (field.name === "city" && evidence.mappingChangedAt !== null) return [];
      const edits = editsOf(rows, field).filter((row) => meaning(field.kind, row.after) !== "");
      return edits.flatMap((edit) => {
        if (isTakenByRetyping(evidence, edit)) return [];
        const value = meaning(field.kind, edit.after);
        if (isKept(evidence, pair, field, name, edit, edits, value)) return [];
        const time = new Date(edit.at).toISOString().slice(11, 23);
        return [
          `${pair.link.email}: ${field.name} "${value}", entered in ${edit.system} at ${time}, is gone without a word`,
        ];
      });
    }),
  );

/** Salesforce itself took it away when an admin gave the field another type. That it goes on in HubSpot where it had come there, I17 tells. */
function isTakenByRetyping({ plan }: Evidence, edit: HumanRow): boolean {
  return plan.steps.some(
    (step) =>
      step.do === "retype" &&
      step.side === "salesforce" &&
      step.how !== "choice" &&
      edit.field === "Title" &&
      edit.at < STORM_START + step.at,
  );
}

/** I4 for fields whose values many enter: the last word of all stands, of a set each part of it, unless somebody else spoke at the same time. */
const lastWordStands: Checker = (evidence) =>
  pairWithEdits(evidence).flatMap(({ pair, rows }) =>
    STORM_FIELDS.filter((field) => !TELLING.includes(field)).flatMap((field) => {
      const name = pair.object === "Lead" ? field.Lead : field.Contact;
      if (name === null || isSetAside(evidence, pair.link, [field.hubspot, name])) return [];
      const edits = editsOf(rows, field);
      const last = edits.at(-1);
      if (last === undefined || edits.some((row) => row.system !== last.system && row.at > last.at - CLOSE_MS))
        return [];
      const parts = (value: unknown): string[] => meaning(field.kind, value).split(";");
      const [said, left, right] = [last.after, pair.contact[field.hubspot], pair.record[name]].map(parts);
      if (said?.every((part) => left?.includes(part) || right?.includes(part))) return [];
      if (conflictsOf(evidence, pair).some((row) => row.field === field.hubspot)) return [];
      return [
        `${pair.link.email}: ${field.name} ${JSON.stringify(last.after)}, the last word of ${last.system}, is gone without a word`,
      ];
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
  // To the record of somebody else, with whom the person of the edit was merged on the other side.
  const cameTo = ({ id, at }: HumanRow): boolean =>
    changes.some(
      (row) => row.id === id && names.includes(row.field) && row.at <= at && meaning(field.kind, row.after) === value,
    );
  // Somebody saw it there and entered something else, on the same side, or on the other once it had come there.
  const seenBy = evidence.humans.some(
    (row) =>
      (row.who === edit.who || row.id === edit.id || cameTo(row)) &&
      names.includes(row.field ?? "") &&
      row.at > edit.at &&
      meaning(field.kind, row.before) === value,
  );
  if (seenBy) return true;
  // The customer's own automation made something else of it, on the occasion of a write of ours that did not speak of the field.
  const automated = changes.some(
    (row) =>
      row.system === edit.system &&
      row.id === edit.id &&
      names.includes(row.field) &&
      row.at >= edit.at &&
      meaning(field.kind, row.before) === value &&
      !named(evidence, row, [row.field]),
  );
  if (automated) return true;
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
      ({ system, at, request, response, invocation }) =>
        system === lost.system &&
        !asksHistory(request) &&
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

/** When the state first had both records of a link, as far as it remembers. */
function metAt(evidence: Evidence, id: string): number {
  const met = evidence.storeLog.find(
    ({ at, given }) =>
      !isForgotten(evidence, at) &&
      ((given[1] as { links?: readonly Link[] } | undefined)?.links ?? []).some(
        (link) => link.id === id && link.hubspotId !== null && link.salesforceId !== null,
      ),
  );
  return met?.at ?? Number.POSITIVE_INFINITY;
}

/** I26: what a conflict says a side held, it held at some time. */
export const conflictsAreTrue: Checker = (evidence) => {
  const nameOf = personsOf(evidence);
  return pairsOf(evidence).flatMap((pair) => {
    const isTheirs = ({ id }: { readonly id: string }): boolean => nameOf(id) === nameOf(pair.link.hubspotId ?? "");
    const rows = evidence.humans.filter(isTheirs);
    return conflictsOf(evidence, pair)
      .filter((row) => row.kept !== "merged")
      .flatMap((row) => {
        const field = TELLING.find((one) => one.hubspot === row.field);
        if (field === undefined) return [];
        const names = [field.hubspot, field.Lead, field.Contact];
        const held = new Set(
          [
            ...evidence.systems.changes
              .filter((change) => names.includes(change.field) && isTheirs(change))
              .flatMap((change) => [change.before, change.after]),
            ...rows
              .filter((human) => names.includes(human.field ?? ""))
              .flatMap((human) => [human.before, human.after]),
          ].map((value) => meaning(field.kind, value)),
        );
        // A field that an admin makes shorter holds what is left of a value.
        const isShort = evidence.plan.steps.some((step) => step.do === "retype" && step.how === "short");
        const isHeld = (value: string): boolean =>
          held.has(value) || (isShort && [...held].some((one) => one.startsWith(value)));
        return [row.hubspot, row.salesforce]
          .filter((value) => value !== null && !isHeld(meaning(field.kind, value)))
          .map(
            (value) => `a conflict of ${pair.link.email} about ${field.name} names "${value}", which nobody entered`,
          );
      });
  });
};
