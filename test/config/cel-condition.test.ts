/** What conditions mean, what is wrong with those that mean nothing. */
import { describe, expect, test } from "vitest";
import { conditionCompiler } from "../../src/config/cel-condition.ts";
import type { Facts } from "../../src/core/model/rulebook.ts";
import { compile, compiled, segments, types } from "./condition-subject.ts";

const NOW = "2026-11-22T12:00:00.000Z";
function holds(source: string, facts: Facts, now = NOW): boolean {
  return compiled(source).condition.holds(facts, now);
}

const ada: Facts = {
  company: "Analytical Engines",
  jobtitle: "Vice-President, Sales",
  employees: "50.5",
  budget: "true",
  last_visit: "2026-11-12T12:00:00.000Z",
  retry_on: "2026-12-02",
  product_interest: "analytics;reporting",
  stage: "mql",
};

test.each([
  'company == "Analytical Engines"',
  'company != ""',
  "employees >= 50",
  "employees == 50.5",
  "employees > 50 && employees < 51",
  "employees + 1 == 51.5 && 2 * employees == 101 && employees / 2 > 25 && employees - 1 < 50",
  "employees in [50.5, 1.0]",
  "budget",
  "known(company) && known(employees)",
  "daysSince(last_visit) == 10",
  "daysSince(last_visit) < 10.5",
  "daysUntil(retry_on) > 9 && daysUntil(retry_on) < 10",
  'last_visit > timestamp("2026-11-01T00:00:00Z") && last_visit < now',
  'now - last_visit == duration("240h")',
  '"analytics" in product_interest && size(product_interest) == 2',
  'product_interest.exists(item, item.startsWith("rep"))',
  'mentions(jobtitle, ["vp", "vice president"])',
  '!mentions(jobtitle, ["vice", "sale"]) || mentions(jobtitle, ["SALES"])',
  'stage in ["mql", "sal"] && stage != ""',
  '!segment("big")',
])("holds of somebody who is known: %s", (source) => {
  expect(holds(source, ada)).toBe(true);
});

test.each([
  'company == "" && employees == 0 && !budget && size(product_interest) == 0',
  "!known(company) && !known(employees) && !known(budget) && !known(last_visit)",
  "daysSince(last_visit) > 180 && !(daysSince(last_visit) <= 30)",
  "daysUntil(retry_on) > 1000",
  'last_visit < timestamp("1980-01-01T00:00:00Z")',
])("holds of somebody of whom nothing is known: %s", (source) => {
  expect(holds(source, {})).toBe(true);
  expect(holds(source, Object.fromEntries([...types.keys()].map((name) => [name, null])))).toBe(true);
});

test("a number and a date that are none read as blank", () => {
  expect(holds("employees == 0", { employees: "many" })).toBe(true);
  expect(holds("daysSince(last_visit) > 180", { last_visit: "yesterday" })).toBe(true);
});

test("time comes only from the argument", () => {
  expect(holds("daysSince(last_visit) <= 10", ada, "2026-11-22T12:00:00.000Z")).toBe(true);
  expect(holds("daysSince(last_visit) <= 10", ada, "2026-11-22T12:00:00.001Z")).toBe(false);
});

test("a segment sees the same facts and the same moment", () => {
  expect(holds('segment("big")', { employees: "101" })).toBe(true);
});

test("a value that cannot be computed does not hold", () => {
  expect(holds('company == "" || int(company) > 5', { company: "Acme" })).toBe(false);
});

test("what is shown in reasons stands on one line", () => {
  expect(compiled("budget\n  && employees > 5 ").condition.source).toBe("budget && employees > 5");
});

