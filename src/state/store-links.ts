/** Stores links whose version is current and whose records nobody else holds; says which it turned away. */

import { type RawBuilder, sql } from "kysely";
import type { StageEvent } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { System } from "../core/model/record.ts";
import type { ReportReading } from "../core/model/report-row.ts";
import type { Alias } from "../jobs/state-port.ts";
import { textArray } from "./binary-array.ts";
import { columnsOf, documentOf, rowsOfColumns } from "./column-document.ts";
import { BeginAgain } from "./database-failure.ts";
import { ALIASES } from "./ledger-tables.ts";
import { type StoredClaim, settleClaims } from "./link-claims.ts";
import { LINKS, type LinkRow, rowOfLink } from "./link-rows.ts";
import { readingSetting, storeReportPeople, storeTouches } from "./report-people.ts";
import type { Statements } from "./row-table.ts";

export interface StoredLinks {
  readonly stale: ReadonlySet<string>;
  /** What was stored before, of these links and of those that they collided with. */
  readonly before: readonly StoredClaim[];
}

interface SettledLinks extends StoredLinks {
  readonly accepted: readonly Link[];
  /** What the report reads of a person. */
  readonly reading: ReportReading;
}

/**
 * Compare-and-set on the version. When another transaction creates a link or claims a record at the same moment, it throws what makes
 * `StateDatabase.write` begin again, and then sees what the other stored. `entered`: the stages that they enter with it.
 */
export async function storeLinks(
  tx: Statements,
  connection: string,
  links: readonly Link[],
  entered: readonly StageEvent[],
): Promise<StoredLinks> {
  const stored = await storeSettled(tx, connection, links, entered, async (rows) => {
    const added = await LINKS.store(tx, connection, rows.filter(isNew), { do: "nothing" });
    const changed = await LINKS.change(tx, connection, rows.filter(isThere), LINKS.values, NEXT_VERSION);
    return added + changed;
  });
  await storeTouches(tx, connection, stored.accepted, stored.reading);
  return stored;
}

const NEXT_VERSION = "link.version = told.version - 1";

function isNew({ version }: { readonly version: number }): boolean {
  return version === 1;
}

function isThere(row: { readonly version: number }): boolean {
  return !isNew(row);
}

/** The parts of a link that the outcome of a write can change: everything else stands as it was decided. */
const DELIVERED = [
  "state",
  "hubspotId",
  "salesforceObject",
  "salesforceId",
  "version",
  "hubspotVersion",
  "hubspotSeenAt",
  "salesforceVersion",
  "salesforceSeenAt",
  "fields",
  "quarantine",
  "unshown",
] as const;

/** As `storeLinks`, for links that are there: stores only what an outcome changes, which is half the bytes; the facts of those that `factsOf` names too. */
export async function storeDelivered(
  tx: Statements,
  connection: string,
  links: readonly Link[],
  factsOf: readonly string[],
): Promise<StoredLinks> {
  const withFacts = new Set(factsOf);
  return storeSettled(tx, connection, links, [], async (rows) => {
    const [some, others] = [rows.filter(({ id }) => withFacts.has(id)), rows.filter(({ id }) => !withFacts.has(id))];
    const changed = await LINKS.change(tx, connection, some, [...DELIVERED, "facts"], NEXT_VERSION);
    return changed + (await LINKS.change(tx, connection, others, DELIVERED, NEXT_VERSION));
  });
}

const NOTHING_READ: ReportReading = { facts: [], touches: [] };

async function storeSettled(
  tx: Statements,
  connection: string,
  links: readonly Link[],
  entered: readonly StageEvent[],
  store: (rows: readonly LinkRow[]) => Promise<number>,
): Promise<SettledLinks> {
  if (links.length === 0) return { stale: new Set(), before: [], accepted: [], reading: NOTHING_READ };
  const { claims: before, reading } = await lockClaims(tx, connection, links);
  const settled = settleClaims(links, before);
  if (settled.releasing.length > 0) {
    await sql`update link set hubspot_id = null, salesforce_id = null
      where connection = ${connection} and id = any(${settled.releasing}::text[])`.execute(tx);
  }
  const rows = settled.accepted.map(rowOfLink);
  const written = await store(rows);
  if (written < rows.length) throw new BeginAgain("another transaction created one of the links");
  await storeReportPeople(tx, connection, settled.accepted, entered, reading);
  return { stale: new Set(settled.stale), before, accepted: settled.accepted, reading };
}

