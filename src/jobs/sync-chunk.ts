import type { FactChange, OutcomeEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { Write, WriteOutcome } from "../core/model/plan.ts";
import type { CrmRecord, System } from "../core/model/record.ts";
import type { PersonDecision } from "../core/sync/person-decision.ts";
import { later } from "../core/sync/sight-fields.ts";
import { askAgainLater, waitingForAddress } from "./ask-again.ts";
import type { BulkLane } from "./bulk-lane.ts";
import { deferredMarks } from "./bulk-settling.ts";
import { assertNothingWasConverted } from "./converted-fields.ts";
import { type DecidedPerson, decidePeople } from "./decide-people.ts";
import { endedAmong, type JudgedPlan } from "./ended-people.ts";
import { noteArrivals } from "./find-arrivals.ts";
import { followDeletions } from "./follow-deletions.ts";
import { outcomesOfContacts } from "./follow-opportunities.ts";
import { intentOf } from "./intended-write.ts";
import { type LoadedPeople, loadPeople } from "./load-people.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { plannedToFollow } from "./planned-to-follow.ts";
import { assertOwnWritesKnown } from "./reconcile.ts";
import { recordOutcomes } from "./record-outcomes.ts";
import { sendAll } from "./send-writes.ts";
import { settledBy } from "./settled-rows.ts";
import type { DirtyMark, DirtyRow } from "./state-port.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

export interface ChunkInput {
  readonly rows: readonly DirtyRow[];
  readonly index: PeopleIndex;
  readonly known: Map<string, CrmRecord>;
  /** `known` began with every Salesforce record that there is. */
  readonly isWhole: boolean;
  /** Refuses the chunk's writes, and the links that deletions end, as too dangerous: the reason, or null. Asked before anything is stored. */
  readonly refuse: (part: JudgedPlan) => Promise<string | null>;
  /** Opportunities that changed, in a plan: a run has stored them before it decides. */
  readonly foreseen?: readonly OutcomeEntry[];
  /** Takes writes along that can travel in great numbers, and knows whose are on the way. */
  readonly bulk: BulkLane;
}

export interface WorkedChunk {
  readonly refused: string | null;
  /** Dirty keys that reading these people has answered. */
  readonly read: readonly string[];
  /** Contacts whose opportunities were read before their people were decided. */
  readonly followed: ReadonlySet<string>;
}

/** Works one chunk. `refused` is the safety stop's reason; then nothing of the chunk was stored or sent. A dry run shows the refused plan all the same. */
export async function syncChunk(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  input: ChunkInput,
): Promise<WorkedChunk> {
  const ready = await setAsideUnsettled(dependencies, facts, tally, input);
  const everybody = await loadPeople(dependencies, facts, ready, input);
  await assertOwnWritesKnown(dependencies, facts, everybody.drafts);
  const loaded = await followDeletions(dependencies, facts, everybody, input);
  await noteArrivals(dependencies, loaded.drafts);
  const followed = new Set(input.index.newContacts());
  const outcomes = [
    ...(input.foreseen ?? []),
    ...(await outcomesOfContacts(dependencies, facts, tally, followed, (id) => input.index.byRecord("salesforce", id))),
  ];
  const decided = await decidePeople(dependencies, facts, { drafts: loaded.drafts, index: input.index, outcomes });
  await assertNothingWasConverted(dependencies, facts, decided);
  const writes = decided.flatMap(({ decision }) => decision.writes);
  const ended = endedAmong(decided);
  const refused = await input.refuse({ writes, ended });
  if (refused !== null && !facts.dry) return { refused, read: [], followed };
  const following = await plannedToFollow(dependencies, facts, decided);
  tally.plan({
    writes: [...writes, ...following],
    conflicts: decided.flatMap(({ decision }) => decision.conflicts),
    skips: [...decided.flatMap(({ decision }) => decision.skips), ...notesAsSkips(decided)],
    rejects: decided.flatMap(({ decision }) => decision.rejects),
  });
  tally.endings(ended);
  tally.unpaired += decided.filter(isNewlyAmbiguous).length;
  if (facts.dry) {
    tally.countAsWritten([...writes, ...following]);
    countDry(tally, decided, loaded);
    return { refused, read: [], followed };
  }
  const waiting = await waitingForAddress(dependencies, input.index, writes);
  await storeAndSend(dependencies, facts, tally, decided, { ...loaded, outcomes, waiting }, input.bulk);
  return { refused: null, read: decided.flatMap(({ draft }) => keysOf(draft)), followed };
}

/** Two candidates: nothing is written, and a person must choose. Told once, when it is found. */
function isNewlyAmbiguous({ draft, decision }: DecidedPerson): boolean {
  return decision.link.state === "ambiguous" && draft.before?.state !== "ambiguous";
}

/** The mark of somebody of whom a value is left alone for some time. */
function lookAgainLater({ decision: { link, lookAgainAt } }: DecidedPerson): readonly DirtyMark[] {
  return lookAgainAt === null ? [] : [{ key: `l:${link.id}`, reason: "rested", dueAt: lookAgainAt }];
}

/** The dirty keys that reading this person has answered. */
function keysOf(draft: PersonDraft): string[] {
  const { hubspot, salesforce } = draft.records;
  return [
    ...(hubspot === null ? [] : [`h:${hubspot.ref.id}`]),
    ...(salesforce === null ? [] : [`s:${salesforce.ref.object}:${salesforce.ref.id}`]),
  ];
}

/** People whose last write has an unknown outcome wait until the quarantine has passed: nobody resends, nobody assumes. */
async function setAsideUnsettled(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  input: ChunkInput,
): Promise<readonly DirtyRow[]> {
  const { store, clock } = dependencies;
  const now = clock.now();
  const linked = input.rows.filter((row) => row.key.startsWith("l:"));
  await input.index.loadLinks(linked.map((row) => row.key.slice(2)));
  for (const system of ["hubspot", "salesforce"] as const) {
    const prefix = system === "hubspot" ? "h:" : "s:";
    const ids = input.rows
      .filter((row) => row.key.startsWith(prefix))
      .map((row) => row.key.slice(row.key.lastIndexOf(":") + 1));
    await input.index.loadRecords(system, ids);
  }
  const waiting: { key: string; dueAt: string }[] = [];
  const ready: DirtyRow[] = [];
  for (const row of input.rows) {
    const id = row.key.slice(row.key.lastIndexOf(":") + 1);
    const link = row.key.startsWith("l:")
      ? input.index.get(id)
      : input.index.byRecord(row.key.startsWith("h:") ? "hubspot" : "salesforce", id);
    const until = link === undefined ? undefined : (input.bulk.busyUntil(link.id, now) ?? quarantinedUntil(link, now));
    if (until === undefined) ready.push(row);
    else waiting.push({ key: row.key, dueAt: until });
  }
  tally.verdict("deferred", waiting.length);
  if (waiting.length > 0 && !facts.dry) await store.deferDirty(facts.lease, waiting);
  return ready;
}

/** Nothing that was sent to this person can still arrive. */
function isFree(link: Link, bulk: BulkLane | null, now: string): boolean {
  return quarantinedUntil(link, now) === undefined && bulk?.busyUntil(link.id, now) === undefined;
}

function quarantinedUntil(link: Link, now: string): string | undefined {
  return Object.values(link.quarantine)
    .filter((until) => until > now)
    .sort()
    .at(-1);
}

function notesAsSkips(decided: readonly DecidedPerson[]) {
  return decided.flatMap(({ draft }) =>
    draft.notes.map((reason) => ({ link: draft.link.id, recordName: draft.link.name, system: null, reason })),
  );
}

function countDry(tally: RunTally, decided: readonly DecidedPerson[], loaded: LoadedPeople): void {
  for (const { draft, decision } of decided) {
    tally.verdict(decision.writes.length > 0 ? "written" : "unchanged", draft.rows.length);
  }
  tally.verdict("skipped", loaded.idle.length);
}

/** Decisions and intents are stored, then sent, then what became of each is stored. */
export async function storeAndSend(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  decided: readonly DecidedPerson[],
  loaded: LoadedPeople & { readonly outcomes: readonly OutcomeEntry[]; readonly waiting?: readonly Link[] },
  bulk: BulkLane | null = null,
): Promise<void> {
  const { store, clock, rulebook } = dependencies;
  const sentAt = clock.now();
  const notBefore = later(sentAt, rulebook.connector.quarantineSeconds * 1_000);
  const changed = decided.filter((person) => isWorthStoring(person));
  const links = changed.map(({ decision }) => quarantined(decision.link, decision.writes, notBefore));
  const stored = await store.commitDecisions(facts.lease, {
    links: [...loaded.superseded.filter((link) => link.version > 0), ...links],
    aliases: decided.flatMap(({ draft }) => draft.aliases),
    intents: changed.flatMap(({ decision }) =>
      decision.writes.map((write) => intentOf(write, facts, sentAt, notBefore)),
    ),
    conflicts: changed.flatMap(({ decision }) => decision.conflicts),
    stageEvents: changed.flatMap(({ decision }) => decision.stageEvents),
    handoffs: changed.flatMap(({ decision }) => decision.handoffs),
    tasks: changed.flatMap(({ decision }) => decision.tasks),
    rejects: changed.flatMap(({ decision }) => decision.rejects),
    outcomes: loaded.outcomes,
    notices: changed.flatMap(({ decision }) => decision.notices),
    cadenceRuns: changed.flatMap(({ decision }) => decision.cadenceRuns),
    followUpEvents: changed.flatMap(({ decision }) => decision.followUpEvents),
    factChanges: changed.flatMap(({ decision }) => factChangesOf(decision, sentAt)),
    dirty: [...askAgainLater(decided, sentAt, loaded.superseded, loaded.waiting), ...decided.flatMap(lookAgainLater)],
    done: [
      ...loaded.idle.map(({ row }) => row),
      ...decided.filter(({ decision }) => decision.writes.length === 0).flatMap(({ draft }) => draft.rows),
    ],
    routed: changed.flatMap(({ decision }) => decision.routed ?? []),
    settled: settledBy(decided, changed, loaded.superseded, (link) => isFree(link, bulk, sentAt)),
  });
  const stale = new Set(stored.stale);
  for (const { decision } of changed) {
    for (const handoff of decision.handoffs) {
      const isNew = decision.tasks.some(
        ({ purpose, epoch, state }) => purpose === "mql" && epoch === handoff.epoch && state !== "done",
      );
      if (isNew && handoff.outcome === "open")
        dependencies.log.info({ event: "handoff.made", link: handoff.link, rule: handoff.routedBy });
    }
  }
  const writing = decided.filter(({ decision }) => decision.writes.length > 0 && !stale.has(decision.link.id));
  const writes = writing.flatMap(({ decision }) => decision.writes);
  const aside = bulk === null ? [] : bulk.choose(writes);
  const setAside = new Set(aside.map(({ key }) => key));
  const sent = await sendAll(
    dependencies,
    writes.filter(({ key }) => !setAside.has(key)),
    tally.unanswered,
  );
  const { lostAfterSeconds } = rulebook.connector.bulk;
  const underway = aside.map(
    ({ key }) => [key, { kind: "underway", key, lookAfterSeconds: lostAfterSeconds }] as const,
  );
  await recordOutcomes(dependencies, facts, tally, {
    decided,
    stale,
    outcomes: new Map<string, WriteOutcome>([...sent.outcomes, ...underway]),
    idle: loaded.idle.length,
    decidedAt: sentAt,
  });
  bulk?.take(aside, sentAt, deferredMarks(writing, sent.outcomes));
  if (sent.stop !== null) throw sent.stop;
}

/** Anything but the version differs, or there is something to send or to tell. */
function isWorthStoring({ draft, decision }: DecidedPerson): boolean {
  if (
    draft.before === null ||
    decision.writes.length > 0 ||
    decision.conflicts.length > 0 ||
    decision.rejects.length > 0
  )
    return true;
  if (decision.stageEvents.length + decision.handoffs.length + decision.tasks.length > 0) return true;
  if (decision.cadenceRuns.length + decision.followUpEvents.length + decision.notices.length > 0) return true;
  return JSON.stringify({ ...decision.link, version: 0 }) !== JSON.stringify({ ...draft.before, version: 0 });
}

function factChangesOf({ link, factChange }: PersonDecision, at: string): FactChange[] {
  return factChange === null ? [] : [{ link: link.id, version: link.version, at, facts: factChange }];
}

function quarantined(link: Link, writes: readonly Write[], notBefore: string): Link {
  const systems = new Set<System>(writes.map((write) => write.system));
  const quarantine = { ...link.quarantine };
  for (const system of systems) quarantine[system] = notBefore;
  return { ...link, quarantine };
}
