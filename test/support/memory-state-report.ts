/** What the state in memory gives the report: everybody in one page. */
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import type { MemoryTables } from "./memory-state-tables.ts";
import { personLedger } from "./person-ledger.ts";

export async function* memoryReportPages(
  tables: MemoryTables,
  facts: readonly string[],
): AsyncGenerator<readonly PersonLedger[]> {
  const links = tables.links.select(
    () => true,
    (link) => [link.id],
  );
  yield links.map((link) => {
    const isOwn = (row: { readonly link: string }): boolean => row.link === link.id;
    const parts = {
      stages: tables.stageEvents.select(isOwn, (event) => [event.sequence]),
      handoffs: tables.handoffs.select(isOwn, (handoff) => [handoff.epoch]),
      tasks: tables.tasks.select(isOwn, (task) => [task.createdAt, task.cause]),
      outcomes: tables.outcomes.select(isOwn, (outcome) => [outcome.openedAt, outcome.opportunityId]),
    };
    return personLedger(link, parts, facts);
  });
}
