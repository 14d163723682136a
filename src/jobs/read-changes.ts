/** Reads what changed on both sides since the cursors, and stores where to look before it stores how far it has looked. */
import { RetryLater, StopRun } from "../core/errors.ts";
import type { Link } from "../core/model/link.ts";
import type { CrmRecord, Instant, System } from "../core/model/record.ts";
import { foresee, type SafetyTally } from "../core/sync/check-safety.ts";
import { choosePriority } from "../core/sync/choose-priority.ts";
import { tellsNothingNew } from "../core/sync/detect-changes.ts";
import { later } from "../core/sync/sight-fields.ts";
import { voidCursors } from "./change-requests.ts";
import { Collected } from "./collected-changes.ts";
import { noteTaskChanges } from "./deliver-tasks.ts";
import { keepLease } from "./keep-lease.ts";
import type { ChangePage } from "./ports.ts";
import { readArchived } from "./read-archived.ts";
import { noteHiddenFields } from "./read-schemas.ts";
import type { Cursor, DirtyMark } from "./state-port.ts";
import {
  CONTACT_ROLE,
  fieldsToRead,
  mappingFor,
  OPPORTUNITY,
  type RunFacts,
  type SyncDependencies,
  TASK,
} from "./sync-dependencies.ts";
import { walkCursor } from "./walk-everybody.ts";
import { objectsOfPeople, WholeReads } from "./whole-reads.ts";

export interface ChangesRead {
  readonly records: Readonly<Record<System, number>>;
  readonly unchanged: number;
  /** Marks of a dry run; those of any other are stored, and not kept in hand. */
  readonly marks: readonly DirtyMark[];
  /** Salesforce records as they were just read, so that they are not read again: `Lead:00Q…`. */
  readonly salesforce: Map<string, CrmRecord>;
  /** Those are all that there are. */
  readonly salesforceIsWhole: boolean;
  /** Links of the marked records as they stand in the store, by `system:id`, so that they are not loaded again. */
  readonly links: Map<string, Link>;
  /** What these changes could lead to at most. */
  readonly foreseen: SafetyTally;
  /** Objects that are hidden from us, each with what Salesforce said. */
  readonly refused: readonly string[];
}

/** Links kept in hand between reading and deciding; a first load has more than fit. */
const MOST_LINKS_IN_HAND = 10_000;

/**
 * Reads every stream once. Throws StopRun when a system cannot be read at all, or when the time is up in the middle of reading everybody: nothing is lost
 * then, the cursors stand, and what was begun goes on from its last stored page.
 */
export async function readChanges(
  dependencies: SyncDependencies,
  facts: RunFacts,
  full: boolean,
): Promise<ChangesRead> {
  const whole = await WholeReads.of(dependencies, facts, full);
  const found = new Collected(whole, facts.lease);
  for (const system of ["salesforce", "hubspot"] as const) {
    const requests = whole.requests[system];
    for (const { object, windows } of requests)
      if (windows[0]?.from === null) found.backfilled.add(`${system}:${object}`);
    const pages = dependencies.clients[system].readChanges(requests);
    for await (const page of keepingWhatCame(pages, () => found.unstored.store(dependencies, facts))) {
      const isWhole = whole.isUnderWay(system, page.object);
      await takePage(dependencies, facts, system, page, found);
      if (isWhole && !facts.dry) await stopInTime(dependencies, facts, found);
    }
    await readArchived(dependencies, facts, system, full ? [] : facts.cursors, found);
  }
  await endPass(dependencies, facts, found);
  await found.unstored.store(dependencies, facts);
  if (!facts.dry) for (const schema of facts.widened) await dependencies.store.saveSchema(schema, facts.startedAt);
  return {
    records: found.records,
    unchanged: found.unchanged,
    marks: found.marks,
    salesforce: found.salesforce,
    salesforceIsWhole: whole.everybody && !whole.resumed && !found.overflowed,
    links: found.links,
    foreseen: found.foreseen,
    refused: found.refused,
  };
}

/** A read that breaks off, because the quota is gone for example, was not in vain: what came before is stored, as it would have been a few pages later. */
async function* keepingWhatCame(
  pages: AsyncIterable<ChangePage>,
  keep: () => Promise<void>,
): AsyncIterable<ChangePage> {
  try {
    yield* pages;
  } catch (error) {
    if (error instanceof StopRun || error instanceof RetryLater) await keep();
    throw error;
  }
}

/** What was read until now is stored together with the place where the next run goes on. */
async function stopInTime(dependencies: SyncDependencies, facts: RunFacts, found: Collected): Promise<void> {
  const now = dependencies.clock.now();
  found.lease = await keepLease(dependencies, found.lease, now);
  if (now < facts.deadline) return;
  await found.unstored.store(dependencies, facts);
  throw new StopRun("the time budget is spent on reading everybody; the next run goes on reading from here", {
    kind: "paused",
    outOfTime: true,
  });
}

/** Everything was read to its end: whoever was not met is looked up by id, and nothing is left to go on with. */
async function endPass(dependencies: SyncDependencies, facts: RunFacts, found: Collected): Promise<void> {
  const { whole, unstored } = found;
  if (facts.dry || !(whole.isPass || whole.everybody)) return;
  await unstored.store(dependencies, facts);
  const unmet = whole.compares ? await dependencies.store.unmetLinks() : [];
  await unstored.add(dependencies, facts, {
    dirty: unmet.map((id) => ({ key: `l:${id}`, reason: "not met", dueAt: facts.startedAt })),
    cursors: whole.everybody ? [walkCursor(facts)] : [],
    passesOver: true,
  });
}

