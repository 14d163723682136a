/** Every code that a vendor is known to refuse with has its rule, and one that nobody knows stops the run. `vendor-codes.json` says where each was seen. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { WriteOutcome } from "../../src/core/model/plan.ts";
import { hubSpotErrorShape, judge, refusalOf } from "../../src/crm/hubspot/hubspot-errors.ts";
import { ERROR_RULES, patienceFor, refusalFrom } from "../../src/crm/salesforce/salesforce-errors.ts";
import { stopForUnknownCode } from "../../src/jobs/unknown-codes.ts";
import { write } from "../support/salesforce-test-client.ts";
import codes from "./vendor-codes.json" with { type: "json" };

const known = new Set(codes.map(({ code }) => code));
const folder = new URL("recorded/", import.meta.url).pathname;

/** What HubSpot and Salesforce call a code, in any answer. */
const CODE_KEYS = new Set(["errorCode", "statusCode", "category", "subCategory", "policyName", "errorType", "error"]);

function codesIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") return CODE_KEYS.has(key) && /^[A-Z][A-Z_]{4,}$|^crm\./.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry) => codesIn(entry, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => codesIn(inner, name));
}

/** Kinds of associations and of search trouble, which are no refusals of what we ask. */
const NO_REFUSALS = new Set(["HUBSPOT_DEFINED", "MALFORMED_SEARCH"]);

describe("the list is complete", () => {
  test.each(["hubspot", "salesforce"])("it has every code of the recordings of %s", (system) => {
    const found = globSync(`${system}/*.json`, { cwd: folder })
      .filter((name) => !/describe-|api-client|jsforce/.test(name))
      .flatMap((name) => {
        const text = readFileSync(`${folder}${name}`, "utf8").replaceAll(
          /\\"error\\":\\"([A-Z_]+)\\"/g,
          '","error":"$1","more":"',
        );
        return [...text.matchAll(/"(\w+)":"((?:crm\.)?\w[\w.]+)"/g)].flatMap(([, key = "", value = ""]) =>
          codesIn(value, key),
        );
      });
    expect(found.length).toBeGreaterThan(3);
    expect([...new Set(found)].filter((code) => !known.has(code) && !NO_REFUSALS.has(code))).toEqual([]);
  });

  const facts = new URL("../../../shared/reference/api-facts.md", import.meta.url).pathname;
  test.skipIf(!existsSync(facts))("it has every code of the tables that it was made from", () => {
    const text = readFileSync(facts, "utf8");
    const section = (from: string, to: string): string => text.slice(text.indexOf(from), text.indexOf(to));
    const firstCells = [...section("### 3.7", "### 3.8").matchAll(/^\| ([^|]+) \|/gm)]
      .map(([, cell = ""]) => cell)
      .join(" ");
    const named = [
      ...firstCells.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g),
      ...section("### 4.13", "## 5.").matchAll(/\b[A-Z]+_[A-Z_]+\b/g),
      ...section("- 400 bodies:", "- 409 on create").matchAll(/\b[A-Z]+_[A-Z_]+\b/g),
    ].map(([code]) => code);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((code) => !known.has(code))).toEqual([]);
  });
});

const salesforce = codes.filter(({ system }) => system === "salesforce");
const hubspot = codes.filter(({ system }) => system === "hubspot");

