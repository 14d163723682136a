/** What a record says of who it is: our key, its e-mail address, the records it was merged with. */
import type { Link } from "../core/model/link.ts";
import type { CrmRecord, System } from "../core/model/record.ts";
import { preferContact } from "../core/sync/pair-records.ts";
import type { PeopleIndex } from "./people-index.ts";
import { mappingFor, type SyncDependencies } from "./sync-dependencies.ts";

/** The link id that we once wrote onto the record, or null. */
export function keyOf({ ownFields }: Pick<SyncDependencies, "ownFields">, record: CrmRecord): string | null {
  const key = record.fields[ownFields.key[record.ref.system]];
  return typeof key === "string" && key !== "" ? key : null;
}

/** The record's e-mail address as links are found by it, or null. */
export function emailOf({ mappings }: Pick<SyncDependencies, "mappings">, record: CrmRecord): string | null {
  const { system, object } = record.ref;
  const mapping = mappingFor(mappings, system === "salesforce" ? object : null);
  const field = mapping.fields.find((candidate) => candidate.name === "email");
  const raw = field === undefined ? null : (record.fields[field[system]] ?? null);
  return typeof raw === "string" && raw.trim() !== "" ? raw.trim().toLowerCase() : null;
}

/** Salesforce records of this run that nobody is linked to yet, by e-mail: most people of a first load meet here, at no cost. */
export function strangersByEmail(
  dependencies: Pick<SyncDependencies, "mappings">,
  records: Iterable<CrmRecord>,
): ReadonlyMap<string, CrmRecord[]> {
  const byEmail = new Map<string, CrmRecord[]>();
  for (const record of records) {
    const email = record.fate.kind === "live" ? emailOf(dependencies, record) : null;
    if (email !== null) byEmail.set(email, [...(byEmail.get(email) ?? []), record]);
  }
  return byEmail;
}

/** Addresses that several live Salesforce records of this run have, where no Contact takes precedence over a Lead. */
export function doubledAddresses(
  dependencies: Pick<SyncDependencies, "mappings">,
  records: Iterable<CrmRecord>,
): ReadonlySet<string> {
  const distinct = new Map<string, CrmRecord>();
  for (const record of records)
    if (record.ref.system === "salesforce") distinct.set(`${record.ref.object}:${record.ref.id}`, record);
  return new Set(
    [...strangersByEmail(dependencies, distinct.values())].flatMap(([email, sharing]) =>
      preferContact(sharing).length > 1 ? [email] : [],
    ),
  );
}

/** The person whom a record's merge was about, whoever is known on the other side first: HubSpot makes a merge a new record with an id of its own. */
export function mergedInto(index: PeopleIndex, record: CrmRecord): Link | undefined {
  const links = (record.mergedIds ?? []).flatMap((id) => index.byRecord(record.ref.system, id) ?? []);
  const alive = links.filter(({ state }) => state !== "superseded" && state !== "erased" && state !== "ambiguous");
  return alive.find(({ state }) => state === "linked") ?? alive.find(({ state }) => state !== "tombstoned") ?? alive[0];
}

/** Other ids that a record speaks of: their links are needed to follow it. */
export function movesOf(record: CrmRecord): { system: System; id: string }[] {
  const { system, id } = record.ref;
  const into = record.fate.kind === "merged" || record.fate.kind === "converted" ? record.fate.into : null;
  return [...(into === null ? [] : [into]), ...(record.mergedIds ?? []), id].map((other) => ({ system, id: other }));
}
