/** Remembers who was merged into whom while a chunk is loaded, so that what they objected to goes on with whoever is left. */
import type { Link } from "../core/model/link.ts";
import type { Instant } from "../core/model/record.ts";
import type { FateStep } from "../core/sync/follow-fate.ts";
import { keepOptOuts } from "../core/sync/keep-opt-outs.ts";
import { sightFields } from "../core/sync/sight-fields.ts";
import type { PeopleIndex } from "./people-index.ts";
import type { PersonDraft } from "./person-draft.ts";
import { mappingFor, type SyncDependencies } from "./sync-dependencies.ts";

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

/** Once both people have been read as far as they are there. */
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
    const record = drafts.get(away.id)?.records.salesforce ?? null;
    const shown = record === null ? {} : sightFields(away, mappingFor(mappings, record.ref.object), record).values;
    draft.link = keepOptOuts(
      draft.link,
      { fields: away.fields, shown },
      mappingFor(mappings, draft.link.salesforceObject),
      now,
    );
    index.put(draft.link);
  }
}
