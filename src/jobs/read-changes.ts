/** Reads what changed on both sides since the cursors, and stores where to look before it stores how far it has looked. */
import type { Link } from "../core/model/link.ts";
import type { CrmRecord, Instant, System } from "../core/model/record.ts";
import { foresee, foreseeDeletion, type SafetyTally } from "../core/sync/check-safety.ts";
import { choosePriority } from "../core/sync/choose-priority.ts";
import { tellsNothingNew } from "../core/sync/detect-changes.ts";
import { later } from "../core/sync/sight-fields.ts";
import { requestsFor, usable } from "./change-requests.ts";
import { Collected } from "./collected-changes.ts";
import type { ChangePage } from "./ports.ts";
import { noteHiddenFields } from "./read-schemas.ts";
import type { Cursor, DirtyMark } from "./state-port.ts";
import {
  CONTACT_ROLE,
  fieldsToRead,
  HUBSPOT_CONTACTS,
  mappingFor,
  OPPORTUNITY,
  personObjects,
  type RunFacts,
  type SyncDependencies,
  TASK,
} from "./sync-dependencies.ts";
import { isWalkDue, marksOfUnmet } from "./walk-everybody.ts";

export interface ChangesRead {
  readonly records: Readonly<Record<System, number>>;
  readonly unchanged: number;
  /** Marks of a dry run; those of any other are stored, and not kept in hand. */
  readonly marks: readonly DirtyMark[];
  /** Salesforce records as they were just read, so that they are not read again: `Lead:00Q…`. */
  readonly salesforce: Map<string, CrmRecord>;
  /** Those are all that there are. */
  readonly salesforceIsWhole: boolean;
  readonly tasks: readonly CrmRecord[];
  /** Links of the marked records as they stand in the store, by `system:id`, so that they are not loaded again. */
  readonly links: Map<string, Link>;
  /** What these changes could lead to at most. */
  readonly foreseen: SafetyTally;
}

/** Links kept in hand between reading and deciding; a first load has more than fit. */
const MOST_LINKS_IN_HAND = 10_000;

/** Reads every stream once. Throws StopRun when a system cannot be read at all; nothing is lost then, the cursors stand. */
export async function readChanges(
  dependencies: SyncDependencies,
  facts: RunFacts,
  full: boolean,
): Promise<ChangesRead> {
  const kept = full ? [] : facts.cursors;
  const everybody = kept.length === 0 || isWalkDue(dependencies, facts, kept);
  const objects = objectsOfPeople(dependencies);
  const cursors = everybody ? kept.filter((cursor) => !objects.has(cursor.object) || cursor.lane === "archived") : kept;
  const found = new Collected(everybody);
  for (const system of ["salesforce", "hubspot"] as const) {
    const requests = requestsFor(dependencies, facts, system, cursors);
    for (const { object, windows } of requests)
      if (windows[0]?.from === null) found.backfilled.add(`${system}:${object}`);
    for await (const page of dependencies.clients[system].readChanges(requests)) {
      await takePage(dependencies, facts, system, page, found);
    }
    await readArchived(dependencies, facts, system, cursors, found);
  }
  if (found.met !== null && !facts.dry) {
    const { dirty, cursor } = await marksOfUnmet(dependencies, facts, found.met);
    await found.unstored.add(dependencies, facts, { dirty, seen: [], cursors: [cursor] });
  }
  await found.unstored.store(dependencies, facts);
  if (!facts.dry) for (const schema of facts.widened) await dependencies.store.saveSchema(schema, facts.startedAt);
  return {
    records: found.records,
    unchanged: found.unchanged,
    marks: found.marks,
    salesforce: found.salesforce,
    salesforceIsWhole: everybody && !found.overflowed,
    tasks: found.tasks,
    links: found.links,
    foreseen: found.foreseen,
  };
}

function objectsOfPeople({ mappings }: SyncDependencies): ReadonlySet<string> {
  return new Set([HUBSPOT_CONTACTS, ...personObjects(mappings)]);
}

async function takePage(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  page: ChangePage,
  found: Collected,
): Promise<void> {
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
  await found.unstored.add(dependencies, facts, { dirty: marks, seen, cursors });
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
    found.tasks.push(...page.records);
    return { marks: [], seen: [] };
  }
  if (page.object === OPPORTUNITY || page.object === CONTACT_ROLE) {
    const ids = page.records.map((record) =>
      page.object === OPPORTUNITY ? record.ref.id : String(record.fields["OpportunityId"] ?? ""),
    );
    return { marks: [...new Set(ids)].filter((id) => id !== "").map((id) => mark(`o:${id}`, "changed")), seen: [] };
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
    found.met?.add(`${system}:${record.ref.id}`);
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
  return foresee(found.foreseen, record, link ?? undefined, { mapping, lifecycle: rulebook.lifecycle, ownFields });
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

/** Archived HubSpot contacts are never in a change window: their own list is walked now and then. */
async function readArchived(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  cursors: readonly Cursor[],
  found: Collected,
): Promise<void> {
  if (system !== "hubspot") return;
  const { connector } = dependencies.rulebook;
  const last = usable(cursors, facts, system, HUBSPOT_CONTACTS, "archived");
  if (last !== undefined && last.position > later(facts.startedAt, -connector.archivedSweepHours * 3_600_000)) return;
  const marks: DirtyMark[] = [];
  for await (const records of dependencies.clients.hubspot.readArchived(HUBSPOT_CONTACTS, last?.position ?? null, [])) {
    const links = await dependencies.store.linksByRecord(
      "hubspot",
      records.map((record) => record.ref.id),
    );
    for (const record of records) {
      const link = links.get(record.ref.id);
      if (link === undefined || link.state === "tombstoned" || link.state === "superseded") continue;
      marks.push({ key: `h:${record.ref.id}`, reason: "archived", dueAt: facts.startedAt });
      found.foreseen = foreseeDeletion(found.foreseen);
    }
  }
  if (facts.dry) {
    found.marks.push(...marks);
    return;
  }
  const cursor: Cursor = {
    system,
    object: HUBSPOT_CONTACTS,
    lane: "archived",
    position: facts.startedAt,
    account: facts.accounts.hubspot,
  };
  await found.unstored.add(dependencies, facts, { dirty: marks, seen: [], cursors: [cursor] });
}
