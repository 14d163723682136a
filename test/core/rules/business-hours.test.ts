/** Working hours in an owner's zone: nights, weekends, holidays and clock changes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addWorkingDays,
  addWorkingHours,
  isWorkingTime,
  localText,
  standardWeek,
  workingDateAfter,
} from "../../../src/core/rules/business-hours.ts";
import { cases } from "../../support/law-cases.ts";

const BERLIN = standardWeek("Europe/Berlin");
const NEW_YORK = standardWeek("America/New_York");

describe("Working hours", () => {
  test.each([
    ["within a day", "2026-10-05T08:00:00.000Z", 2, BERLIN, "2026-10-05T10:00:00.000Z"],
    ["up to closing time", "2026-10-05T07:00:00.000Z", 8, BERLIN, "2026-10-05T15:00:00.000Z"],
    ["over a night", "2026-10-05T14:00:00.000Z", 2, BERLIN, "2026-10-06T08:00:00.000Z"],
    ["over a weekend", "2026-10-02T14:00:00.000Z", 2, BERLIN, "2026-10-05T08:00:00.000Z"],
    ["from a Sunday", "2026-10-04T12:00:00.000Z", 1, BERLIN, "2026-10-05T08:00:00.000Z"],
    ["from before opening", "2026-10-05T02:00:00.000Z", 1, BERLIN, "2026-10-05T08:00:00.000Z"],
    ["over the end of summer time", "2026-10-23T14:00:00.000Z", 2, BERLIN, "2026-10-26T09:00:00.000Z"],
    ["over the start of summer time", "2026-03-27T15:00:00.000Z", 2, BERLIN, "2026-03-30T08:00:00.000Z"],
    ["in another zone", "2026-10-05T20:30:00.000Z", 1, NEW_YORK, "2026-10-06T13:30:00.000Z"],
    [
      "over a holiday",
      "2026-12-24T14:00:00.000Z",
      3,
      standardWeek("Europe/Berlin", new Set(["2026-12-25"])),
      "2026-12-28T09:00:00.000Z",
    ],
    ["over weeks", "2026-10-05T07:00:00.000Z", 80, BERLIN, "2026-10-16T15:00:00.000Z"],
    ["of which there are none", "2026-10-05T12:00:00.000Z", 0, BERLIN, "2026-10-05T12:00:00.000Z"],
    [
      "on the very day the clock changes",
      "2026-03-08T12:00:00.000Z",
      1,
      { ...standardWeek("America/Los_Angeles"), days: new Set([7]) },
      "2026-03-08T17:00:00.000Z",
    ],
    ["in a half hour zone", "2026-10-05T03:00:00.000Z", 1, standardWeek("Asia/Kolkata"), "2026-10-05T04:30:00.000Z"],
    [
      "in a zone nobody knows, as UTC",
      "2026-10-05T08:00:00.000Z",
      2,
      standardWeek("Mars/Base"),
      "2026-10-05T11:00:00.000Z",
    ],
    [
      "where nobody ever works, as plain hours",
      "2026-10-05T08:00:00.000Z",
      2,
      { ...BERLIN, days: new Set<number>() },
      "2026-10-05T10:00:00.000Z",
    ],
  ])("%s", (_, start, hours, calendar, end) => {
    expect(addWorkingHours(start, hours, calendar)).toBe(end);
  });

  test("end within working hours, and more hours never end earlier", () => {
    const start = fc
      .integer({ min: 0, max: 700 * 24 * 60 })
      .map((minutes) => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString());
    const zone = fc.constantFrom(
      "Europe/Berlin",
      "America/Los_Angeles",
      "Asia/Kolkata",
      "Australia/Lord_Howe",
      "Pacific/Kiritimati",
      "UTC",
    );
    fc.assert(
      fc.property(
        start,
        zone,
        fc.double({ min: 0.01, max: 60, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (from, timeZone, hours, more) => {
          const calendar = standardWeek(timeZone);
          const end = addWorkingHours(from, hours, calendar);
          const clock = localText(end, timeZone);
          expect(clock).not.toMatch(/^S/);
          expect(clock.slice(-5) >= "09:00" && clock.slice(-5) <= "17:00").toBe(true);
          expect(addWorkingHours(from, hours + more, calendar) >= end).toBe(true);
        },
      ),
      { numRuns: cases(300) },
    );
  });
});

test.each([
  ["when the day opens", "2026-10-05T07:00:00.000Z", true],
  ["a second before", "2026-10-05T06:59:59.000Z", false],
  ["a second before the day closes", "2026-10-05T14:59:59.000Z", true],
  ["when it closes", "2026-10-05T15:00:00.000Z", false],
  ["on a Saturday at noon", "2026-10-03T10:00:00.000Z", false],
  ["in winter, an hour later by UTC", "2026-12-07T15:30:00.000Z", true],
  ["on a holiday", "2026-12-25T10:00:00.000Z", false],
])("working time in Berlin: %s", (_, at, works) => {
  expect(isWorkingTime(at, standardWeek("Europe/Berlin", new Set(["2026-12-25"])))).toBe(works);
});

describe("A working date", () => {
  test.each([
    ["2026-10-05T12:00:00.000Z", 1, "2026-10-06"],
    ["2026-10-02T12:00:00.000Z", 1, "2026-10-05"],
    ["2026-10-02T22:30:00.000Z", 0, "2026-10-05"],
    ["2026-10-05T22:30:00.000Z", 0, "2026-10-06"],
  ])("from %s after %i days is %s", (start, days, date) => {
    expect(workingDateAfter(start, days, BERLIN)).toBe(date);
  });
});

test.each([
  ["five working days after a Monday is the next Monday", "2026-10-05T08:30:00.000Z", 5, "2026-10-12T08:30:00.000Z"],
  ["a weekend start counts from Monday's eve", "2026-10-10T10:00:00.000Z", 1, "2026-10-12T10:00:00.000Z"],
  ["no days at all is the next working day", "2026-10-10T10:00:00.000Z", 0, "2026-10-12T10:00:00.000Z"],
  ["before opening is when the day opens", "2026-10-05T03:00:00.000Z", 1, "2026-10-06T07:00:00.000Z"],
  ["the local time stays when the clocks change", "2026-10-23T10:00:00.000Z", 1, "2026-10-26T11:00:00.000Z"],
])("working days: %s", (_, start, days, end) => {
  expect(addWorkingDays(start, days, standardWeek("Europe/Berlin"))).toBe(end);
});
