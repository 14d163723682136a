/** Follows an erasure (GDPR): a contact that HubSpot has deleted for good is forgotten here too, and the other side is proposed to a person. */
import type { RejectEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { CrmRecord } from "../core/model/record.ts";
import { isContactLeft } from "../core/sync/contact-left.ts";
import { absorbedBy } from "../core/sync/share-objections.ts";
import type { PersonDraft } from "./person-draft.ts";
import { emailOf } from "./record-identity.ts";
import { type DirtyRow, NOTHING_DECIDED, type StateStore } from "./state-port.ts";
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
  const aside = await leftBehind(
    store,
    erased.map(({ link }) => link),
  );
  const doubles = [
    ...(await doublesOf(dependencies, [...emails], new Set(erased.map(({ link }) => link.id)))),
    ...aside,
  ];
  const ids = [...erased.map(({ link }) => link.id), ...doubles.map(({ id }) => id)];
  await store.erase(facts.lease, ids, "erased in HubSpot", facts.startedAt);
  const told = new Set(ids);
  // Whoever came with the same address, and is met in this very chunk, is nobody to be made anew either.
  const isForgotten = ({ link, before }: PersonDraft): boolean =>
    told.has(link.id) || (before === null && link.email !== null && emails.has(link.email));
  const forgotten = loaded.drafts.filter(isForgotten);
  await store.commitDecisions(facts.lease, {
    ...NOTHING_DECIDED,
    rejects: [
      ...erased.flatMap(({ link, records }) => (records.salesforce === null ? [] : proposal(link, facts))),
      ...doubles.flatMap((link) => proposal(link, facts)),
    ],
    done: forgotten.flatMap(({ rows }) => rows),
  });
  return { ...loaded, drafts: loaded.drafts.filter((draft) => !isForgotten(draft)) };
}

/** Records that stand alone with the address of somebody who is forgotten now: they are of the same person, and would not be taken in if they came today. */
async function doublesOf(
  { store }: SyncDependencies,
  emails: readonly string[],
  erased: ReadonlySet<string>,
): Promise<readonly Link[]> {
  return (await store.linksByEmail(emails)).filter(
    ({ id, state }) => !erased.has(id) && ["ambiguous", "single", "pending"].includes(state),
  );
}

/** Links whose place these people took in a merge: a record of theirs on the other side may still be there. */
export async function leftBehind(store: StateStore, people: readonly Link[]): Promise<readonly Link[]> {
  const ids = people.flatMap(absorbedBy);
  return ids.length === 0 ? [] : store.links(ids);
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

/**
 * Records of nobody we know, without those of people who asked to be forgotten and came back: nothing of theirs is kept, and nobody is created. Their marks
 * are added to `idle`.
 */
export async function withoutErased(
  dependencies: SyncDependencies,
  known: readonly { readonly row: DirtyRow; readonly record: CrmRecord }[],
  idle: { row: DirtyRow; reason: string }[],
): Promise<{ row: DirtyRow; record: CrmRecord }[]> {
  const emails = known.flatMap(({ record }) => emailOf(dependencies, record) ?? []);
  const forgotten = await dependencies.store.erasedAmong(emails);
  return known.filter(({ row, record }) => {
    const isForgotten = forgotten.has(emailOf(dependencies, record) ?? "");
    if (isForgotten) idle.push({ row, reason: "the person asked to be forgotten: nothing of theirs is kept" });
    return !isForgotten;
  });
}
