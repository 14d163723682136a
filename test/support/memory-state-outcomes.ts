/** Whose opportunities are, in a state store in memory: once for each person. */
import type { OutcomeEntry } from "../../src/core/model/ledger.ts";
import { type MemoryTables, outcomeKey } from "./memory-state-tables.ts";

export function putOutcomes(tables: MemoryTables, outcomes: readonly OutcomeEntry[]): void {
  for (const told of outcomes) {
    const former = tables.outcomes.select(
      ({ opportunityId, link }) => opportunityId === told.opportunityId && link === told.link,
      () => [],
    );
    for (const row of former) tables.outcomes.delete(outcomeKey(row));
  }
  for (const told of outcomes) tables.outcomes.put(told);
}

/** `whole`: opportunities of which these are all people. */
export function replaceOutcomes(
  tables: MemoryTables,
  outcomes: readonly OutcomeEntry[],
  whole: readonly string[],
): void {
  const former = tables.outcomes.select(
    ({ opportunityId }) => whole.includes(opportunityId),
    () => [],
  );
  for (const row of former) tables.outcomes.delete(outcomeKey(row));
  putOutcomes(tables, outcomes);
}
