import { isQueryValid, parseQuery } from "@jetstreamapp/soql-parser-js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import { toEighteen } from "../../src/crm/salesforce/eighteen-character-id.ts";
import { ERROR_RULES, refusalFrom } from "../../src/crm/salesforce/salesforce-errors.ts";
import { verdictOn } from "../../src/crm/salesforce/salesforce-outcomes.ts";
import { SIZES } from "../../src/crm/salesforce/salesforce-paths.ts";
import { instantFrom, recordFrom } from "../../src/crm/salesforce/salesforce-wire.ts";
import {
  afterId,
  changedWithin,
  inLists,
  isOneOf,
  jobId,
  name,
  quote,
  recordId,
  select,
} from "../../src/crm/salesforce/soql.ts";
import { cases } from "../support/law-cases.ts";
import { write } from "../support/salesforce-test-client.ts";

describe("a quoted value", () => {
  test.each([
    ["o'x\\", "'o\\'x\\\\'"],
    ["\\'", "'\\\\\\''"],
    ["two\nlines\tand a tab", "'two\\nlines\\tand a tab'"],
    ["plain", "'plain'"],
  ])("%j becomes %s", (value, quoted) => {
    expect(quote(value)).toBe(quoted);
  });

  test("gives itself back when the escapes are undone, and never ends its literal early", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", "\\", "\n", "\t", "a", "%", "ü", " OR ") }), (value) => {
        const inner = quote(value).slice(1, -1);
        expect(inner.replaceAll(/\\(.)/gs, "").includes("'")).toBe(false);
        const undone = inner.replaceAll(/\\(.)/gs, (_, mark: string) => ({ n: "\n", t: "\t", r: "\r" })[mark] ?? mark);
        expect(undone).toBe(value);
      }),
    );
  });
});

describe("a query", () => {
  const HOSTILE = [
    "'",
    "\\",
    "\\'",
    "\n",
    "\r",
    "\t",
    "' OR Name LIKE '%",
    "') OR (Id != '",
    "--",
    "/*",
    "\u2019",
    "\uff07",
    "\u2028",
    "%27",
    "a",
    "\u{1f600}",
  ];

  /** Reads a query as Salesforce's rules of literals have it: what stands outside of them, and each value. */
  function literalsOf(soql: string): { readonly outside: string; readonly values: readonly string[] } {
    const meant: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
    const values: string[] = [];
    const outside = soql.replaceAll(/'((?:[^'\\]|\\.)*)'/gs, (_, inner: string) => {
      values.push(inner.replaceAll(/\\(.)/gs, (_escape, mark: string) => meant[mark] ?? mark));
      return "?";
    });
    return { outside, values };
  }

  test("keeps any value inside one literal of its own", () => {
    const hostile = fc.string({ unit: fc.constantFrom(...HOSTILE), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), hostile, (some, id) => {
        const where = [isOneOf("Email", some), afterId(id)];
        const { outside, values } = literalsOf(
          select({ object: "Lead", fields: ["Id"], where, orderBy: ["Id"], limit: 5 }),
        );
        const list = some.map(() => "?").join(",");
        expect(outside).toBe(`SELECT Id FROM Lead WHERE Email IN (${list}) AND Id > ? ORDER BY Id LIMIT 5`);
        expect(values).toEqual([...some, id]);
      }),
    );
  });

  test.each(["Id FROM User--", "Na me", "1st", "", "Name)", "a..b"])("refuses %j as a name", (text) => {
    expect(() => name(text)).toThrow(/not a Salesforce field or object name/);
  });

  test("is one that a parser written by others understands", () => {
    const changed = changedWithin([
      { from: "2026-10-01T11:00:00.400Z", to: "2026-10-01T11:30:00.400Z" },
      { from: "2026-10-01T12:00:00.000Z", to: null },
    ]);
    const soql = select({
      object: "Lead",
      fields: ["Id", "Account__r.Name"],
      where: [...(changed === null ? [] : [changed]), isOneOf("Email", ["o'x\\"])],
      orderBy: ["SystemModstamp", "Id"],
      limit: 2000,
    });
    expect(isQueryValid(soql)).toBe(true);
    expect(parseQuery(soql)).toMatchObject({ sObject: "Lead", limit: 2000 });
    expect(soql).toContain(
      "(SystemModstamp >= 2026-10-01T11:00:00.000Z AND SystemModstamp < 2026-10-01T11:30:01.000Z)",
    );
  });

  test("has no time condition when one window holds everything", () => {
    expect(
      changedWithin([
        { from: "2026-10-01T11:00:00.000Z", to: null },
        { from: null, to: null },
      ]),
    ).toBeNull();
  });

  test("of many values is cut so that each list fits, and no value is lost", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 60 }), { maxLength: 1_500 }),
        fc.integer({ min: 600, max: 9_000 }),
        (values, room) => {
          const lists = inLists(values, room);
          expect(lists.flat()).toEqual(values);
          for (const list of lists) {
            expect(list.length).toBeLessThanOrEqual(SIZES.idsPerQuery);
            const size = list.reduce((sum, value) => sum + encodeURIComponent(quote(value)).length + 1, 0);
            if (list.length > 1) expect(size).toBeLessThanOrEqual(room);
          }
        },
      ),
      { numRuns: cases(30) },
    );
  });
});

