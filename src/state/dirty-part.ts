/** Marks of what may have changed, and the cursors that must never be ahead of them. */

import { sql } from "kysely";
import type { SeenSide } from "../core/model/link.ts";
import { moreUrgent } from "../core/model/priority.ts";
import type { Instant } from "../core/model/record.ts";
import type { Cursor, DirtyMark, DirtyRow, StateStore } from "../jobs/state-port.ts";
import { binaryArray, textArray } from "./binary-array.ts";
import { CURSORS, DIRTY } from "./ledger-tables.ts";
import { forgetPasses, storeMet, storePasses } from "./read-pass-part.ts";
import type { Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

type DirtyPart = Pick<StateStore, "cursors" | "ingest" | "hint" | "dirtyDue" | "dirtyOf" | "dirtyCount" | "deferDirty">;

export function dirtyPart(database: StateDatabase): DirtyPart {
  const { connection } = database;
  return {
    async cursors() {
      const answer = await database.read((db) =>
        sql<Cursor>`select ${CURSORS.selected} from cursor where connection = ${connection} order by system, object, lane`.execute(
          db,
        ),
      );
      return answer.rows;
    },

    ingest(lease, batch) {
      return database.fenced(lease, async (tx) => {
        await markDirty(tx, connection, batch.dirty, batch.now);
        await noteSeen(tx, connection, batch.seen);
        await CURSORS.store(tx, connection, batch.cursors, { do: "update", set: CURSORS.takeAll() });
        await storePasses(tx, connection, batch.passes ?? []);
        await storeMet(tx, connection, batch.met ?? []);
        if (batch.passesOver === true) await forgetPasses(tx, connection);
      });
    },

    async hint(marks, now) {
      if (marks.length > 0) await database.writeAlone((db) => markDirty(db, connection, marks, now));
    },

    async dirtyOf(keys) {
      return database.read((db) =>
        DIRTY.read(
          db,
          sql`select ${DIRTY.selected} from dirty
            where connection = ${connection} and key = any(${[...keys]}::text[]) order by priority, due_at, key`,
        ),
      );
    },

    async dirtyDue(limit, now) {
      return database.read((db) =>
        DIRTY.read(
          db,
          sql`select ${DIRTY.selected} from dirty
            where connection = ${connection} and due_at <= ${now} order by priority, due_at, key limit ${limit}`,
        ),
      );
    },

    async dirtyCount() {
      const answer = await database.read((db) =>
        sql<{ rows: number }>`select count(*)::int as rows from dirty where connection = ${connection}`.execute(db),
      );
      return answer.rows[0]?.rows ?? 0;
    },

    async deferDirty(lease, rows) {
      if (rows.length === 0) return;
      await database.fenced(lease, (tx) =>
        sql`update dirty set due_at = later.due_at, attempts = attempts + 1
          from unnest(${rows.map((row) => row.key)}::text[], ${rows.map((row) => row.dueAt)}::timestamptz[]) as later(key, due_at)
          where dirty.connection = ${connection} and dirty.key = later.key`.execute(tx),
      );
    },
  };
}

/** Sets marks. One that is set already becomes newer, and due at the earlier of both times. `now` null: first seen when it is due. */
export async function markDirty(
  tx: Statements,
  connection: string,
  marks: readonly DirtyMark[],
  now: Instant | null,
): Promise<void> {
  const rows = new Map<string, DirtyRow>();
  for (const mark of marks) {
    const earlier = rows.get(mark.key);
    const dueAt = earlier !== undefined && earlier.dueAt < mark.dueAt ? earlier.dueAt : mark.dueAt;
    rows.set(mark.key, {
      key: mark.key,
      reason: mark.reason,
      dueAt,
      priority: moreUrgent(mark.priority, earlier?.priority),
      version: 1,
      attempts: 0,
      firstSeenAt: now ?? dueAt,
    });
  }
  await DIRTY.store(tx, connection, sortedByKey([...rows.values()]), {
    do: "update",
    set: "version = dirty.version + 1, reason = excluded.reason, due_at = least(dirty.due_at, excluded.due_at), priority = least(dirty.priority, excluded.priority)",
  });
}

/** Deletes marks that nobody has set again since the version that was worked on. */
export async function clearDirty(
  tx: Statements,
  connection: string,
  done: readonly { readonly key: string; readonly version: number }[],
): Promise<void> {
  if (done.length === 0) return;
  const rows = sortedByKey(done);
  await sql`delete from dirty using unnest(${textArray(rows.map((row) => row.key))}::text[], ${binaryArray(
    "integer",
    rows.map((row) => row.version),
  )}::integer[]) as done(key, version)
    where dirty.connection = ${connection} and dirty.key = done.key and dirty.version = done.version`.execute(tx);
}

async function noteSeen(tx: Statements, connection: string, seen: readonly SeenSide[]): Promise<void> {
  for (const system of ["hubspot", "salesforce"] as const) {
    const marks = seen.filter((mark) => mark.system === system);
    if (marks.length === 0) continue;
    const version = sql.ref(`${system}_version`);
    const seenAt = sql.ref(`${system}_seen_at`);
    // A later read may have been stored meanwhile; it knows better.
    await sql`update link set ${version} = seen.version, ${seenAt} = seen.at
      from unnest(${textArray(marks.map((mark) => mark.link))}::text[], ${textArray(marks.map((mark) => mark.version))}::text[], ${binaryArray(
        "instant",
        marks.map((mark) => mark.at),
      )}::timestamptz[])
        as seen(link, version, at)
      where link.connection = ${connection} and link.id = seen.link
        and (link.${seenAt} is null or link.${seenAt} <= seen.at)`.execute(tx);
  }
}

/** Every transaction takes its row locks in one order, so that two cannot wait for each other. */
function sortedByKey<Row extends { readonly key: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)));
}
