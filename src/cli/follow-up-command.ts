/** `leadloop follow-up`: the time-driven pass over scores that fade and handoffs that are late. */
import { countAhead } from "../jobs/count-ahead-job.ts";
import { runFollowUp } from "../jobs/follow-up-job.ts";
import { AHEAD_WRITERS } from "../report/count-ahead.ts";
import { type CommandContext, withConnection } from "./command-context.ts";
import { sentence } from "./command-failure.ts";
import { type ExitCode, exitOf } from "./exit-code.ts";
import { syncJson } from "./run-json.ts";
import { syncText } from "./sync-text.ts";
import { counted } from "./terminal.ts";

export function followUpCommand(context: CommandContext): Promise<ExitCode> {
  return withConnection(context, async ({ dependencies, store }) => {
    const { rescored, steps, late, sync } = await runFollowUp(dependencies());
    if (!sync.outOfTime) await countAhead({ ...dependencies(), writers: AHEAD_WRITERS });
    const { terminal } = context;
    terminal.printJson({ ...syncJson(sync), rescored, steps, late });
    if (!terminal.json) {
      const due = `${counted(rescored, "score")} due, ${counted(steps, "follow-up")} due, ${counted(late, "handoff")} past the deadline`;
      terminal.print(`${due}\n\n${await syncText(store, sync)}`);
    }
    if (sync.outcome === "stopped") for (const reason of sync.reasons) terminal.note(sentence(reason));
    return exitOf(sync.outcome);
  });
}
