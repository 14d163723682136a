/** What to ask each system for: its objects, their fields, and the stretches of time that have not been read for certain. */

import type { System } from "../core/model/record.ts";
import { later } from "../core/sync/sight-fields.ts";
import type { ChangeRequest, Window } from "./ports.ts";
import type { Cursor } from "./state-port.ts";
import {
  CONTACT_ROLE,
  fieldsToRead,
  HUBSPOT_CONTACTS,
  OPPORTUNITY,
  personObjects,
  type RunFacts,
  type SyncDependencies,
  TASK,
} from "./sync-dependencies.ts";

/** A cursor older than this may have missed deletions that left the recycle bin (Salesforce keeps them 15 days). */
const OLDEST_CURSOR_DAYS = 13;

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  [OPPORTUNITY]: ["Name", "StageName", "Amount", "IsClosed", "IsWon", "CloseDate", "LastStageChangeDate"],
  [CONTACT_ROLE]: ["OpportunityId", "ContactId", "IsPrimary"],
  [TASK]: ["Status", "IsClosed", "CompletedDateTime", "OwnerId"],
};

/** One request for each object of the system, with the windows that its cursors leave open. */
export function requestsFor(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  cursors: readonly Cursor[],
): ChangeRequest[] {
  const people = system === "hubspot" ? [HUBSPOT_CONTACTS] : personObjects(dependencies.mappings);
  const others = system === "hubspot" ? [] : [OPPORTUNITY, CONTACT_ROLE, TASK];
  return [...people, ...others].map((object) => ({
    object,
    fields: FIELDS[object] ?? fieldsToRead(dependencies, facts, system, object),
    windows: windowsOf(dependencies, facts, system, object, cursors),
    ...(object === TASK ? { onlyWith: dependencies.ownFields.cause } : {}),
    ...(isDispensable(object) ? { dispensable: true as const } : {}),
  }));
}

/** The fast lane up to the present, and the settled lane a safe distance behind it, where both systems have finished telling. */
function windowsOf(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  object: string,
  cursors: readonly Cursor[],
): Window[] {
  const { connector } = dependencies.rulebook;
  const fast = usable(cursors, facts, system, object, "fast");
  const widened = facts.widened.some((schema) => schema.system === system && schema.object === object);
  if (fast === undefined || widened) return [{ from: null, to: null }];
  const windows: Window[] = [{ from: later(fast.position, -connector.overlapSeconds * 1_000), to: null }];
  const settled = usable(cursors, facts, system, object, "settled");
  const to = later(facts.startedAt, -connector.settledLagSeconds[system] * 1_000);
  if (settled !== undefined && settled.position < to && (windows[0]?.from ?? "") > settled.position) {
    windows.push({ from: settled.position, to });
  }
  return windows;
}

/** The cursor of a stream, unless it is another account's, too old or of the future. */
export function usable(
  cursors: readonly Cursor[],
  facts: RunFacts,
  system: System,
  object: string,
  lane: string,
): Cursor | undefined {
  const cursor = cursors.find((row) => row.system === system && row.object === object && row.lane === lane);
  if (cursor === undefined || cursor.account !== facts.accounts[system]) return undefined;
  const tooOld = cursor.position < later(facts.startedAt, -OLDEST_CURSOR_DAYS * 86_400_000);
  const inFuture = cursor.position > later(facts.startedAt, 3_600_000);
  return tooOld || inFuture ? undefined : cursor;
}

/** Whether people can be synced where our user is not shown this object: what became of them in sales is then not known. */
export function isDispensable(object: string): boolean {
  return object === OPPORTUNITY || object === CONTACT_ROLE;
}

/** The cursors of a stream that is hidden from us, made void: once it is shown it is read from the beginning, for nobody knows what was missed. */
export function voidCursors({ cursors }: Pick<RunFacts, "cursors">, object: string): readonly Cursor[] {
  return cursors.filter((cursor) => cursor.object === object).map((cursor) => ({ ...cursor, account: "" }));
}
