/** Reads known records: by id, by a value of one field, and the archived ones. */
import { RetryLater } from "../../core/errors.ts";
import type { CrmRecord } from "../../core/model/record.ts";
import type { ReadAnswer, ReadRequest } from "../../jobs/ports.ts";
import { chunked, sideBySide } from "../side-by-side.ts";
import { type HubSpotConnection, reading } from "./hubspot-connection.ts";
import { type Refusal, RequestRefused, refusalOf, stopForRefusedRead } from "./hubspot-errors.ts";
import { HUBSPOT_PATHS, HUBSPOT_SIZES } from "./hubspot-paths.ts";
import { idsByValue } from "./hubspot-search.ts";
import { recordAlone } from "./hubspot-single-reading.ts";
import { batchAnswerShape, instantOf, ownProperties, pageAnswerShape, toRecord, understood } from "./hubspot-wire.ts";

interface BatchRead {
  readonly object: string;
  readonly ids: readonly string[];
  readonly fields: readonly string[];
  readonly history?: readonly string[];
  readonly idProperty?: string;
  readonly archived?: boolean;
}

interface BatchAnswer {
  readonly records: readonly CrmRecord[];
  readonly missing: ReadonlySet<string>;
}

/** A contact's further addresses, joined by ";". HubSpot finds contacts by these too. */
const SECONDARY_EMAILS = "hs_additional_emails";

/**
 * The records under the ids that were asked for. A merged record is found under each of its old ids and its `ref.id` is the survivor's. Archived,
 * deleted and unknown ids are missing.
 */
export async function recordsByIds(connection: HubSpotConnection, request: ReadRequest): Promise<ReadAnswer> {
  const size = request.history === undefined ? HUBSPOT_SIZES.batch : HUBSPOT_SIZES.batchWithHistory;
  const chunks = chunked([...new Set(request.ids)], size);
  const answers = await sideBySide(chunks, connection.concurrency, (ids) =>
    chunkByIds(connection, { ...request, ids }),
  );
  return {
    found: new Map(answers.flatMap(({ found }) => [...found])),
    missing: answers.flatMap(({ missing }) => missing),
  };
}

async function chunkByIds(connection: HubSpotConnection, request: BatchRead): Promise<ReadAnswer> {
  const { records, missing } = await batchRead(connection, request);
  const byId = new Map<string, CrmRecord>();
  for (const record of records) for (const merged of record.mergedIds ?? []) byId.set(merged, record);
  for (const record of records) byId.set(record.ref.id, record);

  const found = new Map<string, CrmRecord>();
  for (const id of request.ids) {
    const record = request.ids.length === 1 ? records[0] : byId.get(id);
    if (record !== undefined) found.set(id, record);
  }
  // Neither found nor reported missing: a merge that the survivor does not name. Asked alone, the answer can only be about this id.
  for (const id of request.ids.filter((each) => !found.has(each) && !missing.has(each))) {
    const record =
      request.ids.length === 1
        ? await leftOut(connection, request, id)
        : (await chunkByIds(connection, { ...request, ids: [id] })).found.get(id);
    if (record !== undefined) found.set(id, record);
  }
  return { found, missing: request.ids.filter((id) => !found.has(id)) };
}

/** An answer that says nothing of a record does not say that it is gone. The route for one record says it either way. */
async function leftOut(
  connection: HubSpotConnection,
  { object, fields, history = [], archived = false }: BatchRead,
  id: string,
): Promise<CrmRecord | undefined> {
  connection.log.warn({ event: "read.left-out", system: "hubspot", object, id });
  return recordAlone(connection, { object, id, fields, history, archived });
}

/**
 * Records whose field has one of the values. E-mail addresses also find contacts that have them as a further address: then `hs_additional_emails`
 * is among the fields. A field that HubSpot does not keep unique is searched for, which misses the newest edits. Live records only: HubSpot finds
 * archived ones by id and in their own list, not by a value.
 */
export async function recordsByField(
  connection: HubSpotConnection,
  request: {
    object: string;
    field: string;
    values: readonly string[];
    fields: readonly string[];
    includeDeleted?: boolean;
  },
  searched: Set<string>,
): Promise<readonly CrmRecord[]> {
  const { object, field } = request;
  // Two spellings of one address would be refused as one id asked twice.
  const spelled = field === "email" ? request.values.map((value) => value.trim().toLowerCase()) : request.values;
  const values = [...new Set(spelled)].filter((value) => value !== "");
  if (values.length === 0) return [];
  const name = `${object}.${field}`;
  if (searched.has(name)) return bySearch(connection, { ...request, values });
  try {
    return await byUniqueField(connection, { ...request, values });
  } catch (error) {
    if (!(error instanceof RequestRefused) || !error.refusal.known || field === "email")
      throw stopForRefusedRead(error);
    // Only unique fields can be read by, and only HubSpot knows which are: remembered, so that it is asked once.
    searched.add(name);
    return bySearch(connection, { ...request, values });
  }
}

