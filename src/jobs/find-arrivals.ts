/** Asks field history about writes to Salesforce that nobody answered for, where the record was changed since and shows again what stood there before. */
import type { Instant } from "../core/model/record.ts";
import { type DoubtfulWrite, doubtfulWrites, findArrivals, isTakenBack } from "../core/sync/find-arrivals.ts";
import { later } from "../core/sync/sight-fields.ts";
import type { PersonDraft } from "./person-draft.ts";
import { mappingFor, type SyncDependencies } from "./sync-dependencies.ts";

/** How long before the end of its quarantine a write may have been sent: more than any quarantine. */
const LONGEST_QUARANTINE_MS = 86_400_000;

/**
 * Notes in the drafts what is known of such writes. It costs a call for each object, and only where somebody changed a record after we had read it for a
 * write whose answer was lost.
 */
export async function noteArrivals(dependencies: SyncDependencies, drafts: readonly PersonDraft[]): Promise<void> {
  const suspects = drafts.filter((draft) => isSuspect(dependencies, draft));
  if (suspects.length === 0) return;
  const since = earliest(suspects.map(({ link }) => link.quarantine.salesforce ?? ""));
  const intents = await dependencies.store.recentWrites(
    suspects.map(({ link }) => link.id),
    later(since, -LONGEST_QUARANTINE_MS),
  );
  const doubts = suspects.flatMap((draft) => {
    const record = draft.records.salesforce;
    if (record === null) return [];
    const mine = intents.filter(({ link }) => link === draft.link.id);
    const writes = doubtfulWrites(draft.link, mappingFor(dependencies.mappings, record.ref.object), record, mine);
    return writes.length === 0 ? [] : [{ draft, record, writes, intents: mine }];
  });
  for (const [object, group] of Map.groupBy(doubts, ({ record }) => record.ref.object)) {
    const rows = await dependencies.clients.salesforce.readFieldChanges({
      object,
      ids: group.map(({ record }) => record.ref.id),
      since: earliest(group.flatMap(({ writes }) => writes.map(readBefore))),
    });
    const tracked = new Set(rows.map(({ field }) => field));
    const mapping = mappingFor(dependencies.mappings, object);
    const byRecord = Map.groupBy(rows, (row) => row.record);
    for (const { draft, record, writes, intents: mine } of group)
      draft.arrivals = findArrivals(
        writes,
        { rows: byRecord.get(record.ref.id) ?? [], tracked, intents: mine },
        mapping,
      );
  }
}

/** The quarantine is over, and one of its fields shows what stood there before. */
function isSuspect({ mappings }: SyncDependencies, { link, records }: PersonDraft): boolean {
  const { salesforce } = records;
  if (link.quarantine.salesforce === undefined || salesforce === null) return false;
  return mappingFor(mappings, salesforce.ref.object).fields.some((field) =>
    isTakenBack(field, link.fields[field.name], salesforce),
  );
}

function readBefore({ intent }: DoubtfulWrite): Instant {
  return intent.ifUnmodifiedSince ?? intent.sentAt;
}

function earliest(instants: readonly Instant[]): Instant {
  return instants.reduce((a, b) => (a < b ? a : b));
}
