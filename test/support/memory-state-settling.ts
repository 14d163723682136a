/** Closes conflicts and rejects in a state in memory, by their own id, their link, or a link's field. */
import type { Decisions } from "../../src/jobs/state-port.ts";
import type { MemoryTables } from "./memory-state-tables.ts";

export function settle(
  tables: MemoryTables,
  { conflicts, rejects }: Decisions["settled"],
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
}
