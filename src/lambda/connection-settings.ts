/** The settings of one connection of a deployment: what is stored about it on AWS, and the files that the package brings. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSettings, type Settings } from "../app/settings.ts";
import { StopRun } from "../core/errors.ts";
import type { Deployment } from "./deployment.ts";

/** Throws StopRun when something is missing: a function's disk is gone with it, so the embedded database is no place for the state. */
export async function connectionSettings(deployment: Deployment, connection: string): Promise<Settings> {
  const settings = readSettings(
    {
      ...(await deployment.variables(connection)),
      ...ownFolders(connection),
      LEADLOOP_CONNECTION: connection,
      LEADLOOP_LOG: process.env["LEADLOOP_LOG"],
    },
    "",
  );
  if (settings.databaseUrl === undefined) {
    throw new StopRun(
      "the secret of the database has no database-url; on Lambda the state is kept in PostgreSQL, see docs/deploy.md",
    );
  }
  return settings;
}

/** A connection may bring files of its own in `connections/<name>/`; where it does not, the common ones count. */
function ownFolders(connection: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const kind of ["mappings", "config"] as const) {
    const folder = join("connections", connection, kind);
    if (existsSync(folder)) variables[`LEADLOOP_${kind.toUpperCase()}`] = folder;
  }
  return variables;
}