/** Stores aliases, and makes earlier aliases of a superseded link point to the one that took its place. */
export async function storeAliases(
  tx: Statements,
  connection: string,
  aliases: readonly Alias[],
  before: readonly StoredClaim[],
): Promise<void> {
  if (aliases.length === 0) return;
  const byRecord = new Map(aliases.map((alias) => [`${alias.system}:${alias.oldId}`, alias]));
  await ALIASES.store(tx, connection, [...byRecord.values()], { do: "update", set: ALIASES.takeAll() });
  const moved = before.flatMap((row) => movesOf(row, byRecord));
  if (moved.length === 0) return;
  await sql`update alias set link = moved.target
    from unnest(${moved.map((move) => move.from)}::text[], ${moved.map((move) => move.to)}::text[]) as moved(source, target)
    join link on link.connection = ${connection} and link.id = moved.source and link.state = 'superseded'
    where alias.connection = ${connection} and alias.link = moved.source`.execute(tx);
}

function movesOf(row: StoredClaim, byRecord: ReadonlyMap<string, Alias>): readonly { from: string; to: string }[] {
  const records: readonly (readonly [System, string | null])[] = [
    ["hubspot", row.hubspotId],
    ["salesforce", row.salesforceId],
  ];
  for (const [system, id] of records) {
    const alias = byRecord.get(`${system}:${id}`);
    if (alias !== undefined && alias.link !== row.id) return [{ from: row.id, to: alias.link }];
  }
  return [];
}

/** Everything stored that the links replace or collide with, locked until the transaction ends; and what the report reads of them. */
async function lockClaims(
  tx: Statements,
  connection: string,
  links: readonly Link[],
): Promise<{ readonly claims: readonly StoredClaim[]; readonly reading: ReportReading }> {
  const ids = links.map((link) => link.id);
  const locked = lockedClaims(connection, sql`id = any(${textArray(ids)}::text[])`);
  const answer = await sql<{
    document: string | null;
    reading: string | null;
  }>`select ${locked} as document, (${readingSetting(connection)}) as reading`.execute(tx);
  const { document = null, reading = null } = answer.rows[0] ?? {};
  const own = claimsOf(document);
  return {
    claims: [...own, ...(await lockHolders(tx, connection, links, own))],
    reading: reading === null ? NOTHING_READ : JSON.parse(reading),
  };
}

/** Other people who hold a record of these links. A record that a link holds itself is held by nobody else: the database sees to that. */
async function lockHolders(
  tx: Statements,
  connection: string,
  links: readonly Link[],
  own: readonly StoredClaim[],
): Promise<readonly StoredClaim[]> {
  const held = new Map(own.filter(({ state }) => state !== "superseded").map((claim) => [claim.id, claim]));
  const claimed = (record: "hubspotId" | "salesforceId") =>
    links.flatMap((link) => {
      const id = link[record];
      return id === null || held.get(link.id)?.[record] === id ? [] : [id];
    });
  const hubspotIds = claimed("hubspotId");
  const salesforceIds = claimed("salesforceId");
  if (hubspotIds.length + salesforceIds.length === 0) return [];
  const holders = sql`id in (
    select id from link where connection = ${connection} and state <> 'superseded' and hubspot_id = any(${textArray(hubspotIds)}::text[])
    union select id from link where connection = ${connection} and state <> 'superseded' and salesforce_id = any(${textArray(salesforceIds)}::text[]))
    and id <> all(${textArray(own.map(({ id }) => id))}::text[])`;
  const answer = await sql<{
    document: string | null;
  }>`select ${lockedClaims(connection, holders)} as document`.execute(tx);
  return claimsOf(answer.rows[0]?.document ?? null);
}

/** In id order, so that two transactions do not wait for each other. */
function lockedClaims(connection: string, which: RawBuilder<unknown>): RawBuilder<string | null> {
  return documentOf(
    CLAIM,
    sql`select id, state, version, hubspot_id as "hubspotId", salesforce_id as "salesforceId" from link
      where connection = ${connection} and ${which} order by id for update`,
  );
}

const CLAIM = ["id", "state", "version", "hubspotId", "salesforceId"] as const;

function claimsOf(document: string | null): readonly StoredClaim[] {
  return rowsOfColumns(CLAIM, columnsOf(document));
}
