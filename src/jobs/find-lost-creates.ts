/** Finds again, by our key, a lead that was made without our hearing of it and that a person has merged into another since: it is followed like any merge. */
import type { Link } from "../core/model/link.ts";
import { lookUpByKey } from "./find-counterparts.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";

/**
 * Asked before anything is read of the drafts. A lead that is live, or was deleted, is found before its create is tried again; one that was merged away is
 * neither, and would be made a second time. HubSpot shows who was merged under the survivor's addresses.
 */
export async function findLostCreates(
  dependencies: SyncDependencies,
  facts: RunFacts,
  drafts: Iterable<PersonDraft>,
  index: PeopleIndex,
): Promise<void> {
  const lost = [...drafts].filter(({ link }) => isUnheardOf(link));
  const byKey = await lookUpByKey(
    dependencies,
    facts,
    "salesforce",
    lost.map(({ link }) => link.id),
  );
  for (const draft of lost) {
    const found = byKey.get(draft.link.id) ?? [];
    const [away] = found.filter(({ fate }) => fate.kind === "merged");
    if (away === undefined || found.some(({ fate }) => fate.kind === "live")) continue;
    draft.link = { ...draft.link, state: "linked", salesforceId: away.ref.id, salesforceObject: away.ref.object };
    index.put(draft.link);
  }
}

/** A create in Salesforce was sent, and what became of it was never told. */
function isUnheardOf({ state, salesforceId, quarantine }: Link): boolean {
  return state === "pending" && salesforceId === null && quarantine.salesforce !== undefined;
}
