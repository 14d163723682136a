/** Holds requests against a vendor's API descriptions (OpenAPI documents): is this one that the vendor says it takes? */
import { Ajv, type ValidateFunction } from "ajv";
import type { SandboxRequest } from "./exchange.ts";

/** A request that a description allows, taken apart. */
export interface DescribedRequest {
  readonly described: true;
  /** `METHOD path-template` as the description writes it. */
  readonly operation: string;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The parsed JSON, form fields, or the text of any other body; undefined when the description has none. */
  readonly body: unknown;
}

/** A request that no description allows, and the first thing that is wrong with it. */
export interface UndescribedRequest {
  readonly described: false;
  readonly wrong: "path" | "method" | "query" | "media-type" | "json" | "body";
  readonly reason: string;
}

export type RequestCheck = DescribedRequest | UndescribedRequest;

export interface JsonObject {
  [key: string]: unknown;
}

interface Operation {
  readonly name: string;
  readonly query: ReadonlyMap<string, { readonly type: string; readonly required: boolean }>;
  readonly mediaType: string | undefined;
  readonly bodyRequired: boolean;
  /** Where the body's schema is; compiled when first needed. */
  readonly schemaRef: string;
  validate: ValidateFunction | undefined;
}

interface DescribedPath {
  readonly segments: readonly string[];
  readonly operations: ReadonlyMap<string, Operation>;
}

/** Every operation of some OpenAPI documents. Keys that no description names are refused: a client that sends one has a mistake that the vendor would hide. */
export class RequestDescriptions {
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, allErrors: false });
  readonly #paths: DescribedPath[] = [];

  /** Documents by name. Their schemas are closed in place where they do not say that further keys may follow. */
  constructor(documents: Readonly<Record<string, JsonObject>>) {
    for (const [name, document] of Object.entries(documents)) this.#add(name, document);
    // Literal segments before parameters, so that /search is not taken for an id.
    const parameters = (path: DescribedPath): number => path.segments.filter((part) => part.startsWith("{")).length;
    this.#paths.sort((a, b) => parameters(a) - parameters(b));
  }

  /** Checks method, path, query names and values, media type and body. `path` is the request's path in the form of the documents. */
  check(request: SandboxRequest, path: string = request.path): RequestCheck {
    const segments = path.split("/");
    const described = this.#paths.filter((candidate) => fits(candidate.segments, segments));
    if (described.length === 0) return undescribed("path", `no description has the path ${path}`);
    for (const candidate of described) {
      const operation = candidate.operations.get(request.method);
      if (operation === undefined) continue;
      const params = parametersOf(candidate.segments, segments);
      if (params === undefined) return undescribed("path", `The path has a broken percent-encoding: ${path}`);
      const wrongQuery = queryProblem(operation, request.query);
      if (wrongQuery !== undefined) return undescribed("query", wrongQuery);
      return this.#withBody(operation, params, request);
    }
    return undescribed("method", `${request.method} is not allowed on ${path}`);
  }

  #withBody(operation: Operation, params: Readonly<Record<string, string>>, request: SandboxRequest): RequestCheck {
    const described = { described: true, operation: operation.name, params } as const;
    const { mediaType } = operation;
    if (mediaType === undefined) {
      if (request.body !== "") return undescribed("body", `${operation.name} takes no body`);
      return { ...described, body: undefined };
    }
    if (request.body === "" && !operation.bodyRequired) return { ...described, body: undefined };
    const sent = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
    if (sent !== mediaType) {
      return undescribed("media-type", `Content-Type must be ${mediaType}, got ${sent || "none"}`);
    }
    let body: unknown = request.body;
    try {
      if (mediaType === "application/json") body = JSON.parse(request.body);
    } catch (error) {
      return undescribed("json", error instanceof Error ? error.message : String(error));
    }
    if (mediaType === "application/x-www-form-urlencoded") body = Object.fromEntries(new URLSearchParams(request.body));
    operation.validate ??= this.#ajv.compile({ $ref: operation.schemaRef });
    if (operation.validate(body)) return { ...described, body };
    const [error] = operation.validate.errors ?? [];
    const detail = error?.keyword === "additionalProperties" ? `: ${String(error.params["additionalProperty"])}` : "";
    return undescribed("body", `body${error?.instancePath ?? ""} ${error?.message ?? "is not allowed"}${detail}`);
  }

  #add(name: string, document: JsonObject): void {
    const { schemas = {} } = (document["components"] ?? {}) as { schemas?: Record<string, JsonObject> };
    for (const schema of Object.values(schemas)) {
      if (schema["properties"] !== undefined && schema["additionalProperties"] === undefined) {
        schema["additionalProperties"] = false;
      }
    }
    this.#ajv.addSchema({ ...document, $id: name }, name);
    for (const [template, item] of Object.entries(document["paths"] as Record<string, JsonObject>)) {
      const operations = new Map<string, Operation>();
      for (const [method, description] of Object.entries(item)) {
        operations.set(method.toUpperCase(), operationOf(name, template, method, description as JsonObject));
      }
      this.#paths.push({ segments: template.split("/"), operations });
    }
  }
}

function undescribed(wrong: UndescribedRequest["wrong"], reason: string): UndescribedRequest {
  return { described: false, wrong, reason };
}

function operationOf(documentName: string, template: string, method: string, description: JsonObject): Operation {
  const parameters = (description["parameters"] ?? []) as {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: { readonly type?: string };
  }[];
  const requestBody = (description["requestBody"] ?? {}) as {
    readonly content?: JsonObject;
    readonly required?: boolean;
  };
  const [mediaType] = Object.keys(requestBody.content ?? {});
  const pointer = ["paths", template, method, "requestBody", "content", mediaType ?? "", "schema"];
  return {
    name: `${method.toUpperCase()} ${template}`,
    query: new Map(
      parameters
        .filter((each) => each.in === "query")
        .map((each) => [each.name, { type: each.schema?.type ?? "string", required: each.required === true }]),
    ),
    mediaType,
    bodyRequired: requestBody.required !== false,
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

/** Undefined for a broken percent-encoding. */
function parametersOf(template: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  try {
    template.forEach((part, index) => {
      if (part.startsWith("{")) params[part.slice(1, -1)] = decodeURIComponent(segments[index] ?? "");
    });
    return params;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function queryProblem(operation: Operation, query: URLSearchParams): string | undefined {
  for (const [name, value] of query) {
    const parameter = operation.query.get(name);
    if (parameter === undefined) return `Unknown query parameter '${name}' for ${operation.name}`;
    const { type } = parameter;
    if (type === "integer" && !/^-?\d+$/.test(value)) return `${name} must be an integer, got '${value}'`;
    if (type === "boolean" && value !== "true" && value !== "false") {
      return `${name} must be true or false, got '${value}'`;
    }
  }
  for (const [name, { required }] of operation.query) {
    if (required && !query.has(name)) return `The query parameter '${name}' is required for ${operation.name}`;
  }
  return undefined;
}
