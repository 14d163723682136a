/** Before anybody is created on a side: whether they are there already, were there and were deleted, or came to be by an answer that got lost. */
import type { Link } from "../core/model/link.ts";
import { type CrmRecord, otherSystem, type System } from "../core/model/record.ts";
import { attachRecord, preferContact } from "../core/sync/pair-records.ts";
import { sharedWith, sharingWith } from "../core/sync/shared-address.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { keyOf } from "./record-identity.ts";
import { buriedUnder } from "./return-people.ts";
import {
  fieldsToRead,
  HUBSPOT_CONTACTS,
  personObjects,
  type RunFacts,
  type SyncDependencies,
} from "./sync-dependencies.ts";

export interface CreateCandidate {
  readonly draft: PersonDraft;
  readonly system: System;
}

/** Looks all candidates up in one go per object. Drafts that were found, or must not be created, are changed in place; gives those that changed. */
export async function findCounterparts(
  dependencies: SyncDependencies,
  facts: RunFacts,
  candidates: readonly CreateCandidate[],
  index: PeopleIndex,
): Promise<ReadonlySet<PersonDraft>> {
  const changed = new Set<PersonDraft>();
  for (const system of ["salesforce", "hubspot"] as const) {
    const mine = candidates.filter((candidate) => candidate.system === system).map((candidate) => candidate.draft);
    if (mine.length === 0) continue;
    const byEmail = await lookUp(
      dependencies,
      facts,
      system,
      "email",
      mine.flatMap((draft) => draft.link.email ?? []),
    );
    const pending = mine.filter((draft) => draft.link.state === "pending");
    const byKey = await lookUp(
      dependencies,
      facts,
      system,
      "key",
      pending.map((draft) => draft.link.id),
    );
    const lost = mine.filter((draft) => mayHaveBeenThere(dependencies, draft, system) && !byKey.has(draft.link.id));
    for (const [key, records] of await archivedUnder(dependencies, system, lost)) byKey.set(key, records);
    const found = [...byEmail.values(), ...byKey.values()].flat();
    await index.loadRecords(system, [
      ...found.flatMap(idsOf),
      ...mine.flatMap(({ link }) => sharedWith(link, system) ?? []),
    ]);
    await index.loadEmails(mine.flatMap(({ link }) => link.email ?? []));
    const aside = await deletedAside(dependencies, system, mine, index);
    for (const draft of mine) {
      const keyed = byKey.get(draft.link.id) ?? [];
      const sameEmail = byEmail.get(draft.link.email ?? "") ?? [];
      if (settle(draft, system, keyed.length > 0 ? keyed : sameEmail, index, aside)) changed.add(draft);
    }
  }
  return changed;
}

/** Records of that system by address, deleted ones of Salesforce too. */
export function lookUpByEmail(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  emails: readonly string[],
): Promise<ReadonlyMap<string, readonly CrmRecord[]>> {
  return lookUp(dependencies, facts, system, "email", emails);
}

