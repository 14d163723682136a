/** Answers a search: holds it to the vendor's maxima and hands out one page of what the index finds. */
import type { HubSpotAccount } from "./hubspot-account.ts";
import type { ObjectType, RecordState } from "./hubspot-model.ts";
import { invalidRequest } from "./hubspot-refusals.ts";
import { findStates, type SearchRequest, type SortOrder } from "./search-matching.ts";

/** https://developers.hubspot.com/docs/api-reference/search/guide, section "Limitations". */
const limits = { page: 200, results: 10_000, groups: 5, filtersPerGroup: 6, filters: 18, sorts: 1, characters: 3_000 };
const DEFAULT_PAGE = 10;

export interface SearchPage {
  /** How many records the index finds, deleted ones that it still knows included. */
  readonly total: number;
  /** The page's records as they truly are now; those that are gone are left out. */
  readonly records: readonly RecordState[];
  /** Where the next page starts; undefined on the last one. */
  readonly next: string | undefined;
}

/** Searches one object type. `bodyLength` is the number of characters of the request. Throws a 400 beyond a maximum. */
export function searchRecords(
  account: HubSpotAccount,
  type: ObjectType,
  request: SearchRequest,
  bodyLength: number,
): SearchPage {
  checkMaxima(request, bodyLength);
  const limit = Math.min(request.limit ?? DEFAULT_PAGE, account.searchPage);
  const start = pageStart(request, limit);
  const store = account.store(type);
  const order = sortOrder(account, type, request);
  const found = findStates(account, type, request, order);
  const total = found.states.length - found.from;
  const records = found.states.slice(found.from + start, found.from + start + limit).flatMap((state) => {
    const record = store.get(state.id);
    return record !== undefined && record.id === state.id && record.archivedAt === undefined ? [record] : [];
  });
  const next = start + limit < total && limit > 0 ? String(start + limit) : undefined;
  return { total, records, next };
}

function checkMaxima(request: SearchRequest, bodyLength: number): void {
  const groups = request.filterGroups ?? [];
  const filters = groups.reduce((sum, group) => sum + group.filters.length, 0);
  const refusals: readonly (readonly [boolean, string])[] = [
    [
      bodyLength > limits.characters,
      `Search requests may have at most ${limits.characters} characters, got ${bodyLength}`,
    ],
    [groups.length > limits.groups, `At most ${limits.groups} filterGroups are allowed, got ${groups.length}`],
    [
      groups.some((group) => group.filters.length > limits.filtersPerGroup),
      `At most ${limits.filtersPerGroup} filters per filterGroup are allowed`,
    ],
    [groups.some((group) => group.filters.length === 0), "A filterGroup requires at least one filter"],
    [filters > limits.filters, `At most ${limits.filters} filters are allowed, got ${filters}`],
    [(request.sorts ?? []).length > limits.sorts, `At most ${limits.sorts} sort is allowed`],
    [(request.limit ?? 0) > limits.page || (request.limit ?? 0) < 0, `limit must be between 0 and ${limits.page}`],
  ];
  for (const [refused, message] of refusals) if (refused) throw invalidRequest(message);
}

function pageStart(request: SearchRequest, limit: number): number {
  const after = request.after ?? "0";
  if (!/^\d+$/.test(after)) throw invalidRequest(`after must be a number, got ${after}`);
  if (Number(after) + limit > limits.results) {
    throw invalidRequest(`Search cannot page beyond ${limits.results} results: narrow the filters`);
  }
  return Number(after);
}

function sortOrder(account: HubSpotAccount, type: ObjectType, request: SearchRequest): SortOrder {
  const sort = request.sorts?.[0];
  if (sort === undefined) return { property: "hs_object_id", descending: false };
  const order =
    typeof sort === "string"
      ? { property: sort.replace(/^-/, ""), descending: sort.startsWith("-") }
      : { property: sort.propertyName, descending: sort.direction === "DESCENDING" };
  if (account.catalogue.get(type, order.property) === undefined) {
    throw invalidRequest(`Property "${order.property}" does not exist`);
  }
  return order;
}
