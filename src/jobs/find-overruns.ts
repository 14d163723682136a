/** Once after each run that wrote to Salesforce close behind somebody's edit: asks field history whether a write ran over another. */
import type { IntentEntry } from "../core/model/ledger.ts";
import type { Link, OverrunEdit } from "../core/model/link.ts";
import type { ObjectMapping } from "../core/model/mapping.ts";
import type { Instant } from "../core/model/record.ts";
import { findOverrunEdits, historySince } from "../core/sync/find-overrun.ts";
import { isGuarded, later } from "../core/sync/sight-fields.ts";
import type { FieldChange } from "./ports.ts";
import type { ChangesRead } from "./read-changes.ts";
import { type Cursor, NOTHING_DECIDED } from "./state-port.ts";
import {
  MOST_RECENT_RUNS,
  mappingFor,
  personObjects,
  type RunFacts,
  type SyncDependencies,
} from "./sync-dependencies.ts";

/** Runs that wrote nothing close behind an edit are no reason to store anything, until there are so many that the oldest would be forgotten. */
const MOST_UNREMARKABLE = MOST_RECENT_RUNS / 2;

const LANE = "overruns";

/**
 * Finds, stores and marks the edits that earlier runs' writes to Salesforce ran over, so that each is decided like any other. It costs no call when no write
 * came so close behind an edit that the edit's own stamp could hide another: a record that had been at rest for longer than Salesforce takes to commit
 * is safe behind its condition.
 */
export async function findOverruns(
  dependencies: SyncDependencies,
  facts: RunFacts,
  changes: ChangesRead,
): Promise<readonly ChangesRead["marks"][number][]> {
  const { store, rulebook } = dependencies;
  // One from the future (a clock that was wrong, a store that was put back) would hide every overrun until then.
  const cursor = facts.cursors.find(
    (row) => row.system === "salesforce" && row.lane === LANE && row.position <= facts.startedAt,
  );
  const until = later(facts.startedAt, -rulebook.connector.quarantineSeconds * 1_000);
  const runs = facts.recentRuns.filter(
    (run) => run.startedAt > (cursor?.position ?? "") && run.startedAt < facts.startedAt && run.id !== facts.run,
  );
  // A write without an answer may still arrive; what a run sent is looked at when that is over.
  const ended = runs.filter((run) => (run.endedAt ?? run.startedAt) <= until);
  const newest = ended
    .map((run) => run.startedAt)
    .sort()
    .at(-1);
  if (newest === undefined) return [];
  const intents = await store.closeWrites(
    "salesforce",
    ended.map((run) => run.id),
    rulebook.connector.settledLagSeconds.salesforce,
  );
  if (intents.length === 0 && ended.length < MOST_UNREMARKABLE) return [];
  const edits = await readEdits(dependencies, intents);
  const links =
    edits.size === 0 ? [] : (await store.links([...edits.keys()])).filter((link) => link.state === "linked");
  const found = links.map((link) => withEdits(link, edits.get(link.id) ?? {}));
  for (const link of found) keepInHand(changes, link, facts.dry);
  const marks = found.map((link) => ({ key: keyOf(link, facts.dry), reason: "overrun", dueAt: facts.startedAt }));
  if (facts.dry) return marks;
  const position: Cursor = {
    system: "salesforce",
    object: "writes",
    lane: LANE,
    position: newest,
    account: facts.accounts.salesforce,
  };
  if (found.length > 0) {
    const { stale } = await store.commitDecisions(facts.lease, { ...NOTHING_DECIDED, links: found, dirty: marks });
    // Somebody else decided about one of them just now: they are all looked at again by the next run.
    if (stale.length > 0) return marks;
  }
  await store.ingest(facts.lease, { dirty: [], seen: [], cursors: [position], now: facts.startedAt });
  return marks;
}

/** A dry run has stored nothing, and finds its links by the records that it has them in hand for. */
function keyOf(link: Link, dry: boolean): string {
  return dry ? `s:${link.salesforceObject}:${link.salesforceId}` : `l:${link.id}`;
}

function withEdits(link: Link, edits: Readonly<Record<string, OverrunEdit>>): Link {
  const fields = { ...link.fields };
  for (const [name, overrun] of Object.entries(edits)) fields[name] = { ...fields[name], overrun };
  return { ...link, version: link.version + 1, fields };
}

/** The run has this link in hand from reading changes: what was stored just now is newer. */
function keepInHand(changes: ChangesRead, link: Link, always: boolean): void {
  for (const [system, id] of [
    ["hubspot", link.hubspotId],
    ["salesforce", link.salesforceId],
  ]) {
    if (id !== null && (always || changes.links.has(`${system}:${id}`))) changes.links.set(`${system}:${id}`, link);
  }
}

async function readEdits(
  dependencies: SyncDependencies,
  intents: readonly IntentEntry[],
): Promise<ReadonlyMap<string, Readonly<Record<string, OverrunEdit>>>> {
  const found = new Map<string, Readonly<Record<string, OverrunEdit>>>();
  for (const object of personObjects(dependencies.mappings)) {
    const mapping = mappingFor(dependencies.mappings, object);
    const mine = intents.filter((intent) => intent.object === object && intent.recordId !== null);
    if (mine.length === 0) continue;
    const changes = await dependencies.clients.salesforce.readFieldChanges({
      object,
      ids: mine.flatMap((intent) => intent.recordId ?? []),
      since: earliest(mine.map(historySince)),
    });
    const byRecord = Map.groupBy(changes, (change: FieldChange) => change.record);
    for (const intent of mine) {
      if (intent.link === null) continue;
      const edits = findOverrunEdits(intent, mapping, byRecord.get(intent.recordId ?? "") ?? []);
      if (Object.keys(edits).length > 0) found.set(intent.link, { ...found.get(intent.link), ...edits });
    }
  }
  return found;
}

function earliest(instants: readonly Instant[]): Instant {
  return instants.reduce((a, b) => (a < b ? a : b));
}

/**
 * By Salesforce object, the fields whose history is worth tracking there: those that people edit on both sides. Field history keeps no values of
 * multi-selects, and tracks at most 20 fields of an object.
 */
export function fieldsToTrack(mappings: readonly ObjectMapping[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    mappings.map((mapping) => [
      mapping.salesforce,
      mapping.fields
        .filter((field) => isGuarded(field) && field.transform.type !== "set" && !field.salesforce.includes("."))
        .map((field) => field.salesforce),
    ]),
  );
}
