/** Whoever loses a record to a deletion and has another one on the same side, left there by a merge on the other side, goes on with that one. */
import type { Link, StageState } from "../model/link.ts";
import type { ObjectMapping } from "../model/mapping.ts";
import type { CrmRecord, Instant, System } from "../model/record.ts";
import { readMark, writeMark } from "../rules/cycle-mark.ts";
import { withoutArchive } from "./archive-survivor.ts";
import { keepOptOuts } from "./keep-opt-outs.ts";
import { sightFields } from "./sight-fields.ts";

/**
 * The link with `record` in place of the one that was deleted. Its values were never carried, so the two sides meet as if for the first time, and blanks
 * wipe nothing; what is objected to on either of them holds. `away`: the link that the record had. Pure.
 */
export function goOnWith(
  link: Link,
  record: CrmRecord,
  { away, objected }: { readonly away: Link; readonly objected: Link["fields"] },
  mapping: ObjectMapping,
  now: Instant,
): Link {
  const { system, object, id } = record.ref;
  const { [system]: _, ...seen } = link.seen;
  const side = system === "hubspot" ? { hubspotId: id } : { salesforceId: id, salesforceObject: object };
  const fresh: Link = {
    ...{ ...link, ...side, seen, state: "linked", generation: link.generation + 1, fields: {} },
    facts: withoutArchive(link.facts),
  };
  const told = system === "salesforce" ? { ...fresh, stage: withWordsOf(link.stage, away.stage) } : fresh;
  const { values: shown } = sightFields(away, mapping, record);
  const before = keepOptOuts(told, { fields: objected, shown: {} }, mapping, now);
  return keepOptOuts(before, { fields: away.fields, shown }, mapping, now);
}

/** The stage of somebody who goes on with a Salesforce record whose reason for sending them back has counted already: on whoever had the record before. */
function withWordsOf(stage: StageState | null, before: StageState | null): StageState | null {
  if (stage === null || before === null) return stage;
  const { words, spent } = readMark(stage);
  const mark = writeMark({ words: readMark(before).words ?? words, spent });
  return mark === undefined ? stage : { ...stage, recycledFor: mark };
}

/** The link of somebody whose Salesforce record was deleted while several others there have their address: nothing is written until one is left. Pure. */
export function leftInDoubt(link: Link): Link {
  const { salesforce: _, ...seen } = link.seen;
  return {
    ...link,
    salesforceId: null,
    salesforceObject: null,
    seen,
    state: "ambiguous",
    generation: link.generation + 1,
    fields: {},
    facts: withoutArchive(link.facts),
  };
}

/** The link whose record went on with somebody else. */
export function givenUp(link: Link, system: System): Link {
  const side = system === "hubspot" ? { hubspotId: null } : { salesforceId: null };
  return { ...link, ...side, state: "superseded", fields: {} };
}
