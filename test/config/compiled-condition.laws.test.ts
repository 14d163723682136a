/** Compiled conditions say of everybody what the CEL interpreter says. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CompileCondition, conditionCompiler } from "../../src/config/cel-condition.ts";
import type { ValueType } from "../../src/core/model/mapping.ts";
import type { Condition, Facts, Segment } from "../../src/core/model/rulebook.ts";
import { countedFact } from "../../src/core/rules/counted-facts.ts";
import { cases } from "../support/law-cases.ts";

const NOW = "2026-11-22T12:00:00.000Z";
const types: ReadonlyMap<string, ValueType> = new Map([
  ["company", "text"],
  ["jobtitle", "text"],
  ["employees", "number"],
  ["opens", "number"],
  ["budget", "boolean"],
  ["last_visit", "datetime"],
  ["retry_on", "date"],
  ["product_interest", "set"],
]);
const DAY_MS = 86_400_000;
const FAILING = 'int(company) > 5 || company == ""';

function compilerOf(interpretOnly: boolean): CompileCondition {
  const segments = new Map<string, Segment>();
  const names = { types, untyped: new Set<string>(), complete: true };
  const compile = conditionCompiler({ names, segments, segmentsComplete: true, interpretOnly });
  for (const [name, source] of [
    ["big", "employees > 100"],
    ["failing", FAILING],
    ["both", 'segment("big") && segment("failing")'],
  ] as const)
    segments.set(name, { name, label: name, when: conditionOf(compile, source), shown: null });
  return compile;
}

function conditionOf(compile: CompileCondition, source: string): Condition {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.message}`);
  return compiled.condition;
}

const compiled = compilerOf(false);
const interpreted = compilerOf(true);

const numberText = fc.constantFrom("0", "1", "5", "100", "100.5", "0.5", "30");
const word = fc.constantFrom('"vp"', '"Head of"', '"Acme"', '"acme, inc."', '""', '"a"', '"b"', '"sales"');
const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((all) => `[${all.join(", ")}]`);

type Parts = Readonly<Record<"boolean" | "number" | "text" | "date" | "set", string>>;

/** Conditions of any shape; `counting` ones may compute with what time moves. */
function sources(counting: boolean): fc.Arbitrary<string> {
  return fc.letrec<Parts>((tie: fc.LetrecTypedTie<Parts>) => partsOf(tie, counting)).boolean;
}

const partsOf = (tie: fc.LetrecTypedTie<Parts>, counting: boolean) => ({
  boolean: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("budget", "true", "false", "known(company)", "known(last_visit)", "!known(employees)"),
    fc.constantFrom('segment("big")', 'segment("failing")', 'segment("both")', "company.size() > 2", FAILING),
    fc.tuple(tie("number"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("number")).map(join),
    fc.tuple(tie("text"), fc.constantFrom("==", "!="), tie("text")).map(join),
    fc.tuple(tie("date"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("date")).map(join),
    fc.tuple(tie("text"), fc.constant("in"), fc.oneof(words, tie("set"))).map(join),
    fc.tuple(tie("number"), fc.constant("in [5, 100, 0]")).map(join),
    fc.tuple(fc.constantFrom("employees", "opens"), fc.constant("in [0.5, 1.0, 100.5]")).map(join),
    fc.tuple(tie("text"), words).map(([text, phrases]) => `mentions(${text}, ${phrases})`),
    tie("set").map((set) => `mentions(jobtitle, ${set})`),
    fc
      .tuple(tie("text"), fc.constantFrom("contains", "startsWith", "endsWith"), word)
      .map(([text, name, part]) => `${text}.${name}(${part})`),
    fc.tuple(tie("boolean"), fc.constantFrom("&&", "||"), tie("boolean")).map(join),
    fc.tuple(tie("boolean"), tie("boolean"), tie("boolean")).map(([when, a, b]) => `(${when} ? ${a} : ${b})`),
    tie("boolean").map((part) => `!(${part})`),
  ),
  number: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom("employees", "opens", "daysSince(last_visit)", "daysUntil(retry_on)", "size(product_interest)"),
    fc.constantFrom("timesWithin(opens, 30)", "timesWithin(opens, 7)"),
    numberText,
    fc.tuple(fc.constantFrom("employees", "opens"), fc.constantFrom("+", "-", "*", "/"), numberText).map(join),
    ...(counting ? [fc.tuple(tie("number"), fc.constantFrom("+", "-", "*", "/"), tie("number")).map(join)] : []),
    numberText.map((number) => `-${number}`),
  ),
  text: fc.oneof(fc.constantFrom("company", "jobtitle", "jobtitle.lowerAscii()"), word),
  date: fc.constantFrom("last_visit", "retry_on", "now", 'timestamp("2026-11-01T00:00:00Z")'),
  set: fc.constant("product_interest"),
});