/** The same by our key. */
export function lookUpByKey(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly CrmRecord[]>> {
  return lookUp(dependencies, facts, system, "key", keys);
}

async function lookUp(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  by: "email" | "key",
  values: readonly string[],
): Promise<Map<string, readonly CrmRecord[]>> {
  const answers = new Map<string, readonly CrmRecord[]>();
  if (values.length === 0) return answers;
  const { clients, mappings, ownFields } = dependencies;
  const objects = system === "hubspot" ? [HUBSPOT_CONTACTS] : personObjects(mappings);
  const field = by === "key" ? ownFields.key[system] : emailField(mappings, system);
  for (const object of objects) {
    const fields = fieldsToRead(dependencies, facts, system, object);
    const records = await clients[system].readByField({
      object,
      field,
      values: [...new Set(values)],
      fields,
      includeDeleted: system === "salesforce",
    });
    for (const record of records) {
      for (const name of namesOf(record, field, by)) answers.set(name, [...(answers.get(name) ?? []), record]);
    }
  }
  return answers;
}

/** An earlier create got no answer, so nobody knows whether it arrived; or the record on the other side carries the key of a pair that the state has lost. */
function mayHaveBeenThere(dependencies: SyncDependencies, draft: PersonDraft, system: System): boolean {
  const { before, link, records } = draft;
  if (before !== null) return idOf(link, system) === null && before.quarantine[system] !== undefined;
  const other = records[otherSystem(system)];
  return other !== null && keyOf(dependencies, other) === link.id;
}

/**
 * What was there and a person has deleted, by our key. HubSpot finds archived contacts by their id only, which the lost answer or the lost state had: their list
 * is walked, a call for every hundred. One that was merged into another before carries that one's key, and its address among the other's additional ones.
 * Salesforce has told of deleted records already.
 */
async function archivedUnder(
  { clients, mappings, ownFields }: SyncDependencies,
  system: System,
  lost: readonly PersonDraft[],
): Promise<ReadonlyMap<string, readonly CrmRecord[]>> {
  const found = new Map<string, readonly CrmRecord[]>();
  if (system !== "hubspot" || lost.length === 0) return found;
  const field = ownFields.key.hubspot;
  const email = emailField(mappings, "hubspot");
  const wanted = new Set(lost.map(({ link }) => link.id));
  const byEmail = new Map(lost.map(({ link }) => [link.email ?? "", link.id]));
  const fields = [field, email, ADDITIONAL_ADDRESSES];
  for await (const records of clients.hubspot.readArchived(HUBSPOT_CONTACTS, null, fields)) {
    for (const record of records) {
      const keys = namesOf(record, field, "key").filter((key) => wanted.has(key));
      const merged = namesOf(record, email, "email").flatMap((name) => byEmail.get(name) ?? []);
      for (const key of [...keys, ...merged.filter((one) => !found.has(one))]) found.set(key, [record]);
    }
  }
  return found;
}

/**
 * Contacts with the address of one of these people that a merge of leads set aside, and that somebody has deleted since: nobody reads them any more, and
 * HubSpot finds archived contacts by id only.
 */
async function deletedAside(
  { clients }: SyncDependencies,
  system: System,
  drafts: readonly PersonDraft[],
  index: PeopleIndex,
): Promise<ReadonlySet<string>> {
  if (system !== "hubspot") return new Set();
  const rivals = drafts.flatMap(({ link }) => (link.email === null ? [] : index.byEmail(link.email)));
  const ids = rivals.flatMap(({ state, hubspotId }) => (state === "superseded" ? (hubspotId ?? []) : []));
  if (ids.length === 0) return new Set();
  const request = { object: HUBSPOT_CONTACTS, ids: [...new Set(ids)], fields: [], archived: true };
  return new Set((await clients.hubspot.readByIds(request)).found.keys());
}

/** A contact's addresses besides the first, in one text. */
export const ADDITIONAL_ADDRESSES = "hs_additional_emails";

function emailField(mappings: SyncDependencies["mappings"], system: System): string {
  const email = mappings.flatMap((mapping) => mapping.fields).find((field) => field.name === "email");
  return email?.[system] ?? "email";
}

/** HubSpot also finds a contact by its secondary addresses, which it lists in one field. */
function namesOf(record: CrmRecord, field: string, by: "email" | "key"): string[] {
  const own = record.fields[field];
  if (by === "key") return typeof own === "string" ? [own] : [];
  const others = record.fields[ADDITIONAL_ADDRESSES];
  return [own, ...(typeof others === "string" ? others.split(";") : [])].flatMap((name) =>
    typeof name === "string" && name.trim() !== "" ? [name.trim().toLowerCase()] : [],
  );
}

/** Applies what was found; false when nothing was found, so that the create may go ahead. */
function settle(
  draft: PersonDraft,
  system: System,
  found: readonly CrmRecord[],
  index: PeopleIndex,
  aside: ReadonlySet<string>,
): boolean {
  const live = preferContact(found.filter((record) => record.fate.kind === "live"));
  const [only] = live;
  if (live.length > 1)
    return change(draft, index, "ambiguous", `${live.length} ${system} records have this e-mail address`);
  if (only === undefined) return mayNotReturn(draft, system, found, index, aside);
  const standing = index.byRecord(system, only.ref.id);
  if (standing !== undefined && standing.id !== draft.link.id) {
    draft.link = sharingWith(draft.link, only.ref);
    return change(
      draft,
      index,
      "ambiguous",
      `${only.ref.object} ${only.ref.id} has this e-mail address and belongs to somebody else already`,
    );
  }
  draft.link = attachRecord(draft.link, only);
  draft.records[system] = only;
  draft.read[system] = true;
  index.put(draft.link);
  return true;
}

/** Whom a person deleted there is not made again: neither one that the system still tells of, nor one that we remember by the address. */
function mayNotReturn(
  draft: PersonDraft,
  system: System,
  found: readonly CrmRecord[],
  index: PeopleIndex,
  aside: ReadonlySet<string>,
): boolean {
  const deleted = found.find((record) => record.fate.kind === "deleted");
  if (deleted !== undefined) {
    // With both ids the link goes on when the record is restored, and only when the other one is still there.
    const free = idsOf(deleted).find((id) => index.byRecord(system, id) === undefined);
    if (free !== undefined) draft.link = withRecord(draft.link, deleted, free);
    return change(
      draft,
      index,
      "tombstoned",
      `a person deleted ${deleted.ref.object} ${deleted.ref.id}; it is not created again`,
    );
  }
  const buried = buriedUnder(draft.link, system, index, aside);
  if (buried === null) return false;
  return change(draft, index, "tombstoned", `a person deleted ${system} ${buried}; it is not created again`);
}

function idOf(link: Link, system: System): string | null {
  return system === "hubspot" ? link.hubspotId : link.salesforceId;
}

/** All ids under which a record is known: two people who were merged in it can each remember one. */
function idsOf({ ref, mergedIds }: CrmRecord): string[] {
  return [ref.id, ...(mergedIds ?? [])];
}

function withRecord(link: Link, { ref }: CrmRecord, id: string): Link {
  if (ref.system === "hubspot") return { ...link, hubspotId: id };
  return { ...link, salesforceId: id, salesforceObject: ref.object };
}

function change(draft: PersonDraft, index: PeopleIndex, state: Link["state"], note: string): true {
  draft.link = { ...draft.link, state };
  draft.notes.push(note);
  index.put(draft.link);
  return true;
}
