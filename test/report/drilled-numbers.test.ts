/** Every number drills to record ids: each number of report.json that counts records has a cell with exactly as many ids, and is a button on the page. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { closedLoop } from "../../src/core/report/closed-loop.ts";
import { renderHtml } from "../../src/report/render-html.ts";
import { renderJson } from "../../src/report/render-json.ts";
import { NAMES } from "../core/report/ledger-rows.ts";
import { RANDOM_SETTINGS, randomLedgers, randomWindow } from "../core/report/random-ledgers.ts";
import { cases } from "../support/law-cases.ts";
import { type Cell, DRILLED, type Row, WITHOUT_CELL } from "./drilled-numbers.ts";

interface Shape {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
}
type Drill = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>;

/** Paths of all numbers that the schema knows. */
function numberPaths(shape: Shape, path = ""): readonly string[] {
  const own = [shape.type].flat().some((type) => type === "integer" || type === "number") ? [path] : [];
  const inside = Object.entries(shape.properties ?? {}).flatMap(([key, part]) =>
    key === "drill" ? [] : numberPaths(part, path === "" ? key : `${path}.${key}`),
  );
  const items = shape.items === undefined ? [] : numberPaths(shape.items, `${path}[]`);
  return [...own, ...inside, ...items, ...(shape.anyOf ?? []).flatMap((part) => numberPaths(part, path))];
}

/** Each number of a report with its path and the row that it stands in. */
function* numbersOf(value: unknown, path = "", row: Row = {}): Generator<readonly [string, number, Row]> {
  if (typeof value === "number") yield [path, value, row];
  else if (Array.isArray(value)) {
    for (const one of value) yield* numbersOf(one, `${path}[]`, typeof one === "object" ? { ...row, ...one } : row);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, part] of Object.entries(value))
      if (key !== "drill") yield* numbersOf(part, path === "" ? key : `${path}.${key}`, row);
  }
}

const schema: Shape = JSON.parse(readFileSync("schemas/closed-loop-report.schema.json", "utf8"));
const isWithout = (path: string): boolean => WITHOUT_CELL.some(([end]) => end.test(path));

test("every number of report.json has a cell with its ids, or a reason to have none", () => {
  const paths = [...new Set(numberPaths(schema))];
  expect(paths.length).toBeGreaterThan(200);
  expect(paths.filter((path) => !DRILLED.has(path) && !isWithout(path))).toEqual([]);
  expect([...DRILLED.keys()].filter((path) => !paths.includes(path) || isWithout(path))).toEqual([]);
  expect(WITHOUT_CELL.filter(([end]) => !paths.some((path) => end.test(path)))).toEqual([]);
});

test("law: a number is as many as the ids of its cell", () => {
  const met = new Set<string>();
  const settings = { ...RANDOM_SETTINGS, territory: "unknown" };
  fc.assert(
    fc.property(
      randomLedgers,
      randomWindow,
      fc.constantFrom({}, { EUR: 1, USD: 1.25, JPY: 160 }),
      (rows, window, rates) => {
        const report = closedLoop(rows, settings, NAMES, window, { rates });
        const document: { drill: Drill } = JSON.parse([...renderJson(report)].join(""));
        const count = (cells: readonly Cell[] = []): number =>
          cells.reduce(
            (sum, [table, row, column]) => sum + (own(own(own(document.drill, table), row), column)?.length ?? 0),
            0,
          );
        for (const [path, number, row] of numbersOf(document)) {
          const drilled = DRILLED.get(path)?.(row);
          if (drilled === undefined || drilled === null) continue;
          if (number > 0) met.add(path);
          const ids = count(drilled.of) - count(drilled.without);
          if (ids !== number) expect({ path, row, number }).toEqual({ path, row, number: ids });
        }
      },
    ),
    { numRuns: cases(150) },
  );
  // Whatever was never met was never held against anything.
  expect([...DRILLED.keys()].filter((path) => !met.has(path))).toEqual([]);
});

function own<Value>(object: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Columns of figures on the page that are no counts of records. */
const NO_COUNTS = [
  /^(Share|Forward|Follow-up rate|SLA kept|MQL to won|Win rate|Return|95 % interval|More than usual)/,
  /(edian|p90)/,
  /^(Revenue|Open pipeline|Amount|Cost|per lead|per MQL|per won|First touch|Last touch|Linear|U 40|W 30)/,
  // A sum of the cells beside it.
  /^All gates$/,
  // Of one person, who is named in the row.
  /^Days$/,
];

test("a column of the page that counts records says in which cells they are", () => {
  const samples = fc.sample(randomLedgers, { numRuns: 40, seed: 7 });
  const people = samples.toSorted((one, other) => other.length - one.length)[0] ?? [];
  const window = { asOf: "2026-03-01T00:00:00.000Z", from: null, to: null };
  const report = closedLoop(people, { ...RANDOM_SETTINGS, territory: "unknown" }, NAMES, window);
  const page = renderHtml(report, new Map(), { hubspot: "", salesforce: "" });
  const heads = [...page.matchAll(/<th scope="col" class="figure">([^<]*)<\/th>/g)].map(([, heading = ""]) => heading);
  expect(heads.length).toBeGreaterThan(20);
  expect(heads.filter((heading) => !NO_COUNTS.some((one) => one.test(heading)))).toEqual([]);
});
