/** The calls for associations between records. */
import type { HubSpotAccount } from "./hubspot-account.ts";
import { type HubSpotCall, objectTypeOf, type Route, type RouteAnswer } from "./hubspot-call.ts";
import type { ObjectType } from "./hubspot-model.ts";
import { HubSpotRefusal, invalidRequest } from "./hubspot-refusals.ts";
import { batchAnswer, batchError } from "./record-answers.ts";

/** https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide: 2,000 to create, 1,000 to read. */
const CREATE_MAXIMUM = 2_000;
const READ_MAXIMUM = 1_000;

interface AssociationType {
  readonly associationCategory: string;
  readonly associationTypeId: number;
}

/** An association given along with a new record. */
export interface NewAssociation {
  readonly to: { readonly id: string };
  readonly types: readonly AssociationType[];
}

interface AssociationInput {
  readonly from: { readonly id: string };
  readonly to: { readonly id: string };
  readonly types?: readonly AssociationType[];
}

const batch = "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch";
const single = "/crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}";

export const associationRoutes: Readonly<Record<string, Route>> = {
  [`POST ${batch}/create`]: (call) => associateBatch(call, call.dated ? 200 : 201),
  [`POST ${batch}/associate/default`]: (call) => associateBatch(call, 200),
  [`POST ${batch}/read`]: readBatch,
  [`POST ${batch}/archive`]: archiveBatch,
  [`GET ${single}`]: listOne,
  [`PUT ${single}/{toObjectId}`]: associateOne,
  [`DELETE ${single}/{toObjectId}`]: archiveOne,
  "PUT /crm/v4/objects/{fromObjectType}/{fromObjectId}/associations/default/{toObjectType}/{toObjectId}":
    associateDefault,
};

/**
 * Checks the associations of a record that is about to be created; what comes back makes them for its id.
 * Throws a refusal for a type that does not exist or a record that is not there.
 */
export function associateNew(
  account: HubSpotAccount,
  from: ObjectType,
  associations: readonly NewAssociation[],
): (id: string) => void {
  const checked = associations.map((association) => {
    const typeIds = association.types.map((type) => type.associationTypeId);
    const to = (["contacts", "tasks"] as const).find((type) =>
      typeIds.every((id) => account.associations.typesBetween(from, type).includes(id)),
    );
    if (to === undefined || typeIds.length === 0)
      throw invalidRequest(`No association type ${typeIds.join(", ")} from ${from}`);
    return { to, toId: existingId(account, to, association.to.id, "TO"), typeIds };
  });
  return (id) => {
    for (const { to, toId, typeIds } of checked) account.associations.add(from, id, to, toId, typeIds);
  };
}

function associateBatch(call: HubSpotCall, status: number): RouteAnswer {
  const [from, to] = [objectTypeOf(call, "fromObjectType"), objectTypeOf(call, "toObjectType")];
  const { inputs } = call.body as { inputs: readonly AssociationInput[] };
  checkCount(inputs, CREATE_MAXIMUM);
  const checked = inputs.map((input) => ({
    fromId: existingId(call.account, from, input.from.id, "FROM"),
    toId: existingId(call.account, to, input.to.id, "TO"),
    typeIds: typeIdsOf(call.account, from, to, input.types),
  }));
  const results = checked.map(({ fromId, toId, typeIds }) => associate(call.account, from, fromId, to, toId, typeIds));
  return { status, body: batchAnswer(call.account, results) };
}

function readBatch(call: HubSpotCall): RouteAnswer {
  const [from, to] = [objectTypeOf(call, "fromObjectType"), objectTypeOf(call, "toObjectType")];
  const { inputs } = call.body as { inputs: readonly { id: string }[] };
  checkCount(inputs, READ_MAXIMUM);
  const results: Record<string, unknown>[] = [];
  const errors: Record<string, unknown>[] = [];
  for (const { id } of inputs) {
    const found = call.account.associations.of(from, call.account.store(from).get(id)?.id ?? id, to);
    if (found.length > 0) results.push({ from: { id }, to: found.map(associationAnswer) });
    else errors.push(batchError(noAssociations(from, id), undefined));
  }
  return { status: errors.length === 0 ? 200 : 207, body: batchAnswer(call.account, results, errors) };
}

