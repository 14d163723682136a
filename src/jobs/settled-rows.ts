/** Which open conflicts, rejects and unanswered writes are over once decisions are stored. */
import { isDeepStrictEqual } from "node:util";
import type { Settled } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import { SYSTEMS } from "../core/model/record.ts";
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
  const released = heldBefore(draft).filter((name) => fields[name]?.held === undefined);
  const readable = Object.entries(draft.before?.fields ?? {}).flatMap(([name, { unreadable = {} }]) =>
    // Each side for itself: the other one's value may still be unreadable, or refused.
    SYSTEMS.flatMap((system) =>
      unreadable[system] !== undefined && fields[name]?.unreadable?.[system] === undefined ? [`${system}:${name}`] : [],
    ),
  );
  const over = [...released.flatMap((name) => SYSTEMS.map((system) => `${system}:${name}`)), ...readable];
  return over.map((field) => `${draft.link.id}:${field}`);
}

function heldBefore({ before }: DecidedPerson["draft"]): string[] {
  const fields = before?.fields ?? {};
  return Object.keys(fields).filter((name) => fields[name]?.held !== undefined);
}