describe("Salesforce", () => {
  test.each(salesforce)("$code: $request for a request, $row for a row", ({ code, status, request, row }) => {
    const errors = [{ errorCode: code, message: "m" }];
    expect(refusalFrom(errors, status, "request")).toMatchObject({ action: request, known: true });
    expect(refusalFrom([{ statusCode: code, message: "m" }], 400, "row")).toMatchObject({ action: row, known: true });
    expect(ERROR_RULES.filter(({ codes: own }) => own.includes(code))).toHaveLength(1);
  });

  test("whatever the stand-in refuses LeadLoop's calls with has a rule", () => {
    const sandbox = new URL("../../src/sandbox/salesforce/", import.meta.url).pathname;
    const used = globSync("*.ts", { cwd: sandbox })
      .flatMap((name) => [...readFileSync(`${sandbox}${name}`, "utf8").matchAll(/SalesforceFault\(\s*"([A-Z_]+)"/g)])
      .map(([, code = ""]) => code);
    // Of calls that LeadLoop does not make: replication, the recycle bin, merges.
    const others = /^(API_ERROR|INVALID_REPLICATION_DATE|UNDELETE_FAILED|INVALID_NUMBER_OF_RECORDS|INVALID_HEADER)$/;
    expect(used.length).toBeGreaterThan(40);
    expect(
      [...new Set(used)].filter(
        (code) => !others.test(code) && !refusalFrom([{ statusCode: code, message: "" }], 400, "row").known,
      ),
    ).toEqual([]);
  });

  test.each([
    [401, "log-in-again"],
    [412, "stale"],
    [414, "split"],
    [420, "retry"],
    [429, "retry"],
    [431, "split"],
    [500, "retry"],
    [503, "retry"],
  ])("%i says what to do (%s), and a code beside it that nobody knows is told", (status, action) => {
    expect(refusalFrom([], status, "request")).toMatchObject({ action, known: true });
    const refusal = refusalFrom([{ errorCode: "NEVER_SEEN", message: "m" }], status, "request");
    expect(refusal).toMatchObject({ action, code: "NEVER_SEEN", known: false });
    expect(patienceFor(refusal, "a query", { write: false }).message).toContain("a code that LeadLoop does not know");
  });

  test("a code that nobody knows stops a request, and rejects a row so that the run stops after it", () => {
    const errors = [{ statusCode: "NEVER_SEEN", message: "m" }];
    expect(refusalFrom(errors, 400, "request")).toMatchObject({ action: "stop", known: false });
    expect(refusalFrom(errors, 400, "row")).toMatchObject({ action: "reject", known: false });
  });
});

describe("HubSpot", () => {
  const body = (code: string) => {
    if (code.startsWith("HTTP ")) return {};
    if (/^(INVALID_(OPTION|DATE|INTEGER|EMAIL|LONG)|PROPERTY_DOESNT_EXIST|READ_ONLY_VALUE)$/.test(code)) {
      const problem = JSON.stringify([{ isValid: false, message: "m", error: code, name: "stage" }]);
      return { message: `Property values were not valid: ${problem}`, category: "VALIDATION_ERROR" };
    }
    if (/ROLLING|DAILY/.test(code)) return { policyName: code, errorType: "RATE_LIMIT" };
    if (code === "RATE_LIMIT") return { errorType: code };
    if (code === "CONTACT_EXISTS") return { error: code };
    return code.startsWith("crm.") ? { category: "OBJECT_NOT_FOUND", subCategory: code } : { category: code };
  };

  test.each(hubspot)("$code with $status: $request for a request, $row for a row", ({ code, status, request, row }) => {
    const error = hubSpotErrorShape.parse({ message: "m", ...body(code) });
    expect(judge(status, error)).toMatchObject({ action: request, unknown: null });
    if (row !== null) expect(refusalOf(error)).toMatchObject({ action: row, known: true });
  });

  const unknownWords: readonly (readonly [status: number, withoutWord: string, withUnknown: string])[] = [
    [400, "reject", "reject"],
    [401, "log-in-again", "log-in-again"],
    [403, "stop", "stop"],
    [404, "stop", "stop"],
    [408, "retry", "retry"],
    [409, "duplicate", "reject"],
    [413, "split", "split"],
    [414, "stop", "stop"],
    [422, "reject", "reject"],
    [423, "retry", "retry"],
    [429, "retry", "retry"],
    [477, "retry", "retry"],
    [500, "retry", "retry"],
    [503, "retry", "retry"],
  ];
  test.each(unknownWords)(
    "%i says what to do where no word does (%s), and a word that nobody knows is never taken for one of a record (%s), and told",
    (status, withoutWord, withUnknown) => {
      const judged = (body: object) => judge(status, hubSpotErrorShape.parse({ message: "m", ...body }));
      expect(judged({})).toMatchObject({ action: withoutWord, unknown: null });
      for (const key of ["category", "policyName", "errorType", "error"])
        expect(judged({ [key]: "NEVER_SEEN" })).toMatchObject({ action: withUnknown, unknown: "NEVER_SEEN" });
      const refusal = refusalOf(
        hubSpotErrorShape.parse({ category: "NEVER_SEEN" }),
        judged({ category: "NEVER_SEEN" }),
      );
      expect(refusal).toMatchObject({ action: withUnknown, code: "NEVER_SEEN", known: false });
      expect(refusal.message).toContain("a code that LeadLoop does not know");
    },
  );

  const problem = (error: string) => ({
    message: `Property values were not valid: ${JSON.stringify([{ isValid: false, message: "m", error, name: "stage" }])}`,
    category: "VALIDATION_ERROR",
  });
  test.each([
    ["in the message", problem("NEVER_SEEN")],
    ["in a list", { category: "VALIDATION_ERROR", errors: [{ message: "m", code: "NEVER_SEEN" }] }],
    [
      "behind one that is known",
      { category: "VALIDATION_ERROR", errors: [{ code: "INVALID_EMAIL" }, { code: "NEVER_SEEN" }] },
    ],
  ])("a problem that nobody knows is told, inside a category that everybody knows: %s", (_where, body) => {
    const error = hubSpotErrorShape.parse(body);
    expect(judge(400, error)).toMatchObject({ action: "reject", unknown: "NEVER_SEEN" });
    // The same as one row of a 207 answer.
    expect(refusalOf(error)).toMatchObject({ action: "reject", code: "NEVER_SEEN", known: false });
  });

  test("a status that nobody knows has no rule, and a category that nobody knows rejects a row so that the run stops after it", () => {
    const error = hubSpotErrorShape.parse({ message: "m", category: "NEVER_SEEN" });
    expect(judge(418, error)).toBeUndefined();
    expect(refusalOf(error)).toMatchObject({ action: "reject", known: false });
  });

  test("whatever the stand-in refuses LeadLoop's calls with has a rule", () => {
    const sandbox = new URL("../../src/sandbox/hubspot/", import.meta.url).pathname;
    const texts = globSync("*.ts", { cwd: sandbox }).map((name) => readFileSync(`${sandbox}${name}`, "utf8"));
    const said = texts.flatMap((text) => [
      ...text.matchAll(/HubSpotRefusal\((\d+), "(\w+)"/g),
      ...text.matchAll(/(?:problem|refuse)\(.*()"([A-Z_]+)"\)/g),
    ]);
    expect(said.length).toBeGreaterThan(12);
    const unknown = said.filter(
      ([, status = "", category]) =>
        judge(Number(status === "" ? 400 : status), hubSpotErrorShape.parse({ category }))?.unknown !== null,
    );
    expect(unknown.map(([, status, category]) => [status, category])).toEqual([]);
  });
});

test("the run stops over the first unknown code, and names the record, the code and what to do", () => {
  const one = write({ id: "00Q4S000002sSacUAE" });
  const rejected: WriteOutcome = {
    kind: "rejected",
    key: one.key,
    code: "NEVER_SEEN",
    message: "No.",
    fields: [],
    existingId: null,
  };
  expect(stopForUnknownCode([one], [rejected])).toBeNull();
  const stop = stopForUnknownCode([one], [{ ...rejected, unknownCode: true }]);
  expect(stop?.kind).toBe("stopped");
  expect(stop?.message).toMatch(
    /Salesforce refused Ada Vance \(Lead 00Q4S000002sSacUAE\) with the code NEVER_SEEN.*leadloop rejects/,
  );
});
