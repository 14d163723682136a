/** Serves /sobjects/{Type}: one record created, read, changed or deleted, by id or by external id. */
import { json, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, noContent, notFound, objectBody, pathObject, writeContext } from "./api-call.ts";
import type { ObjectDefinition, StoredRecord } from "./field-definition.ts";
import { tableOf } from "./org-state.ts";
import { deleteRecord } from "./record-deleting.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { normaliseId } from "./salesforce-id.ts";
import { createRecord, updateRecord } from "./sobject-writing.ts";
import { findField, sentValue } from "./soql-fields.ts";
import { attributesOf, visibleFields } from "./soql-running.ts";
import { idsByKey, keyField, upsertRecord } from "./upsert-matching.ts";
import { msOfStamp, msOfText } from "./vendor-time.ts";

/** POST /sobjects/T, and GET, PATCH, DELETE of /sobjects/T/id and /sobjects/T/Field/value. */
export function serveRow(call: ApiCall): SandboxResponse {
  const [, type = "", key, value, more] = call.parts;
  const object = pathObject(call, type);
  if (more !== undefined) throw notFound();
  if (key === undefined || key === "") return createRow(call, object);
  if (value !== undefined) return serveByKey(call, object, key, value);
  const id = normaliseId(key);
  if (id === undefined) throw notFound(`Provided external ID field does not exist or is not accessible: ${key}`);
  return serveById(call, object, id);
}

function createRow(call: ApiCall, object: ObjectDefinition): SandboxResponse {
  if (call.request.method !== "POST") throw notFound();
  const id = createRecord(call.state, object, objectBody(call), writeContext(call));
  return json(201, { id, success: true, errors: [] }, { Location: rowUrl(call, object, id) });
}

function rowUrl(call: ApiCall, object: ObjectDefinition, id: string): string {
  return `/services/data/${call.version}/sobjects/${object.name}/${id}`;
}

function serveById(call: ApiCall, object: ObjectDefinition, id: string): SandboxResponse {
  const { method } = call.request;
  if (method === "GET") return readRow(call, object, id);
  const record = tableOf(call.state, object).latest(id);
  if (record === undefined) throw notFound();
  if (method === "PATCH") {
    requireUnmodified(call, record);
    updateRecord(call.state, object, id, objectBody(call), writeContext(call));
    return noContent();
  }
  if (method === "DELETE") {
    deleteRecord(call.state, object, id, writeContext(call));
    return noContent();
  }
  throw new SalesforceFault(
    "METHOD_NOT_ALLOWED",
    `HTTP Method '${method}' not allowed. Allowed are HEAD,GET,PATCH,DELETE`,
    {
      httpStatus: 405,
    },
  );
}

/** The row with all visible fields, or those of `?fields=`. A deleted row is not found. */
function readRow(call: ApiCall, object: ObjectDefinition, id: string): SandboxResponse {
  const record = tableOf(call.state, object).visible(id, call.state.clock.now());
  if (record === undefined || record["IsDeleted"] === true) throw notFound();
  const modified = lastModified(record);
  const since = msOfText(call.request.headers["if-modified-since"] ?? "");
  const headers = modified === undefined ? {} : { "Last-Modified": new Date(modified).toUTCString() };
  if (since !== undefined && modified !== undefined && modified <= since) return { status: 304, headers, body: "" };
  const named = call.request.query.get("fields");
  const fields =
    named === null
      ? visibleFields(call.state, object)
      : ["Id", ...named.split(",")].map((name) => findField(call.state, object, name.trim()).field);
  const sent: Record<string, unknown> = { attributes: attributesOf(object, record, call.version) };
  for (const field of fields) sent[field.name] = sentValue(object, record, field);
  return json(200, sent, headers);
}

function lastModified(record: StoredRecord): number | undefined {
  const stamp = record["LastModifiedDate"] ?? record["CreatedDate"];
  return typeof stamp === "string" ? msOfStamp(stamp) : undefined;
}

/**
 * A conditional update: refused with 412 when the record was modified after the given second.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm
 * documents the status; the error code of the body is not documented.
 */
function requireUnmodified(call: ApiCall, record: StoredRecord): void {
  const header = call.request.headers["if-unmodified-since"];
  if (header === undefined) return;
  const limit = msOfText(header);
  if (limit === undefined) throw new SalesforceFault("INVALID_HEADER", `invalid If-Unmodified-Since: ${header}`);
  const modified = lastModified(record);
  if (modified === undefined || modified <= limit) return;
  throw new SalesforceFault(
    "PRECONDITION_FAILED",
    "The record was modified after the time given in If-Unmodified-Since",
    {
      httpStatus: 412,
    },
  );
}

function serveByKey(call: ApiCall, object: ObjectDefinition, keyName: string, value: string): SandboxResponse {
  const field = keyField(call.state, object, keyName);
  if (field === undefined) throw notFound(`Provided external ID field does not exist or is not accessible: ${keyName}`);
  if (field.type === "id") return serveById(call, object, normaliseId(value) ?? value);
  const ids = idsByKey(call.state, object, field, value);
  if (ids.length > 1)
    return json(
      300,
      ids.map((id) => rowUrl(call, object, id)),
    );
  const [id] = ids;
  if (call.request.method === "PATCH") return upsertRow(call, object, keyName, value, id);
  if (id === undefined) throw notFound();
  return serveById(call, object, id);
}

function upsertRow(
  call: ApiCall,
  object: ObjectDefinition,
  keyName: string,
  value: string,
  id: string | undefined,
): SandboxResponse {
  const updateOnly = call.request.query.get("updateOnly")?.toLowerCase() === "true";
  if (id === undefined && updateOnly) throw notFound();
  const field = keyField(call.state, object, keyName);
  const body = objectBody(call);
  if (field === undefined) throw notFound();
  if (Object.keys(body).some((name) => name.toLowerCase() === field.name.toLowerCase())) {
    throw new SalesforceFault("INVALID_FIELD", `The ${field.name} field should not be specified in the sobject data.`, {
      fields: [field.name],
    });
  }
  const existing = id === undefined ? undefined : tableOf(call.state, object).latest(id);
  if (existing !== undefined) requireUnmodified(call, existing);
  const outcome = upsertRecord(call.state, object, field, value, body, writeContext(call));
  // Answers to upserts have a body since v46.0; before, an update answered 204.
  if (!outcome.created && Number.parseFloat(call.version.slice(1)) < 46) return noContent();
  const headers: Record<string, string> = outcome.created ? { Location: rowUrl(call, object, outcome.id) } : {};
  return json(
    outcome.created ? 201 : 200,
    { id: outcome.id, success: true, errors: [], created: outcome.created },
    headers,
  );
}
