/** Finds records by search: everything that changed in some windows, or seems to hold one of some values. */
import { type Filter, FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import { StopRun } from "../../core/errors.ts";
import type { CrmRecord } from "../../core/model/record.ts";
import type { ChangePage, ChangeRequest, Window } from "../../jobs/ports.ts";
import { chunked } from "../side-by-side.ts";
import { type HubSpotConnection, reading } from "./hubspot-connection.ts";
import { HUBSPOT_PATHS, HUBSPOT_SIZES } from "./hubspot-paths.ts";
import { changeProperty, ownProperties, pageAnswerShape, toRecord, understood } from "./hubspot-wire.ts";

interface Search {
  readonly object: string;
  readonly fields: readonly string[];
  /** Any of these; in each, all filters hold. */
  readonly groups: readonly (readonly Filter[])[];
}

interface SearchPage {
  readonly records: readonly CrmRecord[];
  readonly date: string | undefined;
  readonly last: boolean;
}

/**
 * Pages of every record that changed in any of the windows, each object on its own, all windows of a request in one search. Search knows live
 * records only and its index runs behind: the newest edits may be missing and a record may come although it is outside of the windows. Both are
 * why windows overlap; what comes is a hint, never dropped. Fields for which the request has no room are absent from the records.
 */
export async function* changedRecords(
  connection: HubSpotConnection,
  requests: readonly ChangeRequest[],
): AsyncIterable<ChangePage> {
  for (const request of requests) {
    if (request.windows.length > 0) yield* changesOf(connection, request);
  }
}

async function* changesOf(connection: HubSpotConnection, request: ChangeRequest): AsyncIterable<ChangePage> {
  const { object, fields } = request;
  const parts = chunked(request.windows, HUBSPOT_SIZES.searchGroups);
  // A read of everything is one search; where it was left tells when it was begun and the last id that was read.
  const whole = request.windows.length === 1 && request.windows[0]?.from === null && request.windows[0].to === null;
  const [begunAt, lastId] = whole && request.after !== undefined ? request.after.split(" ") : [];
  let serverTime = begunAt;
  for (const [index, windows] of parts.entries()) {
    const groups = windows.map((window) => windowFilters(window, request));
    for await (const page of searchPages(connection, { object, fields, groups }, lastId)) {
      serverTime ??= page.date === undefined ? connection.clock.now() : new Date(page.date).toISOString();
      const position = whole ? `${serverTime} ${page.lastId}` : null;
      yield { object, records: page.records, serverTime, position, last: page.last && index === parts.length - 1 };
    }
  }
}

/** Ids of live records that the index believes to have one of the values. Misses what it does not know yet; the caller checks the records themselves. */
export async function idsByValue(
  connection: HubSpotConnection,
  { object, field, values }: { object: string; field: string; values: readonly string[] },
): Promise<readonly string[]> {
  const ids: string[] = [];
  // The vendor compares texts in lower case, and only if the filter's values are too.
  for (const some of fittingTogether([...new Set(values.map((value) => value.toLowerCase()))])) {
    const groups = [[{ propertyName: field, operator: FilterOperatorEnum.In, values: some }]];
    for await (const page of searchPages(connection, { object, fields: [], groups })) {
      ids.push(...page.records.map(({ ref }) => ref.id));
    }
  }
  return ids;
}

function fittingTogether(values: readonly string[]): readonly string[][] {
  const parts: string[][] = [];
  let room = 0;
  for (const value of values) {
    const characters = JSON.stringify(value).length + 1;
    const part = parts.at(-1);
    if (part === undefined || characters > room) {
      parts.push([value]);
      room = HUBSPOT_SIZES.searchValueCharacters;
    } else part.push(value);
    room -= characters;
  }
  return parts;
}

/** Pages by id, never by offset: offsets end at 10,000 records and slip when records move. */
async function* searchPages(
  connection: HubSpotConnection,
  search: Search,
  after = "0",
): AsyncIterable<SearchPage & { readonly lastId: string }> {
  let lastId = after;
  for (;;) {
    const page = await searchPage(connection, search, lastId);
    const next = page.records.length === 0 ? lastId : greatestId(page.records);
    yield { ...page, lastId: next };
    if (page.last) return;
    if (BigInt(next) <= BigInt(lastId)) {
      throw new StopRun(
        `HubSpot's search of ${search.object} does not go on after id ${lastId}; no record was passed over. Try again, and tell HubSpot's support if it stays so.`,
      );
    }
    lastId = next;
  }
}

async function searchPage(
  connection: HubSpotConnection,
  { object, fields, groups }: Search,
  lastId: string,
): Promise<SearchPage> {
  const after: Filter = { propertyName: "hs_object_id", operator: FilterOperatorEnum.Gt, value: lastId };
  return reading(`a search of ${object}`, async () => {
    const query = {
      filterGroups: groups.map((filters) => ({ filters: [...filters, after] })),
      sorts: ["hs_object_id"],
      limit: HUBSPOT_SIZES.searchPage,
    };
    const properties = fittingProperties([...ownProperties(object), ...fields], JSON.stringify(query).length);
    // Sent beside the client package, as batch reads are: turning each record into its own object took longer than all else that is done with it here.
    const answer = await connection.transport.postForJson(HUBSPOT_PATHS.search(object), {}, { ...query, properties });
    const { results, paging } = understood(pageAnswerShape, answer.body);
    const records = results.map((wire) => toRecord(wire, { object, fields, appId: connection.appId }));
    // A page can be short although more follow: hits of a stale index are left out of it.
    return { records, date: answer.headers["date"], last: records.length === 0 || paging?.next === undefined };
  });
}

/** What does not fit stays unread, and so unknown: a search is for finding, the records are read by id before anything is decided. */
function fittingProperties(names: readonly string[], characters: number): string[] {
  let room = HUBSPOT_SIZES.searchCharacters - characters - ',"properties":[]'.length;
  return [...new Set(names)].filter((name) => {
    room -= name.length + '"",'.length;
    return room >= 0;
  });
}

function windowFilters({ from, to }: Window, { object, onlyWith }: ChangeRequest): readonly Filter[] {
  const propertyName = changeProperty(object);
  return [
    ...(from === null ? [] : [{ propertyName, operator: FilterOperatorEnum.Gte, value: String(Date.parse(from)) }]),
    ...(to === null ? [] : [{ propertyName, operator: FilterOperatorEnum.Lt, value: String(Date.parse(to)) }]),
    ...(onlyWith === undefined ? [] : [{ propertyName: onlyWith, operator: FilterOperatorEnum.HasProperty }]),
  ];
}

/** Ids are numbers of any length, told as text. */
function greatestId(records: readonly CrmRecord[]): string {
  return records.reduce((greatest, { ref }) => (BigInt(ref.id) > BigInt(greatest) ? ref.id : greatest), "0");
}
