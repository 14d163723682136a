/** Undoes one run: reads whom it wrote to, plans the way back, and sends it through the one writer. */

import { StopRun } from "../core/errors.ts";
import { PRIORITY } from "../core/model/priority.ts";
import { undoPerson } from "../core/sync/undo-run.ts";
import type { DecidedPerson } from "./decide-people.ts";
import { loadPeople } from "./load-people.ts";
import { PeopleIndex } from "./people-index.ts";
import type { DirtyRow } from "./state-port.ts";
import { storeAndSend } from "./sync-chunk.ts";
import { mappingFor, personObjects, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

/** Throws StopRun when the run wrote nothing that could be undone. */
export async function undoRun(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  run: string,
): Promise<null> {
  const { store, rulebook, mappings } = dependencies;
  const objects = new Set(["contacts", ...personObjects(mappings)]);
  const intents = (await store.intentsOfRun(run)).filter(
    (intent) => intent.state === "written" && intent.link !== null && objects.has(intent.object),
  );
  if (intents.length === 0)
    throw new StopRun(`run ${run} wrote nothing to anybody, or is not known; \`leadloop status\` lists the last runs`);
  const byLink = Map.groupBy(intents, (intent) => intent.link ?? "");
  const ids = [...byLink.keys()];
  for (let start = 0; start < ids.length; start += rulebook.connector.chunkSize) {
    const rows = ids.slice(start, start + rulebook.connector.chunkSize).map(rowOf);
    const loaded = await loadPeople(dependencies, facts, rows, {
      index: new PeopleIndex(store),
      known: new Map(),
      isWhole: true,
    });
    const decided = loaded.drafts.map((draft): DecidedPerson => {
      const { link, records } = draft;
      const mapping = mappingFor(mappings, link.salesforceObject);
      const undone = undoPerson({ link, mapping, records, intents: byLink.get(link.id) ?? [], run });
      return { draft, decision: { ...NOTHING_ELSE, ...undone } };
    });
    tally.plan({
      writes: decided.flatMap(({ decision }) => decision.writes),
      conflicts: [],
      skips: decided.flatMap(({ decision }) => decision.skips),
      rejects: [],
    });
    if (facts.dry) tally.countAsWritten(decided.flatMap(({ decision }) => decision.writes));
    else await storeAndSend(dependencies, facts, tally, decided, { ...loaded, outcomes: [] });
  }
  return null;
}

const NOTHING_ELSE = {
  conflicts: [],
  rejects: [],
  stageEvents: [],
  handoffs: [],
  tasks: [],
  cadenceRuns: [],
  followUpEvents: [],
  notices: [],
  factChange: null,
  routed: null,
  lookAgainAt: null,
} as const;

/** A mark that is not in the store: nobody else need look at these people. */
function rowOf(link: string): DirtyRow {
  return {
    key: `l:${link}`,
    reason: "undo",
    dueAt: "",
    priority: PRIORITY.ordinary,
    version: 0,
    attempts: 0,
    firstSeenAt: "",
  };
}
