/** What nobody says was deleted: told of a record that Salesforce merely leaves out, and asked of HubSpot before a deletion is followed (`on-delete: archive`). */
import { type CrmRecord, otherSystem, type System } from "../core/model/record.ts";
import { deletionKnown, isDeletionKnown } from "../core/sync/archive-survivor.ts";
import type { PersonDraft } from "./person-draft.ts";
import { HUBSPOT_CONTACTS, mappingFor, type SyncDependencies } from "./sync-dependencies.ts";

/**
 * Salesforce says of a record that it was deleted; one that it leaves out of its answers without a word may be hidden from us, which is told once. HubSpot only
 * says that it finds none. One call for each hundred people whose contact has just gone missing, and only where a mapping archives; what no system vouches for
 * is told, and the other record is left alone. Gives the ids that HubSpot names.
 */
export async function vouchForDeletions(
  { clients, mappings }: SyncDependencies,
  drafts: readonly PersonDraft[],
): Promise<ReadonlySet<string>> {
  const isNew = ({ link, before, leftAlone }: PersonDraft): boolean =>
    link.state === "tombstoned" && before !== null && before.state !== "tombstoned" && leftAlone.size === 0;
  const ended = drafts.filter((draft) => {
    const { link, records } = draft;
    const survives = (records.hubspot === null) !== (records.salesforce === null);
    return isNew(draft) && survives && mappingFor(mappings, link.salesforceObject).onDelete === "archive";
  });
  const unsure = ended.filter(
    ({ link }) => !isDeletionKnown(link) && link.hubspotId !== null && link.salesforceId !== null,
  );
  const missing = unsure.filter(({ records }) => records.hubspot === null);
  const ids = missing.flatMap(({ link }) => link.hubspotId ?? []);
  const request = { object: HUBSPOT_CONTACTS, ids, fields: [], archived: true };
  const { found } =
    ids.length === 0 ? { found: new Map<string, CrmRecord>() } : await clients.hubspot.readByIds(request);
  for (const draft of unsure) {
    const { link, before, records } = draft;
    const archived = records.hubspot === null ? found.get(link.hubspotId ?? "") : undefined;
    if (archived?.fate.kind === "deleted" && archived.ref.id === link.hubspotId && before !== null)
      draft.link = deletionKnown(link, before.state, "hubspot");
    else draft.notes.push(notVouchedFor(draft, records.hubspot === null ? "hubspot" : "salesforce"));
  }
  for (const draft of drafts)
    if (isNew(draft) && draft.unfound.has("salesforce") && !ended.includes(draft))
      draft.notes.push(notVouchedFor(draft, "salesforce"));
  return new Set(found.keys());
}

/** Said once, when the link ends. */
function notVouchedFor({ link, records }: PersonDraft, system: System): string {
  const lead = `${link.salesforceObject} ${link.salesforceId}`;
  const contact = `HubSpot contact ${link.hubspotId}`;
  const [gone, left] = system === "hubspot" ? [contact, lead] : [lead, contact];
  const survives = records[otherSystem(system)] !== null;
  return `${gone} cannot be found any more, but nothing says that it was deleted (it may be hidden from LeadLoop, or deleted for good): the link ends${survives ? `, and ${left} is left alone` : ""}; it goes on when the record is found again, at the latest when everybody is read`;
}
