/** Worked examples of the transforms: what each value becomes in the other system. */
import { describe, expect, test } from "vitest";
import { countryCode } from "../../../src/core/mapping/country-transform.ts";
import { buildOwnerDirectory, lateOwnerDirectory } from "../../../src/core/mapping/owner-transform.ts";
import {
  type OwnerDirectory,
  type TransformName,
  type TransformOptions,
  transformNamed,
} from "../../../src/core/mapping/transforms.ts";
import { encodeField, holdsValue } from "../../../src/core/mapping/translate-record.ts";
import type { FieldMapping } from "../../../src/core/model/mapping.ts";
import type { RawValue, System, Value } from "../../../src/core/model/record.ts";

const values = { SAAS: "Software", INTERNET: "Software", BANKING: "Finance" };

test.each<[TransformName, TransformOptions, RawValue, RawValue]>([
  ["text", {}, "Ann ", "Ann"],
  ["text", {}, "a\r\nb", "a\nb"],
  ["text", {}, "e\u0301", "\u00e9"],
  ["number", {}, "10.0", 10],
  ["number", {}, "1.0E7", 10_000_000],
  ["integer", {}, "10.00", 10],
  ["boolean", {}, "true", true],
  ["boolean", {}, "false", false],
  ["set", {}, "A;B", "B; A"],
  ["date", {}, "2026-03-29", "2026-03-29"],
  ["date", {}, "1790035200000", "2026-09-22"],
  ["datetime", {}, "2021-12-02T18:23:39.581Z", "2021-12-02T18:23:39.000+0000"],
  ["email", {}, "ANN@Example.com ", "ann@example.com"],
  ["url", {}, "http://Acme.com/", "acme.com"],
  ["country", {}, "usa", "United States"],
  ["picklist", { values }, "INTERNET", "Software"],
  ["phone", {}, "+49 30 90 18 20", "+49-30-901820"],
])("%s %j: HubSpot's %j equals Salesforce's %j", (name, options, hubspot, salesforce) => {
  const transform = transformNamed(name, options);
  const read = transform.decode(hubspot, "hubspot");
  expect(read.ok).toBe(true);
  expect(transform.decode(salesforce, "salesforce")).toEqual(read);
});

test.each<[TransformName, TransformOptions, System, Value, RawValue | undefined, RawValue]>([
  ["boolean", {}, "salesforce", "true", undefined, true],
  ["boolean", {}, "salesforce", null, undefined, false],
  ["boolean", {}, "hubspot", null, "true", null],
  ["number", {}, "salesforce", "1234.5", undefined, 1234.5],
  ["number", {}, "hubspot", "1234.5", "1234.50", "1234.50"],
  ["number", { scale: 2 }, "salesforce", "0.125", undefined, 0.12],
  ["number", { scale: 2 }, "salesforce", "0.135", undefined, 0.14],
  ["picklist", { values }, "hubspot", "Software", "INTERNET", "INTERNET"],
  ["picklist", { values }, "hubspot", "Software", "BANKING", "SAAS"],
  ["set", { values }, "hubspot", "Finance;Software", "INTERNET", "BANKING;INTERNET"],
  ["datetime", {}, "hubspot", "2021-12-02T18:23:39.000Z", "2021-12-02T18:23:39.581Z", "2021-12-02T18:23:39.581Z"],
  ["text", { maxLength: { salesforce: 5 } }, "salesforce", "abcde fgh", undefined, "abcde"],
  ["text", { maxLength: { salesforce: 5 } }, "hubspot", "abcde", "abcde fgh", "abcde fgh"],
  ["text", { maxLength: { salesforce: 5 } }, "salesforce", "abcd😀", undefined, "abcd"],
  ["phone", {}, "salesforce", "+14155552671", "+1 (415) 555-2671", "+1 (415) 555-2671"],
  ["country", {}, "hubspot", "US", "U.S.A.", "U.S.A."],
  ["country", {}, "salesforce", "DE", undefined, "Germany"],
])("%s %j: %s gets %j over %j as %j", (name, options, system, value, current, written) => {
  expect(transformNamed(name, options).encode(value, system, current)).toEqual({ ok: true, value: written });
});

test.each<[TransformName, TransformOptions, System, RawValue, RegExp]>([
  ["number", {}, "hubspot", "1,234.50", /plain number/],
  ["number", {}, "hubspot", "3092727991;3881228353", /plain number/],
  ["integer", {}, "salesforce", 10.5, /whole number/],
  ["boolean", {}, "hubspot", "maybe", /neither true nor false/],
  ["date", {}, "hubspot", "2026-02-30", /calendar/],
  ["datetime", {}, "hubspot", "2026-10-01T12:00:00", /with a zone/],
  ["email", {}, "hubspot", "ann at example", /not an e-mail/],
  ["picklist", { values }, "salesforce", "Retail", /values map/],
  ["picklist", { values }, "hubspot", "__proto__", /values map/],
  ["owner", {}, "hubspot", "17", /no known e-mail/],
])("%s %j refuses what %s holds (%j), with a reason", (name, options, system, raw, reason) => {
  const read = transformNamed(name, options).decode(raw, system);
  expect(read.ok ? read.value : read.reason).toMatch(reason);
});

