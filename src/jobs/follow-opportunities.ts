/** Stores how people's opportunities stand, each counting for one of them, and marks whom there is news about. */
import { isDeepStrictEqual } from "node:util";
import type { OutcomeEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import { countOnce } from "../core/rules/opportunity-people.ts";
import { rankOf } from "../core/rules/stages.ts";
import { later } from "../core/sync/sight-fields.ts";
import { unlessHidden } from "./hidden-opportunities.ts";
import { readOpportunities, readOpportunitiesOfContacts } from "./read-opportunities.ts";
import { type DirtyRow, NOTHING_TOLD } from "./state-port.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

/** What is hidden from our user is looked for again this soon. */
const HIDDEN_MS = 3_600_000;

/** Works the marks of changed opportunities and roles: stores outcomes and marks their people. */
export async function followOpportunities(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  rows: readonly DirtyRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const read = await unlessHidden(
    dependencies,
    facts,
    tally,
    readOpportunities(dependencies, facts, opportunityIds(rows)),
  );
  if (read === null) {
    const dueAt = later(facts.startedAt, HIDDEN_MS);
    await dependencies.store.deferDirty(
      facts.lease,
      rows.map(({ key }) => ({ key, dueAt })),
    );
    tally.verdict("deferred", rows.length);
    return;
  }
  const { entries, whole } = read;
  await save(dependencies, facts, await beside(dependencies, entries, whole), rows);
  tally.verdict(entries.length > 0 ? "written" : "skipped", 0);
  tally.verdict("unchanged", rows.length);
}

/** What a run would find out about these opportunities, for a plan: nothing is stored. */
export async function foreseeOpportunities(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  rows: readonly DirtyRow[],
): Promise<readonly OutcomeEntry[]> {
  const asked = readOpportunities(dependencies, facts, opportunityIds(rows));
  const read = await unlessHidden(dependencies, facts, tally, asked);
  return read === null ? [] : (await beside(dependencies, read.entries, read.whole)).news;
}

/** Opportunities of contacts that were linked just now: they may be older than the link. */
export async function followNewContacts(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  contactIds: readonly string[],
): Promise<void> {
  if (contactIds.length === 0) return;
  const links = await dependencies.store.linksByRecord("salesforce", contactIds);
  const asked = readOpportunitiesOfContacts(dependencies, facts, contactIds, links);
  const entries = (await unlessHidden(dependencies, facts, tally, asked)) ?? [];
  await save(dependencies, facts, await beside(dependencies, entries, new Set()), []);
}

/** How the opportunities of these contacts stand, and those of others for whom one no longer counts. `linkOf` says whose a contact is. */
export async function outcomesOfContacts(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  contactIds: ReadonlySet<string>,
  linkOf: (contactId: string) => Link | undefined,
): Promise<readonly OutcomeEntry[]> {
  const links = new Map(
    [...contactIds].flatMap((id): [string, Link][] => {
      const link = linkOf(id);
      return link === undefined ? [] : [[id, link]];
    }),
  );
  const asked = readOpportunitiesOfContacts(dependencies, facts, [...contactIds], links);
  const entries = (await unlessHidden(dependencies, facts, tally, asked)) ?? [];
  if (entries.length === 0) return [];
  return (await beside(dependencies, entries, new Set(), [...links.values()])).all;
}

function opportunityIds(rows: readonly DirtyRow[]): readonly string[] {
  return rows.map((row) => row.key.slice(2));
}

interface Standing {
  /** Everybody of the opportunities that were read, or are kept of them. */
  readonly all: readonly OutcomeEntry[];
  /** What is not stored yet. */
  readonly news: readonly OutcomeEntry[];
  /** What is stored and no longer so. */
  readonly gone: readonly OutcomeEntry[];
}

/** What was read beside what is stored of the same opportunities. `whole`: those of which everybody was read. */
async function beside(
  { store }: SyncDependencies,
  read: readonly OutcomeEntry[],
  whole: ReadonlySet<string>,
  inHand: readonly Link[] = [],
): Promise<Standing> {
  const ids = new Set([...whole, ...read.map(({ opportunityId }) => opportunityId)]);
  if (ids.size === 0) return { all: [], news: [], gone: [] };
  const stored = await store.outcomesOfOpportunities([...ids]);
  const isReplaced = (old: OutcomeEntry): boolean =>
    whole.has(old.opportunityId) ||
    read.some(
      ({ opportunityId, contactId, link }) =>
        opportunityId === old.opportunityId && (contactId === old.contactId || link === old.link),
    );
  const entries = [...read, ...stored.filter((old) => !isReplaced(old))];
  const links = await store.links([...new Set(entries.map(({ link }) => link))]);
  const ranks = new Map(
    [...inHand, ...links].map(({ id, stage }) => [id, stage === null ? 0 : stage.epoch * 10 + rankOf(stage.stage)]),
  );
  const all = countOnce(entries, stored, (link) => ranks.get(link) ?? 0);
  const known = new Map(stored.map((entry) => [keyOf(entry), entry]));
  const kept = new Set(all.map(keyOf));
  return {
    all,
    news: all.filter((entry) => !isDeepStrictEqual(known.get(keyOf(entry)), entry)),
    gone: stored.filter((entry) => !kept.has(keyOf(entry))),
  };
}

function keyOf({ opportunityId, contactId }: OutcomeEntry): string {
  return `${opportunityId} ${contactId}`;
}

/** Stores what is new and marks whom it is about: what was known already is no reason to look at anybody again. */
async function save(
  dependencies: SyncDependencies,
  facts: RunFacts,
  { all, news, gone }: Standing,
  rows: readonly DirtyRow[],
): Promise<void> {
  const { store, clock } = dependencies;
  if (facts.dry) return;
  const changed = new Set([...news, ...gone].map(({ opportunityId }) => opportunityId));
  if (changed.size > 0) {
    const entries = all.filter(({ opportunityId }) => changed.has(opportunityId));
    await store.saveOutcomes(facts.lease, entries, [...changed]);
  }
  if (changed.size + rows.length === 0) return;
  const now = clock.now();
  const people = new Set([...news, ...gone].map(({ link }) => link));
  const dirty = [...people].map((link) => ({ key: `l:${link}`, reason: "opportunity", dueAt: now }));
  await store.commitOutcomes(facts.lease, { ...NOTHING_TOLD, dirty, done: rows });
}
