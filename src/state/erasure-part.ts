/** Forgets people on request: every value of theirs goes, and of their address a keyed hash stays, so that nobody brings them back. */
import { createHmac, randomBytes } from "node:crypto";
import { sql } from "kysely";
import { TEXT_ERASED } from "../core/model/notice.ts";
import type { StateStore } from "../jobs/state-port.ts";
import type { Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

/** The setting that holds the connection's key of hashes: without it nobody can try addresses out. */
export const IDENTITY_KEY = "identity-key";

/** The hash of an address under the connection's key. Addresses are compared as links hold them: trimmed, in small letters. */
export function identityOf(email: string, key: string): string {
  return createHmac("sha256", Buffer.from(key, "hex")).update(email.trim().toLowerCase()).digest("hex");
}

export function newIdentityKey(): string {
  return randomBytes(32).toString("hex");
}

export function erasurePart(database: StateDatabase): Pick<StateStore, "erase" | "erasedAmong"> {
  const { connection } = database;
  return {
    erase(lease, links, reason, now) {
      return database.fenced(lease, async (tx) => {
        const key = await identityKey(tx, connection);
        const found = await sql<{ email: string | null }>`select email from link
          where connection = ${connection} and id = any(${links}::text[])`.execute(tx);
        const identities = found.rows.flatMap(({ email }) => (email === null ? [] : [identityOf(email, key)]));
        await sql`insert into erased (connection, identity, reason, at)
          select ${connection}, identity, ${reason}, ${now}::timestamptz from unnest(${[...new Set(identities)]}::text[]) as told(identity)
          on conflict (connection, identity) do nothing`.execute(tx);
        for (const statement of FORGET) await statement(connection, links).execute(tx);
      });
    },

    async erasedAmong(emails) {
      if (emails.length === 0) return new Set();
      const [known] = (
        await database.read((db) =>
          sql<{
            value: string;
          }>`select value from setting where connection = ${connection} and name = ${IDENTITY_KEY}`.execute(db),
        )
      ).rows;
      // Nobody has ever been erased.
      if (known === undefined) return new Set();
      const byIdentity = new Map(emails.map((email) => [identityOf(email, known.value), email]));
      const answer = await database.read((db) =>
        sql<{ identity: string }>`select identity from erased
          where connection = ${connection} and identity = any(${[...byIdentity.keys()]}::text[])`.execute(db),
      );
      return new Set(answer.rows.flatMap(({ identity }) => byIdentity.get(identity) ?? []));
    },
  };
}

async function identityKey(tx: Statements, connection: string): Promise<string> {
  await sql`insert into setting (connection, name, value) values (${connection}, ${IDENTITY_KEY}, ${newIdentityKey()})
    on conflict (connection, name) do nothing`.execute(tx);
  const answer = await sql<{ value: string }>`select value from setting
    where connection = ${connection} and name = ${IDENTITY_KEY}`.execute(tx);
  return answer.rows[0]?.value ?? "";
}

type Forget = (connection: string, links: readonly string[]) => ReturnType<typeof sql>;

/** Table by table: what tells of a person is blanked where the row has to stay, and goes where it has not. Ids stay. */
const FORGET: readonly Forget[] = [
  (
    connection,
    links,
  ) => sql`update link set state = 'erased', email = null, name = id, version = version + 1, stage = null, epoch = null,
      score_total = null, score_due_at = null, fields = '{}', facts = '{}', stage_state = 'null', score = 'null', quarantine = '{}',
      unshown = '{}'
    where connection = ${connection} and id = any(${links}::text[])`,
  (connection, links) => sql`update intent set fields = '{}', reason = '', detail = null
    where connection = ${connection} and link = any(${links}::text[])`,
  (connection, links) =>
    sql`update stage_event set reason = '' where connection = ${connection} and link = any(${links}::text[])`,
  (connection, links) =>
    sql`update handoff set reasons = '[]' where connection = ${connection} and link = any(${links}::text[])`,
  (connection, links) => sql`update task set subject = '', description = '', reason = '', change = null
    where connection = ${connection} and link = any(${links}::text[])`,
  (connection, links) =>
    sql`update outcome set name = '', lost_reason = null, products = null, contact_id = link where connection = ${connection} and link = any(${links}::text[])`,
  // The line behind its person: whoever makes one meanwhile holds the person.
  ...[
    "conflict",
    "reject",
    "notice",
    "cadence_run",
    "follow_up_event",
    "fact_change",
    "report_person",
    "report_line",
    "touch",
  ].map(
    (table): Forget =>
      (connection, links) =>
        sql`delete from ${sql.table(table)} where connection = ${connection} and link = any(${links}::text[])`,
  ),
  // Nobody knows whom such a text names, and one that was told has none any more.
  (connection) => sql`update notice set text = ${TEXT_ERASED}, html = null
    where connection = ${connection} and link is null and state in ('due', 'sending')`,
];
