/** Runs schema statements one after another. */
import { CompiledQuery } from "kysely";
import type { Statements } from "./row-table.ts";

export async function runStatements(db: Statements, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await db.executeQuery(CompiledQuery.raw(statement));
}
