/** `leadloop sync`: one run; with a plan file, exactly the run that a person looked at, or none. */
import type { OpenConnection } from "../app/wire-up.ts";
import { runSync, type SyncOptions } from "../jobs/sync-job.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { type CommandContext, withConnection } from "./command-context.ts";
import { sentence } from "./command-failure.ts";
import { EXIT, type ExitCode, exitOf } from "./exit-code.ts";
import { differenceOf, loadPlan, type PlanDifference, type PlanFile, sealOf } from "./plan-file.ts";
import { keptLine, writeLine } from "./plan-text.ts";
import { plannedWrite, syncJson } from "./run-json.ts";
import { syncText } from "./sync-text.ts";
import { heading } from "./terminal.ts";

export interface SyncCommandOptions {
  readonly plan?: string;
  readonly full?: boolean;
  /** The name of a plan that a safety stop has told. */
  readonly approve?: string;
}

export function syncCommand(context: CommandContext, options: SyncCommandOptions): Promise<ExitCode> {
  const planned = options.plan === undefined ? null : { path: options.plan, file: loadPlan(options.plan) };
  return withConnection(context, async (connection) => {
    if (planned === null) {
      const result = await run(connection, {
        full: options.full === true,
        ...(options.approve === undefined ? {} : { approvePlan: options.approve }),
      });
      return answer(context, connection, result);
    }
    return runPlanned(context, connection, planned.path, planned.file, options.full === true);
  });
}

/** Decides everything anew without writing, compares, and only then runs. */
async function runPlanned(
  context: CommandContext,
  connection: OpenConnection,
  path: string,
  file: PlanFile,
  full: boolean,
): Promise<ExitCode> {
  const { ownFields } = connection.loaded;
  const present = await runSync(connection.dependencies(), { dry: true, full });
  if (present.outcome === "stopped" || present.outcome === "paused") return answer(context, connection, present);
  const difference = differenceOf(file, present.plan.writes.map(plannedWrite), ownFields);
  const configurationChanged = file.configuration !== connection.loaded.fingerprint;
  if (difference.appeared.length + difference.vanished.length > 0) {
    return refuse(context, path, difference, configurationChanged);
  }
  const approved = new Set(file.writes.map(({ seal }) => seal));
  const endings = new Set(file.ended);
  const approve: SyncOptions["approve"] = ({ writes, ended }) =>
    ended.every(({ link }) => endings.has(link)) &&
    writes.every((write) => approved.has(sealOf(plannedWrite(write), file.salt, ownFields)));
  return answer(context, connection, await run(connection, { full, approve }));
}

function refuse(
  { terminal }: CommandContext,
  path: string,
  { appeared, vanished }: PlanDifference,
  configurationChanged: boolean,
): ExitCode {
  const error = `the present plan is not the one in ${path}${configurationChanged ? ", also because the configuration was changed since" : ""}; nothing was written, look at a new one with \`leadloop plan --out ${path}\``;
  terminal.printJson({ outcome: "needs-attention", error, appeared, vanished });
  terminal.print(
    [
      ...(vanished.length === 0 ? [] : [heading(`No longer due: ${vanished.length}`), ...vanished.map(keptLine), ""]),
      ...(appeared.length === 0 ? [] : [heading(`New since: ${appeared.length}`), ...appeared.map(writeLine), ""]),
    ].join("\n"),
  );
  terminal.note(sentence(error));
  return EXIT.attention;
}

/** One run that keeps its plan for the summary. */
function run(connection: OpenConnection, options: SyncOptions): Promise<SyncResult> {
  return runSync(connection.dependencies(), { ...options, keepPlan: true });
}

async function answer(context: CommandContext, connection: OpenConnection, result: SyncResult): Promise<ExitCode> {
  const { terminal } = context;
  terminal.printJson(syncJson(result));
  if (!terminal.json) terminal.print(await syncText(connection.store, result));
  if (result.outcome === "stopped") for (const reason of result.reasons) terminal.note(sentence(reason));
  return exitOf(result.outcome);
}
