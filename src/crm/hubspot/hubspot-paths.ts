/** The one table of HubSpot's API versions, paths and sizes, and what kind of call a path is. */

/**
 * `v3` is what the client package speaks; the date-versioned family is the same under other paths and outlives it
 * (https://developers.hubspot.com/docs/developer-tooling/platform/versioning).
 */
export type HubSpotApiVersion = "v3" | "2026-09";

export const HUBSPOT_BASE_URL = "https://api.hubapi.com";

export const HUBSPOT_PATHS = {
  accountDetails: "/account-info/v3/details",
  owners: "/crm/v3/owners",
  search: (object: string): string => `/crm/v3/objects/${encodeURIComponent(object)}/search`,
  batchRead: (object: string): string => `/crm/v3/objects/${encodeURIComponent(object)}/batch/read`,
  /** https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/basic/get-crm-v3-objects-contacts-contactId */
  record: (object: string, id: string): string =>
    `/crm/v3/objects/${encodeURIComponent(object)}/${encodeURIComponent(id)}`,
  properties: (object: string): string => `/crm/v3/properties/${encodeURIComponent(object)}`,
  /** https://developers.hubspot.com/docs/api-reference/legacy/communication-preferences/status/batch/unsubscribe-contacts-batch */
  unsubscribeBatch: "/communication-preferences/v4/statuses/batch/unsubscribe-all",
  /** https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/subscription-status/post-communication-preferences-v4-statuses-subscriberIdString-unsubscribe-all */
  unsubscribe: (email: string): string =>
    `/communication-preferences/v4/statuses/${encodeURIComponent(email)}/unsubscribe-all`,
} as const;

/** Where the families that we use live in the date-versioned API. Account information has no date-versioned path yet. */
const DATED_PREFIXES: readonly (readonly [string, string])[] = [
  ["/crm/v3/objects/", "/crm/objects/{version}/"],
  ["/crm/v3/properties/", "/crm/properties/{version}/"],
  ["/crm/v3/owners", "/crm/owners/{version}"],
  ["/communication-preferences/v4/", "/communication-preferences/{version}/"],
];

/**
 * Most records to a call. Search: https://developers.hubspot.com/docs/api-reference/search/guide. Batches: 100, or 50 when history is asked for
 * (https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide).
 */
export const HUBSPOT_SIZES = {
  searchPage: 200,
  /** Five filter groups are allowed, with 18 filters in all and up to four in one of ours. */
  searchGroups: 4,
  /** Of the whole request body. */
  searchCharacters: 3_000,
  /** Of the values that one search looks for, so that the rest of the request has room. */
  searchValueCharacters: 2_000,
  /** Characters of one list of properties in an address; the whole of it has room in 8 KB then, history and all. */
  listCharacters: 3_000,
  batch: 100,
  batchWithHistory: 50,
  listPage: 100,
  /** Addresses that are unsubscribed in one call. */
  unsubscribe: 100,
  ownersPage: 100,
} as const;

/** Searches have a limit of their own, shared by all programs that use the account. */
export const SEARCH_LANE = "search";

/** What the rest must know of a call: its name for messages, whether it may change something, and whose rate limit it falls under. */
export interface CallKind {
  readonly name: string;
  readonly write: boolean;
  readonly create: boolean;
  readonly search: boolean;
}

/** The address under the wanted version; the client package knows only `v3`. */
export function versionedUrl(url: string, version: HubSpotApiVersion): string {
  if (version === "v3") return url;
  const family = DATED_PREFIXES.find(([prefix]) => url.includes(prefix));
  return family === undefined ? url : url.replace(family[0], family[1].replace("{version}", version));
}

/** Judges by method and path; searches and batch reads are POST requests that change nothing. */
export function callKind(method: string, url: string): CallKind {
  const { pathname } = new URL(url);
  const create = pathname.endsWith("/batch/create");
  const search = pathname.endsWith("/search");
  const write = method !== "GET" && !search && !pathname.endsWith("/batch/read");
  // The name goes into messages and logs, so it must not tell whose address it was.
  const named = pathname
    .replace(/\/statuses\/[^/]*(@|%40)[^/]*\//i, "/statuses/{email}/")
    .replace(/^(\/crm\/.*objects\/.*\/)\d+$/, "$1{id}");
  return { name: `${method} ${named}`, write, create, search };
}
