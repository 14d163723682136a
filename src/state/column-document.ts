/** Reads many rows as one JSON document, column by column: for a document of rows, PostgreSQL looks up the type of every value anew. */
import { type RawBuilder, sql } from "kysely";

/**
 * An expression that is the query's columns of these names as one document, `[[first column's values], [second's] …]`, or null where there are no rows.
 * (`json_agg` of rows takes three times as long: https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/json.c, `composite_to_json`.)
 */
export function documentOf(names: readonly string[], query: RawBuilder<unknown>): RawBuilder<string | null> {
  const columns = sql.join(
    names.map((name) => sql`json_agg(found.${sql.ref(name)})`),
    sql`, ',', `,
  );
  return sql`(select case when count(*) > 0 then concat('[', ${columns}, ']') end from (${query}) as found)`;
}

/** The columns of such a document; none where it is null. */
export function columnsOf(document: string | null): unknown[][] {
  return document === null ? [] : JSON.parse(document);
}

/** The rows that these columns make. */
export function rowsOfColumns<Row>(names: readonly string[], columns: readonly (readonly unknown[])[]): readonly Row[] {
  const count = columns[0]?.length ?? 0;
  const rows: Record<string, unknown>[] = Array.from({ length: count }, () => ({}));
  for (const [index, name] of names.entries()) {
    const values = columns[index] ?? [];
    for (let place = 0; place < count; place += 1) (rows[place] as Record<string, unknown>)[name] = values[place];
  }
  return rows as Row[];
}
