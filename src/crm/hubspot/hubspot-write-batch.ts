/** One batch of writes on the wire: how its rows are sent, and how the rows of the answer are matched with them. */

import type * as z from "zod";
import type { Write, WriteOutcome } from "../../core/model/plan.ts";
import type { RawValue } from "../../core/model/record.ts";
import type { HubSpotConnection } from "./hubspot-connection.ts";
import { type Refusal, refusalOf } from "./hubspot-errors.ts";
import {
  batchAnswerShape,
  modifiedAtOf,
  toRawValue,
  toWireValue,
  understood,
  type WireRecord,
} from "./hubspot-wire.ts";

/** Writes that go in one call: same object, same operation, creates on the same unique field (or on none). */
export interface WriteBatch {
  readonly object: string;
  readonly operation: Write["operation"];
  readonly uniqueField: string | null;
  readonly writes: readonly Write[];
}

export type BatchAnswer = z.output<typeof batchAnswerShape> & { readonly archived?: true };

/** Sends the batch. Every row carries its key as trace id: with it HubSpot answers row by row and the answer says which row is meant. */
export async function sendBatch({ batch: api }: HubSpotConnection, batch: WriteBatch): Promise<BatchAnswer> {
  const { object, operation, uniqueField, writes } = batch;
  if (operation === "archive") {
    // 204 for all of them, also for one that is archived or unknown already: what was wanted is so
    // (https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/batch/post-crm-v3-objects-contacts-batch-archive).
    await api.archive(object, { inputs: writes.map(({ id }) => ({ id: id ?? "" })) });
    return { results: [], errors: [], archived: true };
  }
  if (operation === "update") {
    const inputs = writes.map((write) => ({
      id: write.id ?? "",
      properties: propertiesOf(write),
      objectWriteTraceId: write.key,
    }));
    return understood(batchAnswerShape, await api.update(object, { inputs }));
  }
  if (uniqueField === null) {
    const inputs = writes.map((write) => ({
      properties: propertiesOf(write),
      associations: [],
      objectWriteTraceId: write.key,
    }));
    return understood(batchAnswerShape, await api.create(object, { inputs }));
  }
  const inputs = writes.map((write) => {
    const id = write.unique?.value ?? "";
    return {
      idProperty: uniqueField,
      id,
      properties: { ...propertiesOf(write), [uniqueField]: id },
      objectWriteTraceId: write.key,
    };
  });
  return understood(batchAnswerShape, await api.upsert(object, { inputs }));
}

/** A new record has blanks already; sent along, they could blank what somebody filled in since a first attempt. */
function propertiesOf({ operation, fields }: Write): Record<string, string> {
  const values = Object.entries(fields).filter(([, { to }]) => operation === "update" || to !== null);
  return Object.fromEntries(values.map(([name, { to }]) => [name, toWireValue(to)]));
}

/** Matched by trace id, by record id or by the unique value, never by position: HubSpot answers in any order. A row without an answer is unknown. */
export function outcomesOf(
  batch: WriteBatch,
  { results, errors = [], archived }: BatchAnswer,
): ReadonlyMap<Write, WriteOutcome> {
  const outcomes = new Map<Write, WriteOutcome>();
  if (archived === true) for (const write of batch.writes) outcomes.set(write, archivedOutcome(write));
  const byName = new Map(batch.writes.flatMap((write) => namesOf(write).map((name) => [name, write])));
  for (const result of results) {
    const write =
      byName.get(result.objectWriteTraceId ?? "") ?? byName.get(result.id) ?? byName.get(uniqueName(batch, result));
    if (write !== undefined) outcomes.set(write, writtenOutcome(write, result));
  }
  for (const error of errors) {
    const refusal = refusalOf(error);
    const [alone] = batch.writes;
    const named = refusal.ids.flatMap((id) => byName.get(id) ?? []);
    const about = named.length === 0 && batch.writes.length === 1 && alone !== undefined ? [alone] : named;
    for (const write of about) if (!outcomes.has(write)) outcomes.set(write, refusedOutcome(write, refusal));
  }
  for (const write of batch.writes) {
    if (!outcomes.has(write))
      outcomes.set(write, { kind: "unknown", key: write.key, message: "HubSpot's answer does not mention this row" });
  }
  return outcomes;
}

function namesOf({ key, id, unique }: Write): readonly string[] {
  return [key, ...(id === null ? [] : [id]), ...(unique === null ? [] : [unique.value.toLowerCase()])];
}

function uniqueName({ uniqueField }: WriteBatch, { properties }: WireRecord): string {
  return uniqueField === null ? "" : (properties[uniqueField] ?? "").toLowerCase();
}

function writtenOutcome(write: Write, wire: WireRecord): WriteOutcome {
  const returned: Record<string, RawValue> = {};
  for (const name of Object.keys(write.fields)) {
    const value = wire.properties[name];
    if (value !== undefined) returned[name] = toRawValue(value);
  }
  const created = write.operation === "create" && wire._new !== false;
  return { kind: "written", key: write.key, id: wire.id, created, version: modifiedAtOf(wire, write.object), returned };
}

function archivedOutcome({ key, id }: Write): WriteOutcome {
  return { kind: "written", key, id: id ?? "", created: false, version: null, returned: null };
}

/** What HubSpot's refusal of one row means for the write. */
export function refusedOutcome(write: Write, refusal: Refusal): WriteOutcome {
  const { key } = write;
  const { code, message, fields, existingId, known } = refusal;
  switch (refusal.action) {
    case "gone":
      return { kind: "gone", key, message };
    case "retry":
    case "pause":
      return { kind: "deferred", key, message };
    default:
      return { kind: "rejected", key, code, message, fields, existingId, ...(known ? {} : { unknownCode: true }) };
  }
}
