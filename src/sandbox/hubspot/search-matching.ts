/** Finds the records a search matches in the lagging index, in the order asked for. */
import type { HubSpotAccount } from "./hubspot-account.ts";
import type { ObjectType, RecordState } from "./hubspot-model.ts";
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

export interface SearchRequest {
  readonly filterGroups?: readonly { readonly filters: readonly SearchFilter[] }[];
  readonly sorts?: readonly (string | { readonly propertyName: string; readonly direction?: string })[];
  readonly query?: string;
  readonly limit?: number;
  readonly after?: string;
  readonly properties?: readonly string[];
}

export interface SortOrder {
  readonly property: string;
  readonly descending: boolean;
}

/** What a search finds, in order: `states` from the position `from` on. */
export interface FoundStates {
  readonly states: readonly RecordState[];
  readonly from: number;
}

/** The last answer per index: reading page after page asks for the same records over and over. */
const remembered = new WeakMap<SearchIndex, { key: string; version: number; states: readonly RecordState[] }>();

/** Finds the index states that a search matches. Throws a 400 refusal for a filter that makes no sense. */
export function findStates(
  account: HubSpotAccount,
  type: ObjectType,
  request: SearchRequest,
  order: SortOrder,
): FoundStates {
  const { index } = account.store(type);
  const inIdOrder = order.property === "hs_object_id" && !order.descending;
  const { filterGroups, above } = inIdOrder ? withoutIdBound(request.filterGroups ?? []) : { ...request, above: 0 };
  const wider: SearchRequest = { ...request, filterGroups: filterGroups ?? [] };
  // Whether a task is overdue depends on the time, so what was found a moment ago may not be true of tasks.
  const moment = type === "tasks" ? account.clock.now() : 0;
  const key = JSON.stringify([wider.filterGroups, wider.query, order, moment]);
  let last = remembered.get(index);
  if (last?.key !== key || last.version !== index.version) {
    last = { key, version: index.version, states: matchingStates(account, type, wider, order) };
    remembered.set(index, last);
  }
  return { states: last.states, from: above === 0 ? 0 : firstAbove(last.states, above) };
}

/** Takes "id above n" out of a single group, since in the order of ids it only says where to begin. */
function withoutIdBound(groups: NonNullable<SearchRequest["filterGroups"]>): {
  readonly filterGroups: NonNullable<SearchRequest["filterGroups"]>;
  readonly above: number;
} {
  const [group, ...others] = groups;
  const isBound = (filter: SearchFilter): boolean =>
    filter.propertyName === "hs_object_id" && filter.operator === "GT" && /^\d+$/.test(filter.value ?? "");
  if (group === undefined || others.length > 0 || !group.filters.some(isBound))
    return { filterGroups: groups, above: 0 };
  const above = Math.max(...group.filters.filter(isBound).map((filter) => Number(filter.value)));
  return { filterGroups: [{ filters: group.filters.filter((filter) => !isBound(filter)) }], above };
}

/** The position of the first state with an id above `id` in states ordered by id. */
function firstAbove(states: readonly RecordState[], id: number): number {
  let low = 0;
  let high = states.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((states[middle] as RecordState).numericId <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matchingStates(
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