test("a number with more digits than a double keeps is refused for Salesforce rather than rounded", () => {
  const written = transformNamed("integer", {}).encode("12345678901234567891", "salesforce", undefined);
  expect(written).toMatchObject({ ok: false });
});

describe("a calendar day", () => {
  test.each([
    ["Pacific/Auckland", "2026-10-02"],
    ["America/Los_Angeles", "2026-10-01"],
  ])("of an instant depends on the zone: in %s it is %s", (timeZone, day) => {
    expect(transformNamed("date", { timeZone }).decode("2026-10-01T20:00:00Z", "salesforce")).toEqual({
      ok: true,
      value: day,
    });
  });

  test.each(["Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"])(
    "stays that day in %s when it is written as a day",
    (timeZone) => {
      const transform = transformNamed("date", { timeZone });
      expect(transform.decode("2026-03-29", "salesforce")).toEqual({ ok: true, value: "2026-03-29" });
      expect(transform.encode("2026-03-29", "hubspot", undefined)).toEqual({ ok: true, value: "2026-03-29" });
    },
  );

  test("keeps the time of day that the other side holds", () => {
    expect(transformNamed("date", {}).encode("2026-10-01", "salesforce", "2026-10-01T15:30:00.000+0000")).toEqual({
      ok: true,
      value: "2026-10-01T15:30:00.000+0000",
    });
  });

  test.each([
    ["UTC", "2026-10-01T00:00:00.000Z"],
    ["America/New_York", "2026-10-01T04:00:00.000Z"],
    ["Pacific/Auckland", "2026-09-30T11:00:00.000Z"],
  ])("becomes its midnight in %s where an instant is asked for", (timeZone, instant) => {
    expect(transformNamed("datetime", { timeZone }).decode("2026-10-01", "hubspot")).toEqual({
      ok: true,
      value: instant,
    });
  });
});

describe("owners", () => {
  const owner = (id: string, email: string | null, active = true, queue = false) => ({
    id,
    email,
    name: id,
    active,
    queue,
    managerId: null,
    timeZone: null,
  });
  const read = buildOwnerDirectory({
    hubspot: [owner("1", "Ann@x.com"), owner("2", "gone@x.com")],
    salesforce: [
      owner("005A", "ann@x.com", false),
      owner("005B", "ANN@x.com"),
      owner("005C", "gone@x.com", false),
      owner("00G1", "queue@x.com", true, true),
    ],
  });

  test("are the same person when the e-mail is the same, and the active user is written", () => {
    const transform = transformNamed("owner", { owners: read });
    expect(transform.decode("1", "hubspot")).toEqual({ ok: true, value: "ann@x.com" });
    expect(transform.encode("ann@x.com", "salesforce", undefined)).toEqual({ ok: true, value: "005B" });
    expect(transform.encode("ann@x.com", "salesforce", "005A")).toEqual({ ok: true, value: "005A" });
  });

  test("who are inactive are not written", () => {
    expect(transformNamed("owner", { owners: read }).encode("gone@x.com", "salesforce", "005B")).toEqual({
      ok: false,
      reason: "gone@x.com is not active in salesforce",
    });
  });

  test("that are queues read as nobody, and nobody leaves the queue in place", () => {
    const transform = transformNamed("owner", { owners: read });
    expect(transform.decode("00G1", "salesforce")).toEqual({ ok: true, value: null });
    expect(transform.encode(null, "salesforce", "00G1")).toEqual({ ok: true, value: "00G1" });
    expect(transform.encode(null, "salesforce", "005B")).toMatchObject({ ok: false });
  });

  test("may be read after the transform was made", () => {
    let present: OwnerDirectory | null = null;
    const transform = transformNamed("owner", { owners: lateOwnerDirectory(() => present) });
    expect(transform.decode("1", "hubspot").ok).toBe(false);
    present = read;
    expect(transform.decode("1", "hubspot")).toEqual({ ok: true, value: "ann@x.com" });
  });
});

test.each([
  ["de", "DE"],
  ["Deutschland", "DE"],
  ["Allemagne", "DE"],
  ["COTE D'IVOIRE", "CI"],
  ["UK", "GB"],
  ["United Kingdom", "GB"],
  ["U.S.", "US"],
  ["Brasil", "BR"],
  ["Narnia", null],
  ["ZZ", null],
])("country %s is %s", (text, code) => {
  expect(countryCode(text)).toBe(code);
});

test("a checkbox that is false holds the blank it cannot store", () => {
  const field: FieldMapping = {
    name: "f",
    hubspot: "f",
    salesforce: "F__c",
    rule: "two-way",
    transform: transformNamed("boolean", {}),
    whenMissing: undefined,
  };
  expect(holdsValue(field, "salesforce", null, false)).toBe(true);
  expect(holdsValue(field, "salesforce", null, true)).toBe(false);
  expect(encodeField(field, "hubspot", "false", "")).toEqual({ ok: true, value: "false" });
});

describe("names that every JavaScript object has", () => {
  const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty"];

  test.each(NAMES)("%s is no value of a list, no country and no owner", (text) => {
    expect(transformNamed("picklist", { values }).decode(text, "hubspot")).toMatchObject({ ok: false });
    expect(transformNamed("set", { values }).decode(text, "salesforce")).toMatchObject({ ok: false });
    expect(countryCode(text)).toBeNull();
  });
});
