/** Which open conflicts, rejects and unanswered writes are over once decisions are stored. */
import { isDeepStrictEqual } from "node:util";
import type { Settled } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import { isArchiveSettled } from "../core/sync/archive-survivor.ts";
import type { DecidedPerson } from "./decide-people.ts";

/** `changed`: those of the decided whose decision is stored. `isFree`: nothing that was sent to the person can still arrive. */
export function settledBy(
  decided: readonly DecidedPerson[],
  changed: readonly DecidedPerson[],
  superseded: readonly Link[],
  isFree: (link: Link) => boolean,
): Settled {
  const looked = decided.flatMap(({ draft }) =>
    draft.before !== null && hasUnanswered(draft.before) && isFree(draft.before) ? [draft.before.id] : [],
  );
  // Nobody decides about a link again whose place another one took.
  const retired = superseded.filter((link) => hasUnanswered(link) && isFree(link)).map(({ id }) => id);
  return {
    conflicts: changed.flatMap(settledConflicts),
    rejects: changed.flatMap(settledRejects),
    writes: [...looked, ...retired],
  };
}

/** An answer takes the quarantine away: where one is left, a write never got its own. */
export function hasUnanswered({ quarantine }: Link): boolean {
  return Object.keys(quarantine).length > 0;
}

/** Questions about fields that are no longer held, or held for something else, are over. */
function settledConflicts({ draft, decision }: DecidedPerson): string[] {
  return heldBefore(draft)
    .filter((name) => !isDeepStrictEqual(draft.before?.fields[name]?.held, decision.link.fields[name]?.held))
    .map((name) => `${draft.link.id}:${name}`);
}

/** Rejects of fields that are no longer held, or can be read again, and of a record that could not be archived. */
function settledRejects({ draft, decision }: DecidedPerson): string[] {
  const archive = isArchiveSettled(draft.before, decision.link)
    ? [`${draft.link.id}:hubspot:archive`, `${draft.link.id}:salesforce:archive`]
    : [];
  return [...archive, ...refusedFields({ draft, decision })];
}

function refusedFields({ draft, decision }: DecidedPerson): string[] {
  const { fields } = decision.link;
  const unread = Object.entries(draft.before?.fields ?? {}).filter(([, { unreadable }]) => unreadable !== undefined);
  const over = [
    ...heldBefore(draft).filter((name) => fields[name]?.held === undefined),
    ...unread.flatMap(([name]) => (fields[name]?.unreadable === undefined ? [name] : [])),
  ];
  return over.flatMap((name) => [`${draft.link.id}:hubspot:${name}`, `${draft.link.id}:salesforce:${name}`]);
}

function heldBefore({ before }: DecidedPerson["draft"]): string[] {
  const fields = before?.fields ?? {};
  return Object.keys(fields).filter((name) => fields[name]?.held !== undefined);
}