function archiveBatch(call: HubSpotCall): RouteAnswer {
  const [from, to] = [objectTypeOf(call, "fromObjectType"), objectTypeOf(call, "toObjectType")];
  const { inputs } = call.body as { inputs: readonly { from: { id: string }; to: readonly { id: string }[] }[] };
  checkCount(inputs, CREATE_MAXIMUM);
  for (const input of inputs) {
    for (const other of input.to) call.account.associations.remove(from, input.from.id, to, other.id);
  }
  return { status: 204 };
}

function listOne(call: HubSpotCall): RouteAnswer {
  const [from, to] = [objectTypeOf(call), objectTypeOf(call, "toObjectType")];
  const id = existingId(call.account, from, call.params["objectId"] ?? "", "FROM");
  return { status: 200, body: { results: call.account.associations.of(from, id, to).map(associationAnswer) } };
}

function associateOne(call: HubSpotCall): RouteAnswer {
  const [from, to] = [objectTypeOf(call), objectTypeOf(call, "toObjectType")];
  const fromId = existingId(call.account, from, call.params["objectId"] ?? "", "FROM");
  const toId = existingId(call.account, to, call.params["toObjectId"] ?? "", "TO");
  const typeIds = typeIdsOf(call.account, from, to, call.body as readonly AssociationType[]);
  return { status: 201, body: associate(call.account, from, fromId, to, toId, typeIds) };
}

function associateDefault(call: HubSpotCall): RouteAnswer {
  const [from, to] = [objectTypeOf(call, "fromObjectType"), objectTypeOf(call, "toObjectType")];
  const fromId = existingId(call.account, from, call.params["fromObjectId"] ?? "", "FROM");
  const toId = existingId(call.account, to, call.params["toObjectId"] ?? "", "TO");
  const result = associate(call.account, from, fromId, to, toId, typeIdsOf(call.account, from, to, undefined));
  return { status: 200, body: batchAnswer(call.account, [result]) };
}

function archiveOne(call: HubSpotCall): RouteAnswer {
  const [from, to] = [objectTypeOf(call), objectTypeOf(call, "toObjectType")];
  call.account.associations.remove(from, call.params["objectId"] ?? "", to, call.params["toObjectId"] ?? "");
  return { status: 204 };
}

function associate(
  account: HubSpotAccount,
  from: ObjectType,
  fromId: string,
  to: ObjectType,
  toId: string,
  typeIds: readonly number[],
): Record<string, unknown> {
  account.associations.add(from, fromId, to, toId, typeIds);
  return {
    fromObjectTypeId: typeIdOf(from),
    fromObjectId: Number(fromId),
    toObjectTypeId: typeIdOf(to),
    toObjectId: Number(toId),
    labels: [],
  };
}

function associationAnswer(association: { toId: string; typeIds: readonly number[] }): Record<string, unknown> {
  return {
    toObjectId: Number(association.toId),
    associationTypes: association.typeIds.map((typeId) => ({ category: "HUBSPOT_DEFINED", typeId, label: null })),
  };
}

function typeIdsOf(
  account: HubSpotAccount,
  from: ObjectType,
  to: ObjectType,
  types: readonly AssociationType[] | undefined,
): readonly number[] {
  const known = account.associations.typesBetween(from, to);
  const asked = types === undefined ? known.slice(0, 1) : types.map((type) => type.associationTypeId);
  if (asked.length === 0 || !asked.every((typeId) => known.includes(typeId))) {
    throw invalidRequest(`No association type ${asked.join(", ")} from ${from} to ${to}`);
  }
  return asked;
}

function existingId(account: HubSpotAccount, type: ObjectType, id: string, end: "FROM" | "TO"): string {
  const state = account.store(type).get(id);
  if (state !== undefined && state.archivedAt === undefined) return state.id;
  const singular = type === "contacts" ? "contact" : "task";
  throw new HubSpotRefusal(404, "OBJECT_NOT_FOUND", `No ${singular} with ID ${id} exists`, {
    context: { objectType: [singular], id: [id] },
    subCategory: `crm.associations.${end}_OBJECT_NOT_FOUND`,
  });
}

function noAssociations(from: ObjectType, id: string): HubSpotRefusal {
  return new HubSpotRefusal(404, "OBJECT_NOT_FOUND", `No associations found for ${from} ${id}`, {
    subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
    context: { fromObjectId: [id] },
  });
}

function typeIdOf(type: ObjectType): string {
  return type === "contacts" ? "0-1" : "0-27";
}

function checkCount(inputs: readonly unknown[], most: number): void {
  if (inputs.length === 0) throw invalidRequest("inputs must not be empty");
  if (inputs.length > most) throw invalidRequest(`The maximum number of inputs supported in a batch is ${most}.`);
}
