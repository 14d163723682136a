/** `leadloop undo RUN`: shows how a run would be taken back; with `--yes` does it, and holds the fields until they are released. */
import { runSync } from "../jobs/sync-job.ts";
import { type CommandContext, withConnection } from "./command-context.ts";
import { EXIT, type ExitCode, exitOf } from "./exit-code.ts";
import { planText } from "./plan-text.ts";
import { planJson, syncJson } from "./run-json.ts";
import { counted, wrapped } from "./terminal.ts";

export function undoCommand(
  context: CommandContext,
  run: string,
  options: { readonly yes?: boolean },
): Promise<ExitCode> {
  const dry = options.yes !== true;
  return withConnection(context, async (connection) => {
    const result = await runSync(connection.dependencies(), { undo: run, dry, keepPlan: true, job: "undo" });
    const { terminal } = context;
    if (result.outcome === "stopped" || result.outcome === "paused") {
      terminal.printJson(syncJson(result));
      terminal.note(result.reasons.join("\n"));
      return exitOf(result.outcome);
    }
    terminal.printJson(dry ? planJson(result) : syncJson(result));
    if (dry) {
      const names = new Map(result.plan.writes.map((write) => [write.link, write.recordName]));
      terminal.print(`${planText(result, names)}\n${wrapped("`leadloop undo RUN --yes` does it.")}`);
      return EXIT.done;
    }
    const written = result.written.hubspot.updated + result.written.salesforce.updated;
    const left = result.plan.skips.length === 0 ? "" : `; ${counted(result.plan.skips.length, "value")} left as it is`;
    terminal.print(
      wrapped(
        `${counted(written, "record")} put back${left}. The fields are held: \`leadloop release --all\` lets the sync have them again.`,
      ),
    );
    return exitOf(result.outcome);
  });
}
