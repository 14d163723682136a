/** `leadloop plan`: shows what the next sync would write, and keeps it in a file when asked. */
import type { OpenConnection } from "../app/wire-up.ts";
import { runSync } from "../jobs/sync-job.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { type CommandContext, withConnection } from "./command-context.ts";
import { sentence } from "./command-failure.ts";
import { type ExitCode, exitOf } from "./exit-code.ts";
import { savePlan } from "./plan-file.ts";
import { planText } from "./plan-text.ts";
import { planJson } from "./run-json.ts";

export interface PlanOptions {
  readonly out?: string;
  /** Keep names and values of people in the file too. */
  readonly values?: boolean;
  readonly full?: boolean;
}

/** Reads both systems and decides; stores nothing but what it learned of their schemas, and sends nothing. */
export function planCommand(context: CommandContext, options: PlanOptions): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const result = await runSync(connection.dependencies(), { dry: true, full: options.full === true });
    const { terminal, settings } = context;
    terminal.printJson(planJson(result));
    if (result.outcome === "stopped" || result.outcome === "paused") {
      for (const reason of result.reasons) terminal.note(sentence(reason));
      return exitOf(result.outcome);
    }
    if (options.out !== undefined) {
      const about = {
        madeAt: connection.clock.now(),
        connection: settings.connection,
        configuration: connection.loaded.fingerprint,
      };
      savePlan(options.out, result, about, {
        ownFields: connection.loaded.ownFields,
        values: options.values === true,
      });
    }
    terminal.print(planText(result, await namesOf(connection, result)));
    if (options.out !== undefined)
      terminal.print(`Kept in ${options.out}; run exactly this with \`leadloop sync --plan ${options.out}\`.`);
    return exitOf(result.outcome);
  });
}

/** People's names by link: from the plan's own lines, and from the state for those who are only in a conflict. */
export async function namesOf(connection: OpenConnection, { plan }: SyncResult): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>(plan.writes.map((write) => [write.link, write.recordName]));
  const unnamed = plan.conflicts.map((conflict) => conflict.link).filter((link) => !names.has(link));
  for (const link of await connection.store.links([...new Set(unnamed)])) names.set(link.id, link.name);
  return names;
}