describe("what cannot be used, and at which character", () => {
  test.each([
    ["employes > 5", 0, '"employes" is not a mapped field or fact; write employees'],
    [
      "budget && zzz",
      10,
      '"zzz" is not a mapped field or fact; write one of company, jobtitle, employees, budget, last_visit, retry_on, product_interest, stage',
    ],
    [
      'employees > "5"',
      0,
      'a number cannot be compared with text: employees > "5"; text is written in quotes, numbers without',
    ],
    [
      'budget == "true"',
      0,
      'yes or no cannot be compared with text: budget == "true"; a yes-or-no field stands alone, as in do_not_call or !do_not_call',
    ],
    ["company == null", 0, "text cannot be compared with null: company == null; ask known(field), or !known(field)"],
    [
      'last_visit > "2026-01-01"',
      0,
      'a date cannot be compared with text: last_visit > "2026-01-01"; use daysSince(field), or compare with timestamp("2026-01-31T00:00:00Z")',
    ],
    [
      'product_interest == "analytics"',
      0,
      'a set cannot be compared with text: product_interest == "analytics"; ask a set with "value" in field',
    ],
    [
      "company + 1 == 2",
      0,
      "text does not go with + and a number: company + 1; text is written in quotes, numbers without",
    ],
    ["!employees", 0, "!employees: ! turns true and false around; it does not fit a number"],
    ["company", 0, 'a condition must be true or false, this is text; compare it, as in company == "..."'],
    ["company.name == 1", 8, "name: a field has no parts; write the field's name alone"],
    ["budget = true", 7, "write == to compare"],
    ["budget & budget", 7, "write && for and"],
    ["budget | budget", 7, "write || for or"],
    ["budget and budget", 7, "write && for and"],
    ["budget or budget", 7, "write || for or"],
    ["not budget", 4, "write ! for not"],
    ["employees >", 11, "the condition ends too early; a value or a closing bracket is missing"],
    ["(employees > 5", 14, "the condition ends too early; a value or a closing bracket is missing"],
    ["", 0, "the condition ends too early; a value or a closing bracket is missing"],
    ['company == "a', 11, "a closing quote is missing in the condition"],
    ["employees > 5 budget", 14, '"budget" is not expected here; is &&, || or a bracket missing before it?'],
    ["employees ? budget : budget", 0, "what stands before ? must be true or false: employees"],
    ["mention(company, [])", 0, "there is no function mention(); write mentions()"],
    ['company.contain("a")', 0, "there is no function contain(); write contains()"],
    [
      "frobnicate(company)",
      0,
      "there is no function frobnicate(); the functions are listed in docs/admin/conditions.md",
    ],
    [
      "company.contains(5)",
      0,
      "contains() cannot be used like this, with a number: company.contains(5); see docs/admin/conditions.md",
    ],
    ["known(employees + 1)", 6, "known() takes the name of one field, such as known(company)"],
    ["known()", 0, "known() cannot be used like this, with nothing: known(); see docs/admin/conditions.md"],
    ["daysSince(employees) > 5", 10, "daysSince() takes a date or date-time, this is a number"],
    ["segment(company)", 8, 'segment() takes a name in quotes, such as segment("prospects")'],
    ['segment("bigg")', 8, 'there is no segment "bigg", or none above this one; write big'],
    ['stage == "MQL"', 9, '"MQL" is not a stage; write mql'],
    [
      'budget && stage in ["sql", "won"]',
      27,
      '"won" is not a stage; write one of subscriber, lead, mql, sal, sql, opportunity, customer, evangelist, recycled, disqualified',
    ],
    [
      'company.matches("(")',
      0,
      "cannot be computed where a field is blank (Invalid regular expression: (); ask known(field) && first",
    ],
  ])("%s", (source, within, message) => {
    expect(compile(source)).toEqual({ ok: false, within, message });
  });
});

test("where a file could not be read, its names are no mistake, and others still are", () => {
  const open = conditionCompiler({
    names: { types, untyped: new Set(), complete: false },
    segments,
    segmentsComplete: false,
  });
  expect(open('lead_status == "Open" && segment("unknown")').ok).toBe(true);
  expect(open('employees > "5"').ok).toBe(false);
  const salvaged = conditionCompiler({
    names: { types, untyped: new Set(["lead_status"]), complete: true },
    segments,
    segmentsComplete: true,
  });
  expect(salvaged('lead_status == "Open"').ok).toBe(true);
  expect(salvaged('lead_statuss == "Open"').ok).toBe(false);
});
