/** The calls for single records: search, list, get, create, update, archive, merge and erase. */
import { associateNew, type NewAssociation } from "./association-routes.ts";
import {
  type HubSpotCall,
  identifyingProperty,
  listOf,
  objectTypeOf,
  type Route,
  type RouteAnswer,
} from "./hubspot-call.ts";
import type { ObjectType, RecordState } from "./hubspot-model.ts";
import { invalidRequest, resourceNotFound } from "./hubspot-refusals.ts";
import { normalEmail, normalIdentifier } from "./property-values.ts";
import { readAnswer, writeAnswer } from "./record-answers.ts";
import { searchRecords } from "./record-search.ts";
import type { SearchRequest } from "./search-matching.ts";

/** https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide: 100 per page, 50 with history. */
const PAGE_MAXIMUM = 100;
const PAGE_MAXIMUM_WITH_HISTORY = 50;
const DEFAULT_PAGE = 10;

export const recordRoutes: Readonly<Record<string, Route>> = {
  "POST /crm/v3/objects/{objectType}/search": search,
  "GET /crm/v3/objects/{objectType}": list,
  "POST /crm/v3/objects/{objectType}": create,
  "GET /crm/v3/objects/{objectType}/{objectId}": get,
  "PATCH /crm/v3/objects/{objectType}/{objectId}": update,
  "DELETE /crm/v3/objects/{objectType}/{objectId}": archive,
  "POST /crm/v3/objects/{objectType}/merge": merge,
  "POST /crm/v3/objects/{objectType}/gdpr-delete": erase,
};

/**
 * The record an id or a unique value stands for. `archived` picks archived records instead of live ones, which are
 * found by id only. Undefined when there is none.
 */
export function findRecord(
  call: HubSpotCall,
  type: ObjectType,
  id: string,
  property: string,
  archived = false,
): RecordState | undefined {
  const store = call.account.store(type);
  const state = property === "hs_object_id" ? store.get(id) : store.holder(property, normalIdentifier(property, id));
  return state !== undefined && (state.archivedAt !== undefined) === archived ? state : undefined;
}

function search(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const request = call.body as SearchRequest;
  const page = searchRecords(call.account, type, request, call.bodyLength);
  const results = page.records.map((state) => readAnswer(call.account, type, state, request.properties ?? []));
  const paging = page.next === undefined ? {} : { paging: { next: { after: page.next } } };
  return { status: 200, body: { total: page.total, results, ...paging } };
}

function list(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const withHistory = listOf(call.query, "propertiesWithHistory");
  const limit = Number(call.query.get("limit") ?? DEFAULT_PAGE);
  const most = withHistory.length === 0 ? PAGE_MAXIMUM : PAGE_MAXIMUM_WITH_HISTORY;
  if (limit < 1 || limit > most) throw invalidRequest(`limit must be between 1 and ${most}, got ${limit}`);
  const after = call.query.get("after") ?? "0";
  if (!/^\d+$/.test(after)) throw invalidRequest(`after must be a record id, got ${after}`);
  const archived = call.query.get("archived") === "true";
  const states = call.account.store(type).list(archived, Number(after), limit + 1);
  const page = states.slice(0, limit);
  const next = states.length > limit ? page.at(-1)?.id : undefined;
  const properties = listOf(call.query, "properties");
  const results = page.map((state) => readAnswer(call.account, type, state, properties, withHistory));
  return { status: 200, body: { results, ...(next === undefined ? {} : { paging: { next: { after: next } } }) } };
}

function get(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const property = identifyingProperty(call.account.store(type), call.query.get("idProperty") ?? undefined);
  const archived = call.query.get("archived") === "true";
  const state = findRecord(call, type, call.params["objectId"] ?? "", property, archived);
  if (state === undefined) throw resourceNotFound();
  const properties = listOf(call.query, "properties");
  return {
    status: 200,
    body: readAnswer(call.account, type, state, properties, listOf(call.query, "propertiesWithHistory")),
  };
}

function create(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const { account } = call;
  const input = call.body as { properties: Record<string, string>; associations?: readonly NewAssociation[] };
  const write = account.prepare(type, undefined, input.properties, account.apiWriter, new Set());
  const associate = associateNew(account, type, input.associations ?? []);
  const state = account.commitCreate(type, write, account.apiWriter);
  associate(state.id);
  return { status: 201, body: writeAnswer(account, type, undefined, state, write) };
}

function update(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const { account } = call;
  const property = identifyingProperty(account.store(type), call.query.get("idProperty") ?? undefined);
  const before = findRecord(call, type, call.params["objectId"] ?? "", property);
  if (before === undefined) throw resourceNotFound();
  const { properties } = call.body as { properties: Record<string, string> };
  const write = account.prepare(type, before, properties, account.apiWriter, new Set());
  const after = account.commitUpdate(type, before, write, account.apiWriter);
  return { status: 200, body: writeAnswer(account, type, before, after, write) };
}

/** 204 for an unknown id as well: what is to be gone is gone. */
function archive(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const state = findRecord(call, type, call.params["objectId"] ?? "", "hs_object_id");
  if (state !== undefined) call.account.archive(type, state);
  return { status: 204 };
}

function merge(call: HubSpotCall): RouteAnswer {
  if (objectTypeOf(call) !== "contacts") throw resourceNotFound();
  const { primaryObjectId, objectIdToMerge } = call.body as { primaryObjectId: string; objectIdToMerge: string };
  const id = call.account.mergeContacts(primaryObjectId, objectIdToMerge);
  const state = call.account.liveContact(id);
  const properties = [
    ...Object.keys(state.values),
    "hs_merged_object_ids",
    "hs_calculated_merged_vids",
    "hs_all_contact_vids",
  ];
  return { status: 200, body: readAnswer(call.account, "contacts", state, properties) };
}

function erase(call: HubSpotCall): RouteAnswer {
  if (objectTypeOf(call) !== "contacts") throw resourceNotFound();
  const { objectId, idProperty } = call.body as { objectId: string; idProperty?: string };
  const store = call.account.store("contacts");
  const property = identifyingProperty(store, idProperty);
  const state =
    property === "hs_object_id" ? store.get(objectId) : store.holder(property, normalIdentifier(property, objectId));
  if (state !== undefined) call.account.eraseContact(state.id);
  else if (property === "email") call.account.blockEmail(normalEmail(objectId));
  else throw resourceNotFound();
  return { status: 204 };
}
