/** One authenticated, described API call as the routes see it. */
import type { HubSpotAccount } from "./hubspot-account.ts";
import type { ObjectType } from "./hubspot-model.ts";
import { invalidRequest } from "./hubspot-refusals.ts";
import type { RecordStore } from "./record-store.ts";

export interface HubSpotCall {
  readonly account: HubSpotAccount;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Checked against the description already; routes narrow it to the shape described. */
  readonly body: unknown;
  readonly bodyLength: number;
  /** True for the paths with a date in them, such as `/crm/objects/2026-09/contacts`. */
  readonly dated: boolean;
}

export interface RouteAnswer {
  readonly status: number;
  /** Undefined for 204. */
  readonly body?: unknown;
}

/** Answers one call, or throws a HubSpotRefusal. */
export type Route = (call: HubSpotCall) => RouteAnswer;

const objectTypes: Readonly<Record<string, ObjectType>> = {
  contacts: "contacts",
  contact: "contacts",
  "0-1": "contacts",
  tasks: "tasks",
  task: "tasks",
  "0-27": "tasks",
};

/** The object type a path names, by plural, singular (any case) or type id; undefined when there is none such. */
export function objectTypeNamed(name: string): ObjectType | undefined {
  return objectTypes[name.toLowerCase()];
}

/** The object type of a path parameter. Throws a 400 refusal for an unknown one. */
export function objectTypeOf(call: HubSpotCall, parameter = "objectType"): ObjectType {
  const name = call.params[parameter] ?? "";
  const type = objectTypeNamed(name);
  if (type === undefined) throw invalidRequest(`Unable to infer object type from: ${name}`);
  return type;
}

/** A property that can stand for an id in this store. Throws a 400 refusal for one that does not identify records. */
export function identifyingProperty(store: RecordStore, name: string | undefined): string {
  const property = name ?? "hs_object_id";
  if (property !== "hs_object_id" && !store.identifyingProperties().includes(property)) {
    throw invalidRequest(`Property "${property}" is not a unique identifier of ${store.type}`);
  }
  return property;
}

/** Values of a query parameter that may be repeated or joined by commas. */
export function listOf(query: URLSearchParams, name: string): readonly string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(","))
    .filter((value) => value !== "");
}
