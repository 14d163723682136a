/**
 * How often something was done lately. HubSpot keeps totals only (page views, opens, forms since the beginning), so LeadLoop notes each total with the day on
 * which it was first seen, and counts the difference.
 */
import type { Instant, Value } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";

const DAY_MS = 86_400_000;
/** Days that are remembered; the oldest go first, so a very busy person's window of a year may begin later. */
const MOST_DAYS = 60;
/** No field of either system has a space in its name. */
const SUFFIX = " by day";

/** The fact that holds the totals of another by day. */
export function countedFact(name: string): string {
  const known = countedNames.get(name);
  if (known !== undefined) return known;
  const counted = `${name}${SUFFIX}`;
  countedNames.set(name, counted);
  return counted;
}

/** Few, and asked for with every person: a name that is put together anew is many times slower to look up. */
const countedNames = new Map<string, string>();

/**
 * The noted totals with today's. What was done before the person was first seen cannot be dated: it counts as lately only while the whole record is younger
 * than the window.
 */
export function noteTotal(noted: Value | undefined, total: Value | undefined, createdAt: Instant, now: Instant): Value {
  const number = Number(total ?? 0);
  if (!Number.isFinite(number) || number < 0) return noted ?? null;
  const today = dayOf(Date.parse(now));
  if (noted === undefined || noted === null) return `${dayOf(Date.parse(createdAt))} ${today}:${number}`;
  const [created = "", ...entries] = noted.split(" ");
  const last = entries.at(-1) ?? "";
  if (last.endsWith(`:${number}`)) return noted;
  const kept = last.startsWith(`${today}:`) ? entries.slice(0, -1) : entries.slice(1 - MOST_DAYS);
  return [created, ...kept, `${today}:${number}`].join(" ");
}

/** By how much the total rose in the last so many days, today included. 0 where nothing was noted. */
export function timesWithin(facts: Facts, name: string, days: number, nowMs: number): number {
  const noted = readNoted(facts[countedFact(name)]);
  if (noted === null) return 0;
  const lastOutside = dayOf(nowMs) - days;
  const total = Number(facts[name] ?? 0);
  if (noted.created > lastOutside) return Math.max(0, total);
  let before = noted.entries[0]?.total ?? 0;
  for (const entry of noted.entries) if (entry.day <= lastOutside) before = entry.total;
  return Math.max(0, total - before);
}

/** The midnight (UTC) at which something noted next leaves the window; infinity when nothing does. */
export function timesChangeAt(facts: Facts, name: string, days: number, nowMs: number): number {
  const noted = readNoted(facts[countedFact(name)]);
  if (noted === null) return Number.POSITIVE_INFINITY;
  const lastOutside = dayOf(nowMs) - days;
  const leaving = [noted.created, ...noted.entries.map(({ day }) => day)].filter((day) => day > lastOutside);
  return leaving.length === 0 ? Number.POSITIVE_INFINITY : (Math.min(...leaving) + days) * DAY_MS;
}

interface Noted {
  readonly created: number;
  readonly entries: readonly { readonly day: number; readonly total: number }[];
}

function readNoted(value: Value | undefined): Noted | null {
  if (value === undefined || value === null) return null;
  const [created, ...rest] = value.split(" ");
  const entries = rest.map((entry) => {
    const [day, total] = entry.split(":");
    return { day: Number(day), total: Number(total) };
  });
  return { created: Number(created), entries };
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
