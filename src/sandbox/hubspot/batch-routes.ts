/** The batch calls: up to 100 records at once, answered in any order, partly successful only where the vendor allows it. */
import { associateNew, type NewAssociation } from "./association-routes.ts";
import { type HubSpotCall, identifyingProperty, objectTypeOf, type Route, type RouteAnswer } from "./hubspot-call.ts";
import type { ObjectType, RecordState } from "./hubspot-model.ts";
import { HubSpotRefusal, invalidRequest, objectsNotFound } from "./hubspot-refusals.ts";
import { normalIdentifier } from "./property-values.ts";
import { batchAnswer, batchError, type RecordAnswer, readAnswer, singularName, writeAnswer } from "./record-answers.ts";
import { findRecord } from "./record-routes.ts";
import type { PreparedWrite } from "./record-writing.ts";

const INPUTS_MAXIMUM = 100;
const INPUTS_MAXIMUM_WITH_HISTORY = 50;

export const batchRoutes: Readonly<Record<string, Route>> = {
  "POST /crm/v3/objects/{objectType}/batch/read": read,
  "POST /crm/v3/objects/{objectType}/batch/create": create,
  "POST /crm/v3/objects/{objectType}/batch/update": update,
  "POST /crm/v3/objects/{objectType}/batch/upsert": upsert,
  "POST /crm/v3/objects/{objectType}/batch/archive": archive,
};

interface WriteInput {
  readonly id?: string;
  readonly idProperty?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly associations?: readonly NewAssociation[];
  readonly objectWriteTraceId?: string;
}

/** A batch read finds what it can: missing ids make one error entry and status 207. */
function read(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const request = call.body as {
    inputs: readonly { id: string }[];
    idProperty?: string;
    properties?: readonly string[];
    propertiesWithHistory?: readonly string[];
  };
  const withHistory = request.propertiesWithHistory ?? [];
  checkInputs(request.inputs);
  if (withHistory.length > 0 && request.inputs.length > INPUTS_MAXIMUM_WITH_HISTORY) {
    throw invalidRequest(
      `The maximum number of inputs supported in a batch request for property histories is ${INPUTS_MAXIMUM_WITH_HISTORY}`,
    );
  }
  const property = identifyingProperty(call.account.store(type), request.idProperty);
  checkDistinct(request.inputs.map((input) => ({ id: input.id, idProperty: property })));
  const archived = call.query.get("archived") === "true";
  const found = new Map<string, RecordState>();
  const missing: string[] = [];
  for (const { id } of request.inputs) {
    const state = findRecord(call, type, id, property, archived);
    if (state === undefined) missing.push(id);
    else found.set(state.id, state);
  }
  const results = [...found.values()].map((state) =>
    readAnswer(call.account, type, state, request.properties ?? [], withHistory),
  );
  const errors = missing.length === 0 ? [] : [batchError(objectsNotFound(singularName(type), missing), undefined)];
  return { status: missing.length === 0 ? 200 : 207, body: batchAnswer(call.account, results, errors) };
}

function create(call: HubSpotCall): RouteAnswer {
  return writeBatch(call, 201, (type, input, claims) => prepareCreate(call, type, input, claims));
}

function update(call: HubSpotCall): RouteAnswer {
  const { inputs } = call.body as { inputs: readonly WriteInput[] };
  checkDistinct(inputs);
  return writeBatch(call, 200, (type, input, claims) => {
    const property = identifyingProperty(call.account.store(type), input.idProperty);
    const before = findRecord(call, type, input.id ?? "", property);
    if (before === undefined) throw objectsNotFound(singularName(type), [input.id ?? ""]);
    return prepareUpdate(call, type, before, input, claims);
  });
}

function upsert(call: HubSpotCall): RouteAnswer {
  const { inputs } = call.body as { inputs: readonly WriteInput[] };
  checkDistinct(inputs);
  return writeBatch(call, 200, (type, input, claims) => {
    if (input.idProperty === undefined) throw invalidRequest("idProperty is required for an upsert");
    const property = identifyingProperty(call.account.store(type), input.idProperty);
    const id = input.id ?? "";
    const before = findRecord(call, type, id, property);
    if (before !== undefined) {
      const commit = prepareUpdate(call, type, before, input, claims);
      return () => ({ ...commit(), new: false });
    }
    if (property === "hs_object_id") throw objectsNotFound(singularName(type), [id]);
    const commit = prepareCreate(call, type, { ...input, properties: { [property]: id, ...input.properties } }, claims);
    return () => ({ ...commit(), new: true });
  });
}

