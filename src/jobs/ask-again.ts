/** Looks again at people who were set aside because several records had their e-mail address, once one of those has changed. */
import type { Link } from "../core/model/link.ts";
import type { Write } from "../core/model/plan.ts";
import type { Instant } from "../core/model/record.ts";
import { attachRecord, judgeClaim } from "../core/sync/pair-records.ts";
import { keeperOf } from "../core/sync/share-objections.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { emailOf } from "./record-identity.ts";
import type { DirtyMark, DirtyRow } from "./state-port.ts";
import { mappingFor, type SyncDependencies } from "./sync-dependencies.ts";

/** The people of a chunk while they are being loaded. */
export interface Loading {
  readonly drafts: ReadonlyMap<string, PersonDraft>;
  readonly index: PeopleIndex;
  draft(link: Link, rows: readonly DirtyRow[]): PersonDraft;
  retire(link: Link): void;
  /** Reads the records of drafts that have not been read. */
  readOn(): Promise<void>;
}

/** A person deleted, merged away or given another address frees the old one: whoever shared it is looked at again, and joined or let go. */
export async function askAgain(dependencies: SyncDependencies, loading: Loading): Promise<void> {
  const { index } = loading;
  const freed = [...loading.drafts.values()].flatMap((draft) => freedAddress(dependencies, draft));
  if (freed.length === 0) return;
  await index.loadEmails(freed);
  for (const email of freed)
    for (const link of index.byEmail(email)) if (link.state === "ambiguous") loading.draft(link, []);
  await loading.readOn();
  const doubtful = [...loading.drafts.values()].filter((draft) => draft.link.state === "ambiguous");
  await index.loadEmails(
    doubtful.flatMap(({ records }) => {
      const record = records.hubspot ?? records.salesforce;
      return record === null ? [] : (emailOf(dependencies, record) ?? []);
    }),
  );
  // Whoever asked to be forgotten is not made anew out of a double of theirs.
  const forgotten = await dependencies.store.erasedAmong(doubtful.flatMap(({ link }) => link.email ?? []));
  // Whoever has a history is joined by the others, not the other way round.
  for (const draft of doubtful.toSorted((one, other) => Number(hasHistory(one.link)) - Number(hasHistory(other.link))))
    if (draft.link.state === "ambiguous" && !forgotten.has(draft.link.email ?? ""))
      settle(dependencies, loading, draft);
}

function hasHistory({ stage }: Link): boolean {
  return stage !== null;
}

/**
 * Marks for whoever still shares an address that somebody of this chunk gives up: only when that is stored are they the only one who has it.
 * `people` are those of the chunk as they were decided, `retired` those whose place another one took,
 * `waiting` those whom a write that is about to be sent may set free.
 */
export function askAgainLater(
  people: readonly { readonly draft: Pick<PersonDraft, "before">; readonly decision: { readonly link: Link } }[],
  dueAt: Instant,
  retired: readonly Link[],
  waiting: readonly Link[] = [],
): readonly DirtyMark[] {
  const givenUp = new Set(
    people.flatMap(({ draft: { before }, decision: { link } }) =>
      before?.email == null || before.email === link.email ? [] : [before.email],
    ),
  );
  const freed = people.flatMap(({ decision: { link } }) =>
    link.state === "ambiguous" && link.email !== null && givenUp.has(link.email)
      ? [{ key: `l:${link.id}`, reason: "address", dueAt }]
      : [],
  );
  const others = waiting.filter(({ id }) => !freed.some(({ key }) => key === `l:${id}`));
  const asked = others.map(({ id }) => ({ key: `l:${id}`, reason: "address", dueAt }));
  return [...freed, ...asked, ...lookAsideLater(retired, dueAt)];
}

/** Whoever was set aside for an address that one of these writes takes away from a record: once it is written, they may be the only one who has it. */
export async function waitingForAddress(
  dependencies: SyncDependencies,
  index: PeopleIndex,
  writes: readonly Write[],
): Promise<readonly Link[]> {
  const givenUp = writes.flatMap((write) => replacedAddress(dependencies, write));
  if (givenUp.length === 0) return [];
  await index.loadEmails(givenUp);
  return givenUp.flatMap((email) => index.byEmail(email)).filter(({ state }) => state === "ambiguous");
}

function replacedAddress({ mappings }: SyncDependencies, { system, object, fields }: Write): string[] {
  const mapping = mappingFor(mappings, system === "salesforce" ? object : null);
  const name = mapping.fields.find((field) => field.name === "email")?.[system];
  const from = name === undefined ? undefined : fields[name]?.from;
  return typeof from === "string" && from.trim() !== "" ? [from.trim().toLowerCase()] : [];
}

/** Marks for those who stepped aside just now and keep a record: it may show an objection that nobody has read, and is told those of whoever goes on. */
function lookAsideLater(retired: readonly Link[], dueAt: Instant): readonly DirtyMark[] {
  return retired.flatMap((link) => (keeperOf(link) === null ? [] : [{ key: `l:${link.id}`, reason: "merged", dueAt }]));
}

function freedAddress(dependencies: SyncDependencies, { before, link, records }: PersonDraft): string[] {
  if (before === null || before.email === null) return [];
  const { email, state } = before;
  const gone = link.state !== state && (link.state === "superseded" || link.state === "tombstoned");
  const moved = [records.hubspot, records.salesforce].some(
    (record) => record !== null && emailOf(dependencies, record) !== email,
  );
  return state === "ambiguous" || gone || moved ? [email] : [];
}

function settle(dependencies: SyncDependencies, { index, draft: draftFor, retire }: Loading, draft: PersonDraft): void {
  const record = draft.records.hubspot ?? draft.records.salesforce;
  if (record === null) return;
  const email = emailOf(dependencies, record);
  const rivals = email === null ? [] : index.byEmail(email).filter((link) => link.id !== draft.link.id);
  const claim = judgeClaim(record, rivals);
  if (claim.kind === "alone") {
    draft.link = { ...draft.link, email, state: "single" };
    index.put(draft.link);
  } else if (claim.kind === "join") {
    const side = record.ref.system === "hubspot" ? { hubspotId: null } : { salesforceId: null };
    retire({ ...draft.link, ...side, state: "superseded", fields: {} });
    const joined = draftFor(claim.link, draft.rows.splice(0));
    joined.link = attachRecord({ ...joined.link, state: "single" }, record);
    joined.records[record.ref.system] = record;
    joined.read[record.ref.system] = true;
    index.put(joined.link);
  }
}
