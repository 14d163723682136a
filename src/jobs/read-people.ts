/** Reads the present records of the people in hand, Salesforce first and HubSpot last, in as few calls as the systems allow. */
import type { CrmRecord, System } from "../core/model/record.ts";
import { historyFields } from "../core/sync/sight-fields.ts";
import type { PersonDraft } from "./person-draft.ts";
import { noteHiddenFields } from "./read-schemas.ts";
import { fieldsToRead, HUBSPOT_CONTACTS, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

export interface RecordWish {
  readonly system: System;
  readonly object: string;
  readonly id: string;
}

/** By `object:id` of the id that was asked for; an id that the system no longer knows is null. */
export type RecordsRead = ReadonlyMap<string, CrmRecord | null>;

export function wishKey(wish: { readonly object: string; readonly id: string }): string {
  return `${wish.object}:${wish.id}`;
}

/** Reads each wish once. `known` holds records that this run has read already; each is used once, for our own writes make it old. */
export async function readRecords(
  dependencies: SyncDependencies,
  facts: RunFacts,
  wishes: readonly RecordWish[],
  known: Map<string, CrmRecord>,
): Promise<RecordsRead> {
  const answers = new Map<string, CrmRecord | null>();
  for (const system of ["salesforce", "hubspot"] as const) {
    const mine = wishes.filter((wish) => wish.system === system);
    for (const object of new Set(mine.map((wish) => wish.object))) {
      const ids = [...new Set(mine.filter((wish) => wish.object === object).map((wish) => wish.id))];
      const unread = ids.filter((id) => !known.has(wishKey({ object, id })));
      for (const id of ids) {
        const record = known.get(wishKey({ object, id }));
        if (record !== undefined) answers.set(wishKey({ object, id }), record);
        known.delete(wishKey({ object, id }));
      }
      if (unread.length > 0) await readInto(dependencies, facts, system, object, unread, answers);
    }
  }
  return answers;
}

async function readInto(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  object: string,
  ids: readonly string[],
  answers: Map<string, CrmRecord | null>,
): Promise<void> {
  const { clients, mappings, ownFields } = dependencies;
  const history =
    system === "hubspot" && object === HUBSPOT_CONTACTS
      ? { history: [...new Set(mappings.flatMap((mapping) => historyFields(mapping, ownFields.stage.hubspot)))] }
      : {};
  const fields = fieldsToRead(dependencies, facts, system, object);
  const shown = new Set(fields);
  const asked = history.history === undefined ? {} : { history: history.history.filter((name) => shown.has(name)) };
  const answer = await clients[system].readByIds({ object, ids, fields, ...asked });
  const [first] = answer.found.values();
  if (first !== undefined) await noteHiddenFields(dependencies, facts, fields, first);
  for (const id of ids) answers.set(wishKey({ object, id }), answer.found.get(id) ?? null);
}

/** The records that a draft still lacks. */
export function wishesOf(draft: PersonDraft): RecordWish[] {
  const { link } = draft;
  const wishes: RecordWish[] = [];
  if (link.salesforceId !== null && !draft.read.salesforce) {
    wishes.push({ system: "salesforce", object: link.salesforceObject ?? "Lead", id: link.salesforceId });
  }
  if (link.hubspotId !== null && !draft.read.hubspot)
    wishes.push({ system: "hubspot", object: HUBSPOT_CONTACTS, id: link.hubspotId });
  return wishes;
}

/** What was read of this person's records just now. A deletion goes first: whoever steps aside in a merge on the other side is asked nothing more. */
export function answersTo(
  draft: PersonDraft,
  answers: RecordsRead,
): readonly { readonly system: System; readonly answer: CrmRecord | null }[] {
  const told = wishesOf(draft).flatMap(({ system, object, id }) => {
    const answer = answers.get(wishKey({ object, id }));
    return answer === undefined ? [] : [{ system, answer }];
  });
  return told.sort((one, other) => Number(isGone(other.answer)) - Number(isGone(one.answer)));
}

function isGone(record: CrmRecord | null): boolean {
  return record === null || record.fate.kind === "deleted";
}
