/** Opens the state of one connection, on a PostgreSQL server or embedded in this process. */
import type { StateStore } from "../jobs/state-port.ts";
import { attentionPart } from "./attention-part.ts";
import { commitPart } from "./commit-part.ts";
import { openingFailure } from "./database-failure.ts";
import { dirtyPart } from "./dirty-part.ts";
import { openEmbedded, openInMemory } from "./embedded-database.ts";
import { leasePart } from "./lease-part.ts";
import { ledgerPart } from "./ledger-part.ts";
import { linkPart } from "./link-part.ts";
import { migrateDatabase } from "./migrate-database.ts";
import { openPostgres } from "./postgres-connection.ts";
import { reportPart } from "./report-part.ts";
import { runPart } from "./run-part.ts";
import { type OpenDatabase, StateDatabase } from "./state-database.ts";

export interface StateOptions {
  /** `postgres://…`; absent: embedded. `memory://`: embedded, in memory, gone on close. */
  readonly databaseUrl?: string;
  /** Where the embedded database lives; `:memory:` for none. */
  readonly folder: string;
  /** Several connections may share a database. */
  readonly connection: string;
  /** What this process is doing, for the message that another process gets. */
  readonly holder?: string;
}

/** A store whose tables are at this version. Throws StopRun when the database is down, in use, refuses us or was written by a newer LeadLoop. */
export async function openStateStore(options: StateOptions): Promise<StateStore> {
  const open = await openDatabase(options);
  try {
    await migrateDatabase(open.kysely, open.place);
  } catch (error) {
    await open.close();
    throw openingFailure(error, open.place);
  }
  const database = new StateDatabase(open, options.connection);
  return {
    ...leasePart(database),
    ...dirtyPart(database),
    ...linkPart(database),
    ...commitPart(database),
    ...ledgerPart(database),
    ...attentionPart(database),
    ...runPart(database),
    ...reportPart(database),
    close: () => database.close(),
  };
}

async function openDatabase(options: StateOptions): Promise<OpenDatabase> {
  const { databaseUrl, folder } = options;
  const inMemory = databaseUrl?.startsWith("memory:") === true || (databaseUrl === undefined && folder === ":memory:");
  try {
    if (inMemory) return await openInMemory();
    return databaseUrl === undefined ? await openEmbedded(folder, options.holder ?? "") : openPostgres(databaseUrl);
  } catch (error) {
    throw openingFailure(
      error,
      databaseUrl === undefined ? `the embedded database in ${folder}` : "the database of DATABASE_URL",
    );
  }
}
