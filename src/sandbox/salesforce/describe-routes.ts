/** Serves describe and the list of objects, as far as field-level security shows them to the integration user. */
import { createHash } from "node:crypto";
import { json, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, pathObject } from "./api-call.ts";
import type { ObjectDefinition } from "./field-definition.ts";
import { objectDefaults } from "./object-catalog.ts";
import type { OrgState } from "./org-state.ts";
import { visibleFields } from "./soql-running.ts";
import { msOfText } from "./vendor-time.ts";

interface Described {
  readonly key: string;
  readonly etag: string;
  readonly lastModified: number;
}

/** Remembers when each object's description last changed, for conditional requests. */
export class DescribeCache {
  readonly #since: number;
  readonly #known = new Map<string, Described>();

  /** `since`: when the org was set up, in milliseconds. */
  constructor(since: number) {
    this.#since = since;
  }

  /** The tag and date of the object's present description. */
  mark(state: OrgState, object: ObjectDefinition): Described {
    const hidden = [...state.hidden].filter((name) => name.startsWith(`${object.name}.`)).sort();
    const key = `${object.name} ${object.version} ${hidden.join(" ")}`;
    const known = this.#known.get(object.name);
    if (known?.key === key) return known;
    const etag = `"${createHash("sha256").update(key).digest("hex").slice(0, 8)}"`;
    const described = { key, etag, lastModified: known === undefined ? this.#since : state.clock.now() };
    this.#known.set(object.name, described);
    return described;
  }
}

/** GET /sobjects/T/describe; 304 when `If-Modified-Since` or `If-None-Match` says the client has it. */
export function serveDescribe(call: ApiCall, cache: DescribeCache): SandboxResponse {
  const object = pathObject(call, call.parts[1] ?? "");
  const { etag, lastModified } = cache.mark(call.state, object);
  const headers = { ETag: etag, "Last-Modified": new Date(lastModified).toUTCString() };
  const since = msOfText(call.request.headers["if-modified-since"] ?? "");
  const unchanged = since !== undefined && Math.floor(lastModified / 1000) * 1000 <= since;
  if (unchanged || call.request.headers["if-none-match"] === etag) return { status: 304, headers, body: "" };
  return json(200, describeObject(call.state, object, call.version), headers);
}

function describeObject(state: OrgState, object: ObjectDefinition, version: string): Readonly<Record<string, unknown>> {
  return {
    ...objectDefaults,
    ...summary(object, version),
    childRelationships: childRelationships(state, object),
    fields: visibleFields(state, object),
    recordTypeInfos: [
      {
        active: true,
        available: true,
        defaultRecordTypeMapping: true,
        developerName: "Master",
        master: true,
        name: "Master",
        recordTypeId: "012000000000000AAA",
        urls: { layout: `${objectUrl(object, version)}/describe/layouts/012000000000000AAA` },
      },
    ],
    supportedScopes: [
      { label: `All ${object.labelPlural.toLowerCase()}`, name: "everything" },
      { label: `My ${object.labelPlural.toLowerCase()}`, name: "mine" },
    ],
  };
}

function childRelationships(state: OrgState, object: ObjectDefinition): readonly Readonly<Record<string, unknown>>[] {
  return state.catalog
    .names()
    .map((name) => state.catalog.require(name))
    .flatMap((child) =>
      [...child.fields.values()]
        .filter((field) => field.referenceTo.includes(object.name))
        .map((field) => ({
          cascadeDelete: false,
          childSObject: child.name,
          deprecatedAndHidden: false,
          field: field.name,
          junctionIdListNames: [],
          junctionReferenceTo: [],
          relationshipName: null,
          restrictedDelete: false,
        })),
    );
}

function objectUrl(object: ObjectDefinition, version: string): string {
  return `/services/data/${version}/sobjects/${object.name}`;
}

/** What the list of objects says of each. */
function summary(object: ObjectDefinition, version: string): Readonly<Record<string, unknown>> {
  const url = objectUrl(object, version);
  return {
    ...object.abilities,
    custom: false,
    keyPrefix: object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    name: object.name,
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  };
}

const describeOnly: ReadonlySet<string> = new Set([
  "actionOverrides",
  "compactLayoutable",
  "listviewable",
  "lookupLayoutable",
  "namedLayoutInfos",
  "networkScopeFieldName",
  "searchLayoutable",
  "sobjectDescribeOption",
]);

/** GET /sobjects: every object in short. */
export function serveGlobalDescribe(call: ApiCall): SandboxResponse {
  const shared = Object.fromEntries(Object.entries(objectDefaults).filter(([key]) => !describeOnly.has(key)));
  const sobjects = call.state.catalog
    .names()
    .map((name) => ({ ...shared, ...summary(call.state.catalog.require(name), call.version) }));
  return json(200, { encoding: "UTF-8", maxBatchSize: 200, sobjects });
}

/** GET /sobjects/T: the object in short and the records seen last. */
export function serveObjectInfo(call: ApiCall): SandboxResponse {
  const object = pathObject(call, call.parts[1] ?? "");
  const shared = Object.fromEntries(Object.entries(objectDefaults).filter(([key]) => !describeOnly.has(key)));
  return json(200, { objectDescribe: { ...shared, ...summary(object, call.version) }, recentItems: [] });
}
