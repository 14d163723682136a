/** Opens the connection for one Lambda invocation, keeps its jobs inside the time that Lambda leaves, and makes a stopped run an alarm. */
import type { Context } from "aws-lambda";
import { readSettings, type Settings } from "../app/settings.ts";
import { type OpenState, openConnection, openState } from "../app/wire-up.ts";
import { formatIssues } from "../config/format-issues.ts";
import { ConfigInvalid, StopRun } from "../core/errors.ts";
import type { SyncDependencies } from "../jobs/sync-dependencies.ts";
import type { SyncResult } from "../jobs/sync-result.ts";

/** What a run needs to finish the chunk in hand, commit it and give its lease back once its own time is up. */
const CLOSING_MS = 60_000;

/** The counts of a run. The plan stays out: an invocation's answer is kept in places where nobody expects personal values. */
export type RunCounts = Omit<SyncResult, "plan">;

/**
 * Runs a job that calls both systems. Throws StopRun, so that the invocation counts as failed, when nothing can work or the configuration is wrong;
 * a run that paused, or left something for a person, has done its part and is in the log.
 */
export async function runConnected(
  context: Context,
  job: (dependencies: SyncDependencies) => Promise<SyncResult>,
): Promise<RunCounts> {
  const connection = await openConnection({ settings: lambdaSettings() }).catch(refuse);
  try {
    const { plan: _plan, ...counts } = await job(withinInvocation(connection.dependencies(), context));
    if (counts.outcome === "stopped") throw new StopRun(counts.reasons.join("; "));
    return counts;
  } finally {
    await connection.close();
  }
}

/** Works with configuration and state; neither system is called. */
export async function runOnState<T>(work: (state: OpenState) => Promise<T>): Promise<T> {
  const state = await openState({ settings: lambdaSettings() }).catch(refuse);
  try {
    return await work(state);
  } finally {
    await state.close();
  }
}

/** A function's disk is gone with it, so the embedded database is no place for the state. */
function lambdaSettings(): Settings {
  const settings = readSettings();
  if (settings.databaseUrl === undefined) {
    throw new StopRun("DATABASE_URL is not set; on Lambda the state is kept in PostgreSQL, see serverless.yml");
  }
  return settings;
}

/** The configured time budget, cut to what is left of this invocation. */
function withinInvocation(dependencies: SyncDependencies, context: Context): SyncDependencies {
  const { rulebook } = dependencies;
  const left = Math.floor((context.getRemainingTimeInMillis() - CLOSING_MS) / 1_000);
  const timeBudgetSeconds = Math.max(0, Math.min(rulebook.connector.timeBudgetSeconds, left));
  return { ...dependencies, rulebook: { ...rulebook, connector: { ...rulebook.connector, timeBudgetSeconds } } };
}

/** Lambda prints only the message of an error, so that of a wrong configuration must hold every issue. */
function refuse(error: unknown): never {
  if (error instanceof ConfigInvalid) throw new StopRun(formatIssues(error.issues), { cause: error });
  throw error;
}
