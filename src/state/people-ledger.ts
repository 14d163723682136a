/** Reads what the ledger holds of some people: one table, or all that a decision needs in one look. */

import { type RawBuilder, sql } from "kysely";
import type { Ledger, StateStore } from "../jobs/state-port.ts";
import { textArray } from "./binary-array.ts";
import { CADENCE_RUNS, FOLLOW_UP_EVENTS, HANDOFFS, OUTCOMES, STAGE_EVENTS, TASKS } from "./ledger-tables.ts";
import type { RowTable, Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

type PeopleLedgerPart = Pick<
  StateStore,
  "ledgerOf" | "outcomesOf" | "handoffsOf" | "tasksOf" | "stageEventsOf" | "cadenceRunsOf" | "followUpEventsOf"
>;

/** `links`: a text array. */
type ReadOfPeople = (connection: string, links: Buffer) => RawBuilder<unknown>;

const outcomes = ofPeople(OUTCOMES, "link, opened_at, opportunity_id");
const handoffs = ofPeople(HANDOFFS, "link, epoch");
const tasks = ofPeople(TASKS, "link, created_at, cause");
const stageEvents = ofPeople(STAGE_EVENTS, "link, sequence");
const cadenceRuns = ofPeople(CADENCE_RUNS, "link, started_at, cadence, anchor_at");
const followUpEvents = ofPeople(FOLLOW_UP_EVENTS, "link, at, key");

export function peopleLedgerPart(database: StateDatabase): PeopleLedgerPart {
  const { connection } = database;
  return {
    ledgerOf: async (links) => (links.length === 0 ? NOTHING : database.read((db) => ledgerOf(db, connection, links))),
    outcomesOf: (links) => database.read((db) => OUTCOMES.read(db, outcomes(connection, textArray(links)))),
    handoffsOf: (links) => database.read((db) => HANDOFFS.read(db, handoffs(connection, textArray(links)))),
    tasksOf: (links) => database.read((db) => TASKS.read(db, tasks(connection, textArray(links)))),
    stageEventsOf: (links) => database.read((db) => STAGE_EVENTS.read(db, stageEvents(connection, textArray(links)))),
    cadenceRunsOf: (links) => database.read((db) => CADENCE_RUNS.read(db, cadenceRuns(connection, textArray(links)))),
    followUpEventsOf: (links) =>
      database.read((db) => FOLLOW_UP_EVENTS.read(db, followUpEvents(connection, textArray(links)))),
  };
}

const NOTHING: Ledger = {
  outcomes: [],
  handoffs: [],
  tasks: [],
  stageEvents: [],
  cadenceRuns: [],
  followUpEvents: [],
};

function ofPeople<Row extends object>(table: RowTable<Row>, order: string): ReadOfPeople {
  return (connection, links) => sql`select ${table.selected} from ${sql.table(table.name)}
    where connection = ${connection} and link = any(${links}::text[]) order by ${sql.raw(order)}`;
}

/** The documents of the six tables. */
type LedgerDocuments = { readonly [List in keyof Ledger]: string | null };

async function ledgerOf(db: Statements, connection: string, links: readonly string[]): Promise<Ledger> {
  const ids = textArray(links);
  const document = (table: { documentOf: typeof TASKS.documentOf }, read: ReadOfPeople) =>
    table.documentOf(read(connection, ids));
  const answer = await sql<LedgerDocuments>`select ${document(OUTCOMES, outcomes)} as outcomes,
    ${document(HANDOFFS, handoffs)} as handoffs, ${document(TASKS, tasks)} as tasks,
    ${document(STAGE_EVENTS, stageEvents)} as "stageEvents", ${document(CADENCE_RUNS, cadenceRuns)} as "cadenceRuns",
    ${document(FOLLOW_UP_EVENTS, followUpEvents)} as "followUpEvents"`.execute(db);
  const [found] = answer.rows;
  return {
    outcomes: OUTCOMES.rowsOf(found?.outcomes ?? null),
    handoffs: HANDOFFS.rowsOf(found?.handoffs ?? null),
    tasks: TASKS.rowsOf(found?.tasks ?? null),
    stageEvents: STAGE_EVENTS.rowsOf(found?.stageEvents ?? null),
    cadenceRuns: CADENCE_RUNS.rowsOf(found?.cadenceRuns ?? null),
    followUpEvents: FOLLOW_UP_EVENTS.rowsOf(found?.followUpEvents ?? null),
  };
}
