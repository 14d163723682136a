/** Closes conflicts, rejects and unanswered writes in a state in memory, by their own id, their link, or a link's field. */
import type { IntentEntry } from "../../src/core/model/ledger.ts";
import type { Decisions } from "../../src/jobs/state-port.ts";
import type { MemoryTables } from "./memory-state-tables.ts";

export function settle(
  tables: MemoryTables,
  { settled: { conflicts, rejects, writes }, intents }: Pick<Decisions, "settled" | "intents">,
  stale: ReadonlySet<string>,
): void {
  const byId = (row: { readonly id: string }) => [row.id];
  const answers = (list: readonly string[], link: string | null, ...names: readonly string[]) =>
    names.some((name) => list.includes(name)) && !stale.has(link ?? "");
  for (const row of tables.conflicts.select(
    (one) => one.open && answers(conflicts, one.link, one.id, one.link, `${one.link}:${one.field}`),
    byId,
  ))
    tables.conflicts.put({ ...row, open: false });
  for (const row of tables.rejects.select((one) => answers(rejects, one.link, one.id, one.link ?? ""), byId))
    tables.rejects.delete(row.id);
  const again = new Set(intents.map(({ key }) => key));
  const isOver = (intent: IntentEntry) =>
    (intent.state === "sent" || intent.state === "unknown") &&
    answers(writes, intent.link, intent.link ?? "") &&
    !again.has(intent.key);
  for (const row of writes.length === 0 ? [] : tables.intents.select(isOver, () => []))
    tables.intents.put({ ...row, state: "settled" });
}
