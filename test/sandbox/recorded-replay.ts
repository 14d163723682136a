/** Sends recorded requests to the stand-ins in the order they were recorded in, with our ids in the place of theirs. */
import { readFileSync } from "node:fs";
import type { RecordedAnswer } from "./answer-shape.ts";
import { hubSpot, marketer } from "./hubspot-caller.ts";
import { salesforceCaller } from "./salesforce-caller.ts";

export interface RecordedExchange {
  readonly recordedAt: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly response: RecordedAnswer;
}

/** A recorded exchange beside what the stand-in said to the same request. */
export interface ReplayedExchange {
  readonly recorded: RecordedExchange;
  readonly ours: RecordedAnswer;
}

const folder = new URL("../contracts/recorded/", import.meta.url);

export function readRecorded<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, folder), "utf8")) as T;
}

function sequence(path: string): readonly RecordedExchange[] {
  return readRecorded<{ readonly exchanges: readonly RecordedExchange[] }>(path).exchanges;
}

/** Puts our ids where theirs stand, anywhere in a text. */
class IdMap {
  readonly #ours = new Map<string, string>();

  learn(theirs: string, ours: string): void {
    this.#ours.set(theirs, ours);
  }

  translate(text: string): string {
    return text.replaceAll(/[a-zA-Z0-9]{6,18}/g, (word) => this.#ours.get(word) ?? word);
  }
}

type Properties = { readonly id: string; readonly properties: Readonly<Record<string, string>> };

/** The life of some contacts. The recorded portal had fields of its own, knew one contact already, and was over its search limit now and then. */
export function replayHubSpot(path: string): readonly ReplayedExchange[] {
  const limits = { burst: 100, search: 1e9, daily: 250_000 };
  const hub = hubSpot({}, { limits });
  for (const [name, type] of [
    ["text_field", "string"],
    ["number_field", "number"],
    ["date_field", "date"],
  ] as const) {
    const fieldType = type === "string" ? "text" : type;
    hub.account.defineProperty({ name, label: name, type, fieldType, groupName: "contactinformation" });
  }
  const ids = new IdMap();
  ids.learn("286101", hub.account.createContact({ email: "grouparoo@example.com", firstname: "John" }, marketer));
  return sequence(path).map((recorded) => {
    hub.clock.advance(1_000);
    limits.search = recorded.response.status === 429 ? 0 : 1e9;
    const { method, path: target, body } = recorded.request;
    const ours = hub.call(method, target, JSON.parse(ids.translate(JSON.stringify(body))));
    if (target.endsWith("/batch/create")) {
      const results = (answer: RecordedAnswer): readonly Properties[] =>
        (answer.body as { readonly results?: readonly Properties[] }).results ?? [];
      for (const { id, properties } of results(recorded.response)) {
        const own = results(ours).find((result) => result.properties["email"] === properties["email"]);
        if (own !== undefined) ids.learn(id, own.id);
      }
    }
    return { recorded, ours };
  });
}

const SALESFORCE_ID = /^[a-zA-Z0-9]{15}[A-Z0-5]{3}$/;

/** The life of some records. The recorded org had an external id and an e-mail field of its own. */
export function replaySalesforce(path: string): readonly ReplayedExchange[] {
  const { sandbox, raw } = salesforceCaller();
  const { salesforce } = sandbox;
  const key = {
    name: "Custom_External_ID__c",
    label: "Custom External ID",
    type: "string",
    length: 255,
    externalId: true,
  } as const;
  for (const type of ["Account", "Contact"]) salesforce.defineField(type, key);
  salesforce.defineField("Account", {
    name: "email_field__c",
    label: "email_field",
    type: "email",
    length: 80,
  });
  const authorization = `Bearer ${tokenOf(raw)}`;
  const ids = new IdMap();
  return sequence(path).map((recorded) => {
    sandbox.clock.advance(1_000);
    const { method, path: target, query = {}, body } = recorded.request;
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) search.set(name, ids.translate(value));
    const address = search.size === 0 ? ids.translate(target) : `${ids.translate(target)}?${search}`;
    const text = body === null ? "" : ids.translate(typeof body === "string" ? body : JSON.stringify(body));
    const isXml = text.startsWith("<");
    const sent = text.replace("00D000000000001!REDACTED.SESSION.ID", authorization.slice("Bearer ".length));
    const headers: Record<string, string> = { authorization, "sforce-auto-assign": "FALSE" };
    if (sent !== "") headers["content-type"] = isXml ? "text/xml" : "application/json";
    const answer = raw(method, address, sent, headers);
    const isJson = answer.headers["Content-Type"]?.includes("json") === true;
    const ours = { ...answer, body: isJson ? (JSON.parse(answer.body) as unknown) : answer.body };
    learnIds(ids, recorded.response.body, ours.body);
    return { recorded, ours };
  });
}

function tokenOf(raw: ReturnType<typeof salesforceCaller>["raw"]): string {
  const form = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret";
  const head = { host: "sandbox.test", "content-type": "application/x-www-form-urlencoded" };
  return (JSON.parse(raw("POST", "/services/oauth2/token", form, head).body) as { access_token: string }).access_token;
}

/** Ids stand in the same places of both answers. */
function learnIds(ids: IdMap, theirs: unknown, ours: unknown): void {
  if (typeof theirs === "string" && typeof ours === "string") {
    if (SALESFORCE_ID.test(theirs) && SALESFORCE_ID.test(ours)) ids.learn(theirs, ours);
    if (!theirs.startsWith("<")) return;
    const values = (xml: string): string[] => [...xml.matchAll(/Id>([^<]+)</g)].map(([, value]) => value ?? "");
    const own = values(ours);
    for (const [index, value] of values(theirs).entries()) learnIds(ids, value, own[index]);
    return;
  }
  if (typeof theirs !== "object" || theirs === null || typeof ours !== "object" || ours === null) return;
  for (const [key, value] of Object.entries(theirs)) learnIds(ids, value, (ours as Record<string, unknown>)[key]);
}
