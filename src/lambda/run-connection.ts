/** Opens one connection for one invocation, keeps its jobs inside the time that Lambda leaves, and says how the run went in logs and metrics. */
import type { Context } from "aws-lambda";
import { type OpenState, openState } from "../app/open-state.ts";
import type { Settings } from "../app/settings.ts";
import { type KeptOfProcess, keptOfProcess, openConnection } from "../app/wire-up.ts";
import { formatIssues } from "../config/format-issues.ts";
import { ConfigInvalid, StopRun } from "../core/errors.ts";
import type { SyncDependencies } from "../jobs/sync-dependencies.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { connectionSettings } from "./connection-settings.ts";
import type { Deployment } from "./deployment.ts";
import { emitRunMetrics } from "./run-metrics.ts";

/** What a run needs to finish the chunk in hand, commit it and give its lease back once its own time is up. */
const CLOSING_MS = 60_000;
/** Short functions close quicker, because their chunks are small. */
const CLOSING_SHARE = 0.25;

/** Logins and schemas by connection: they outlive an invocation as the process does, so a warm start asks for neither. */
const kept = new Map<string, { readonly settings: Settings; readonly kept: KeptOfProcess }>();

/** Another login is another account, of which nothing is known. */
function keptFor(connection: string, settings: Settings): KeptOfProcess {
  const known = kept.get(connection);
  if (known !== undefined && sameAccess(known.settings, settings)) return known.kept;
  const fresh = keptOfProcess();
  kept.set(connection, { settings, kept: fresh });
  return fresh;
}

function sameAccess(one: Settings, other: Settings): boolean {
  return accessOf(one) === accessOf(other);
}

function accessOf({ salesforceLoginUrl, salesforceLogin, hubspotAccessToken, hubspotBaseUrl }: Settings): string {
  const secret = salesforceLogin?.kind === "jwt" ? salesforceLogin.privateKey : salesforceLogin?.clientSecret;
  return JSON.stringify([
    salesforceLoginUrl,
    salesforceLogin?.clientId,
    secret?.reveal(),
    hubspotAccessToken?.reveal(),
    hubspotBaseUrl,
  ]);
}

/** What an invocation knows of its own time. */
type InvocationTime = Pick<Context, "getRemainingTimeInMillis">;

/**
 * Runs a job that calls both systems, and gives its result, whatever its outcome: a run that stopped is in the log and in the metrics. Throws where it
 * could not even begin: the secrets, the database or the configuration. A job that finds nothing to do answers null.
 */
export async function runConnected<Result extends SyncResult | null>(
  deployment: Deployment,
  connection: string,
  time: InvocationTime,
  job: (dependencies: SyncDependencies) => Promise<Result>,
): Promise<Result> {
  const settings = await connectionSettings(deployment, connection);
  const open = await openConnection({ settings, kept: keptFor(connection, settings) }).catch(refuse);
  try {
    const dependencies = withinInvocation(open.dependencies(), time);
    const result = await job(dependencies);
    if (result !== null) await emitRunMetrics(connection, dependencies, result);
    // A secret may have been rotated since it was read: the next run asks again.
    if (result?.outcome === "stopped") deployment.forget(connection);
    return result;
  } finally {
    await open.close();
  }
}

/** Works with configuration and state; neither system is called. */
export async function runOnState<T>(
  deployment: Deployment,
  connection: string,
  work: (state: OpenState, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = await connectionSettings(deployment, connection);
  const state = await openState({ settings }).catch(refuse);
  try {
    return await work(state, settings);
  } finally {
    await state.close();
  }
}

/** The configured time budget, cut to what is left of this invocation. */
function withinInvocation(dependencies: SyncDependencies, time: InvocationTime): SyncDependencies {
  const { rulebook } = dependencies;
  const leftMs = time.getRemainingTimeInMillis();
  const left = Math.floor((leftMs - Math.min(CLOSING_MS, leftMs * CLOSING_SHARE)) / 1_000);
  const timeBudgetSeconds = Math.max(0, Math.min(rulebook.connector.timeBudgetSeconds, left));
  return { ...dependencies, rulebook: { ...rulebook, connector: { ...rulebook.connector, timeBudgetSeconds } } };
}

/** Lambda prints only the message of an error, so that of a wrong configuration must hold every issue. */
function refuse(error: unknown): never {
  if (error instanceof ConfigInvalid) throw new StopRun(formatIssues(error.issues), { cause: error });
  throw error;
}
