import { expect, test } from "vitest";
import { timeOrderedIds } from "../../src/app/time-ordered-ids.ts";

const START = Date.parse("2026-04-01T00:00:00.000Z");
const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("each id sorts behind the one before it, also while the clock stands or goes back", () => {
  let now = START;
  const newId = timeOrderedIds({ now: () => new Date(now).toISOString() });
  const ids = [newId()];
  for (let count = 0; count < 10_000; count += 1) ids.push(newId());
  now -= 60_000;
  ids.push(newId());
  now += 120_000;
  ids.push(newId());
  expect(ids).toEqual([...new Set(ids)].sort());
  for (const id of ids) expect(id).toMatch(VERSION_7);
});

test("an id begins with its moment, as the layout has it", () => {
  const newId = timeOrderedIds({ now: () => new Date(START).toISOString() });
  expect(Number.parseInt(newId().replaceAll("-", "").slice(0, 12), 16)).toBe(START);
});
