/** Holds every request against the vendor's own OpenAPI descriptions before it is handled. */
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import type { SandboxRequest } from "../exchange.ts";
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
] as const;

/** A request that a description allows, taken apart. */
export interface DescribedRequest {
  /** `METHOD path-template`, with `{objectType}` and `{objectId}` for contacts too. */
  readonly operation: string;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The parsed JSON or form body; undefined when there is none. */
  readonly body: unknown;
}

interface JsonObject {
  [key: string]: unknown;
}

interface Operation {
  readonly name: string;
  readonly literal: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, string>;
  readonly mediaType: string | undefined;
  /** Where the body's schema is; compiled when first needed. */
  readonly schemaRef: string;
  validate: ValidateFunction | undefined;
}

interface DescribedPath {
  readonly segments: readonly string[];
  readonly operations: ReadonlyMap<string, Operation>;
}

export class RequestDescriptions {
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, allErrors: false });
  readonly #paths: DescribedPath[] = [];

  constructor() {
    for (const name of documents) this.#load(name);
    // Literal segments before parameters, so that /search is not taken for an id.
    const parameters = (path: DescribedPath): number => path.segments.filter((part) => part.startsWith("{")).length;
    this.#paths.sort((a, b) => parameters(a) - parameters(b));
  }

  /**
   * Checks method, path, query names and values, and body. `path` is the request's path in its v3 or v4 form.
   * Throws a refusal: 404 for a path that is not described, 405 for a method, 415 or 400 for the rest.
   */
  check(request: SandboxRequest, path: string): DescribedRequest {
    const segments = path.split("/");
    const described = this.#paths.filter((candidate) => fits(candidate.segments, segments));
    if (described.length === 0) throw new HubSpotRefusal(404, undefined, "resource not found");
    for (const candidate of described) {
      const operation = candidate.operations.get(request.method);
      if (operation === undefined) continue;
      checkQuery(operation, request.query);
      return {
        operation: operation.name,
        params: { ...operation.literal, ...parametersOf(candidate.segments, segments) },
        body: this.#checkBody(operation, request),
      };
    }
    throw new HubSpotRefusal(405, undefined, `${request.method} is not allowed on ${path}`);
  }

  #checkBody(operation: Operation, request: SandboxRequest): unknown {
    if (operation.mediaType === undefined) return undefined;
    const sent = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
    if (sent !== operation.mediaType) {
      throw new HubSpotRefusal(415, undefined, `Content-Type must be ${operation.mediaType}, got ${sent || "none"}`);
    }
    const body = operation.mediaType === "application/json" ? parsed(request.body) : formFields(request.body);
    operation.validate ??= this.#ajv.compile({ $ref: operation.schemaRef });
    if (!operation.validate(body)) {
      const [error] = operation.validate.errors ?? [];
      const detail = error?.keyword === "additionalProperties" ? `: ${String(error.params["additionalProperty"])}` : "";
      throw invalidRequest(
        `Invalid input: body${error?.instancePath ?? ""} ${error?.message ?? "is not allowed"}${detail}`,
      );
    }
    return body;
  }

  #load(name: string): void {
    const file = new URL(`../descriptions/hubspot/${name}.openapi.json`, import.meta.url);
    const document = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
    const schemas = (document["components"] as { schemas: Record<string, JsonObject> }).schemas;
    for (const [schemaName, schema] of Object.entries(schemas)) tighten(schemaName, schema);
    this.#ajv.addSchema({ ...document, $id: name }, name);
    for (const [template, item] of Object.entries(document["paths"] as Record<string, JsonObject>)) {
      const operations = new Map<string, Operation>();
      for (const [method, description] of Object.entries(item)) {
        operations.set(method.toUpperCase(), readOperation(name, template, method, description as JsonObject));
      }
      this.#paths.push({ segments: template.split("/"), operations });
    }
  }
}

/**
 * The descriptions come from the types of the vendor's client. Two of them demand or allow less than the API: a batch
 * read needs only its inputs (recorded), and a sort may be an object (sent by the client in JavaScript).
 * Keys that no description names are refused: a client that sends one has a mistake that the vendor would hide.
 */
function tighten(name: string, schema: JsonObject): void {
  if (schema["properties"] !== undefined && schema["additionalProperties"] === undefined) {
    schema["additionalProperties"] = false;
  }
  if (name === "BatchReadInputSimplePublicObjectId") schema["required"] = ["inputs"];
  if (name === "PublicObjectSearchRequest") {
    const properties = schema["properties"] as Record<string, JsonObject>;
    const sort = {
      type: "object",
      properties: { propertyName: { type: "string" }, direction: { enum: ["ASCENDING", "DESCENDING"] } },
      required: ["propertyName"],
      additionalProperties: false,
    };
    properties["sorts"] = { type: "array", items: { anyOf: [{ type: "string" }, sort] } };
  }
}

function readOperation(documentName: string, template: string, method: string, description: JsonObject): Operation {
  const parameters = (description["parameters"] ?? []) as { name: string; in: string; schema?: { type?: string } }[];
  const content = ((description["requestBody"] ?? {}) as { content?: JsonObject }).content ?? {};
  const [mediaType] = Object.keys(content);
  const pointer = ["paths", template, method, "requestBody", "content", mediaType ?? "", "schema"];
  const isContact = template.startsWith("/crm/v3/objects/contacts");
  const generic = isContact
    ? template.replace("/contacts", "/{objectType}").replace("{contactId}", "{objectId}")
    : template;
  return {
    name: `${method.toUpperCase()} ${generic}`,
    literal: isContact ? { objectType: "contacts" } : {},
    query: new Map(
      parameters.filter((each) => each.in === "query").map((each) => [each.name, each.schema?.type ?? "string"]),
    ),
    mediaType,
    schemaRef: `${documentName}#/${pointer.map(pointerSegment).join("/")}`,
    validate: undefined,
  };
}

function pointerSegment(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]))
  );
}

function parametersOf(template: readonly string[], segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  template.forEach((part, index) => {
    if (!part.startsWith("{")) return;
    const name = part.slice(1, -1);
    params[name === "contactId" ? "objectId" : name] = decoded(segments[index] ?? "");
  });
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw Object.assign(invalidRequest(`The path has a broken percent-encoding: ${segment}`), { cause });
  }
}

function checkQuery(operation: Operation, query: URLSearchParams): void {
  for (const [name, value] of query) {
    const type = operation.query.get(name);
    if (type === undefined) throw invalidRequest(`Unknown query parameter '${name}' for ${operation.name}`);
    if (type === "integer" && !/^-?\d+$/.test(value))
      throw invalidRequest(`${name} must be an integer, got '${value}'`);
    if (type === "boolean" && value !== "true" && value !== "false") {
      throw invalidRequest(`${name} must be true or false, got '${value}'`);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(invalidRequest(`Invalid input JSON: ${(cause as Error).message}`), { cause });
  }
}

function formFields(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}
