/** Answers a search: which records the lagging index finds, in what order, and which page of them. */
import type { HubSpotAccount } from "./hubspot-account.ts";
import type { ObjectType, RecordState } from "./hubspot-model.ts";
import { invalidRequest } from "./hubspot-refusals.ts";
import { readValue } from "./record-values.ts";
import {
  compileFilter,
  isNumeric,
  modifiedProperty,
  numberReader,
  type RecordTest,
  type SearchFilter,
  toNumber,
} from "./search-filters.ts";
import type { SearchIndex } from "./search-index.ts";

/** https://developers.hubspot.com/docs/api-reference/search/guide, section "Limitations". */
const limits = { page: 200, results: 10_000, groups: 5, filtersPerGroup: 6, filters: 18, sorts: 1, characters: 3_000 };
const DEFAULT_PAGE = 10;

export interface SearchRequest {
  readonly filterGroups?: readonly { readonly filters: readonly SearchFilter[] }[];
  readonly sorts?: readonly (string | { readonly propertyName: string; readonly direction?: string })[];
  readonly query?: string;
  readonly limit?: number;
  readonly after?: string;
  readonly properties?: readonly string[];
}

export interface SearchPage {
  /** How many records the index finds, deleted ones that it still knows included. */
  readonly total: number;
  /** The page's records as they truly are now; those that are gone are left out. */
  readonly records: readonly RecordState[];
  /** Where the next page starts; undefined on the last one. */
  readonly next: string | undefined;
}

interface SortOrder {
  readonly property: string;
  readonly descending: boolean;
}

