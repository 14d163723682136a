/** Columns that travel as binary arrays arrive as PostgreSQL itself would have read their values. */
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { binaryArray, type ElementKind } from "../../src/state/binary-array.ts";
import { openInMemory } from "../../src/state/embedded-database.ts";
import type { OpenDatabase } from "../../src/state/state-database.ts";

let open: OpenDatabase;

beforeAll(async () => {
  open = await openInMemory();
});

afterAll(() => open.close());

async function spelled(query: RawBuilder<{ spelling: string | null }>): Promise<readonly (string | null)[]> {
  return (await query.execute(open.kysely)).rows.map(({ spelling }) => spelling);
}

const CASES: readonly {
  readonly kind: ElementKind;
  readonly type: string;
  readonly values: readonly unknown[];
  readonly arrive: readonly (string | null)[];
}[] = [
  {
    kind: "text",
    type: "text",
    values: ["", "NULL", null, 'a "quoted" \\ {brace, comma}', "line\nfeed", "Zoë 🎈", "cut\0short"],
    arrive: ["", "NULL", null, 'a "quoted" \\ {brace, comma}', "line\nfeed", "Zoë 🎈", "cutshort"],
  },
  {
    kind: "integer",
    type: "integer",
    values: [0, -1, null, 2_147_483_647, -2_147_483_648],
    arrive: ["0", "-1", null, "2147483647", "-2147483648"],
  },
  {
    kind: "number",
    type: "float8",
    values: [0, -0.1, null, 1e300, 12.5],
    arrive: ["0", "-0.1", null, "1e+300", "12.5"],
  },
  { kind: "boolean", type: "boolean", values: [true, false, null], arrive: ["true", "false", null] },
  {
    kind: "instant",
    type: "timestamptz",
    values: [
      "2026-10-01T12:00:00.500Z",
      "2000-01-01T00:00:00.000Z",
      "1999-12-31T23:59:59.999Z",
      "1969-07-20T20:17:40.001Z",
      null,
      "9999-12-31T23:59:59.999Z",
      "2026-10-01T12:00:00+02:00",
    ],
    arrive: [
      "2026-10-01 12:00:00.5+00",
      "2000-01-01 00:00:00+00",
      "1999-12-31 23:59:59.999+00",
      "1969-07-20 20:17:40.001+00",
      null,
      "9999-12-31 23:59:59.999+00",
      "2026-10-01 10:00:00+00",
    ],
  },
  {
    kind: "json",
    type: "json",
    values: [{ b: 1, a: "Zoë" }, null, ["\0", "\ud83c"], "x"],
    arrive: ['{"b":1,"a":"Zoë"}', "null", '["\\u0000","\\ud83c"]', '"x"'],
  },
  { kind: "json-or-null", type: "json", values: [null, { a: null }], arrive: [null, '{"a":null}'] },
];

describe("an array in PostgreSQL's binary format", () => {
  test.each(CASES)("of $kind arrives to the letter", async ({ kind, type, values, arrive }) => {
    await sql`set time zone 'UTC'`.execute(open.kysely);
    const array = binaryArray(kind, values);
    expect(await spelled(sql`select told::text as spelling from unnest(${array}::${sql.raw(type)}[]) as told`)).toEqual(
      arrive,
    );
  });

  test.each(CASES)("of no $kind is empty", async ({ kind, type }) => {
    const array = binaryArray(kind, []);
    expect(await spelled(sql`select cardinality(${array}::${sql.raw(type)}[])::text as spelling`)).toEqual(["0"]);
  });

  test("refuses what is no moment", () => {
    expect(() => binaryArray("instant", ["yesterday"])).toThrow(new RangeError("yesterday is no moment"));
  });
});
