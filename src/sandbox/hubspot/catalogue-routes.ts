/** The calls about the account itself: property definitions, owners, pipelines and account details. */
import { type HubSpotCall, objectTypeOf, type Route, type RouteAnswer } from "./hubspot-call.ts";
import { formatInstant } from "./hubspot-instants.ts";
import type { Owner, PropertyDefinition } from "./hubspot-model.ts";
import { HubSpotRefusal, invalidRequest, resourceNotFound } from "./hubspot-refusals.ts";

const OWNERS_MAXIMUM = 500;
const DEFAULT_OWNERS = 100;
/** Owners carry times that nothing here depends on. */
const OWNERS_CREATED = "2024-01-08T09:00:00Z";

export const catalogueRoutes: Readonly<Record<string, Route>> = {
  "GET /crm/v3/properties/{objectType}": listProperties,
  "POST /crm/v3/properties/{objectType}": createProperty,
  "GET /crm/v3/properties/{objectType}/{propertyName}": getProperty,
  "GET /crm/v3/owners": listOwners,
  "GET /crm/v3/owners/": listOwners,
  "GET /crm/v3/owners/{ownerId}": getOwner,
  "GET /crm/v3/pipelines/{objectType}": listPipelines,
  "GET /account-info/v3/details": accountDetails,
};

function accountDetails(call: HubSpotCall): RouteAnswer {
  const { account } = call;
  const offset = utcOffset(account.timeZone, account.clock.now());
  const sign = offset < 0 ? "-" : "+";
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return {
    status: 200,
    body: {
      portalId: account.portalId,
      accountType: "STANDARD",
      timeZone: account.timeZone,
      companyCurrency: "USD",
      additionalCurrencies: [],
      utcOffset: `${sign}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`,
      utcOffsetMilliseconds: offset * 60_000,
      uiDomain: "app.hubspot.com",
      dataHostingLocation: "na1",
    },
  };
}

function listProperties(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const archived = call.query.get("archived") === "true";
  const definitions = archived ? [] : call.account.catalogue.list(type);
  return { status: 200, body: { results: definitions.map(({ name }) => call.account.catalogue.describe(type, name)) } };
}

function createProperty(call: HubSpotCall): RouteAnswer {
  const type = objectTypeOf(call);
  const definition = call.body as PropertyDefinition;
  call.account.defineProperty(definition, type);
  return { status: 201, body: call.account.catalogue.describe(type, definition.name) };
}

function getProperty(call: HubSpotCall): RouteAnswer {
  const name = call.params["propertyName"] ?? "";
  const body = call.account.catalogue.describe(objectTypeOf(call), name);
  if (body === undefined) throw new HubSpotRefusal(404, "OBJECT_NOT_FOUND", `Property ${name} does not exist`);
  return { status: 200, body };
}

function listOwners(call: HubSpotCall): RouteAnswer {
  const limit = Number(call.query.get("limit") ?? DEFAULT_OWNERS);
  if (limit < 1 || limit > OWNERS_MAXIMUM) throw invalidRequest(`limit must be between 1 and ${OWNERS_MAXIMUM}`);
  const email = call.query.get("email")?.toLowerCase();
  const archived = call.query.get("archived") === "true";
  const after = Number(call.query.get("after") ?? "0");
  const found = call.account.owners.filter(
    (owner) => owner.archived === archived && (email === undefined || owner.email.toLowerCase() === email),
  );
  const next = after + limit < found.length ? { paging: { next: { after: String(after + limit) } } } : {};
  return { status: 200, body: { results: found.slice(after, after + limit).map(ownerAnswer), ...next } };
}

/** `idProperty=userId` finds an owner by user; archived owners only with `archived=true`. */
function getOwner(call: HubSpotCall): RouteAnswer {
  const id = call.params["ownerId"] ?? "";
  const archived = call.query.get("archived") === "true";
  const byUser = call.query.get("idProperty") === "userId";
  const found = call.account.owners.find(
    (owner) => owner.archived === archived && (byUser ? String(owner.userId) : owner.id) === id,
  );
  if (found === undefined) throw resourceNotFound();
  return { status: 200, body: ownerAnswer(found) };
}

function ownerAnswer(owner: Owner): Record<string, unknown> {
  return {
    id: owner.id,
    email: owner.email,
    type: "PERSON",
    firstName: owner.firstName,
    lastName: owner.lastName,
    ...(owner.archived ? {} : { userId: owner.userId }),
    userIdIncludingInactive: owner.userId,
    createdAt: OWNERS_CREATED,
    updatedAt: OWNERS_CREATED,
    archived: owner.archived,
  };
}

/** Contacts have one pipeline, made of the lifecycle stages. */
function listPipelines(call: HubSpotCall): RouteAnswer {
  if (objectTypeOf(call) !== "contacts") return { status: 200, body: { results: [] } };
  const createdAt = formatInstant(0);
  const stages = (call.account.catalogue.get("contacts", "lifecyclestage")?.options ?? []).map((option, index) => ({
    id: option.value,
    label: option.label,
    displayOrder: index,
    metadata: {},
    createdAt,
    updatedAt: createdAt,
    archived: false,
  }));
  const pipeline = { id: "contacts-lifecycle-pipeline", label: "Lifecycle Stage Pipeline", displayOrder: 0, stages };
  return { status: 200, body: { results: [{ ...pipeline, createdAt, updatedAt: createdAt, archived: false }] } };
}

/** Making one takes longer than everything else about an answer. */
const OFFSETS = new Map<string, Intl.DateTimeFormat>();

/** Minutes that the time zone is ahead of UTC at that moment. */
function utcOffset(timeZone: string, now: number): number {
  const known = OFFSETS.get(timeZone);
  const format = known ?? new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  if (known === undefined) OFFSETS.set(timeZone, format);
  const name = format.formatToParts(now).find((part) => part.type === "timeZoneName")?.value;
  const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d{2}):(\d{2})/.exec(name ?? "") ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
