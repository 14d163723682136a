/** Brings a database to this version's tables, and refuses one that a newer version wrote. */
import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { StopRun } from "../core/errors.ts";
import { up as createPeople } from "./migration-0001-people.ts";
import { up as createLedger } from "./migration-0002-ledger.ts";
import { up as createRuns } from "./migration-0003-runs.ts";
import { up as createErasure } from "./migration-0004-erasure.ts";
import { up as createCompanies } from "./migration-0005-companies.ts";
import { up as createNotices } from "./migration-0006-notices.ts";
import { up as createReport } from "./migration-0007-report.ts";
import { up as addPriority } from "./migration-0008-priority.ts";
import { up as createFollowUps } from "./migration-0014-follow-ups.ts";
import { up as createBulkJobs } from "./migration-0015-bulk-jobs.ts";
import { up as keepHistory } from "./migration-0016-report-history.ts";
import { up as keepAfterHours } from "./migration-0017-after-hours.ts";
import { up as keepEverybody } from "./migration-0018-opportunity-people.ts";
import { up as createReadPasses } from "./migration-0019-read-passes.ts";
import { up as keepProducts } from "./migration-0020-products.ts";
import { up as keepCloseDates } from "./migration-0021-close-dates.ts";
import { up as changeInPlace } from "./migration-0022-in-place.ts";
import { up as blankToldTexts } from "./migration-0023-told-texts.ts";
import { up as countAhead } from "./migration-0024-counted-ahead.ts";
import { up as keepUnshown } from "./migration-0025-unshown-stages.ts";
import { up as keepLinesApart } from "./migration-0026-report-lines.ts";
import type { Statements } from "./row-table.ts";

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-people": { up: createPeople },
  "0002-ledger": { up: createLedger },
  "0003-runs": { up: createRuns },
  "0004-erasure": { up: createErasure },
  "0005-companies": { up: createCompanies },
  "0006-notices": { up: createNotices },
  "0007-report": { up: createReport },
  "0008-priority": { up: addPriority },
  "0014-follow-ups": { up: createFollowUps },
  "0015-bulk-jobs": { up: createBulkJobs },
  "0016-report-history": { up: keepHistory },
  "0017-after-hours": { up: keepAfterHours },
  "0018-opportunity-people": { up: keepEverybody },
  "0019-read-passes": { up: createReadPasses },
  "0020-products": { up: keepProducts },
  "0021-close-dates": { up: keepCloseDates },
  "0022-in-place": { up: changeInPlace },
  "0023-told-texts": { up: blankToldTexts },
  "0024-counted-ahead": { up: countAhead },
  "0025-unshown-stages": { up: keepUnshown },
  "0026-report-lines": { up: keepLinesApart },
};
const MIGRATION_TABLE = "leadloop_migration";
const OLDEST_SERVER = 130_000;

/** Applies the missing migrations, each once and in order; several processes may do so at once. `place` names the database in messages. */
export async function migrateDatabase(db: Statements, place: string): Promise<void> {
  await refuseOldServer(db, place);
  const applied = await appliedMigrations(db);
  refuseNewerSchema(applied, place);
  // The migrator looks at every table first, which takes longer than all that a command usually does with the state.
  if (Object.keys(MIGRATIONS).every((name) => applied.has(name))) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function refuseOldServer(db: Statements, place: string): Promise<void> {
  const answer = await sql<{ number: number }>`select current_setting('server_version_num')::int as number`.execute(db);
  const number = answer.rows[0]?.number ?? 0;
  if (number >= OLDEST_SERVER) return;
  throw new StopRun(
    `${place} is PostgreSQL ${Math.floor(number / 10_000)}; LeadLoop needs 13 or later. Upgrade it or set DATABASE_URL to another.`,
  );
}

/** Names of the migrations that the database has had, in order. */
async function appliedMigrations(db: Statements): Promise<ReadonlySet<string>> {
  const there = await sql<{ found: boolean }>`select to_regclass(${MIGRATION_TABLE}) is not null as found`.execute(db);
  if (there.rows[0]?.found !== true) return new Set();
  const applied = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)} order by name`.execute(db);
  return new Set(applied.rows.map((row) => row.name));
}

function refuseNewerSchema(applied: ReadonlySet<string>, place: string): void {
  const unknown = [...applied].filter((name) => MIGRATIONS[name] === undefined);
  if (unknown.length === 0) return;
  const known = Object.keys(MIGRATIONS).at(-1) ?? "none";
  throw new StopRun(
    `${place} was written by a newer LeadLoop (its schema is at ${unknown.at(-1)}, this one knows ${known}). ` +
      "Nothing was changed. Install the newer version, or set DATABASE_URL to another database.",
  );
}
