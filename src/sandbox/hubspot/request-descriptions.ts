/** HubSpot's own descriptions of its API, under which every request to the stand-in must fall, in all of its path families. */
import { readFileSync } from "node:fs";
import type { SandboxRequest } from "../exchange.ts";
import {
  type JsonObject,
  type RequestCheck,
  RequestDescriptions,
  type UndescribedRequest,
} from "../request-descriptions.ts";
import { objectTypeNamed } from "./hubspot-call.ts";
import { HubSpotRefusal, invalidRequest } from "./hubspot-refusals.ts";

const documents = [
  "crm-contacts",
  "crm-objects-generic",
  "crm-properties",
  "crm-owners",
  "crm-associations-v4",
  "crm-pipelines",
  "oauth",
  "communication-preferences-v4",
  "account-info-v3",
] as const;

/** Paths with a date, and the numbered ones that take the same requests. The date is one of the versions in force. */
const datedPaths: readonly (readonly [RegExp, string])[] = [
  [/^\/crm\/objects\/2026-0[39]\/([^/]+\/[^/]+\/associations\/.*)$/, "/crm/v4/objects/$1"],
  [/^\/crm\/objects\/2026-0[39]\/(.*)$/, "/crm/v3/objects/$1"],
  [/^\/crm\/properties\/2026-0[39]\/(.*)$/, "/crm/v3/properties/$1"],
  [/^\/crm\/owners\/2026-0[39](\/.*)?$/, "/crm/v3/owners$1"],
  [/^\/crm\/pipelines\/2026-0[39]\/(.*)$/, "/crm/v3/pipelines/$1"],
  [/^\/crm\/associations\/2026-0[39]\/(.*)$/, "/crm/v4/associations/$1"],
  [/^\/communication-preferences\/2026-0[39]\/(.*)$/, "/communication-preferences/v4/$1"],
  [/^\/oauth\/2026-0[39]\/token$/, "/oauth/v1/token"],
  [/^\/account-info\/2026-0[39]\/details$/, "/account-info/v3/details"],
];

/** A request held against the descriptions, and its path in the numbered form in which they write it. */
export interface HubSpotRequestCheck {
  readonly path: string;
  /** True for the paths with a date in them, such as `/crm/objects/2026-09/contacts`. */
  readonly dated: boolean;
  readonly check: RequestCheck;
}

let descriptions: RequestDescriptions | undefined;

/** The descriptions, read once per process: they are data and do not change. */
function hubSpotDescriptions(): RequestDescriptions {
  descriptions ??= new RequestDescriptions(loaded());
  return descriptions;
}

/**
 * Holds a request against the descriptions. Operations of contacts are named as those of all objects, with `{objectType}` and `{objectId}`, so that
 * one route serves both; their own description, which is narrower, has decided.
 */
export function checkHubSpotRequest(request: SandboxRequest): HubSpotRequestCheck {
  const { path, dated } = numberedPath(request.path);
  const check = hubSpotDescriptions().check(request, path);
  if (!check.described || !check.operation.includes(" /crm/v3/objects/contacts")) return { path, dated, check };
  const { contactId, ...params } = check.params;
  const operation = check.operation.replace("/contacts", "/{objectType}").replace("{contactId}", "{objectId}");
  const ids = contactId === undefined ? {} : { objectId: contactId };
  return { path, dated, check: { ...check, operation, params: { ...params, ...ids, objectType: "contacts" } } };
}

/** How HubSpot answers what it does not describe. */
export function refusalOf({ wrong, reason }: UndescribedRequest): HubSpotRefusal {
  switch (wrong) {
    case "path":
      return reason.includes("percent")
        ? invalidRequest(reason)
        : new HubSpotRefusal(404, undefined, "resource not found");
    case "method":
      return new HubSpotRefusal(405, undefined, reason);
    case "media-type":
      return new HubSpotRefusal(415, undefined, reason);
    case "json":
      return invalidRequest(`Invalid input JSON: ${reason}`);
    case "body":
      return invalidRequest(`Invalid input: ${reason}`);
    default:
      return invalidRequest(reason);
  }
}

function loaded(): Record<string, JsonObject> {
  return Object.fromEntries(
    documents.map((name) => {
      const file = new URL(`../descriptions/hubspot/${name}.openapi.json`, import.meta.url);
      return [name, corrected(JSON.parse(readFileSync(file, "utf8")) as JsonObject)];
    }),
  );
}

/**
 * The descriptions come from the types of the vendor's client. Two of them demand or allow less than the API: a batch
 * read needs only its inputs (recorded), and a sort may be an object (sent by the client in JavaScript).
 */
function corrected(document: JsonObject): JsonObject {
  const { schemas = {} } = (document["components"] ?? {}) as { schemas?: Record<string, JsonObject> };
  const batchRead = schemas["BatchReadInputSimplePublicObjectId"];
  if (batchRead !== undefined) batchRead["required"] = ["inputs"];
  const search = schemas["PublicObjectSearchRequest"];
  if (search === undefined) return document;
  const sort = {
    type: "object",
    properties: { propertyName: { type: "string" }, direction: { enum: ["ASCENDING", "DESCENDING"] } },
    required: ["propertyName"],
    additionalProperties: false,
  };
  const properties = search["properties"] as Record<string, JsonObject>;
  properties["sorts"] = { type: "array", items: { anyOf: [{ type: "string" }, sort] } };
  return document;
}

/** The path in its v3 or v4 form, with the plural name of a known object type. */
function numberedPath(path: string): { path: string; dated: boolean } {
  for (const [pattern, replacement] of datedPaths) {
    const match = pattern.exec(path);
    if (match !== null) return { path: pluralPath(replacement.replace("$1", () => match[1] ?? "")), dated: true };
  }
  return { path: pluralPath(path), dated: false };
}

function pluralPath(path: string): string {
  return path.replace(
    /^(\/crm\/v3\/objects\/)([^/]+)/,
    (_, start: string, name: string) => start + (objectTypeNamed(name) ?? name),
  );
}