describe("an id", () => {
  // Pairs from recorded exchanges.
  test.each([
    "00Q4S000002sSacUAE",
    "0034S000005YJVlQAO",
    "0014S000007NxmlQAC",
    "0014S000007Nx5BQAS",
    "003dM00001wBXYDQA4",
  ])("%s is made from its first 15 characters", (id) => {
    expect(toEighteen(id.slice(0, 15))).toBe(id);
    expect(toEighteen(id)).toBe(id);
  });

  test.each(["", "00Q4S000002sSa", "00Q4S000002sSac!", "00Q4S000002sSacUA", "00Q4S000002sSacUAEx"])(
    "%j is none",
    (text) => {
      expect(toEighteen(text)).toBeNull();
    },
  );

  test.each(["", "00Q4S000002sSac/../User", "../limits", "00Q4S000002sSac,00Q4S000002sSad", "00Q4S000002sSac?x"])(
    "%j is put into no path, neither as a record's nor as a job's",
    (text) => {
      expect(() => recordId(text)).toThrow(StopRun);
      expect(() => jobId(text)).toThrow(StopRun);
    },
  );

  test("of a record and of a job are put into a path as they are", () => {
    expect(recordId("00Q4S000002sSac")).toBe("00Q4S000002sSacUAE");
    expect(jobId("7504S00000abcdeQAA")).toBe("7504S00000abcdeQAA");
  });
});

describe("a row", () => {
  const row = {
    Id: "00Q4S000002sSac",
    CreatedDate: "2021-12-02T18:23:39.000+0000",
    LastModifiedDate: "2021-12-03T18:23:39.000+0000",
    SystemModstamp: "2021-12-04T18:23:39.000+0000",
    Email: null,
    Empty: "",
    Amount: 0,
    DoNotCall: false,
    Owner: { Name: "Ada" },
    Account: null,
    Address: { city: "Cork" },
  };

  test("keeps blank, zero, false and absent apart", () => {
    const wanted = [
      "Email",
      "Empty",
      "Amount",
      "DoNotCall",
      "Owner.Name",
      "Account.Name",
      "Address",
      "Hidden__c",
      "LastModifiedDate",
    ];
    expect(recordFrom("Lead", wanted, row)).toEqual({
      ref: { system: "salesforce", object: "Lead", id: "00Q4S000002sSacUAE" },
      fate: { kind: "live" },
      fields: {
        Email: null,
        Empty: null,
        Amount: 0,
        DoNotCall: false,
        "Owner.Name": "Ada",
        "Account.Name": null,
        LastModifiedDate: "2021-12-03T18:23:39.000Z",
      },
      createdAt: "2021-12-02T18:23:39.000Z",
      modifiedAt: "2021-12-03T18:23:39.000Z",
      version: "2021-12-04T18:23:39.000Z",
    });
  });

  test("that was converted and then deleted still leads to its contact", () => {
    const converted = { ...row, IsConverted: true, IsDeleted: true, ConvertedContactId: "0034S000005YJVl" };
    expect(recordFrom("Lead", [], converted).fate).toMatchObject({ kind: "converted", into: "0034S000005YJVlQAO" });
  });

  test.each([
    ["2021-12-02T18:23:39.000+0000", "2021-12-02T18:23:39.000Z"],
    ["2021-12-02T18:23:39Z", "2021-12-02T18:23:39.000Z"],
    ["2021-12-02T20:23:39.000+02:00", "2021-12-02T18:23:39.000Z"],
  ])("has the time %s as %s", (text, instant) => {
    expect(instantFrom(text)).toBe(instant);
  });
});

describe("the error table", () => {
  test.each([
    ["of an update", "00Q4S000002sSacUAE", [], "gone"],
    ["of an update that names its id", "00Q4S000002sSacUAE", ["Id"], "gone"],
    ["of an update that names a lookup", "00Q4S000002sSacUAE", ["OwnerId"], "rejected"],
    ["of a create", null, [], "rejected"],
  ])("takes a missing reference %s as the right thing", (_what, id, fields, kind) => {
    const errors = [
      { statusCode: "INVALID_CROSS_REFERENCE_KEY", message: "invalid cross reference id", fields: [...fields] },
    ];
    expect(verdictOn(write({ id }), { ok: false, status: 400, errors })).toMatchObject({
      kind: "done",
      outcome: { kind },
    });
  });

  test("names no code twice", () => {
    const codes = ERROR_RULES.flatMap((rule) => rule.codes);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test("rejects a row with a code it does not know, but stops at such a request", () => {
    const errors = [{ errorCode: "BRAND_NEW", message: "?" }];
    expect([refusalFrom(errors, 400, "row").action, refusalFrom(errors, 400, "request").action]).toEqual([
      "reject",
      "stop",
    ]);
  });

  test.each([
    [412, "stale"],
    [429, "retry"],
    [502, "retry"],
    [414, "split"],
    [418, "stop"],
  ])("reads status %i without a code as %s", (status, action) => {
    expect(refusalFrom([], status, "request").action).toBe(action);
  });
});
