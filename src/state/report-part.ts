/** Reads everybody's ledger for the report, a page of people at a time. */
import { sql } from "kysely";
import type { ReportRow, StateStore } from "../jobs/state-port.ts";
import { handoffsOf, outcomesOf, stageEventsOf, tasksOf } from "./ledger-part.ts";
import { selectLinks } from "./link-part.ts";
import type { Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

export function reportPart(database: StateDatabase): Pick<StateStore, "reportRows"> {
  return {
    reportRows: (after, limit) => database.readTogether((tx) => reportPage(tx, database.connection, after, limit)),
  };
}

/** Five queries for a page, however many people it holds. */
async function reportPage(
  tx: Statements,
  connection: string,
  after: string | null,
  limit: number,
): Promise<readonly ReportRow[]> {
  const links = await selectLinks(tx, connection, sql`and id > ${after ?? ""} order by id limit ${limit}`);
  if (links.length === 0) return [];
  const ids = links.map((link) => link.id);
  const stages = Map.groupBy(await stageEventsOf(tx, connection, ids), (event) => event.link);
  const handoffs = Map.groupBy(await handoffsOf(tx, connection, ids), (handoff) => handoff.link);
  const tasks = Map.groupBy(await tasksOf(tx, connection, ids), (task) => task.link);
  const outcomes = Map.groupBy(await outcomesOf(tx, connection, ids), (outcome) => outcome.link);
  return links.map((link) => ({
    link,
    stages: stages.get(link.id) ?? [],
    handoffs: handoffs.get(link.id) ?? [],
    tasks: tasks.get(link.id) ?? [],
    outcomes: outcomes.get(link.id) ?? [],
  }));
}