/** Searches one object type. `bodyLength` is the number of characters of the request. Throws a 400 beyond a maximum. */
export function searchRecords(
  account: HubSpotAccount,
  type: ObjectType,
  request: SearchRequest,
  bodyLength: number,
): SearchPage {
  checkMaxima(request, bodyLength);
  const limit = request.limit ?? DEFAULT_PAGE;
  const start = pageStart(request, limit);
  const store = account.store(type);
  const order = sortOrder(account, type, request);
  const found = findStates(account, type, request, order);
  const records = found.slice(start, start + limit).flatMap((state) => {
    const record = store.get(state.id);
    return record !== undefined && record.id === state.id && record.archivedAt === undefined ? [record] : [];
  });
  const next = start + limit < found.length && limit > 0 ? String(start + limit) : undefined;
  return { total: found.length, records, next };
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

function findStates(
  account: HubSpotAccount,
  type: ObjectType,
  request: SearchRequest,
  order: SortOrder,
): readonly RecordState[] {
  const now = account.clock.now();
  const groups = (request.filterGroups ?? []).map((group) =>
    group.filters.map((filter) => compileFilter(account.catalogue, type, filter, now)),
  );
  const matches = both(anyGroup(groups), queryTest(type, request.query ?? "", now));
  const source = candidates(account, type, request, order);
  const found: RecordState[] = [];
  source.visit((state) => {
    if (matches(state)) found.push(state);
  });
  const sorted = source.sortedBy === order.property ? found : sortStates(account, type, found, order.property);
  return order.descending ? [...sorted].reverse() : sorted;
}

/** True when all tests of at least one group hold; true without groups. Plain loops, because it runs for every record. */
function anyGroup(groups: readonly (readonly RecordTest[])[]): RecordTest {
  if (groups.length === 0) return () => true;
  return (state) => {
    for (const tests of groups) if (allHold(tests, state)) return true;
    return false;
  };
}

function allHold(tests: readonly RecordTest[], state: RecordState): boolean {
  for (const test of tests) if (!test(state)) return false;
  return true;
}

function both(one: RecordTest, other: RecordTest | undefined): RecordTest {
  return other === undefined ? one : (state) => one(state) && other(state);
}

interface Candidates {
  readonly visit: (see: (state: RecordState) => void) => void;
  /** The property the states come in ascending order of, ids deciding among equals. */
  readonly sortedBy: string | undefined;
}

/** The smallest set of index states that surely holds every match. */
function candidates(account: HubSpotAccount, type: ObjectType, request: SearchRequest, order: SortOrder): Candidates {
  const { index } = account.store(type);
  const groups = request.filterGroups ?? [];
  const identified = groups.map((group) => idsOfGroup(index, group.filters));
  if (groups.length > 0 && identified.every((ids) => ids !== undefined)) {
    const states = [...new Set(identified.flat())].flatMap((id) => index.get(id ?? "") ?? []);
    return { visit: (see) => states.forEach(see), sortedBy: undefined };
  }
  const filters = groups.length === 1 ? (groups[0]?.filters ?? []) : [];
  const [idAbove] = bounds(account, type, filters, "hs_object_id");
  const [from, to] = bounds(account, type, filters, modifiedProperty(type));
  const byIdCount = index.countFromId(Math.floor(idAbove) - 1);
  const byTimeCount = index.countModifiedBetween(from, to);
  // What comes in the wrong order has to be sorted afterwards, which costs several times the reading.
  const byIdCost = byIdCount * (order.property === "hs_object_id" ? 1 : 4);
  const byTimeCost = byTimeCount * (order.property === modifiedProperty(type) ? 1 : 4);
  return byTimeCost < byIdCost
    ? { visit: (see) => index.visitModifiedBetween(from, to, see), sortedBy: modifiedProperty(type) }
    : { visit: (see) => index.visitFromId(Math.floor(idAbove) - 1, see), sortedBy: "hs_object_id" };
}

/** Ids that one of the group's filters pins down by an identifying property; undefined when none does. */
function idsOfGroup(index: SearchIndex, filters: readonly SearchFilter[]): readonly string[] | undefined {
  for (const filter of filters) {
    const values =
      filter.operator === "EQ" && filter.value !== undefined ? [filter.value.toLowerCase()] : filter.values;
    if ((filter.operator !== "EQ" && filter.operator !== "IN") || values === undefined) continue;
    if (filter.propertyName === "hs_object_id") return values;
    const ids = values.map((value) => index.withIdentifier(filter.propertyName, value));
    if (ids.every((found) => found !== undefined)) return ids.flat();
  }
  return undefined;
}

/** The lowest and highest value of a numeric property that the filters leave possible, both included. */
function bounds(
  account: HubSpotAccount,
  type: ObjectType,
  filters: readonly SearchFilter[],
  property: string,
): readonly [number, number] {
  const definition = account.catalogue.get(type, property);
  let [low, high] = [0, Number.MAX_SAFE_INTEGER];
  for (const filter of filters) {
    if (filter.propertyName !== property || definition === undefined) continue;
    const value = toNumber(definition, filter.value ?? "");
    if (value === undefined) continue;
    const { operator } = filter;
    if (operator === "EQ" || operator === "GT" || operator === "GTE" || operator === "BETWEEN")
      low = Math.max(low, value);
    if (operator === "EQ" || operator === "LT" || operator === "LTE") high = Math.min(high, value);
    if (operator === "BETWEEN") high = Math.min(high, toNumber(definition, filter.highValue ?? "") ?? high);
  }
  return [low, high];
}

/** Ascending by the property, records without a value last, ids deciding among equals. */
function sortStates(
  account: HubSpotAccount,
  type: ObjectType,
  states: readonly RecordState[],
  property: string,
): readonly RecordState[] {
  const now = account.clock.now();
  const definition = account.catalogue.get(type, property);
  const read = definition !== undefined && isNumeric(definition) ? numberReader(type, definition, now) : undefined;
  const keyed = states.map((state) => ({
    state,
    key: read === undefined ? (readValue(type, state, property, now)?.toLowerCase() ?? "\u{10FFFF}") : read(state),
  }));
  keyed.sort((a, b) => compareKeys(a.key, b.key) || a.state.numericId - b.state.numericId);
  return keyed.map(({ state }) => state);
}

function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === "string" || typeof b === "string") return Number(a > b) - Number(a < b);
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

const searchable: Readonly<Record<ObjectType, readonly string[]>> = {
  contacts: ["firstname", "lastname", "email", "phone", "mobilephone", "fax", "company", "hs_additional_emails"],
  tasks: ["hs_task_subject", "hs_task_body"],
};

/** Every word of the query must begin a word of one of the searchable properties. */
function queryTest(type: ObjectType, query: string, now: number): RecordTest | undefined {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return undefined;
  return (state) => {
    const text = searchable[type]
      .map((name) => readValue(type, state, name, now) ?? "")
      .join(" ")
      .toLowerCase();
    const tokens = text.split(/[\s;]+/).flatMap((token) => [token, ...token.split(/[^\p{L}\p{N}]+/u)]);
    return words.every((word) => tokens.some((token) => token.startsWith(word)));
  };
}
