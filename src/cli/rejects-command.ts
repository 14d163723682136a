/** `leadloop rejects`: writes that a system refused and values that could not be converted; `retry` has them tried again. */
import { StopRun } from "../core/errors.ts";
import { SYNC_JOB } from "../jobs/sync-dependencies.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { UsageError } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { rejectLine } from "./plan-text.ts";
import { COLORS, counted, indented, moment, wrapped } from "./terminal.ts";

/** Long enough to mark every reject. */
const LEASE_MS = 30_000;

/** Newest first; any at all end the command with 3. */
export function rejectsCommand(context: CommandContext, { limit }: { readonly limit: number }): Promise<ExitCode> {
  return withState(context, async ({ store }) => {
    const entries = await store.rejects({ limit });
    const { terminal } = context;
    terminal.printJson({ rejects: entries });
    const lines = entries.map(
      (entry) =>
        `${wrapped(`${moment(entry.at)}  ${rejectLine(entry)}`, 4)}\n${indented(COLORS.dim(`id ${entry.id}`), 4)}`,
    );
    const shown =
      entries.length === limit ? `the newest ${limit}; --limit shows more` : counted(entries.length, "reject");
    const advice = entries.length === 0 ? "" : "; mend the records or the mapping, then `leadloop rejects retry --all`";
    terminal.print([...lines, `${shown}${advice}`].join("\n"));
    return entries.length > 0 ? EXIT.attention : EXIT.done;
  });
}

/** Clears the rejects and marks their people, so that the next sync tries again. */
export function retryRejectsCommand(context: CommandContext, ids: readonly string[], all: boolean): Promise<ExitCode> {
  if (!all && ids.length === 0)
    throw new UsageError(
      "name the rejects to try again by id, or all of them with --all; `leadloop rejects` lists them",
    );
  return withState(context, async ({ store, clock }) => {
    const now = clock.now();
    const lease = await store.acquireLease(SYNC_JOB, "rejects retry", LEASE_MS, now);
    if (lease === null) throw new StopRun("a sync is under way; try again when it has ended", { kind: "stopped" });
    try {
      const known = new Set((await store.rejects({ limit: 1_000_000 })).map((entry) => entry.id));
      const unknown = all ? [] : ids.filter((id) => !known.has(id));
      if (unknown.length > 0)
        throw new UsageError(`no reject has the id ${unknown.join(", ")}; \`leadloop rejects\` lists them`);
      const marked = await store.retryRejects(lease, all ? "all" : ids, now);
      const { terminal } = context;
      terminal.printJson({ cleared: all ? known.size : ids.length, marked });
      terminal.print(`${counted(marked, "person", "people")} marked; the next \`leadloop sync\` tries again.`);
      return EXIT.done;
    } finally {
      await store.releaseLease(lease);
    }
  });
}
