/** Introduces HubSpot contacts that are new here to Salesforce records that were read in this run and are new too: one e-mail, one of each, one person. */
import type { CrmRecord } from "../core/model/record.ts";
import { attachRecord, preferContact } from "../core/sync/pair-records.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { wishKey } from "./read-people.ts";
import { strangersByEmail } from "./record-identity.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

export interface Newcomers {
  readonly drafts: ReadonlyMap<string, PersonDraft>;
  readonly index: PeopleIndex;
  /** Salesforce records of this run; those that find their person are taken out. */
  readonly known: Map<string, CrmRecord>;
}

export async function introduceStrangers(
  dependencies: SyncDependencies,
  { drafts, index, known }: Newcomers,
  records: readonly CrmRecord[],
): Promise<void> {
  const alone = records.flatMap((record) => {
    const link = record.ref.system === "hubspot" ? index.byRecord("hubspot", record.ref.id) : undefined;
    return link !== undefined && link.salesforceId === null && link.state === "single" && link.email !== null
      ? [link]
      : [];
  });
  if (alone.length === 0) return;
  const strangers = strangersByEmail(dependencies, known.values());
  const met = alone.map((link) => ({ link, candidates: preferContact(strangers.get(link.email ?? "") ?? []) }));
  await index.loadRecords(
    "salesforce",
    met.flatMap(({ candidates }) => candidates.map((record) => record.ref.id)),
  );
  for (const { link, candidates } of met) {
    const [only] = candidates;
    const draft = drafts.get(link.id);
    if (only === undefined || candidates.length > 1 || draft === undefined) continue;
    if (index.byRecord("salesforce", only.ref.id) !== undefined) continue;
    draft.link = attachRecord(draft.link, only);
    draft.records.salesforce = only;
    draft.read.salesforce = true;
    index.put(draft.link);
    known.delete(wishKey({ object: only.ref.object, id: only.ref.id }));
  }
}
