/** Keeps how far reads of everybody are, and whom they have met. */
import { sql } from "kysely";
import type { MetRecords, ReadPass } from "../core/model/read-pass.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { selectRows } from "./ledger-part.ts";
import { READ_PASSES } from "./ledger-tables.ts";
import type { Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

type ReadPassPart = Pick<StateStore, "readPasses" | "beginReadPasses" | "unmetLinks">;

export function readPassPart(database: StateDatabase): ReadPassPart {
  const { connection } = database;
  return {
    readPasses: () => database.read((db) => selectRows(db, connection, READ_PASSES, sql`order by system, object`)),

    async beginReadPasses(lease, passes) {
      await database.fenced(lease, async (tx) => {
        await forgetPasses(tx, connection);
        await storePasses(tx, connection, passes);
      });
    },

    async unmetLinks() {
      const answer = await database.read((db) =>
        // Whoever stepped aside in a merge may keep a record, and whose lead was deleted a contact: that it is gone is told by nothing else.
        // Joined rather than looked up one by one: both sides can be as many as there are people.
        sql<{ id: string }>`with met as materialized (
            select system, unnest(string_to_array(ids, ' ')) as id from read_page where connection = ${connection})
          select distinct link.id from link
            left join met hubspot on hubspot.system = 'hubspot' and hubspot.id = link.hubspot_id
            left join met salesforce on salesforce.system = 'salesforce' and salesforce.id = link.salesforce_id
          where link.connection = ${connection}
            and ((link.state in ('linked', 'single', 'ambiguous', 'superseded')
                and ((link.hubspot_id is not null and hubspot.id is null) or (link.salesforce_id is not null and salesforce.id is null)))
              or (link.state = 'tombstoned' and link.hubspot_id is not null and hubspot.id is null
                and link.facts ->> 'contact left' is not null))
          order by link.id`.execute(db),
      );
      return answer.rows.map(({ id }) => id);
    },
  };
}

export async function storePasses(tx: Statements, connection: string, passes: readonly ReadPass[]): Promise<void> {
  await READ_PASSES.store(tx, connection, passes, { do: "update", set: READ_PASSES.takeAll() });
}

/** One row for each page: the ids of a page are only ever read together. */
export async function storeMet(tx: Statements, connection: string, met: readonly MetRecords[]): Promise<void> {
  const pages = met.filter(({ ids }) => ids.length > 0);
  if (pages.length === 0) return;
  await sql`insert into read_page (connection, system, ids)
    select ${connection}, page.system, page.ids
    from unnest(${pages.map(({ system }) => system)}::text[], ${pages.map(({ ids }) => ids.join(" "))}::text[]) as page(system, ids)`.execute(
    tx,
  );
}

export async function forgetPasses(tx: Statements, connection: string): Promise<void> {
  await sql`delete from read_pass where connection = ${connection}`.execute(tx);
  await sql`delete from read_page where connection = ${connection}`.execute(tx);
}
