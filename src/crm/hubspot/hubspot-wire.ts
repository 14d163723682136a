/** The shapes of HubSpot's answers as far as we use them, and how a HubSpot record becomes a CrmRecord. */
import * as z from "zod";
import type { CrmRecord, FieldVersion, RawValue, RecordFate } from "../../core/model/record.ts";
import { hubSpotErrorShape } from "./hubspot-errors.ts";

interface HistoryEntry {
  readonly value: string | null;
  readonly timestamp: Date | string;
  readonly sourceType?: string;
  readonly sourceId?: string;
}

/** A record as the client package gives it, or as HubSpot spells it: the package makes dates of times; answers that are read without it keep the text. */
export interface WireRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly createdAt: Date | string;
  readonly updatedAt: Date | string;
  readonly archived?: boolean | undefined;
  readonly archivedAt?: Date | string | undefined;
  readonly objectWriteTraceId?: string | undefined;
  readonly propertiesWithHistory?: Readonly<Record<string, readonly HistoryEntry[]>> | undefined;
  /** The client package's name for `new`: an upsert made the record. */
  readonly _new?: boolean | undefined;
}

/** Checked as a whole: a shape per part would cost more than all the rest of reading a record. */
const recordShape = z.custom<WireRecord>(isWireRecord);

function isWireRecord(value: unknown): boolean {
  if (!isObject(value)) return false;
  const {
    id,
    properties,
    createdAt,
    updatedAt,
    archived,
    archivedAt,
    objectWriteTraceId,
    propertiesWithHistory,
    _new,
  } = value;
  return (
    typeof id === "string" &&
    isObject(properties) &&
    isTime(createdAt) &&
    isTime(updatedAt) &&
    (archived === undefined || typeof archived === "boolean") &&
    (archivedAt === undefined || isTime(archivedAt)) &&
    (objectWriteTraceId === undefined || typeof objectWriteTraceId === "string") &&
    (propertiesWithHistory === undefined || isObject(propertiesWithHistory)) &&
    (_new === undefined || typeof _new === "boolean")
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isTime(value: unknown): boolean {
  return typeof value === "string" || value instanceof Date;
}

const pagingShape = z.looseObject({ next: z.looseObject({ after: z.string() }).optional() }).optional();

export const batchAnswerShape = z.looseObject({
  results: z.array(recordShape),
  errors: z.array(hubSpotErrorShape).optional(),
});
export const singleAnswerShape = recordShape;
export const pageAnswerShape = z.looseObject({ results: z.array(recordShape), paging: pagingShape });

export const accountShape = z.looseObject({ portalId: z.union([z.number(), z.string()]).transform(String) });

export const ownersShape = z.looseObject({
  results: z.array(
    z.looseObject({
      id: z.string(),
      email: z.string().nullish(),
      firstName: z.string().nullish(),
      lastName: z.string().nullish(),
      archived: z.boolean(),
    }),
  ),
  paging: pagingShape,
});

export const propertiesShape = z.looseObject({
  results: z.array(
    z.looseObject({
      name: z.string(),
      label: z.string(),
      type: z.string(),
      fieldType: z.string(),
      calculated: z.boolean().optional(),
      externalOptions: z.boolean().optional(),
      hasUniqueValue: z.boolean().optional(),
      referencedObjectType: z.string().nullish(),
      options: z.array(z.looseObject({ value: z.string() })).optional(),
      modificationMetadata: z.looseObject({ readOnlyValue: z.boolean() }).optional(),
    }),
  ),
});

/** What was unsubscribed: by address in a batch; one entry per subscription for a single address. */
export const unsubscribedShape = z.looseObject({
  results: z.array(z.looseObject({ subscriberIdString: z.string() })),
  errors: z.array(hubSpotErrorShape).optional(),
});

/** HubSpot's answer is not what its description promises. Names the places, never a value. */
export class AnswerNotUnderstood extends Error {
  override readonly name = "AnswerNotUnderstood";
}

/** The answer in our shape, or AnswerNotUnderstood. */
export function understood<T>(shape: z.ZodType<T>, answer: unknown): T {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 3).map(({ path, code }) => `${path.map(String).join(".")} (${code})`);
  throw new AnswerNotUnderstood(`it is not as the API describes it at ${places.join(", ")}`);
}

/** The property that says when a record last changed; contacts have a name of their own for it. */
export function changeProperty(object: string): string {
  return object === "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate";
}

/** What must be asked for beside the wanted properties. */
export function ownProperties(object: string): readonly string[] {
  const merged =
    object === "contacts" ? ["hs_merged_object_ids", "hs_calculated_merged_vids"] : ["hs_merged_object_ids"];
  return [changeProperty(object), ...merged];
}

/** HubSpot tells a blank as null when it reads and as "" when it echoes a write. */
export function toRawValue(value: string | null): RawValue {
  return value === "" ? null : value;
}

/** HubSpot stores text and clears with the empty text. */
export function toWireValue(value: RawValue): string {
  return value === null ? "" : String(value);
}

export interface RecordOptions {
  readonly object: string;
  readonly fields: readonly string[];
  /** The id of our own app in property histories; absent: no entry is known to be ours. */
  readonly appId: string | undefined;
}

/** Keeps the wanted properties only. A property that HubSpot does not give stays absent. */
export function toRecord(wire: WireRecord, { object, fields, appId }: RecordOptions): CrmRecord {
  const values: Record<string, RawValue> = {};
  for (const field of fields) {
    const value = wire.properties[field];
    if (value !== undefined) values[field] = toRawValue(value);
  }
  const modifiedAt = modifiedAtOf(wire, object);
  const mergedIds = mergedIdsOf(wire);
  const history = wire.propertiesWithHistory;
  return {
    ref: { system: "hubspot", object, id: wire.id },
    fate: fateOf(wire),
    fields: values,
    createdAt: instantOf(wire.createdAt),
    modifiedAt,
    version: modifiedAt,
    ...(history === undefined ? {} : { history: historyOf(history, appId) }),
    ...(mergedIds.length === 0 ? {} : { mergedIds }),
  };
}

export function modifiedAtOf(wire: WireRecord, object: string): string {
  const value = wire.properties[changeProperty(object)];
  return value === undefined || value === null || value === "" ? instantOf(wire.updatedAt) : instantOf(value);
}

function fateOf(wire: WireRecord): RecordFate {
  return wire.archived === true ? { kind: "deleted" } : { kind: "live" };
}

/** HubSpot leaves out the milliseconds when they are zero. */
export function instantOf(value: Date | string): string {
  if (typeof value !== "string") return value.toISOString();
  return value.length === 24 ? value : new Date(value).toISOString();
}

/** Two properties tell it: plain ids, and (for contacts) `id:time` pairs that also cover older merges. */
function mergedIdsOf({ id, properties }: WireRecord): readonly string[] {
  const plain = properties["hs_merged_object_ids"];
  const timed = properties["hs_calculated_merged_vids"];
  if (!plain && !timed) return [];
  const ids = `${plain ?? ""};${timed ?? ""}`.split(";").map((entry) => entry.split(":")[0]?.trim() ?? "");
  return [...new Set(ids)].filter((merged) => merged !== "" && merged !== id);
}

function historyOf(
  history: NonNullable<WireRecord["propertiesWithHistory"]>,
  appId: string | undefined,
): Readonly<Record<string, readonly FieldVersion[]>> {
  const versions: Record<string, readonly FieldVersion[]> = {};
  for (const field of Object.keys(history)) {
    const entries = (history[field] ?? []).map((entry) => toVersion(entry, appId));
    versions[field] = entries.length > 1 ? entries.sort(newestFirst) : entries;
  }
  return versions;
}

function toVersion(entry: HistoryEntry, appId: string | undefined): FieldVersion {
  return {
    value: toRawValue(entry.value),
    at: instantOf(entry.timestamp),
    own: appId !== undefined && entry.sourceType === "INTEGRATION" && entry.sourceId === appId,
  };
}

function newestFirst(left: FieldVersion, right: FieldVersion): number {
  if (left.at === right.at) return 0;
  return left.at < right.at ? 1 : -1;
}
