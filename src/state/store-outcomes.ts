/** Stores whose an opportunity is: once for each person, whichever of their contacts it was found through. */
import { sql } from "kysely";
import type { OutcomeEntry } from "../core/model/ledger.ts";
import { OUTCOMES } from "./ledger-tables.ts";
import type { Statements } from "./row-table.ts";

/** A person's contact can have been merged into another: the entry of the former one goes. */
export async function storeOutcomes(
  tx: Statements,
  connection: string,
  outcomes: readonly OutcomeEntry[],
): Promise<void> {
  if (outcomes.length === 0) return;
  const last = [...new Map(outcomes.map((entry) => [keyOf(entry), entry])).values()];
  await sql`delete from outcome using unnest(${last.map(({ opportunityId }) => opportunityId)}::text[],
      ${last.map(({ link }) => link)}::text[], ${last.map(({ contactId }) => contactId)}::text[]) as told(opportunity, person, contact)
    where outcome.connection = ${connection} and outcome.opportunity_id = told.opportunity and outcome.link = told.person
      and outcome.contact_id <> told.contact`.execute(tx);
  await OUTCOMES.store(tx, connection, last, { do: "update", set: OUTCOMES.takeAll() });
}

/** The entries of these opportunities that are not among `kept` are forgotten. */
export async function forgetOutcomes(
  tx: Statements,
  connection: string,
  opportunities: readonly string[],
  kept: readonly OutcomeEntry[],
): Promise<void> {
  await sql`delete from outcome where connection = ${connection} and opportunity_id = any(${opportunities}::text[])
    and opportunity_id || ' ' || contact_id <> all(${kept.map(keyOf)}::text[])`.execute(tx);
}

function keyOf({ opportunityId, contactId }: OutcomeEntry): string {
  return `${opportunityId} ${contactId}`;
}
