/** `leadloop conflicts`: fields that both sides changed differently, with both values and what was kept. */
import { type CommandContext, withState } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { conflictLine } from "./plan-text.ts";
import { counted, moment, wrapped } from "./terminal.ts";

export interface ConflictsOptions {
  readonly open?: boolean;
  readonly limit: number;
}

/** Newest first. Open ones wait for a person, and end the command with 3. */
export function conflictsCommand(context: CommandContext, { open, limit }: ConflictsOptions): Promise<ExitCode> {
  return withState(context, async ({ store }) => {
    const entries = await store.conflicts({ limit, ...(open === true ? { open } : {}) });
    const links = await store.links([...new Set(entries.map((entry) => entry.link))]);
    const names = new Map(links.map((link) => [link.id, link.name]));
    const { terminal } = context;
    terminal.printJson({ conflicts: entries.map((entry) => ({ ...entry, name: names.get(entry.link) ?? null })) });
    const lines = entries.map((entry) => wrapped(`${moment(entry.at)}  ${conflictLine(entry, names)}`, 4));
    const waiting = entries.filter((entry) => entry.open).length;
    const shown =
      entries.length === limit ? `the newest ${limit}; --limit shows more` : counted(entries.length, "conflict");
    terminal.print([...lines, `${shown}, ${waiting} waiting for a person`].join("\n"));
    return waiting > 0 ? EXIT.attention : EXIT.done;
  });
}
