/** Finds people: by link, record, e-mail, name, or by what is due. */
import { type RawBuilder, sql } from "kysely";
import type { Sale } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { LINKS, linkOfRow } from "./link-rows.ts";
import type { Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

type LinkPart = Pick<
  StateStore,
  | "links"
  | "linksByRecord"
  | "linksByEmail"
  | "ownersOfDomains"
  | "salesByPerson"
  | "scanLinks"
  | "linksDueForScore"
  | "findPerson"
>;

const FOUND_AT_MOST = 20;
const SHORT_SALESFORCE_ID = /^[a-zA-Z0-9]{15}$/;

export function linkPart(database: StateDatabase): LinkPart {
  const { connection } = database;
  const select = (rest: RawBuilder<unknown>) => database.read((db) => selectLinks(db, connection, rest));
  return {
    async links(ids) {
      return ids.length === 0 ? [] : select(sql`and id = any(${ids}::text[]) order by id`);
    },

    async linksByRecord(system, ids) {
      if (ids.length === 0) return new Map();
      const column = sql.ref(`${system}_id`);
      // The link that holds the record now; else the one that took it over.
      const rows = await database.read((db) =>
        LINKS.read<{ asked: string }>(
          db,
          sql`
          with candidate as (
            select ${column} as asked, id, 1 as place
              from link where connection = ${connection} and ${column} = any(${ids}::text[]) and state <> 'superseded'
            union all
            select old_id, link, 2 from alias
              where connection = ${connection} and system = ${system} and old_id = any(${ids}::text[]))
          select distinct on (candidate.asked) candidate.asked, ${LINKS.selected}
            from candidate join link on link.connection = ${connection} and link.id = candidate.id
            order by candidate.asked, candidate.place`,
        ),
      );
      return new Map(rows.map((row) => [row.asked, linkOfRow(row)]));
    },

    async linksByEmail(emails) {
      return emails.length === 0
        ? []
        : select(sql`and email = any(${emails}::text[]) and state <> 'superseded' order by id`);
    },

    async ownersOfDomains(domains) {
      if (domains.length === 0) return new Map();
      const answer = await database.read((db) =>
        sql<{ domain: string; owner: string }>`
          select distinct on (domain) domain, owner from (
            select split_part(email, '@', 2) as domain, facts->>'hubspot_owner_id' as owner, count(*) as contacts from link
              where connection = ${connection} and salesforce_object = 'Contact' and state = 'linked' and email is not null
                and split_part(email, '@', 2) = any(${domains}::text[]) and facts->>'hubspot_owner_id' is not null
              group by 1, 2) as looked_after
            order by domain, contacts desc, owner collate "C"`.execute(db),
      );
      return new Map(answer.rows.map(({ domain, owner }) => [domain, owner]));
    },

    async salesByPerson(since) {
      const answer = await database.read((db) =>
        sql<Sale>`
          select link, currency, sum(amount) as amount from outcome
            where connection = ${connection} and won and counts and stage_at >= ${since} and amount is not null
            group by link, currency order by link, currency collate "C"`.execute(db),
      );
      return answer.rows;
    },

    scanLinks(after, limit) {
      return select(sql`and id > ${after ?? ""} order by id limit ${limit}`);
    },

    linksDueForScore(now, limit) {
      return select(sql`and score_due_at <= ${now} order by score_due_at, id limit ${limit}`);
    },

    findPerson(text) {
      return database.read((db) => findPerson(db, connection, text.trim()));
    },
  };
}

/** Links of one connection; `rest` goes on after its condition. */
export async function selectLinks(
  db: Statements,
  connection: string,
  rest: RawBuilder<unknown>,
): Promise<readonly Link[]> {
  const rows = await LINKS.read(db, sql`select ${LINKS.selected} from link where connection = ${connection} ${rest}`);
  return rows.map(linkOfRow);
}

async function findPerson(db: Statements, connection: string, text: string): Promise<readonly Link[]> {
  if (text === "") return [];
  // Salesforce shows ids with 15 characters in places; the first 15 of the 18 are the same.
  const idPattern = SHORT_SALESFORCE_ID.test(text) ? `${text}___` : text.replace(/[\\%_]/g, "\\$&");
  const exact = await selectLinks(
    db,
    connection,
    sql`and id in (
      select id from link where connection = ${connection} and (id = ${text} or email = ${text.toLowerCase()})
      union select id from link where connection = ${connection} and state <> 'superseded' and hubspot_id = ${text}
      union select id from link where connection = ${connection} and state <> 'superseded' and salesforce_id like ${idPattern}
      union select link from alias where connection = ${connection} and old_id like ${idPattern})
      order by id limit ${FOUND_AT_MOST}`,
  );
  if (exact.length > 0) return exact;
  const part = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
  return selectLinks(
    db,
    connection,
    sql`and (name ilike ${part} or email ilike ${part}) order by name collate "C", id limit ${FOUND_AT_MOST}`,
  );
}
