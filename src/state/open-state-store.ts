/** Opens the state of one connection, on a PostgreSQL server or embedded in this process. */
import type { ReportReading } from "../core/model/report-row.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { aheadPart } from "./ahead-part.ts";
import { attentionPart } from "./attention-part.ts";
import { bulkPart } from "./bulk-part.ts";
import { commitPart } from "./commit-part.ts";
import { openingFailure } from "./database-failure.ts";
import { dirtyPart } from "./dirty-part.ts";
import { erasurePart } from "./erasure-part.ts";
import { followUpPart } from "./follow-up-part.ts";
import { leasePart } from "./lease-part.ts";
import { ledgerPart } from "./ledger-part.ts";
import { linkPart } from "./link-part.ts";
import { migrateDatabase } from "./migrate-database.ts";
import { noticePart } from "./notice-part.ts";
import { peopleLedgerPart } from "./people-ledger.ts";
import { readPassPart } from "./read-pass-part.ts";
import { reportPart } from "./report-part.ts";
import { prepareReportPeople } from "./report-people.ts";
import { runPart } from "./run-part.ts";
import { type OpenDatabase, StateDatabase } from "./state-database.ts";

export interface DatabaseOptions {
  /** `postgres://…`; absent: embedded. `memory://`: embedded, in memory, gone on close. */
  readonly databaseUrl?: string;
  /** Where the embedded database lives; `:memory:` for none. */
  readonly folder: string;
  /** The process runs for minutes or longer: the embedded engine may spend memory on becoming faster. */
  readonly longLived?: boolean;
  /** What this process is doing, for the message that another process gets. */
  readonly holder?: string;
}

/** A database with the tables of this version. Any number of connections share it, each with a store of its own. */
export interface SharedDatabase {
  /** The state of one connection. Its `close` leaves the database open. */
  store(connection: string): StateStore;
  close(): Promise<void>;
}

/** Throws StopRun when the database is down, in use, refuses us or was written by a newer LeadLoop. */
export async function openStateDatabase(options: DatabaseOptions): Promise<SharedDatabase> {
  const open = await openMigrated(options);
  const leaveOpen = async () => undefined;
  return { store: (connection) => storeOf(new StateDatabase(open, connection), leaveOpen), close: () => open.close() };
}

export interface StoreOptions extends DatabaseOptions {
  readonly connection: string;
  /** What the report will read: with it, the first report of a new database need not read every link. */
  readonly reportReading?: ReportReading;
}

/** The state of one connection, with a database of its own that `close` closes. Throws as `openStateDatabase` does. */
export async function openStateStore(options: StoreOptions): Promise<StateStore> {
  const open = await openMigrated(options);
  const database = new StateDatabase(open, options.connection);
  const { reportReading } = options;
  if (reportReading !== undefined)
    await database.read((db) => prepareReportPeople(db, options.connection, reportReading));
  return storeOf(database, () => open.close());
}

async function openMigrated(options: DatabaseOptions): Promise<OpenDatabase> {
  const open = await openDatabase(options);
  try {
    await migrateDatabase(open.kysely, open.place);
    return open;
  } catch (error) {
    await open.close();
    throw openingFailure(error, open.place);
  }
}

function storeOf(database: StateDatabase, close: () => Promise<void>): StateStore {
  return {
    ...leasePart(database),
    ...dirtyPart(database),
    ...linkPart(database),
    ...commitPart(database),
    ...ledgerPart(database),
    ...peopleLedgerPart(database),
    ...attentionPart(database),
    ...bulkPart(database),
    ...readPassPart(database),
    ...erasurePart(database),
    ...noticePart(database),
    ...followUpPart(database),
    ...runPart(database),
    ...reportPart(database),
    ...aheadPart(database),
    close,
  };
}

/** A database of the process alone, which a test or a demo asks for. */
export function isInMemory(databaseUrl: string): boolean {
  return databaseUrl.startsWith("memory:");
}

async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { databaseUrl, folder } = options;
  const inMemory =
    (databaseUrl !== undefined && isInMemory(databaseUrl)) || (databaseUrl === undefined && folder === ":memory:");
  try {
    // Loaded when wanted: the embedded database is a whole PostgreSQL, which a Lambda that has a server shall not carry.
    if (databaseUrl !== undefined && !inMemory)
      return (await import("./postgres-connection.ts")).openPostgres(databaseUrl);
    const { openEmbedded, openInMemory } = await import("./embedded-database.ts");
    return inMemory
      ? await openInMemory()
      : await openEmbedded(folder, options.holder ?? "", options.longLived === true);
  } catch (error) {
    throw openingFailure(
      error,
      databaseUrl === undefined ? `the embedded database in ${folder}` : "the database of DATABASE_URL",
    );
  }
}