function archive(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const { inputs } = call.body as { inputs: readonly { id: string }[] };
  checkInputs(inputs);
  checkDistinct(inputs);
  for (const { id } of inputs) {
    const state = findRecord(call, type, id, "hs_object_id");
    if (state !== undefined) call.account.archive(type, state);
  }
  return { status: 204 };
}

/** Checks one input; what comes back carries it out and cannot fail. */
type Prepare = (type: ObjectType, input: WriteInput, claims: Set<string>) => () => RecordAnswer;

/**
 * With a trace id on every input, bad inputs are reported beside the good ones (207). Without, the first bad input
 * fails the whole batch and nothing is written.
 * https://developers.hubspot.com/docs/api-reference/error-handling#multi-status-errors
 */
function writeBatch(call: HubSpotCall, success: 200 | 201, prepare: Prepare): RouteAnswer {
  const type = objectTypeOf(call);
  const { inputs } = call.body as { inputs: readonly WriteInput[] };
  checkInputs(inputs);
  const traceIds = inputs.flatMap((input) => input.objectWriteTraceId ?? []);
  if (new Set(traceIds).size < traceIds.length)
    throw invalidRequest("Duplicate objectWriteTraceId found in batch input");
  const mayFailInPart = traceIds.length === inputs.length;
  const claims = new Set<string>();
  const commits: (() => RecordAnswer)[] = [];
  const errors: Record<string, unknown>[] = [];
  for (const input of inputs) {
    try {
      const commit = prepare(type, input, claims);
      commits.push(() => traced(commit(), input));
    } catch (error) {
      if (!(error instanceof HubSpotRefusal) || !mayFailInPart) throw error;
      errors.push(batchError(error, input.objectWriteTraceId));
    }
  }
  const results = commits.map((commit) => commit());
  return { status: errors.length === 0 ? success : 207, body: batchAnswer(call.account, results, errors) };
}

function prepareCreate(
  call: HubSpotCall,
  type: ObjectType,
  input: WriteInput,
  claims: Set<string>,
): () => RecordAnswer {
  const { account } = call;
  const associate = associateNew(account, type, input.associations ?? []);
  const write = account.prepare(type, undefined, input.properties, account.apiWriter, claims);
  return () => {
    const state = account.commitCreate(type, write, account.apiWriter);
    associate(state.id);
    return writeAnswer(account, type, undefined, state, write);
  };
}

function prepareUpdate(
  call: HubSpotCall,
  type: ObjectType,
  before: RecordState,
  input: WriteInput,
  claims: Set<string>,
): () => RecordAnswer {
  const { account } = call;
  const write: PreparedWrite = account.prepare(type, before, input.properties, account.apiWriter, claims);
  return () => {
    // Two inputs of one batch may lead to the same record (by an id that was merged away), so its state is read again.
    const current = account.store(type).get(before.id) ?? before;
    const after = account.commitUpdate(type, current, write, account.apiWriter);
    return writeAnswer(account, type, current, after, write);
  };
}

function traced(answer: RecordAnswer, input: WriteInput): RecordAnswer {
  return input.objectWriteTraceId === undefined ? answer : { ...answer, objectWriteTraceId: input.objectWriteTraceId };
}

function checkInputs(inputs: readonly unknown[]): void {
  if (inputs.length === 0) throw invalidRequest("inputs must not be empty");
  if (inputs.length <= INPUTS_MAXIMUM) return;
  throw invalidRequest(
    `The maximum number of inputs supported in a batch is ${INPUTS_MAXIMUM}. Please reduce the number of items and try again`,
  );
}

function checkDistinct(inputs: readonly { readonly id?: string; readonly idProperty?: string }[]): void {
  const seen = new Set<string>();
  for (const { id = "", idProperty = "hs_object_id" } of inputs) {
    const key = `${idProperty}=${normalIdentifier(idProperty, id)}`;
    if (seen.has(key)) throw invalidRequest(`Duplicate IDs found in batch input: [${id}]. IDs must be unique`);
    seen.add(key);
  }
}
