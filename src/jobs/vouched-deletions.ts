/** Asks HubSpot whether contacts that cannot be found were really deleted, before a deletion is followed to Salesforce (`on-delete: archive`). */
import type { CrmRecord } from "../core/model/record.ts";
import { deletionKnown, isDeletionKnown } from "../core/sync/archive-survivor.ts";
import type { PersonDraft } from "./person-draft.ts";
import { HUBSPOT_CONTACTS, mappingFor, type SyncDependencies } from "./sync-dependencies.ts";

/**
 * Salesforce says of a record that it was deleted; HubSpot only says that it finds none. One call for each hundred people whose contact has just gone
 * missing, and only where a mapping archives; what no system vouches for is noted, and the other record is left alone. Gives the ids that HubSpot names.
 */
export async function vouchForDeletions(
  { clients, mappings }: SyncDependencies,
  drafts: readonly PersonDraft[],
): Promise<ReadonlySet<string>> {
  const ended = drafts.filter(({ link, before, records, leftAlone }) => {
    const isNew =
      link.state === "tombstoned" && before !== null && before.state !== "tombstoned" && leftAlone.size === 0;
    const survives = (records.hubspot === null) !== (records.salesforce === null);
    return isNew && survives && mappingFor(mappings, link.salesforceObject).onDelete === "archive";
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
    else draft.notes.push(leftAlone(draft));
  }
  return new Set(found.keys());
}

function leftAlone({ link, records }: PersonDraft): string {
  const [gone, left] =
    records.hubspot === null
      ? [`HubSpot contact ${link.hubspotId}`, `${link.salesforceObject} ${link.salesforceId}`]
      : [`${link.salesforceObject} ${link.salesforceId}`, `HubSpot contact ${link.hubspotId}`];
  return `${gone} cannot be found any more, but nothing says that it was deleted (it may be hidden from LeadLoop, or deleted for good): the link ends, and ${left} is left alone`;
}