const source = sources(true);

function join(parts: readonly string[]): string {
  return `(${parts.join(" ")})`;
}

const facts = fc.record(
  {
    company: fc.constantFrom("Acme", "acme, inc.", "7", "", "a", null),
    jobtitle: fc.constantFrom("VP Sales", "Head of Ops", "vpn admin", null),
    employees: fc.constantFrom("0", "5", "100.5", "500", "many", "1e999", null),
    opens: fc.constantFrom("1", "30", null),
    [countedFact("opens")]: fc.constantFrom("20700 20760:1 20777:1", "20770 20772:0 20775:30", null),
    budget: fc.constantFrom("true", "false", null),
    last_visit: fc.constantFrom(NOW, "2026-10-23T12:00:00.000Z", "1970-01-01T00:00:00.000Z", "yesterday", null),
    retry_on: fc.constantFrom("2026-12-01", "2026-02-30", null),
    product_interest: fc.constantFrom("a;b", "sales", "", null),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Facts>;

test("whatever a condition says of whomever, compiled or interpreted", () => {
  let checked = 0;
  fc.assert(
    fc.property(source, fc.array(facts, { minLength: 1, maxLength: 4 }), (text, people) => {
      const fast = compiled(text);
      const slow = interpreted(text);
      expect(fast.ok).toBe(slow.ok);
      if (!fast.ok || !slow.ok) return;
      checked += 1;
      const answers = (condition: Condition) => people.map((person) => condition.holds(person, NOW));
      expect(answers(fast.condition), text).toEqual(answers(slow.condition));
    }),
    { numRuns: cases(3_000) },
  );
  expect(checked).toBeGreaterThan(1_000);
});

test("an answer depends on no fact but those that the condition says it asks about", () => {
  let spared = 0;
  fc.assert(
    fc.property(source, facts, facts, (text, person, other) => {
      const result = compiled(text);
      if (!result.ok) return;
      const { condition } = result;
      const asked = Object.entries(person).filter(([name]) => condition.asks?.has(name) ?? true);
      const others = Object.entries(other).filter(([name]) => condition.asks?.has(name) === false);
      spared += others.length;
      expect(condition.holds(Object.fromEntries([...others, ...asked]), NOW), text).toBe(condition.holds(person, NOW));
    }),
    { numRuns: cases(2_000) },
  );
  expect(spared).toBeGreaterThan(1_000);
});

/** Comparisons of what time moves, alone and among others. */
function timed(others: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const days = fc.constantFrom("daysSince(last_visit)", "daysUntil(retry_on)", "timesWithin(opens, 7)");
  const dates = fc.constantFrom("last_visit", "retry_on", "now");
  const signs = fc.constantFrom("<", "<=", ">", ">=", "==", "!=");
  const numbers = fc.oneof(days, numberText, fc.constantFrom("opens", "0.1", "8.25"));
  const one = fc.oneof(fc.tuple(days, signs, numbers).map(join), fc.tuple(dates, signs, dates).map(join));
  return fc.oneof(one, fc.tuple(one, fc.constantFrom("&&", "||"), others).map(join), others);
}

const LATE_BY: readonly (readonly [string, fc.Arbitrary<string>, number])[] = [
  ["to the millisecond, or before", timed(sources(false)), 0],
  ["within a day where it is computed with", timed(sources(true)), DAY_MS],
];

test.each(LATE_BY)("an answer that time changes is foreseen: %s", (_, conditions, lateBy) => {
  const start = Date.parse(NOW);
  const later = fc.oneof(fc.integer({ min: 1, max: 90 * DAY_MS }), fc.constantFrom(1, 2, DAY_MS, 5 * DAY_MS + 1));
  let changed = 0;
  fc.assert(
    fc.property(conditions, facts, later, (text, person, ms) => {
      for (const compile of [compiled, interpreted]) {
        const result = compile(text);
        if (!result.ok) return;
        const { condition } = result;
        const foreseen = condition.changesAt?.(person, NOW) ?? Number.POSITIVE_INFINITY;
        expect(foreseen).toBeGreaterThan(start);
        const then = new Date(start + ms).toISOString();
        if (condition.holds(person, then) === condition.holds(person, NOW)) continue;
        changed += 1;
        expect(foreseen, text).toBeLessThanOrEqual(Math.max(start + ms, start + lateBy));
      }
    }),
    { numRuns: cases(2_000) },
  );
  expect(changed).toBeGreaterThan(50);
});

test.each([
  ["daysSince(last_visit) <= 30", "2026-12-22T12:00:00.000Z"],
  ["daysSince(last_visit) < 30", "2026-12-22T12:00:00.000Z"],
  ["180 < daysSince(last_visit)", "2027-05-21T12:00:00.000Z"],
  ["daysUntil(retry_on) <= 14", "2027-01-06T00:00:00.000Z"],
  ["last_visit < now", "2026-11-22T12:00:00.001Z"],
  ["retry_on == now", "2027-01-20T00:00:00.000Z"],
  ["daysSince(last_visit) == 2", "2026-11-24T12:00:00.000Z"],
  ["daysSince(last_visit) in [5, 2]", "2026-11-24T12:00:00.000Z"],
  ["daysSince(last_visit) > employees", "2026-11-27T12:00:00.000Z"],
  ["daysSince(last_visit) > daysUntil(retry_on)", "2026-12-21T18:00:00.000Z"],
  ["daysSince(last_visit) > daysSince(retry_on)", null],
  ["last_visit < now && company.size() > 2", "2026-11-22T12:00:00.001Z"],
  ["retry_on - now < duration('24h')", "2026-11-23T12:00:00.000Z"],
  ["daysSince(last_visit) + 1 > 30", "2026-11-23T12:00:00.000Z"],
  ["employees > 5", null],
  ["daysSince(retry_on) > employees", "2027-01-25T00:00:00.000Z"],
])("%s is looked at again on %s", (text, when) => {
  const person = { last_visit: NOW, retry_on: "2027-01-20", employees: "5" };
  const at = conditionOf(compiled, text).changesAt?.(person, NOW) ?? null;
  expect(at === null ? null : new Date(at).toISOString()).toBe(when);
});

test("an answer is kept for one person and one moment only", () => {
  const condition = conditionOf(compiled, "daysSince(last_visit) <= 1 || employees > 5");
  const ada = { last_visit: "2026-11-22T00:00:00.000Z" };
  const bob = { employees: "6" };
  expect(condition.holds(ada, NOW)).toBe(true);
  expect(condition.holds(ada, "2026-11-24T00:00:00.000Z")).toBe(false);
  expect(condition.holds(bob, "2026-11-24T00:00:00.000Z")).toBe(true);
  expect(condition.holds({}, "2026-11-24T00:00:00.000Z")).toBe(false);
});
