/** Finds people: by link, record, e-mail, name, or by what is due. */

import { type RawBuilder, sql } from "kysely";
import type { Sale } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { System } from "../core/model/record.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { textArray } from "./binary-array.ts";
import { ALIASES } from "./ledger-tables.ts";
import { LINKS, linkOfRow } from "./link-rows.ts";
import type { Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

type LinkPart = Pick<
  StateStore,
  | "links"
  | "linksByRecord"
  | "linksByEmail"
  | "linksSharing"
  | "ownersOfDomains"
  | "salesByPerson"
  | "scanLinks"
  | "linksDueForScore"
  | "findPerson"
  | "aliasesOf"
>;

const FOUND_AT_MOST = 20;
const SHORT_SALESFORCE_ID = /^[a-zA-Z0-9]{15}$/;

export function linkPart(database: StateDatabase): LinkPart {
  const { connection } = database;
  const select = (rest: RawBuilder<unknown>) => database.read((db) => selectLinks(db, connection, rest));
  return {
    async links(ids) {
      return ids.length === 0 ? [] : select(sql`and id = any(${textArray(ids)}::text[]) order by id`);
    },

    async linksByRecord(system, ids) {
      if (ids.length === 0) return new Map();
      return database.read(async (db) => {
        const found = await holdersOf(db, connection, system, ids);
        const missing = ids.filter((id) => !found.has(id));
        return new Map([...found, ...(await takersOf(db, connection, system, missing))]);
      });
    },

    async linksByEmail(emails) {
      return emails.length === 0
        ? []
        : select(sql`and email = any(${emails}::text[])
            and (state <> 'superseded' or coalesce(hubspot_id, salesforce_id) is not null) order by id`);
    },

    async linksSharing(system, ids) {
      return ids.length === 0
        ? []
        : select(sql`and state in ('ambiguous', 'tombstoned')
            and facts ->> ${`address of ${system}`}::text = any(${textArray(ids)}::text[]) order by id`);
    },

    async ownersOfDomains(domains, accountOwner = null) {
      if (domains.length === 0) return new Map();
      const owner = sql`coalesce(facts->>${accountOwner ?? ""}::text, facts->>'hubspot_owner_id')`;
      const answer = await database.read((db) =>
        sql<{ domain: string; owner: string }>`
          select distinct on (domain) domain, owner from (
            select split_part(email, '@', 2) as domain, ${owner} as owner, count(*) as contacts from link
              where connection = ${connection} and salesforce_object = 'Contact' and state = 'linked' and email is not null
                and split_part(email, '@', 2) = any(${domains}::text[]) and ${owner} is not null
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

    aliasesOf(link) {
      return database.read((db) =>
        ALIASES.read(
          db,
          sql`select ${ALIASES.selected} from alias where connection = ${connection} and link = ${link} order by system, old_id`,
        ),
      );
    },
  };
}

/** The links that hold these records now, by the record's id. */
async function holdersOf(
  db: Statements,
  connection: string,
  system: System,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Link>> {
  const links = await selectLinks(
    db,
    connection,
    sql`and ${sql.ref(`${system}_id`)} = any(${textArray(ids)}::text[]) and state <> 'superseded'`,
  );
  return new Map(links.map((link) => [link[`${system}Id`] ?? "", link]));
}

/** The links that took these records over, by the id that the record once had. */
async function takersOf(
  db: Statements,
  connection: string,
  system: System,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Link>> {
  if (ids.length === 0) return new Map();
  const aliases = await sql<{ asked: string; link: string }>`select old_id as asked, link from alias
    where connection = ${connection} and system = ${system} and old_id = any(${ids}::text[])`.execute(db);
  if (aliases.rows.length === 0) return new Map();
  const takers = await selectLinks(db, connection, sql`and id = any(${aliases.rows.map(({ link }) => link)}::text[])`);
  const byId = new Map(takers.map((link) => [link.id, link]));
  return new Map(
    aliases.rows.flatMap(({ asked, link }) => {
      const taker = byId.get(link);
      return taker === undefined ? [] : [[asked, taker] as const];
    }),
  );
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
