/** Introduces HubSpot contacts that are new here to Salesforce records that are new too: one e-mail, one of each, one person. */
import type { Link } from "../core/model/link.ts";
import type { CrmRecord } from "../core/model/record.ts";
import { attachRecord, preferContact } from "../core/sync/pair-records.ts";
import { lookUpByEmail } from "./find-counterparts.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { wishKey } from "./read-people.ts";
import { strangersByEmail } from "./record-identity.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";

export interface Newcomers {
  readonly drafts: ReadonlyMap<string, PersonDraft>;
  readonly index: PeopleIndex;
  /** Salesforce records of this run; those that find their person are taken out. */
  readonly known: Map<string, CrmRecord>;
}

/**
 * Most people of a first load meet here. Salesforce records that this run has read cost nothing; `toLookUp` are contacts (by id) whose other record may
 * have been read by an earlier run, or by this one and let go: they are looked up together, so that nobody is worked on twice, alone and then as a pair.
 */
export async function introduceStrangers(
  dependencies: SyncDependencies,
  facts: RunFacts,
  { drafts, index, known }: Newcomers,
  records: readonly CrmRecord[],
  toLookUp: ReadonlySet<string>,
): Promise<void> {
  const alone = records.flatMap((record) => {
    const link = record.ref.system === "hubspot" ? index.byRecord("hubspot", record.ref.id) : undefined;
    return link !== undefined && link.salesforceId === null && link.state === "single" && link.email !== null
      ? [link]
      : [];
  });
  if (alone.length === 0) return;
  const strangers = strangersByEmail(dependencies, known.values());
  const unmet = alone.filter(({ email, hubspotId }) => !strangers.has(email ?? "") && toLookUp.has(hubspotId ?? ""));
  const found = await lookUpByEmail(dependencies, facts, "salesforce", addressesOf(unmet));
  const live = (email: string): readonly CrmRecord[] =>
    strangers.get(email) ?? (found.get(email) ?? []).filter(({ fate }) => fate.kind === "live");
  const met = alone.map((link) => ({ link, candidates: preferContact(live(link.email ?? "")) }));
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

function addressesOf(links: readonly Link[]): readonly string[] {
  return links.flatMap(({ email }) => email ?? []);
}
