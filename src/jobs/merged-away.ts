/** Remembers who was merged into whom while a chunk is loaded, so that what they objected to goes on with whoever is left. */
import type { Link } from "../core/model/link.ts";
import type { Instant } from "../core/model/record.ts";
import type { FateStep } from "../core/sync/follow-fate.ts";
import { keepOptOuts } from "../core/sync/keep-opt-outs.ts";
import { absorbedBy, keeperOf, objectionsOf, withAbsorbed } from "../core/sync/share-objections.ts";
import { sightFields } from "../core/sync/sight-fields.ts";
import type { Loading } from "./ask-again.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { mappingFor, type SyncDependencies } from "./sync-dependencies.ts";

/** A person can be merged into one that was merged into one: more hops than this are a loop. */
const MOST_HOPS = 8;

/** A person as they were before the merge, and the id of the link that goes on. */
interface Merged {
  readonly away: Link;
  readonly keeper: string;
}

/** Who is merged by a step that is about to be taken. `before`: the link that the step was asked of. */
export function mergedBy(index: PeopleIndex, before: Link, { link, aliases, superseded }: FateStep): readonly Merged[] {
  const absorbed = superseded.flatMap(({ id }): Merged[] => {
    const away = index.get(id);
    return away === undefined ? [] : [{ away, keeper: link.id }];
  });
  const stepsAside = link.state === "superseded" || link.state === "tombstoned";
  if (!stepsAside || before.state === "superseded") return absorbed;
  return [...absorbed, ...aliases.map((alias): Merged => ({ away: before, keeper: alias.link }))];
}

/** Brings together whoever stepped aside in an earlier merge and keeps a record on the other side, and whoever went on, where one of them may object anew. */
export async function meetAside(
  { mappings }: SyncDependencies,
  { drafts, index, draft, readOn }: Omit<Loading, "retire">,
): Promise<readonly Merged[]> {
  const present = [...drafts.values()];
  await index.loadLinks(present.flatMap(({ link }) => [keeperOf(link) ?? [], ...absorbedBy(link)].flat()));
  for (const { link } of present) {
    const keeper = await lastKeeper(index, link);
    if (keeper !== undefined) draft(keeper, []);
  }
  await readOn();
  for (const { link, records } of [...drafts.values()]) {
    const ids = absorbedBy(link);
    if (ids.length === 0 || link.state === "superseded") continue;
    const mapping = mappingFor(mappings, link.salesforceObject);
    const objections = [...objectionsOf(link, mapping, Object.values(records))];
    await index.loadLinks(ids);
    for (const id of ids) {
      const aside = index.get(id);
      if (aside === undefined || keeperOf(aside) === null) continue;
      if (objections.some((name) => aside.fields[name]?.base !== "true")) draft(aside, []);
    }
  }
  await readOn();
  const met: Merged[] = [];
  for (const { link } of [...drafts.values()]) {
    const keeper = await lastKeeper(index, link);
    if (keeper !== undefined) met.push({ away: link, keeper: keeper.id });
  }
  return met;
}

/** Whoever goes on after all merges that followed. */
async function lastKeeper(index: PeopleIndex, link: Link): Promise<Link | undefined> {
  let keeper: Link | undefined;
  let next = keeperOf(link);
  for (let hop = 0; hop < MOST_HOPS && next !== null; hop += 1) {
    await index.loadLinks([next]);
    keeper = index.get(next);
    next = keeper === undefined ? null : keeperOf(keeper);
  }
  return keeper?.state === "superseded" ? undefined : keeper;
}

/** Once all of them have been read as far as they are there. */
export function passOnOptOuts(
  { mappings }: SyncDependencies,
  merged: readonly Merged[],
  drafts: ReadonlyMap<string, PersonDraft>,
  index: PeopleIndex,
  now: Instant,
): void {
  for (const { away, keeper } of merged) {
    const draft = drafts.get(keeper);
    if (draft === undefined) continue;
    const mapping = mappingFor(mappings, draft.link.salesforceObject);
    const aside = drafts.get(away.id);
    const record = aside?.records.salesforce ?? aside?.records.hubspot ?? null;
    const object = record?.ref.system === "salesforce" ? record.ref.object : null;
    const shown =
      record === null ? {} : sightFields(away, object === null ? mapping : mappingFor(mappings, object), record).values;
    draft.link = keepOptOuts(draft.link, { fields: away.fields, shown }, mapping, now);
    const left = index.get(away.id);
    if (left !== undefined && keeperOf(left) !== null) draft.link = withAbsorbed(draft.link, left);
    index.put(draft.link);
  }
  for (const { away, keeper } of merged) {
    const [aside, draft] = [drafts.get(away.id), drafts.get(keeper)];
    if (aside === undefined || draft === undefined) continue;
    const mapping = mappingFor(mappings, draft.link.salesforceObject);
    aside.objections = objectionsOf(draft.link, mapping, Object.values(draft.records));
  }
}
