/** Holds our description of Salesforce's requests against Salesforce's own collection and the client package, both ways; and sees that mistakes are noticed. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import { checkHubSpotRequest } from "../../src/sandbox/hubspot/request-descriptions.ts";
import type { JsonObject, RequestCheck } from "../../src/sandbox/request-descriptions.ts";
import { checkSalesforceRequest } from "../../src/sandbox/salesforce/request-descriptions.ts";

const recorded = new URL("recorded/", import.meta.url);

function parsed<T>(path: string, base = recorded): T {
  return JSON.parse(readFileSync(new URL(path, base), "utf8")) as T;
}

function request(method: string, target: string, body?: unknown, contentType = "application/json"): SandboxRequest {
  const [path = "", query = ""] = target.split("?");
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers: Record<string, string> = body == null ? {} : { "content-type": contentType };
  return { method, path, query: new URLSearchParams(query), headers, body: body == null ? "" : text };
}

/** One request of Salesforce's Postman collection. */
interface PostmanRequest {
  readonly method: string;
  readonly url: string;
  readonly queryParams?: readonly { readonly key: string }[];
  readonly dataMode?: string;
  readonly data?: readonly { readonly key: string; readonly value: string }[];
  readonly rawModeData?: string;
}

const postmanFiles = readdirSync(new URL("salesforce/postman-cc0/", recorded), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json"))
  .sort();

/** The collection writes types where values belong; `versions` carries a body by mistake that its method cannot have. */
function postmanBody({ method, dataMode, data, rawModeData = "" }: PostmanRequest): [body: unknown, type: string] {
  if (dataMode === "urlencoded") {
    const fields = Object.fromEntries((data ?? []).map(({ key, value }) => [key, value]));
    return [new URLSearchParams(fields).toString(), "application/x-www-form-urlencoded"];
  }
  if (dataMode === "binary") return ["Id\n1\n", "text/csv"];
  if (method === "GET" || rawModeData === "") return [undefined, ""];
  if (rawModeData.startsWith("<")) return [rawModeData, "text/xml"];
  const text = rawModeData
    .replaceAll('"Boolean"', "true")
    .replaceAll('"SObject[]"', '[{"attributes":{"type":"Lead"}}]')
    .replaceAll(/"[A-Za-z ]+\[\]"/g, "[]")
    .replaceAll(/compositeSubrequest,\s*compositeSubrequest,\s*\.\.\./g, "")
    .replaceAll(/,\s*\.\.\.\s*/g, "");
  return [JSON.parse(text), "application/json"];
}

/** A value for each parameter that the collection only names. */
const sampleValues: Readonly<Record<string, string>> = {
  allOrNone: "true",
  isPkChunkingEnabled: "false",
  maxRecords: "5",
};

function postmanRequest(file: string): SandboxRequest {
  const given = parsed<PostmanRequest>(`salesforce/postman-cc0/${file}`);
  const path = given.url
    .replace(/\?.*$/, "")
    .replace(/^\{\{_endpoint\}\}|^\{\{url\}\}\{\{site\}\}/, "")
    .replace(/v?\{\{version\}\}/, "v66.0")
    .replaceAll(/\{\{_\w+\}\}|<\w+>/g, "x");
  const query = (given.queryParams ?? []).map(({ key }) => `${key}=${sampleValues[key] ?? "x"}`).join("&");
  const [body, type] = postmanBody(given);
  return request(given.method, `${path}?${query}`, body, type);
}

interface WireCall {
  readonly call: string;
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  }[];
}

/** Calls that were made to see the package fail, not because the vendor takes them. */
const notForTheVendor = new Set(["instanceUrl with prefix", "upsert single 201", "upsert 201 items (>200)"]);
const notOurVersion = new Set(["commprefs", "apiRequest 429 no throw", "redirect 302"]);

const wireCalls = (file: string): [name: string, SandboxRequest][] =>
  parsed<{ readonly calls: readonly WireCall[] }>(file)
    .calls.filter(({ call }) => !notForTheVendor.has(call) && !notOurVersion.has(call))
    .flatMap(({ call, requests }) =>
      requests.map(({ method, path, headers, body }): [string, SandboxRequest] => [
        call,
        request(method, path.replace(/^\/hs/, ""), body, headers["content-type"]),
      ]),
    );

const fault = (check: RequestCheck): string => (check.described ? "described" : `${check.wrong}: ${check.reason}`);

describe("what the vendor shows is described", () => {
  test.each(postmanFiles)("Salesforce's collection: %s", (file) => {
    expect(fault(checkSalesforceRequest(postmanRequest(file)))).toBe("described");
  });
  test.each(wireCalls("salesforce/jsforce-3.10.26.json"))("jsforce: %s", (_, sent) => {
    expect(fault(checkSalesforceRequest(sent))).toBe("described");
  });
  test.each(wireCalls("hubspot/hubspot-api-client-14.0.1.json"))("HubSpot's client: %s", (_, sent) => {
    expect(fault(checkHubSpotRequest(sent).check)).toBe("described");
  });
});

interface Described {
  readonly "x-source": readonly string[];
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonObject }>> };
}

