/** What merges and conversions have left of the people in hand, and whether anybody with such an address asked to be forgotten. */
import type { CrmRecord, System } from "../core/model/record.ts";
import type { Survivor, SurvivorOf } from "../core/sync/left-alone.ts";
import type { PeopleIndex } from "./people-index.ts";
import { type RecordsRead, type RecordWish, readRecords, wishKey } from "./read-people.ts";
import { emailOf } from "./record-identity.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";

/** Somebody's record and the one that it has become part of. */
interface Move {
  readonly from: string;
  readonly to: RecordWish;
}

/**
 * Reads the survivors that `answers` name and do not hold; they are put into `known`, whence whoever moves to them takes them. Asks nothing where nobody in
 * `index` moves: the links of all records that `answers` speak of must have been loaded.
 */
export async function survivorsOf(
  dependencies: SyncDependencies,
  facts: RunFacts,
  { index, known }: { readonly index: PeopleIndex; readonly known: Map<string, CrmRecord> },
  answers: RecordsRead,
): Promise<SurvivorOf> {
  const moves = [...answers].flatMap(([key, record]) => (record === null ? [] : movesTo(key, record)));
  const wishes = moves.filter(({ from, to }) => isMoving(index, to.system, from, to.id)).map(({ to }) => to);
  if (wishes.length === 0) return () => undefined;
  const live = liveOf(answers);
  const unread = wishes.filter((wish) => !live.has(recordKey(wish)));
  const read = await readRecords(dependencies, facts, unread, known);
  for (const [key, record] of read) if (record !== null) known.set(key, record);
  const all = new Map([...live, ...liveOf(read)]);
  const left = [...new Set(wishes.map(recordKey))].flatMap((key) => all.get(key) ?? []);
  const forgotten = await dependencies.store.erasedAmong(left.flatMap((record) => emailOf(dependencies, record) ?? []));
  const survivors = new Map(
    left.map((record): [string, Survivor] => {
      const email = emailOf(dependencies, record);
      return [recordKey(record.ref), { email, isForgotten: email !== null && forgotten.has(email) }];
    }),
  );
  return (system, id) => survivors.get(recordKey({ system, id }));
}

function liveOf(answers: RecordsRead): ReadonlyMap<string, CrmRecord> {
  const live = [...answers.values()].filter((record) => record?.fate.kind === "live");
  return new Map(live.flatMap((record) => (record === null ? [] : [[recordKey(record.ref), record]])));
}

function recordKey({ system, id }: Pick<RecordWish, "system" | "id">): string {
  return `${system}:${id}`;
}

/** HubSpot gives what a merge has left to whoever asks for a part of it; Salesforce only says where it is. */
function movesTo(key: string, { ref, fate, mergedIds }: CrmRecord): Move[] {
  const { system, object, id } = ref;
  if (fate.kind === "merged") return [{ from: id, to: { system, object, id: fate.into } }];
  if (fate.kind === "converted")
    return fate.into === null ? [] : [{ from: id, to: { system, object: "Contact", id: fate.into } }];
  if (fate.kind === "deleted") return [];
  const asked = key.slice(wishKey({ object, id: "" }).length);
  return [...new Set([asked, ...(mergedIds ?? [])])].filter((from) => from !== id).map((from) => ({ from, to: ref }));
}

function isMoving(index: PeopleIndex, system: System, from: string, to: string): boolean {
  const link = index.byRecord(system, from);
  if (link === undefined || link.state === "erased") return false;
  const id = system === "hubspot" ? link.hubspotId : link.salesforceId;
  return id !== null && id !== to;
}
