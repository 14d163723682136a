/** A folder with an empty state of the present schema, copied instead of made anew: making one takes seconds of computing, a copy a twentieth of one. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { inject } from "vitest";
import { openStateStore } from "../../src/state/open-state-store.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");

/** Makes `folder` an empty state, as `leadloop init` would. */
export async function copyEmptyState(folder: string): Promise<void> {
  await cp(await emptyState(), folder, { recursive: true });
}

/** An empty state in a folder of its own, which is gone when all tests have run. */
export async function emptyStateFolder(): Promise<string> {
  const folder = await mkdtemp(join(inject("stateFolders"), "state-"));
  await copyEmptyState(folder);
  return folder;
}

/** Kept between test runs, until a migration or the way to open the database changes. */
async function emptyState(): Promise<string> {
  const source = join(REPOSITORY, "src", "state");
  const migrations = readdirSync(source).filter((name) => name.startsWith("migration-"));
  const hash = createHash("sha256");
  for (const name of [...migrations.sort(), "embedded-database.ts"]) hash.update(readFileSync(join(source, name)));
  const cache = join(REPOSITORY, "node_modules", ".cache", "leadloop-test");
  const folder = join(cache, `empty-state-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, "draft-"));
  const store = await openStateStore({ folder: draft, connection: "default" });
  await store.close();
  // Another test file may have been faster: its one is as good.
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  return folder;
}
