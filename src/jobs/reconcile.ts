/** When the state may not be what both systems went through: compares everybody first, and lets nothing be written meanwhile. */
import { StopRun } from "../core/errors.ts";
import type { Link } from "../core/model/link.ts";
import type { Instant } from "../core/model/record.ts";
import { tellsNothingNew } from "../core/sync/detect-changes.ts";
import { observePerson, unknownOwnWrite } from "../core/sync/observe-person.ts";
import { later } from "../core/sync/sight-fields.ts";
import { keepLease } from "./keep-lease.ts";
import { loadPeople } from "./load-people.ts";
import { lookForTasks } from "./lost-tasks.ts";
import { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import type { ChangesRead } from "./read-changes.ts";
import { keepStop } from "./safety-stop.ts";
import { hasUnanswered } from "./settled-rows.ts";
import { type DirtyMark, type DirtyRow, NOTHING_DECIDED } from "./state-port.ts";
import { mappingFor, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

/** Why everybody is being compared, for as long as it takes; empty otherwise. */
const RECONCILE = "reconcile";
/** When the last comparison was asked for by a write that nobody knew of. */
const WITNESSED = "reconcile-witnessed";
/** People whose sides differ are decided this long after they were compared: by a later run, whose whole plan is weighed first. */
const DECIDED_LATER_MS = 15 * 60_000;
/** Clocks may differ, and a write may arrive late. */
const MARGIN_MS = 300_000;

/** The reason for which everybody is to be compared before anything is written, or null. */
export async function reconcileReason({ store }: SyncDependencies): Promise<string | null> {
  const reason = (await store.setting(RECONCILE)) ?? "";
  return reason === "" ? null : reason;
}

export async function askToReconcile({ store, clock }: SyncDependencies, reason: string): Promise<void> {
  await store.saveSetting(RECONCILE, reason);
  if (reason !== "") await lookForTasks(store, clock.now());
}

/**
 * Throws StopRun (paused), with everybody to be compared by the next run, when HubSpot's history shows a write of ours that no run of this state made.
 * Once a day at most: a second installation that writes with the same app is told, not obeyed.
 */
export async function assertOwnWritesKnown(
  dependencies: SyncDependencies,
  facts: RunFacts,
  drafts: readonly PersonDraft[],
): Promise<void> {
  const { store, rulebook } = dependencies;
  if (facts.dry || facts.knownUntil === null) return;
  const margin = MARGIN_MS + rulebook.connector.quarantineSeconds * 1_000;
  const times = { until: later(facts.knownUntil, margin), startedAt: later(facts.startedAt, -margin) };
  if (times.until >= times.startedAt) return;
  const at = unknownOwnWrite(
    drafts.map((draft) => draft.records.hubspot),
    times,
  );
  if (at === null) return;
  const asked = (await store.setting(WITNESSED)) ?? "";
  if (asked > later(facts.startedAt, -24 * 3_600_000)) return;
  await store.saveSetting(WITNESSED, facts.startedAt);
  const reason = `HubSpot shows a write of LeadLoop's at ${at} that this state does not know: it was put back from a backup, or a second installation writes with the same app`;
  await askToReconcile(dependencies, reason);
  throw new StopRun(`${reason}; nothing was written, and the next run compares everybody first`, { kind: "paused" });
}

/**
 * Compares everybody who is marked. What both sides hold alike becomes what they agreed on; the rest is decided later as a first meeting under each field's
 * rule, by a run whose whole plan is weighed before its first write. So is whoever shows anything that the rules were not told. Gives what to tell, for a
 * person should know.
 */
export async function observePeople(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  changes: ChangesRead,
  reason: string,
): Promise<string> {
  const { store, clock, rulebook } = dependencies;
  const dueAt = later(facts.startedAt, DECIDED_LATER_MS);
  let lease = facts.lease;
  let compared = 0;
  let differing = 0;
  while (true) {
    const now = clock.now();
    if (now >= facts.deadline)
      throw new StopRun("the time budget is spent; the next run goes on comparing", { kind: "paused" });
    const rows = (await store.dirtyDue(rulebook.connector.chunkSize, now)).filter((row) => row.dueAt < dueAt);
    if (rows.length === 0) break;
    lease = await keepLease(dependencies, lease, now);
    const seen = await observeChunk(dependencies, { ...facts, lease }, rows, changes, dueAt);
    compared += seen.compared;
    differing += seen.differing;
    tally.verdict("deferred", rows.length);
  }
  await askToReconcile(dependencies, "");
  const told = `${reason}. Everybody was read and nothing was written: ${compared} linked people were not as we knew them, ${differing} of them differ and are decided from ${dueAt} on, as if they met for the first time`;
  // The next run plans everything before its first write, whatever its size.
  await keepStop(dependencies, told);
  return told;
}

async function observeChunk(
  dependencies: SyncDependencies,
  facts: RunFacts,
  rows: readonly DirtyRow[],
  changes: ChangesRead,
  dueAt: Instant,
): Promise<{ readonly compared: number; readonly differing: number }> {
  const { store, mappings, rulebook, ownFields } = dependencies;
  const people = rows.filter((row) => !row.key.startsWith("o:"));
  const loaded = await loadPeople(dependencies, facts, people, {
    index: new PeopleIndex(store),
    known: changes.salesforce,
    isWhole: true,
  });
  const links: Link[] = [];
  const done: DirtyRow[] = [];
  const dirty: DirtyMark[] = [];
  let differing = 0;
  for (const draft of loaded.drafts) {
    const { hubspot, salesforce } = draft.records;
    if (!isUnmoved(draft) || hubspot === null || salesforce === null) continue;
    const mapping = mappingFor(mappings, draft.link.salesforceObject);
    const seen = observePerson(draft.link, mapping, hubspot, salesforce);
    links.push(seen.link);
    // A mark on the person says that something else than a record told of them: it is worked later.
    done.push(...draft.rows.filter(({ key }) => !key.startsWith("l:")));
    if (seen.differing.length > 0) differing += 1;
    // What both sides hold alike, and what only the rules look at, may be news to those; and what became of a write is settled by a decision.
    const isKnown =
      seen.differing.length === 0 &&
      !hasUnanswered(seen.link) &&
      agreedIsKnown(seen.link) &&
      [hubspot, salesforce].every((record) =>
        tellsNothingNew({ link: seen.link, mapping }, record, [], rulebook, ownFields),
      );
    if (!isKnown) dirty.push({ key: `l:${draft.link.id}`, reason: "reconcile", dueAt });
  }
  const { stale } = await store.commitDecisions(facts.lease, { ...NOTHING_DECIDED, links, done, dirty });
  const worked = new Set(done);
  // New people, moves and deletions wait for the run that may decide.
  const rest = rows.filter((row) => !worked.has(row)).map((row) => ({ key: row.key, dueAt }));
  await store.deferDirty(facts.lease, rest);
  return { compared: links.length - stale.length, differing };
}

/** What both sides agree on is what the rules were told. */
function agreedIsKnown({ fields, facts }: Link): boolean {
  return Object.entries(fields).every(([name, { base }]) => base === undefined || base === (facts[name] ?? null));
}

/** The link is as it was stored: neither side was merged, converted or deleted. */
function isUnmoved({ before, link }: PersonDraft): boolean {
  return (
    before !== null &&
    link.state === "linked" &&
    before.state === "linked" &&
    before.hubspotId === link.hubspotId &&
    before.salesforceId === link.salesforceId
  );
}
