/** Writes SOQL. The only place that puts a name or a value into a query. */
import { StopRun } from "../../core/errors.ts";
import type { Window } from "../../jobs/ports.ts";
import { toEighteen } from "./eighteen-character-id.ts";
import { SIZES } from "./salesforce-paths.ts";

const NAME = /^[A-Za-z]\w*(?:\.[A-Za-z]\w*)*$/;

/** A piece of a WHERE clause whose names and values are already safe. */
export type Predicate = string & { readonly __soql: true };

/** A place in an order of (time, id) after which a page goes on. */
export interface KeysetPosition {
  readonly at: string;
  readonly id: string;
}

interface Selection {
  readonly object: string;
  readonly fields: readonly string[];
  readonly where: readonly Predicate[];
  readonly orderBy: readonly string[];
  /** Null for all there are. */
  readonly limit: number | null;
}

/** Throws StopRun for a name that is no identifier: it came from a mapping and would fail every query. */
export function select({ object, fields, where, orderBy, limit }: Selection): string {
  const conditions = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
  const order = orderBy.length === 0 ? "" : ` ORDER BY ${orderBy.map(name).join(",")}`;
  const most = limit === null ? "" : ` LIMIT ${limit}`;
  return `SELECT ${fields.map(name).join(",")} FROM ${name(object)}${conditions}${order}${most}`;
}

/**
 * Text in quotes. Backslash first, then the quote, or a value that ends in a backslash would break out
 * (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm).
 */
export function quote(value: string): string {
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `'${escaped}'`;
}

export function isOneOf(field: string, values: readonly string[]): Predicate {
  return `${name(field)} IN (${values.map(quote).join(",")})` as Predicate;
}

export function isTrue(field: string): Predicate {
  return `${name(field)} = true` as Predicate;
}

export function isNotBlank(field: string): Predicate {
  return `${name(field)} != null` as Predicate;
}

/**
 * Changed in any of the windows. Stamps are whole seconds, so bounds are widened to whole seconds: more may be read, never less.
 * `null` when some window has no bounds at all: everything matches.
 */
export function changedWithin(windows: readonly Window[]): Predicate | null {
  const parts: string[] = [];
  for (const { from, to } of windows) {
    const bounds: string[] = [];
    if (from !== null) bounds.push(`SystemModstamp >= ${wholeSecond(from, Math.floor)}`);
    if (to !== null) bounds.push(`SystemModstamp < ${wholeSecond(to, Math.ceil)}`);
    if (bounds.length === 0) return null;
    parts.push(`(${bounds.join(" AND ")})`);
  }
  return `(${parts.join(" OR ")})` as Predicate;
}

/** Thousands of rows can share a second, so the id decides within one. */
export function afterPosition({ at, id }: KeysetPosition): Predicate {
  const stamp = wholeSecond(at, Math.floor);
  return `(SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} AND Id > ${quote(id)}))` as Predicate;
}

/** Stamped at that second or later. */
export function since(field: string, instant: string): Predicate {
  return `${name(field)} >= ${wholeSecond(instant, Math.floor)}` as Predicate;
}

export function afterId(id: string): Predicate {
  return `Id > ${quote(id)}` as Predicate;
}

/** Groups values so that an IN list of each group leaves the address short enough; `room` is what the list may take, in bytes. */
export function inLists(values: readonly string[], room: number): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let group: string[] = [];
  let used = 0;
  for (const value of values) {
    const size = encodeURIComponent(quote(value)).length + 1;
    if (group.length > 0 && (used + size > room || group.length >= SIZES.idsPerQuery)) {
      groups.push(group);
      group = [];
      used = 0;
    }
    group.push(value);
    used += size;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** A name as it may stand in a query or a path. */
export function name(text: string): string {
  if (NAME.test(text)) return text;
  throw new StopRun(`"${text}" is not a Salesforce field or object name; correct it in the mapping`);
}

/** An id as it may stand in a path, in its 18-character form. */
export function recordId(text: string): string {
  const id = toEighteen(text);
  if (id !== null) return id;
  throw new StopRun(`"${text}" is not a Salesforce record id; the stored link is damaged`);
}

/** A bulk job's id as it may stand in a path: only what Salesforce itself gave. */
export function jobId(text: string): string {
  if (/^[a-zA-Z0-9]{15,18}$/.test(text)) return text;
  throw new StopRun(`"${text}" is no id of a bulk job; the stored job is damaged`);
}

function wholeSecond(instant: string, round: (seconds: number) => number): string {
  return new Date(round(Date.parse(instant) / 1000) * 1000).toISOString();
}