/** The index says where to look, the records say what is true. */
async function bySearch(
  connection: HubSpotConnection,
  request: { object: string; field: string; values: readonly string[]; fields: readonly string[] },
): Promise<readonly CrmRecord[]> {
  const { object, field, values, fields } = request;
  const ids = await idsByValue(connection, request);
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  const { found } = await recordsByIds(connection, { object, ids, fields: [...new Set([...fields, field])] });
  return [...found.values()].filter((record) => heldValues(record, field).some((value) => wanted.has(value)));
}

async function byUniqueField(
  connection: HubSpotConnection,
  {
    object,
    field,
    values,
    fields,
  }: { object: string; field: string; values: readonly string[]; fields: readonly string[] },
): Promise<readonly CrmRecord[]> {
  const asked = [...new Set([...fields, field, ...(field === "email" ? [SECONDARY_EMAILS] : [])])];
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  const answers = await sideBySide(chunked(values, HUBSPOT_SIZES.batch), connection.concurrency, (ids) =>
    batchRead(connection, { object, ids, fields: asked, idProperty: field }),
  );
  const found = new Map(answers.flatMap(({ records }) => records.map((record) => [record.ref.id, record])));
  return [...found.values()].filter((record) => heldValues(record, field).some((value) => wanted.has(value)));
}

function heldValues({ fields }: CrmRecord, field: string): readonly string[] {
  const own = String(fields[field] ?? "").toLowerCase();
  const further = field === "email" ? String(fields[SECONDARY_EMAILS] ?? "").toLowerCase() : "";
  return [own, ...further.split(";").map((value) => value.trim())].filter((value) => value !== "");
}

/** Archived records, page by page. The list has no order by time, so all of it is walked and `since` only leaves out what is older. */
export async function* archivedRecords(
  connection: HubSpotConnection,
  object: string,
  since: string | null,
  fields: readonly string[],
): AsyncIterable<readonly CrmRecord[]> {
  let after: string | undefined;
  do {
    const page = await reading(`a list of archived ${object}`, async () => {
      const answer = await connection.basic.getPage(
        object,
        HUBSPOT_SIZES.listPage,
        after,
        [...new Set([...fields, ...ownProperties(object)])],
        undefined,
        undefined,
        true,
      );
      return understood(pageAnswerShape, answer);
    });
    const recent = page.results.filter(
      ({ archivedAt }) => since === null || archivedAt === undefined || instantOf(archivedAt) >= since,
    );
    if (recent.length > 0)
      yield recent.map((wire) => toRecord({ ...wire, archived: true }, { object, fields, appId: undefined }));
    after = page.paging?.next?.after;
  } while (after !== undefined);
}

/** Throws RequestRefused only for reads by a field: what that means is for their caller to judge. */
async function batchRead(connection: HubSpotConnection, request: BatchRead): Promise<BatchAnswer> {
  const { object, ids, fields, history = [], idProperty, archived = false } = request;
  const read = async (): Promise<BatchAnswer> => {
    // Sent beside the client package: turning each entry of each history into its own object took a quarter of a run's CPU.
    const answer = await connection.transport.postJson(
      HUBSPOT_PATHS.batchRead(object),
      { archived: String(archived) },
      {
        inputs: ids.map((id) => ({ id })),
        properties: [...new Set([...fields, ...ownProperties(object)])],
        propertiesWithHistory: [...history],
        ...(idProperty === undefined ? {} : { idProperty }),
      },
    );
    const { results, errors = [] } = understood(batchAnswerShape, answer);
    const records = results.map((wire) => toRecord(wire, { object, fields, appId: connection.appId }));
    return { records, missing: new Set(errors.flatMap((error) => missingIds(refusalOf(error), object))) };
  };
  try {
    return await reading(`a batch read of ${object}`, read, { throwRefusals: true });
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    if (error.refusal.action === "gone") return { records: [], missing: new Set(ids) };
    throw idProperty === undefined ? stopForRefusedRead(error) : error;
  }
}

function missingIds(refusal: Refusal, object: string): readonly string[] {
  const { action, ids, code } = refusal;
  if (action === "gone") return ids;
  if (action === "retry") throw new RetryLater(`HubSpot could not read some ${object} (${code})`);
  throw stopForRefusedRead(new RequestRefused(`a batch read of ${object}`, refusal));
}
