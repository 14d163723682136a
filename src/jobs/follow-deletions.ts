/** What becomes of people whose record was found deleted: vouched for, forgotten where it was an erasure, or gone on with where another one is theirs. */
import type { CrmRecord } from "../core/model/record.ts";
import { followErasures } from "./erase-people.ts";
import { goOnBeside } from "./go-on-beside.ts";
import type { LoadedPeople } from "./load-people.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import { vouchForDeletions } from "./vouched-deletions.ts";

export async function followDeletions(
  dependencies: SyncDependencies,
  facts: RunFacts,
  people: LoadedPeople,
  hand: { readonly index: PeopleIndex; readonly known: Map<string, CrmRecord> },
): Promise<LoadedPeople> {
  const archived = await vouchForDeletions(dependencies, people.drafts);
  const remembered = await followErasures(dependencies, facts, people, archived);
  return goOnBeside(dependencies, facts, remembered, hand);
}
