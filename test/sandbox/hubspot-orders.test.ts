import fc from "fast-check";
import { expect, test } from "vitest";
import { DueQueue } from "../../src/sandbox/hubspot/due-queue.ts";
import { SortedList } from "../../src/sandbox/hubspot/sorted-list.ts";
import { cases } from "../support/law-cases.ts";

test("a sorted list is a sorted array, whatever is added and removed", () => {
  const change = fc.record({ add: fc.boolean(), item: fc.integer({ min: 0, max: 3000 }) });
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 4000, size: "max" }),
      fc.integer({ min: 0, max: 3000 }),
      (changes, probe) => {
        const list = new SortedList<number>((a, b) => a - b);
        const model = new Set<number>();
        for (const { add, item } of changes) {
          if (add && !model.has(item)) list.add(item);
          if (!add) list.remove(item);
          if (add) model.add(item);
          else model.delete(item);
        }
        const sorted = [...model].sort((a, b) => a - b);
        const seen: number[] = [];
        list.visit((item) => seen.push(item) > 0, probe);
        expect(seen).toEqual(sorted.filter((item) => item >= probe));
        expect(list.rank(probe)).toBe(sorted.filter((item) => item < probe).length);
        expect(list.size).toBe(sorted.length);
      },
    ),
    { numRuns: cases(50) },
  );
});

test("a due queue hands out everything due, by time and then by arrival", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 0, max: 50 }), (times, now) => {
      const queue = new DueQueue<number>();
      for (const [index, at] of times.entries()) queue.add(at, index);
      const taken: number[] = [];
      for (let due = queue.take(now); due !== undefined; due = queue.take(now)) taken.push(due.item);
      const expected = times.map((at, index) => ({ at, index })).filter(({ at }) => at <= now);
      expected.sort((a, b) => a.at - b.at || a.index - b.index);
      expect(taken).toEqual(expected.map(({ index }) => index));
      expect(queue.size).toBe(times.length - taken.length);
    }),
  );
});
