/** Opens the embedded database: PostgreSQL inside this process, in a folder or in memory. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PostgresDialect } from "kysely";
import { embeddedPool } from "./embedded-pool.ts";
import { EmbeddedUpkeep } from "./embedded-upkeep.ts";
import { lockFolder } from "./folder-lock.ts";
import type { OpenDatabase } from "./state-database.ts";

/**
 * V8 would compile PostgreSQL's WebAssembly a second time with its optimising compiler, in the background: half a gigabyte and more CPU than the faster
 * code ever gives back in a run of minutes (measured: 684 MB and 1.2 s of CPU against 149 MB and 0.8 s for opening and writing 10,000 rows).
 */
function compileOnce(): void {
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}

const OPTIONS = {
  // A server's defaults would keep up to a gigabyte of log and take twice the memory. Whole pages in the log guard against a power cut in the middle of
  // a page; the embedded engine does not wait for the disk, so they would guard nothing.
  postgresqlconf: ["max_wal_size = 96MB", "min_wal_size = 32MB", "shared_buffers = 64MB", "full_page_writes = off"],
};

/** Takes the folder's lock first; a live process that has it makes this throw StopRun. */
export async function openEmbedded(folder: string, holder: string, longLived: boolean): Promise<OpenDatabase> {
  const unlock = lockFolder(folder, holder);
  try {
    const data = join(folder, "database");
    mkdirSync(data, { recursive: true });
    if (!longLived) compileOnce();
    const pglite = await PGlite.create(data, OPTIONS);
    const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: embeddedPool(pglite) }) });
    const upkeep = new EmbeddedUpkeep(kysely);
    const close = async () => {
      try {
        await upkeep.beforeClose();
        await kysely.destroy();
        await pglite.close();
      } finally {
        unlock();
      }
    };
    return { kysely, place: `the embedded database in ${folder}`, afterWrite: () => upkeep.afterWrite(), close };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** For tests and trials: gone when it is closed. */
export async function openInMemory(): Promise<OpenDatabase> {
  compileOnce();
  const pglite = await PGlite.create(OPTIONS);
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: embeddedPool(pglite) }) });
  const upkeep = new EmbeddedUpkeep(kysely);
  const close = async () => {
    await kysely.destroy();
    await pglite.close();
  };
  return { kysely, place: "the embedded database in memory", afterWrite: () => upkeep.afterWrite(), close };
}
