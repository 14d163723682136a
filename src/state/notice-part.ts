/** Keeps what people are to be told: each notice once, claimed by one sender, with what became of it. */
import { sql } from "kysely";
import type { NoticeEntry } from "../core/model/notice.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { selectRows } from "./ledger-part.ts";
import { NOTICES } from "./ledger-tables.ts";
import type { Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

type NoticePart = Pick<StateStore, "saveNotices" | "claimNotices" | "closeNotices" | "noticesOf">;

export function noticePart(database: StateDatabase): NoticePart {
  const { connection } = database;
  return {
    saveNotices: (notices) => database.writeAlone((db) => storeNotices(db, connection, notices)),

    async claimNotices(now, until, limit) {
      // Nearly always there is nothing to send: then this is one look into an index.
      const waiting = await database.read((db) =>
        sql`select 1 from notice where connection = ${connection} and state in ('due', 'sending') limit 1`.execute(db),
      );
      if (waiting.rows.length === 0) return [];
      return database.write(async (tx) => {
        // Whoever claimed these is gone, and nobody can tell whether they arrived.
        await sql`update notice set state = 'unknown', not_before = null, detail = 'the program ended while it was being sent',
            text = case when link is null then '' else text end, html = case when link is null then null else html end
          where connection = ${connection} and state = 'sending' and not_before <= ${now}`.execute(tx);
        const claimed =
          // By itself the inner select may run once for each row, and then takes more than the limit.
          await sql<NoticeEntry>`with chosen as materialized (
            select key from notice where connection = ${connection} and state = 'due' and (not_before is null or not_before <= ${now})
              order by at, key limit ${limit} for update skip locked)
          update notice set state = 'sending', not_before = ${until}, attempts = attempts + 1 from chosen
          where notice.connection = ${connection} and notice.key = chosen.key
          returning ${NOTICES.selected}`.execute(tx);
        return claimed.rows.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
      });
    },

    async closeNotices(notices) {
      const columns = ["state", "notBefore", "detail"] as const;
      await database.writeAlone((db) => NOTICES.change(db, connection, notices, columns, "notice.state = 'sending'"));
      const nobodys = notices.flatMap(({ key, link }) => (link === null ? [key] : []));
      if (nobodys.length === 0) return;
      await database.writeAlone((db) =>
        sql`update notice set text = '', html = null
          where connection = ${connection} and key = any(${nobodys}::text[]) and state not in ('due', 'sending')`.execute(
          db,
        ),
      );
    },

    noticesOf: (links) =>
      database.read((db) =>
        selectRows(db, connection, NOTICES, sql`and link = any(${links}::text[]) order by link, at, key`),
      ),
  };
}

function orderOf({ at, key }: NoticeEntry): string {
  return `${at} ${key}`;
}

/** A notice that is there already is left as it is. */
export async function storeNotices(tx: Statements, connection: string, notices: readonly NoticeEntry[]): Promise<void> {
  const first = new Map(notices.toReversed().map((notice) => [notice.key, notice]));
  await NOTICES.store(tx, connection, [...first.values()], { do: "nothing" });
}
