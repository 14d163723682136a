/** After a deletion: whether the person has another record on that side, a double or one that a merge on the other side left there, and goes on with it. */
import type { Link } from "../core/model/link.ts";
import { type CrmRecord, otherSystem, SYSTEMS, type System } from "../core/model/record.ts";
import { isDeletionKnown } from "../core/sync/archive-survivor.ts";
import { givenUp, goOnWith, leftInDoubt } from "../core/sync/go-on-with.ts";
import { absorbedBy, keeperOf } from "../core/sync/share-objections.ts";
import { ADDITIONAL_ADDRESSES } from "./find-counterparts.ts";
import type { LoadedPeople } from "./load-people.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { readRecords, wishKey } from "./read-people.ts";
import { HUBSPOT_CONTACTS, mappingFor, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

/** Somebody whose record of `system` was deleted just now, while the one that a merge made is still there. */
interface Bereft {
  readonly draft: PersonDraft;
  readonly system: System;
  /** Links whose record of that system may be theirs, in the order in which they are asked. */
  readonly beside: readonly Link[];
  /** How many have their address. */
  readonly doubles: number;
}

/**
 * Two people who were merged on one side keep two records on the other until somebody merges those too, or simply deletes one: then the other one is theirs.
 * So it is with two leads of one address, whom an admin was told to merge. Without this, the living person would count as deleted, and be archived where the
 * mapping says so.
 */
export async function goOnBeside(
  dependencies: SyncDependencies,
  facts: RunFacts,
  loaded: LoadedPeople,
  { index, known }: { readonly index: PeopleIndex; readonly known: Map<string, CrmRecord> },
): Promise<LoadedPeople> {
  const bereft = await findBereft(dependencies, loaded.drafts, index);
  if (bereft.length === 0) return loaded;
  const beside = await recordsBeside(dependencies, facts, loaded.drafts, bereft, known);
  const records = await withoutOthers(index, beside);
  const stepped = new Map(loaded.superseded.map((link) => [link.id, link]));
  const taken = new Map<string, Link>();
  for (const { draft, system, beside: asked, doubles } of bereft) {
    const away = asked.find((link) => !taken.has(link.id) && records.has(link.id));
    const record = away === undefined ? undefined : records.get(away.id);
    const gone = idOf(draft.link, system);
    if (record === undefined && doubles > 1) {
      draft.link = leftInDoubt(draft.link);
      draft.notes.push(
        `${gone} was deleted in ${system}, where ${doubles} other records have the person's e-mail address`,
      );
      index.put(draft.link);
    }
    if (away === undefined || record === undefined) continue;
    const mapping = mappingFor(
      dependencies.mappings,
      system === "salesforce" ? record.ref.object : draft.link.salesforceObject,
    );
    const objected = draft.before?.fields ?? {};
    draft.link = goOnWith(draft.link, record, { away, objected }, mapping, facts.startedAt);
    draft.records[system] = record;
    draft.notes.push(`${gone} was deleted in ${system}; the person goes on with ${record.ref.id}, which is theirs too`);
    index.put(draft.link);
    const retired = givenUp(away, system);
    index.put(retired);
    // Whoever stepped aside only now, in this very chunk, is stored once.
    const version = stepped.get(away.id)?.version ?? away.version + (index.fresh.has(away.id) ? 0 : 1);
    taken.set(away.id, { ...retired, version });
  }
  return {
    drafts: loaded.drafts.filter(({ link }) => !taken.has(link.id)),
    idle: [
      ...loaded.idle,
      ...loaded.drafts.flatMap(({ link, rows }) =>
        taken.has(link.id) ? rows.map((row) => ({ row, reason: "another link took its place" })) : [],
      ),
    ],
    superseded: [...new Map([...stepped, ...taken]).values()],
  };
}

async function findBereft(
  dependencies: SyncDependencies,
  drafts: readonly PersonDraft[],
  index: PeopleIndex,
): Promise<readonly Bereft[]> {
  const lost = drafts.flatMap((draft) => {
    const { before, link, records, read } = draft;
    if (before?.state !== "linked" || link.state !== "tombstoned") return [];
    const system = SYSTEMS.find((side) => read[side] && records[side] === null);
    if (system === undefined || records[otherSystem(system)] === null) return [];
    // A lead that merely cannot be found any more may be hidden from us.
    if (system === "salesforce" && !isDeletionKnown(link)) return [];
    return [{ draft, system }];
  });
  if (lost.length === 0) return [];
  await index.loadLinks(lost.flatMap(({ draft }) => absorbedBy(draft.link)));
  const doubles = await doublesOf(dependencies, lost, index);
  const bereft = lost.map(({ draft, system }): Bereft => {
    const absorbed = absorbedBy(draft.link).flatMap((id) => index.get(id) ?? []);
    const aside = absorbed.filter((link) => keeperOf(link) !== null && idOf(link, system) !== null);
    const alone = doubles.get(draft.link.id) ?? [];
    // Of several doubles nobody knows which one it is.
    return { draft, system, beside: alone.length === 1 ? [...aside, ...alone] : aside, doubles: alone.length };
  });
  const some = bereft.filter(({ beside, doubles }) => beside.length + doubles > 0);
  const vouched = await archivedAmong(
    dependencies,
    some.flatMap(({ draft, system }) => (system === "hubspot" ? (draft.link.hubspotId ?? []) : [])),
  );
  return some.filter(({ draft, system }) => system === "salesforce" || vouched.has(draft.link.hubspotId ?? ""));
}

/** Salesforce records that stand alone because the contact which has their address, its own or one from a merge, belonged to somebody else already. */
async function doublesOf(
  { clients }: SyncDependencies,
  lost: readonly { readonly draft: PersonDraft; readonly system: System }[],
  index: PeopleIndex,
): Promise<ReadonlyMap<string, readonly Link[]>> {
  const bereaved = lost.filter(({ system }) => system === "salesforce").map(({ draft }) => draft);
  if (bereaved.length === 0) return new Map();
  const merged = bereaved.filter(({ records }) => (records.hubspot?.mergedIds ?? []).length > 0);
  const ids = merged.flatMap(({ link }) => link.hubspotId ?? []);
  const { found } =
    ids.length === 0
      ? { found: new Map<string, CrmRecord>() }
      : await clients.hubspot.readByIds({ object: HUBSPOT_CONTACTS, ids, fields: [ADDITIONAL_ADDRESSES] });
  const addresses = new Map(
    bereaved.map(({ link }) => [
      link.id,
      [...(link.email === null ? [] : [link.email]), ...addressesOf(found.get(link.hubspotId ?? ""))],
    ]),
  );
  await index.loadEmails([...new Set([...addresses.values()].flat())]);
  return new Map(
    [...addresses].map(([id, emails]) => [
      id,
      [...new Set(emails.flatMap((email) => index.byEmail(email).filter(isAlone)))],
    ]),
  );
}

function isAlone({ state, hubspotId, salesforceId }: Link): boolean {
  return (state === "ambiguous" || state === "single") && hubspotId === null && salesforceId !== null;
}

function addressesOf(record: CrmRecord | undefined): readonly string[] {
  const value = record?.fields[ADDITIONAL_ADDRESSES];
  const emails = typeof value === "string" ? value.split(";") : [];
  return emails.map((email) => email.trim().toLowerCase()).filter((email) => email !== "");
}

/** HubSpot only says that it finds none: a contact that is in no list may be hidden, or erased on request. */
async function archivedAmong({ clients }: SyncDependencies, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { found } = await clients.hubspot.readByIds({ object: HUBSPOT_CONTACTS, ids, fields: [], archived: true });
  return new Set(ids.filter((id) => found.get(id)?.fate.kind === "deleted"));
}

/** The live records beside the deleted ones, by link. */
async function recordsBeside(
  dependencies: SyncDependencies,
  facts: RunFacts,
  drafts: readonly PersonDraft[],
  bereft: readonly Bereft[],
  known: Map<string, CrmRecord>,
): Promise<ReadonlyMap<string, CrmRecord>> {
  const inHand = new Map(drafts.map((draft) => [draft.link.id, draft]));
  const wishes = bereft.flatMap(({ system, beside }) =>
    beside.flatMap((link) => {
      const id = idOf(link, system);
      const object = system === "hubspot" ? HUBSPOT_CONTACTS : (link.salesforceObject ?? "Lead");
      return id === null || inHand.get(link.id)?.read[system] === true ? [] : [{ link, wish: { system, object, id } }];
    }),
  );
  const answers = await readRecords(
    dependencies,
    facts,
    wishes.map(({ wish }) => wish),
    known,
  );
  const present = bereft.flatMap(({ system, beside }) =>
    beside.map((link): [string, CrmRecord | null] => [link.id, inHand.get(link.id)?.records[system] ?? null]),
  );
  const read = wishes.map(({ link, wish }): [string, CrmRecord | null] => [
    link.id,
    answers.get(wishKey(wish)) ?? null,
  ]);
  return new Map(
    [...present, ...read].flatMap(([id, record]): [string, CrmRecord][] =>
      record?.fate.kind === "live" ? [[id, record]] : [],
    ),
  );
}

/** A record that was merged away in the meantime is part of somebody else's, who keeps it. */
async function withoutOthers(
  index: PeopleIndex,
  records: ReadonlyMap<string, CrmRecord>,
): Promise<ReadonlyMap<string, CrmRecord>> {
  const refs = [...records.values()].map(({ ref }) => ref);
  for (const side of SYSTEMS)
    await index.loadRecords(
      side,
      refs.filter(({ system }) => system === side).map(({ id }) => id),
    );
  return new Map(
    [...records].filter(([away, { ref }]) => {
      const standing = index.byRecord(ref.system, ref.id);
      return standing === undefined || standing.id === away || standing.state === "superseded";
    }),
  );
}

function idOf(link: Link, system: System): string | null {
  return system === "hubspot" ? link.hubspotId : link.salesforceId;
}
