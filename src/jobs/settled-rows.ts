/** Which open conflicts and rejects are over once a decision is stored. */
import { isDeepStrictEqual } from "node:util";
import { isArchiveSettled } from "../core/sync/archive-survivor.ts";
import type { DecidedPerson } from "./decide-people.ts";

/** Questions about fields that are no longer held, or held for something else, are over. */
export function settledConflicts({ draft, decision }: DecidedPerson): string[] {
  return Object.entries(draft.before?.fields ?? {}).flatMap(([name, { held }]) =>
    held !== undefined && !isDeepStrictEqual(held, decision.link.fields[name]?.held)
      ? [`${draft.link.id}:${name}`]
      : [],
  );
}

/** Rejects of fields that are no longer held, and of a record that could not be archived. */
export function settledRejects({ draft, decision }: DecidedPerson): string[] {
  const archive = isArchiveSettled(draft.before, decision.link)
    ? [`${draft.link.id}:hubspot:archive`, `${draft.link.id}:salesforce:archive`]
    : [];
  return [...archive, ...refusedFields({ draft, decision })];
}

function refusedFields({ draft, decision }: DecidedPerson): string[] {
  return Object.entries(draft.before?.fields ?? {}).flatMap(([name, state]) =>
    state.held !== undefined && decision.link.fields[name]?.held === undefined
      ? [`${draft.link.id}:hubspot:${name}`, `${draft.link.id}:salesforce:${name}`]
      : [],
  );
}
