/** Describes a table once, so that whole lists of entries travel to and from it in one statement each. */

import { CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { binaryArray, type ElementKind } from "./binary-array.ts";
import { columnsOf, documentOf, rowsOfColumns } from "./column-document.ts";
import { instantOfDocument } from "./instant-columns.ts";

/** Runs statements: the database itself or one transaction of it. */
export type Statements = Kysely<unknown>;

/**
 * How a property is stored. `json` is PostgreSQL's `json`, not `jsonb`: it keeps what we wrote to the letter (key order, halves of a cut emoji, NUL),
 * which `jsonb` refuses or reorders, and it costs half the time to write and to read back.
 */
export type ColumnKind = ElementKind;

const ARRAY_TYPE: Readonly<Record<ColumnKind, string>> = {
  text: "text[]",
  integer: "integer[]",
  number: "float8[]",
  boolean: "boolean[]",
  instant: "timestamptz[]",
  json: "json[]",
  "json-or-null": "json[]",
};

/** What happens when a row with this key is there already. `update`: it takes the new values, where `when` (SQL) allows. */
export type OnConflict =
  | { readonly do: "nothing" }
  | { readonly do: "update"; readonly set: string; readonly when?: string };

interface Column<Row> {
  readonly property: keyof Row & string;
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A table whose columns are the properties of `Row` in snake case, behind the column `connection`. */
export class RowTable<Row extends object> {
  readonly name: string;
  /** `connection` and these make the primary key. */
  readonly key: readonly string[];
  /** The select list that gives back entries as they were stored. */
  readonly selected: RawBuilder<unknown>;
  readonly #columns: readonly Column<Row>[];

  constructor(
    name: string,
    key: readonly (keyof Row & string)[],
    kinds: Readonly<Record<keyof Row & string, ColumnKind>>,
  ) {
    const columns = Object.keys(kinds).map((property) => {
      const known = property as keyof Row & string;
      return { property: known, name: snakeCase(known), kind: kinds[known] };
    });
    this.name = name;
    this.key = key.map(snakeCase);
    this.#columns = columns;
    this.selected = sql.raw(columns.map((column) => `${name}.${column.name} as "${column.property}"`).join(", "));
  }

  /** The rows of a query that gives `selected`, read as one document: the driver takes a row apart column by column, which costs more than the query. */
  async read(db: Statements, query: RawBuilder<unknown>): Promise<readonly Row[]> {
    const answer = await sql<{ document: string | null }>`select ${this.documentOf(query)} as document`.execute(db);
    return this.rowsOf(answer.rows[0]?.document ?? null);
  }

  /** An expression that is all rows of such a query as one document, for `rowsOf`. */
  documentOf(query: RawBuilder<unknown>): RawBuilder<string | null> {
    return documentOf(
      this.#columns.map(({ property }) => property),
      query,
    );
  }

  rowsOf(document: string | null): readonly Row[] {
    const columns = columnsOf(document);
    for (const [index, { kind }] of this.#columns.entries()) {
      if (kind === "instant") columns[index] = columns[index]?.map(instantOrNull) ?? [];
    }
    return rowsOfColumns<Row>(
      this.#columns.map(({ property }) => property),
      columns,
    );
  }

  /** All columns outside of the key. */
  get values(): readonly (keyof Row & string)[] {
    return this.#columns.filter((column) => !this.key.includes(column.name)).map((column) => column.property);
  }

  /** `column = excluded.column` for every column outside of the key, and outside of `except`. */
  takeAll(except: readonly string[] = []): string {
    return this.#columns
      .filter((column) => !this.key.includes(column.name) && !except.includes(column.name))
      .map((column) => `${column.name} = excluded.${column.name}`)
      .join(", ");
  }

  /** Stores the rows in one statement; no key may stand twice among them. Gives the number of rows stored. */
  async store(db: Statements, connection: string, rows: readonly Row[], onConflict: OnConflict): Promise<number> {
    if (rows.length === 0) return 0;
    const names = this.#columns.map((column) => column.name).join(", ");
    const sources = this.#columns.map((column, index) => `$${index + 2}::${ARRAY_TYPE[column.kind]}`).join(", ");
    const key = this.key.join(", ");
    const text =
      `insert into ${this.name} (connection, ${names}) select $1::text, incoming.* from unnest(${sources}) as incoming(${names}) ` +
      `on conflict (connection, ${key}) ${conflictClause(onConflict)}`;
    const parameters = [connection, ...this.#columns.map((column) => columnParameter(rows, column))];
    const answer = await db.executeQuery(CompiledQuery.raw(text, parameters));
    return Number(answer.numAffectedRows ?? 0);
  }

  /**
   * Changes the named columns of rows that are there and allow it (`when`, SQL over the row and `told`), in one statement. Of rows that are known to be
   * there it costs less than `store`, which looks for each of them first. Gives the number changed.
   */
  async change(
    db: Statements,
    connection: string,
    rows: readonly Row[],
    columns: readonly (keyof Row & string)[],
    when: string,
  ): Promise<number> {
    if (rows.length === 0) return 0;
    const told = this.#columns.filter((column) => this.key.includes(column.name) || columns.includes(column.property));
    const names = told.map((column) => column.name).join(", ");
    const sources = told.map((column, index) => `$${index + 2}::${ARRAY_TYPE[column.kind]}`).join(", ");
    const set = told.filter((column) => !this.key.includes(column.name)).map(({ name }) => `${name} = told.${name}`);
    const same = this.key.map((name) => `${this.name}.${name} = told.${name}`).join(" and ");
    const text =
      `update ${this.name} set ${set.join(", ")} from unnest(${sources}) as told(${names}) ` +
      `where ${this.name}.connection = $1::text and ${same} and ${when}`;
    const parameters = [connection, ...told.map((column) => columnParameter(rows, column))];
    const answer = await db.executeQuery(CompiledQuery.raw(text, parameters));
    return Number(answer.numAffectedRows ?? 0);
  }
}

function conflictClause(onConflict: OnConflict): string {
  if (onConflict.do === "nothing") return "do nothing";
  return `do update set ${onConflict.set}${onConflict.when === undefined ? "" : ` where ${onConflict.when}`}`;
}

function columnParameter<Row extends object>(rows: readonly Row[], { kind, property }: Column<Row>): Buffer {
  return binaryArray(
    kind,
    rows.map((row) => row[property] ?? null),
  );
}

function instantOrNull(value: unknown): unknown {
  return typeof value === "string" ? instantOfDocument(value) : value;
}

function snakeCase(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