async function takePage(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  page: ChangePage,
  found: Collected,
): Promise<void> {
  if (page.refused !== undefined) {
    found.refused.push(page.refused);
    return found.unstored.add(dependencies, facts, { dirty: [], cursors: voidCursors(facts, page.object) });
  }
  found.records[system] += page.records.length;
  const [first] = page.records;
  if (first !== undefined && objectsOfPeople(dependencies).has(page.object))
    await noteHiddenFields(dependencies, facts, fieldsToRead(dependencies, facts, system, page.object), first);
  const started = found.started.get(page.object) ?? page.serverTime;
  found.started.set(page.object, started);
  const { marks, seen } = await marksOf(dependencies, facts, system, page, found);
  if (facts.dry) found.marks.push(...marks);
  dependencies.log.debug({
    event: "changes.read",
    system,
    object: page.object,
    records: page.records.length,
    dirty: marks.length,
  });
  if (facts.dry) return;
  const cursors = page.last ? cursorsAfter(dependencies, facts, system, page.object, started) : [];
  const compared = found.whole.compares && objectsOfPeople(dependencies).has(page.object);
  const met = { system, ids: compared ? page.records.map(({ ref }) => ref.id) : [] };
  const pass = found.whole.after(system, page, found.foreseen);
  await found.unstored.add(dependencies, facts, { dirty: marks, seen, cursors, pass, met });
  // A page without records that tells a new place: a job was begun, and is found again only if it is known.
  if (page.records.length === 0 && pass !== null) await found.unstored.store(dependencies, facts);
}

function cursorsAfter(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  object: string,
  started: Instant,
): Cursor[] {
  const lag = dependencies.rulebook.connector.settledLagSeconds[system];
  const account = facts.accounts[system];
  return [
    { system, object, lane: "fast", position: started, account },
    { system, object, lane: "settled", position: later(earlier(started, facts.startedAt), -lag * 1_000), account },
  ];
}

function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

interface PageMarks {
  readonly marks: readonly DirtyMark[];
  readonly seen: readonly {
    readonly link: string;
    readonly system: System;
    readonly version: string;
    readonly at: Instant;
  }[];
}

async function marksOf(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  page: ChangePage,
  found: Collected,
): Promise<PageMarks> {
  const dueAt = facts.startedAt;
  const mark = (key: string, reason: string): DirtyMark => ({ key, reason, dueAt });
  if (page.object === TASK) {
    await noteTaskChanges(dependencies, facts, page.records);
    return { marks: [], seen: [] };
  }
  if (page.object === OPPORTUNITY || page.object === CONTACT_ROLE) {
    const ids = page.records.map((record) =>
      page.object === OPPORTUNITY ? record.ref.id : String(record.fields["OpportunityId"] ?? ""),
    );
    const marks = [...new Set(ids)].filter((id) => id !== "").map((id) => mark(`o:${id}`, "changed"));
    return { marks, seen: [] };
  }
  return personMarks(dependencies, facts, system, page, found, mark);
}

async function personMarks(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  page: ChangePage,
  found: Collected,
  mark: (key: string, reason: string) => DirtyMark,
): Promise<PageMarks> {
  const { mappings, rulebook, ownFields } = dependencies;
  const links = await lookUp(dependencies, system, page, found);
  const marks: DirtyMark[] = [];
  const seen: PageMarks["seen"][number][] = [];
  const asked = fieldsToRead(dependencies, facts, system, page.object);
  for (const record of page.records) {
    if (system === "salesforce") found.keepInHand(record);
    const link = links.get(record.ref.id) ?? null;
    if (link !== null) {
      const known = { link, mapping: mappingFor(mappings, link.salesforceObject) };
      const same = link.seen[system]?.version === record.version && system === "hubspot";
      if (tellsNothingNew(known, record, asked, rulebook, ownFields)) {
        found.unchanged += 1;
        if (!same) seen.push({ link: link.id, system, version: record.version, at: facts.startedAt });
        found.links.delete(`${system}:${record.ref.id}`);
        continue;
      }
      if (found.links.size < MOST_LINKS_IN_HAND) found.links.set(`${system}:${record.ref.id}`, link);
    }
    found.foreseen = foreseen(dependencies, found, record, link);
    const key = system === "hubspot" ? `h:${record.ref.id}` : `s:${page.object}:${record.ref.id}`;
    const priority = choosePriority(
      record,
      link ?? undefined,
      found.backfilled.has(`${system}:${page.object}`),
      dependencies,
    );
    marks.push({ ...mark(key, "changed"), priority });
  }
  return { marks, seen };
}

function foreseen(
  { mappings, rulebook, ownFields }: SyncDependencies,
  found: Collected,
  record: CrmRecord,
  link: Link | null | undefined,
): SafetyTally {
  const mapping = mappingFor(mappings, link?.salesforceObject ?? null);
  return foresee(found.foreseen, record, link ?? undefined, { mapping, rulebook, ownFields });
}

/** The links of a page's records, each asked for once in a pass. */
async function lookUp(
  dependencies: SyncDependencies,
  system: System,
  page: ChangePage,
  found: Collected,
): Promise<ReadonlyMap<string, Link | null>> {
  const ids = page.records.map((record) => record.ref.id);
  const unknown = ids.filter((id) => !found.looked.has(`${system}:${id}`));
  const read = unknown.length === 0 ? new Map() : await dependencies.store.linksByRecord(system, unknown);
  const links = new Map<string, Link | null>();
  for (const id of ids) {
    const known = found.looked.get(`${system}:${id}`);
    const link = known === undefined ? (read.get(id) ?? null) : known;
    links.set(id, link);
    if (known === undefined && found.looked.size < MOST_LINKS_IN_HAND) found.looked.set(`${system}:${id}`, link);
  }
  return links;
}
