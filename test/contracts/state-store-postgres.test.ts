/** The store on a PostgreSQL server: its contract, what a broken or newer database says, and the work done there at once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import { openStateDatabase, openStateStore, type SharedDatabase } from "../../src/state/open-state-store.ts";
import { type FreshDatabase, freshDatabase, whyNoPostgres } from "../support/postgres-database.ts";
import { stateLedgerContract } from "./state-ledger.contract.ts";
import { leased, NO_DECISIONS, personLink } from "./state-samples.ts";
import { stateStoreContract } from "./state-store.contract.ts";

const missing = await whyNoPostgres();
if (missing !== null) console.log(`state-store-postgres: skipped, ${missing}`);

describe.skipIf(missing !== null)("the state store on PostgreSQL", () => {
  let fresh: FreshDatabase;
  let database: SharedDatabase;
  let stores = 0;
  beforeAll(async () => {
    fresh = await freshDatabase();
    database = await openStateDatabase({ databaseUrl: fresh.url, folder: "" });
  });
  afterAll(async () => {
    await database.close();
    await fresh.drop();
  });
  const store = () => {
    stores += 1;
    return database.store(`case-${stores}`);
  };

  stateStoreContract(store);
  stateLedgerContract(store);

  test("several processes may open one empty database at once", async () => {
    const empty = await freshDatabase();
    const opened = await Promise.all(
      [1, 2, 3].map((number) => openStateStore({ databaseUrl: empty.url, folder: "", connection: `c${number}` })),
    );
    expect(await Promise.all(opened.map((each) => each.dirtyCount()))).toEqual([0, 0, 0]);
    await Promise.all(opened.map((each) => each.close()));
    await empty.drop();
  });

  test("a database that a newer LeadLoop wrote is refused and left alone", async () => {
    const newer = await freshDatabase();
    await (await openStateStore({ databaseUrl: newer.url, folder: "", connection: "c" })).close();
    await newer.run("insert into leadloop_migration (name, timestamp) values ('9999-future', '2030-01-01')");
    const refusal = openStateStore({ databaseUrl: newer.url, folder: "", connection: "c" });
    await expect(refusal).rejects.toThrow(
      /was written by a newer LeadLoop \(its schema is at 9999-future.*Install the newer version/,
    );
    await newer.drop();
  });

  test("a connection that breaks between two statements stops the run with a sentence, and the store goes on when the server is back", async () => {
    const shaken = await freshDatabase();
    const opened = await openStateStore({ databaseUrl: shaken.url, folder: "", connection: "c" });
    const lease = await leased(opened);
    const name = new URL(shaken.url).pathname.slice(1);
    const commits = Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        opened.commitDecisions(lease, { ...NO_DECISIONS, links: [personLink(`p${index}`)] }),
      ),
    );
    await shaken.run(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
    );
    const outcomes = await commits;
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(StopRun);
    }
    const stored = outcomes.filter((outcome) => outcome.status === "fulfilled").length;
    expect((await opened.counts())["people"]).toBeGreaterThanOrEqual(stored);
    await opened.close();
    await shaken.drop();
  });

  test("a database that does not exist is named, with what to do", async () => {
    const url = new URL(fresh.url);
    url.pathname = "/no_such_database";
    const refusal = openStateStore({ databaseUrl: url.href, folder: "", connection: "c" });
    await expect(refusal).rejects.toThrow(
      /the database no_such_database on .*it has no database of that name. Create it, or correct DATABASE_URL/,
    );
  });
});

describe("a database that cannot be used", () => {
  const broken: readonly (readonly [string, string, RegExp])[] = [
    [
      "a port where nothing listens",
      "postgres://me:geheim@127.0.0.1:1/leads",
      /the database leads on 127\.0\.0\.1:1 cannot be used: nothing listens there\. Start the database/,
    ],
    [
      "a host that does not exist",
      "postgres://me:geheim@db.invalid:5432/leads?sslmode=verify-full",
      /db\.invalid:5432 cannot be used: .*(no host of that name|cannot be looked up)/,
    ],
    [
      "an address that is none",
      "postgres://me:ge#he/im@[::x/leads",
      /DATABASE_URL is not an address of the form postgres:/,
    ],
    [
      "another kind of database",
      "mysql://me:geheim@127.0.0.1/leads",
      /DATABASE_URL is not an address of the form postgres:/,
    ],
  ];
  test.each(broken)("%s gives a sentence without the password", async (_what, databaseUrl, sentence) => {
    const refusal = await openStateStore({ databaseUrl, folder: "", connection: "c" }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StopRun);
    expect(refusal).toMatchObject({ kind: "stopped", message: expect.stringMatching(sentence) });
    expect(String(refusal)).not.toContain("geheim");
  });
});