describe("what is described stands in a source", () => {
  const document = parsed<{
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, JsonObject>> };
  }>("../../../src/sandbox/descriptions/salesforce/rest-api.openapi.json");
  const wire = wireCalls("salesforce/jsforce-3.10.26.json");

  /** The requests of the sources that an operation names. */
  function evidence(source: string): SandboxRequest[] {
    const file = /postman-cc0\/([\w/]+\.json)/.exec(source)?.[1];
    const call = /jsforce-3\.10\.26\.json: ([^;]+)/.exec(source)?.[1];
    return [
      ...(file === undefined ? [] : [postmanRequest(file)]),
      ...wire.filter(([name]) => name === call).map(([, sent]) => sent),
    ];
  }

  function bodyKeys(schema: JsonObject): string[] {
    const ref = schema["$ref"];
    if (typeof ref === "string") return bodyKeys(document.components.schemas[ref.split("/").at(-1) ?? ""] ?? {});
    return Object.keys((schema["properties"] ?? {}) as object);
  }

  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Described] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );

  test.each(operations)("%s", (name, operation) => {
    const pages = operation["x-source"].filter((source) => source.includes("https://")).join(" ");
    const shown = operation["x-source"].flatMap(evidence);
    const fitting = shown.filter((sent) => {
      const check = checkSalesforceRequest(sent);
      return check.described && check.operation === name;
    });
    // An operation that neither the collection nor the package knows rests on the vendor's page alone.
    if (operation["x-source"].every((source) => source.startsWith("https://"))) return;
    expect(fitting.length, "no source shows a request of this operation").toBeGreaterThan(0);
    const text = shown.map(({ query, body }) => `${query.toString()} ${body}`).join(" ");
    const names = [
      ...operation.parameters.map((parameter) => parameter.name),
      ...Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) => bodyKeys(schema)),
    ];
    expect(names.filter((each) => !text.includes(each) && !pages.includes(each))).toEqual([]);
  });
});

describe("a mistake is noticed", () => {
  const data = "/services/data/v66.0";
  const record = { attributes: { type: "Lead" }, LastName: "A" };
  const part = { method: "PATCH", url: `${data}/sobjects/Lead/00Q000000000001AAA`, referenceId: "a", body: {} };
  const salesforce: [string, SandboxRequest, string][] = [
    ["another path", request("GET", `${data}/quary?q=x`), "path"],
    ["another method", request("PUT", `${data}/composite/sobjects`, { records: [record] }), "method"],
    ["a query without its text", request("GET", `${data}/query`), "query"],
    ["a parameter nobody knows", request("GET", `${data}/query?q=x&limit=5`), "query"],
    ["a yes or no that is neither", request("DELETE", `${data}/composite/sobjects?ids=a&allOrNone=maybe`), "query"],
    [
      "a key nobody knows",
      request("POST", `${data}/composite/sobjects`, { allOrNone: false, record: [record] }),
      "body",
    ],
    [
      "a record without its type",
      request("POST", `${data}/composite/sobjects`, { records: [{ LastName: "A" }] }),
      "body",
    ],
    ["a body that is not JSON", request("POST", `${data}/composite/sobjects`, "{", "application/json"), "json"],
    ["a body of another kind", request("POST", `${data}/composite/sobjects`, "a=b", "text/plain"), "media-type"],
    [
      "a part with a key nobody knows",
      request("POST", `${data}/composite`, { compositeRequest: [{ ...part, header: {} }] }),
      "body",
    ],
    [
      "a part for another path",
      request("POST", `${data}/composite`, { compositeRequest: [{ ...part, url: `${data}/x` }] }),
      "body",
    ],
    [
      "a login field nobody knows",
      request("POST", "/services/oauth2/token", "grant_type=a&clientid=b", "application/x-www-form-urlencoded"),
      "body",
    ],
  ];
  test.each(salesforce)("Salesforce: %s", (_, sent, wrong) => {
    expect(checkSalesforceRequest(sent)).toMatchObject({ described: false, wrong });
  });

  const objects = "/crm/v3/objects/contacts";
  const hubspot: [string, SandboxRequest, string][] = [
    ["another path", request("GET", "/crm/v3/object/contacts"), "path"],
    ["another method", request("PUT", `${objects}/1`, {}), "method"],
    ["a parameter nobody knows", request("GET", `${objects}?page=2`), "query"],
    ["a key nobody knows", request("POST", `${objects}/batch/update`, { inputs: [{ id: "1", property: {} }] }), "body"],
    ["an id that is a number", request("POST", `${objects}/batch/read`, { inputs: [{ id: 1 }] }), "body"],
    [
      "a dated path with a key nobody knows",
      request("POST", "/crm/objects/2026-09/contacts/search", { filter: [] }),
      "body",
    ],
    ["account details with a parameter", request("GET", "/account-info/v3/details?a=1"), "query"],
  ];
  test.each(hubspot)("HubSpot: %s", (_, sent, wrong) => {
    expect(checkHubSpotRequest(sent).check).toMatchObject({ described: false, wrong });
  });
});
