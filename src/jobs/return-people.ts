/** Who comes back after a deletion, and whom a deletion keeps away although nobody deleted their own record. */
import type { Link } from "../core/model/link.ts";
import { SYSTEMS, type System } from "../core/model/record.ts";
import { restored } from "../core/sync/follow-fate.ts";
import { sharedWith } from "../core/sync/shared-address.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";

/** Whoever was deleted and is back on every side goes on. */
export async function returnPeople(drafts: Iterable<PersonDraft>, index: PeopleIndex): Promise<void> {
  const back = [...drafts].filter((draft) => restored(draft.link, draft.records) !== draft.link);
  await index.loadEmails(back.flatMap(({ link }) => link.email ?? []));
  for (const system of SYSTEMS)
    await index.loadRecords(
      system,
      back.flatMap(({ link }) => sharedWith(link, system) ?? []),
    );
  for (const draft of back) {
    if (staysAway(draft.link, index)) continue;
    draft.link = restored(draft.link, draft.records);
    index.put(draft.link);
  }
}

/** It was never on the other side, because a person had deleted somebody with the same address there: that its own record is live is no news. */
function staysAway(link: Link, index: PeopleIndex): boolean {
  // Whoever is met only now is looked up before that is decided.
  if (index.fresh.has(link.id)) return false;
  return SYSTEMS.some((system) => idOf(link, system) === null && buriedUnder(link, system, index) !== null);
}

/**
 * The record of that system that somebody with the same address, be it an additional one, had when a person deleted them. What the systems tell does not
 * reach that far: HubSpot finds archived contacts by id only, and Salesforce forgets after its recycle bin. The addresses must have been loaded, and the
 * record that `sharedWith` names. `aside`: records of whoever stepped aside in a merge that are known to be deleted.
 */
export function buriedUnder(
  link: Link,
  system: System,
  index: PeopleIndex,
  aside: ReadonlySet<string> = new Set(),
): string | null {
  if (link.email === null) return null;
  const shared = sharedWith(link, system);
  const holder = shared === null ? undefined : index.byRecord(system, shared);
  const rivals = [...index.byEmail(link.email), ...(holder === undefined ? [] : [holder])].filter(
    (rival) => rival.id !== link.id,
  );
  const buried = rivals.flatMap((rival) => {
    const id = idOf(rival, system);
    return id !== null && (GONE.has(rival.state) || aside.has(id)) ? [id] : [];
  });
  return buried[0] ?? null;
}

/** Whoever was erased after a deletion of theirs, or by one, stays away all the more. */
const GONE: ReadonlySet<Link["state"]> = new Set(["tombstoned", "erased"]);

function idOf(link: Link, system: System): string | null {
  return system === "hubspot" ? link.hubspotId : link.salesforceId;
}
