/** A state that an earlier LeadLoop wrote opens in this one, with everybody in it; whoever then goes back is refused in words. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEmbedded } from "../../src/state/embedded-database.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { leased, NO_DECISIONS, personLink, T } from "./state-samples.ts";

const SOURCE = resolve(import.meta.dirname, "../../src/state");
const EARLIER = "0015-bulk-jobs";
const folder = mkdtempSync(join(tmpdir(), "leadloop-upgrade-"));
const open = () => openStateStore({ folder, connection: "main" });

/** Every migration by its name, as its file has it. */
async function migrations(): Promise<Record<string, Migration>> {
  const names = readdirSync(SOURCE).flatMap((file) => /^migration-(.+)\.ts$/.exec(file)?.[1] ?? []);
  const loaded = await Promise.all(
    names.map(async (name) => [name, (await import(join(SOURCE, `migration-${name}.ts`))) as Migration] as const),
  );
  return Object.fromEntries(loaded);
}

beforeAll(async () => {
  const { kysely, close } = await openEmbedded(folder, "an earlier one", false);
  const earlier = Object.fromEntries(Object.entries(await migrations()).filter(([name]) => name <= EARLIER));
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: async () => earlier },
    migrationTableName: "leadloop_migration",
    migrationLockTableName: "leadloop_migration_lock",
  });
  const { error } = await migrator.migrateToLatest();
  expect(error).toBeUndefined();
  await sql`insert into link (connection, id, state, hubspot_id, salesforce_object, salesforce_id, email, name, version, generation, stage, epoch, first_seen_at,
      fields, facts, stage_state, score, quarantine)
    values ('main', 'a', 'linked', '1a', 'Contact', '003a', 'a@example.com', 'Ada', 7, 0, 'mql', 1, ${T()},
      '{"title":{"base":"Countess"}}', '{}', ${JSON.stringify(personLink("a").stage)}::json, 'null', '{}')`.execute(
    kysely,
  );
  await sql`insert into stage_event (connection, link, sequence, epoch, stage, at, side, reason, score, band)
    values ('main', 'a', 1, 1, 'mql', ${T()}, 'leadloop', 'score 64', 64, 'B2')`.execute(kysely);
  await sql`insert into handoff (connection, link, epoch, owner_email, routed_by, at, deadline, outcome, reasons)
    values ('main', 'a', 1, 'rep@example.com', 'everybody', ${T()}, ${T(3_600)}, 'open', '[]')`.execute(kysely);
  await sql`insert into outcome (connection, opportunity_id, link, name, stage_name, amount, closed, won, opened_at, stage_at)
    values ('main', '006a', 'a', 'Engines', 'Prospecting', 100, false, false, ${T()}, ${T()})`.execute(kysely);
  await sql`insert into dirty (connection, key, reason, due_at, version, attempts, first_seen_at)
    values ('main', 'l:a', 'changed', ${T()}, 1, 0, ${T()})`.execute(kysely);
  await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("people, stages, handoffs, opportunities and marks of a state at an earlier schema are there after the upgrade, and it works on", async () => {
  const store = await open();
  try {
    const [link] = await store.links(["a"]);
    expect(link).toMatchObject({
      id: "a",
      version: 7,
      fields: { title: { base: "Countess" } },
      stage: { stage: "mql" },
    });
    expect(await store.stageEventsOf(["a"])).toMatchObject([{ stage: "mql", score: 64 }]);
    expect(await store.openHandoffs()).toMatchObject([{ link: "a", ownerEmail: "rep@example.com" }]);
    // What a later schema knows besides is filled in from what was there.
    expect(await store.outcomesOf(["a"])).toMatchObject([{ opportunityId: "006a", contactId: "003a", counts: true }]);
    expect(await store.dirtyDue(9, T(1))).toMatchObject([{ key: "l:a" }]);
    if (link === undefined) throw new Error("the person is gone");
    const lease = await leased(store);
    const { stale } = await store.commitDecisions(lease, { ...NO_DECISIONS, links: [{ ...link, version: 8 }] });
    expect(stale).toEqual([]);
    await store.releaseLease(lease);
  } finally {
    await store.close();
  }
});

test("it is upgraded once: opened again it is as it was left", async () => {
  const store = await open();
  expect(await store.links(["a"])).toMatchObject([{ version: 8 }]);
  await store.close();
});

test("a version that knows less than the state's schema refuses it, changes nothing, and says what to do", async () => {
  const run = async (statement: ReturnType<typeof sql>) => {
    const { kysely, close } = await openEmbedded(folder, "a later one", false);
    const { rows } = await statement.execute(kysely);
    await close();
    return rows;
  };
  await run(sql`insert into leadloop_migration (name, timestamp) values ('0099-later', '2030-01-01')`);
  const known = Object.keys(await migrations())
    .toSorted()
    .at(-1);
  await expect(open()).rejects.toThrow(
    new RegExp(
      `was written by a newer LeadLoop \\(its schema is at 0099-later, this one knows ${known}\\)\\. Nothing was changed\\. Install the newer version, or set DATABASE_URL`,
    ),
  );
  expect(await run(sql`select version from link`)).toEqual([{ version: 8 }]);
  // The snapshot of docs/runbook.md: without the later schema it opens again.
  await run(sql`delete from leadloop_migration where name = '0099-later'`);
  await (await open()).close();
});
