/** Follows an erasure (GDPR): a contact that HubSpot has deleted for good is forgotten here too, and the other side is proposed to a person. */
import type { RejectEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { CrmRecord } from "../core/model/record.ts";
import { isContactLeft } from "../core/sync/contact-left.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { readRecords, wishKey } from "./read-people.ts";
import { emailOf, keyOf } from "./record-identity.ts";
import { samePersonAs } from "./same-person.ts";
import { type DirtyRow, NOTHING_DECIDED } from "./state-port.ts";
import { HUBSPOT_CONTACTS, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

/** So many people of one chunk do not ask to be forgotten at once: then it is the answer that is doubted, and they only count as deleted. */
const MOST_AT_ONCE = 20;

/**
 * Forgets those of the people whose contact is neither live nor archived (a contact erased under the GDPR is in no list), and gives the others. The state must
 * not know more of them than both systems may. `known`: ids that are known to be archived.
 */
export async function followErasures<Loaded extends { readonly drafts: readonly PersonDraft[] }>(
  dependencies: SyncDependencies,
  facts: RunFacts,
  loaded: Loaded,
  known: ReadonlySet<string>,
): Promise<Loaded> {
  const { store } = dependencies;
  const gone = loaded.drafts.filter((draft) => isNewlyGone(draft) && !known.has(draft.link.hubspotId ?? ""));
  if (gone.length === 0 || gone.length > MOST_AT_ONCE || facts.dry) return loaded;
  const archived = await dependencies.clients.hubspot.readByIds({
    object: HUBSPOT_CONTACTS,
    ids: gone.flatMap(({ link }) => link.hubspotId ?? []),
    fields: [],
    archived: true,
  });
  const erased = gone.filter(({ link }) => link.hubspotId !== null && !archived.found.has(link.hubspotId));
  if (erased.length === 0) return loaded;
  const emails = new Set(erased.flatMap(({ before }) => before?.email ?? []));
  const others = await samePersonAs(
    store,
    erased.map(({ before, link }) => ({ ...link, email: before?.email ?? null })),
  );
  const proposed = await withoutDeleted(dependencies, facts, others);
  const ids = [...erased.map(({ link }) => link.id), ...others.map(({ id }) => id)];
  await store.erase(facts.lease, ids, "erased in HubSpot", facts.startedAt);
  const told = new Set(ids);
  // Whoever came with the same address, and is met in this very chunk, is nobody to be made anew either.
  const isForgotten = ({ link, before }: PersonDraft): boolean =>
    told.has(link.id) || (before === null && link.email !== null && emails.has(link.email));
  const forgotten = loaded.drafts.filter(isForgotten);
  await store.commitDecisions(facts.lease, {
    ...NOTHING_DECIDED,
    links: erased.flatMap(withNewRecords),
    aliases: erased.flatMap(({ aliases }) => aliases),
    rejects: [
      ...erased.flatMap(({ link, records }) => (records.salesforce === null ? [] : proposal(link, facts))),
      ...proposed.flatMap((link) => proposal(link, facts)),
    ],
    done: forgotten.flatMap(({ rows }) => rows),
  });
  return { ...loaded, drafts: loaded.drafts.filter((draft) => !isForgotten(draft)) };
}

/** Nobody has to erase a record that was deleted: of whoever was ended by a deletion it may be this one or the other. */
async function withoutDeleted(
  dependencies: SyncDependencies,
  facts: RunFacts,
  links: readonly Link[],
): Promise<readonly Link[]> {
  const wishes = new Map(
    links.flatMap(({ id, state, salesforceId, salesforceObject }) =>
      state !== "tombstoned" || salesforceId === null
        ? []
        : [[id, { system: "salesforce", object: salesforceObject ?? "Lead", id: salesforceId } as const]],
    ),
  );
  if (wishes.size === 0) return links;
  const read = await readRecords(dependencies, facts, [...wishes.values()], new Map());
  return links.filter(({ id }) => {
    const wish = wishes.get(id);
    return wish === undefined || read.get(wishKey(wish))?.fate.kind === "live";
  });
}

/** The link of somebody who was forgotten just now, where this chunk found another record of theirs: by its id it is known for theirs, whatever becomes of it. */
function withNewRecords({ before, link }: PersonDraft): Link[] {
  const { id, hubspotId, salesforceObject, salesforceId, generation, seen, firstSeenAt } = link;
  if (before === null || (before.hubspotId === hubspotId && before.salesforceId === salesforceId)) return [];
  const nothing = { email: null, name: id, fields: {}, facts: {}, stage: null, score: null, quarantine: {} };
  const records = { hubspotId, salesforceObject, salesforceId };
  // The erasure itself was a version.
  return [{ ...nothing, ...records, id, state: "erased", version: before.version + 2, generation, seen, firstSeenAt }];
}

/**
 * Deleted since the last look, with nobody's word for an archive. Whoever stepped aside in a merge on the other side, or whose lead was deleted, may still have
 * had a contact.
 */
function isNewlyGone({ before, link, read, records, leftAlone }: PersonDraft): boolean {
  if (before === null || link.hubspotId === null || !read.hubspot || records.hubspot !== null) return false;
  if (leftAlone.has("hubspot")) return false;
  return before.state === "tombstoned" ? isContactLeft(before) : before.state !== "erased";
}

/** Salesforce is not asked to forget anybody by a program: a person does it, and is told whom by id. */
function proposal(link: Link, facts: RunFacts): RejectEntry[] {
  const { salesforceId: id, salesforceObject: object } = link;
  if (id === null || object === null) return [];
  return [
    {
      id: `${link.id}:salesforce:erasure`,
      link: link.id,
      system: "salesforce",
      object,
      recordId: id,
      recordName: id,
      fields: [],
      code: "ERASED_IN_HUBSPOT",
      message: "the person was erased in HubSpot on request; erase this record too, LeadLoop has forgotten them",
      at: facts.startedAt,
      run: facts.run,
      attempts: 1,
    },
  ];
}

/** A record that no link stands for, and the mark that led to it. */
interface Unknown {
  readonly row: DirtyRow;
  readonly record: CrmRecord;
}

/** `theirs`: each with the link of whoever was forgotten, which had not known it. */
interface ToldApart {
  readonly strangers: Unknown[];
  readonly theirs: (Unknown & { readonly link: Link })[];
}

/**
 * Records of nobody we know, without those of people who asked to be forgotten: nothing of theirs is kept, and nobody is created. Who came back is known by
 * the address. A record that we made for them without hearing of it carries our key, whatever its address is by now; unless it has become one with somebody
 * else's. Their marks are added to `idle`. The links of the records' keys must have been loaded.
 */
export async function withoutErased(
  dependencies: SyncDependencies,
  index: PeopleIndex,
  known: readonly Unknown[],
  idle: { row: DirtyRow; reason: string }[],
): Promise<ToldApart> {
  const emails = known.flatMap(({ record }) => emailOf(dependencies, record) ?? []);
  const forgotten = await dependencies.store.erasedAmong(emails);
  const { strangers, theirs }: ToldApart = { strangers: [], theirs: [] };
  for (const { row, record } of known) {
    const link = erasedByKey(dependencies, index, record);
    if (link !== undefined && isFree(link, record)) theirs.push({ row, record, link });
    else if (link === undefined && !forgotten.has(emailOf(dependencies, record) ?? "")) strangers.push({ row, record });
    else idle.push({ row, reason: "the person asked to be forgotten: nothing of theirs is kept" });
  }
  return { strangers, theirs };
}

function erasedByKey(dependencies: SyncDependencies, index: PeopleIndex, record: CrmRecord): Link | undefined {
  const link = index.get(keyOf(dependencies, record) ?? "");
  return link?.state === "erased" && (record.mergedIds ?? []).length === 0 ? link : undefined;
}

function isFree({ hubspotId, salesforceId }: Link, { ref }: CrmRecord): boolean {
  return (ref.system === "hubspot" ? hubspotId : salesforceId) === null;
}
