/** The embedded store: its contract, and what a folder must survive: reopening, kill -9, a second process, a newer version. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStateDatabase, openStateStore, type SharedDatabase } from "../../src/state/open-state-store.ts";
import { emptyStateFolder } from "../support/empty-state.ts";
import { stateLedgerContract } from "./state-ledger.contract.ts";
import { leased, NO_DECISIONS, personLink, T } from "./state-samples.ts";
import { stateStoreContract } from "./state-store.contract.ts";

describe("the embedded state store", () => {
  let database: SharedDatabase;
  let stores = 0;
  beforeAll(async () => {
    database = await openStateDatabase({ folder: await emptyStateFolder() });
  });
  afterAll(() => database.close());
  const store = () => {
    stores += 1;
    return database.store(`case-${stores}`);
  };

  stateStoreContract(store);
  stateLedgerContract(store);
});

describe("the state store in a folder", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await emptyStateFolder();
  });
  const open = () => openStateStore({ folder, connection: "main", holder: "sync" });

  test("what was stored is there when it is opened again", async () => {
    const first = await open();
    await first.commitDecisions(await leased(first), { ...NO_DECISIONS, links: [personLink("a")] });
    await first.close();
    expect(existsSync(join(folder, "leadloop.lock"))).toBe(false);
    const second = await open();
    expect(await second.links(["a"])).toEqual([personLink("a")]);
    expect(await second.acquireLease("sync", "second", 1000, T(1))).toBeNull();
    await second.close();
  });

  test("a second one on the same folder is refused with the pid of the first", async () => {
    const first = await open();
    await expect(open()).rejects.toThrow(
      `another LeadLoop process (pid ${process.pid}, sync) uses ${folder}; stop it, or set DATABASE_URL`,
    );
    expect(await first.dirtyCount()).toBe(0);
    await first.close();
    await (await open()).close();
    expect(readdirSync(folder)).toEqual(["database"]);
  });

  const dead: readonly (readonly [string, string])[] = [
    ["a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, started: "x", holder: "sync" })],
    [
      "an earlier process with a pid that lives again",
      JSON.stringify({ pid: process.pid, started: "earlier", holder: "" }),
    ],
    ["a machine that went down while writing it", '{"pid":12'],
  ];
  test.each(dead)("the lock of %s is taken over", async (_who, text) => {
    writeFileSync(join(folder, "leadloop.lock"), `${text}\n`);
    await (await open()).close();
    expect(readdirSync(folder)).toEqual(["database"]);
  });

  test("a database that a newer LeadLoop wrote is refused, and the folder is free again", async () => {
    const embedded = await PGlite.create(join(folder, "database"));
    await embedded.exec("insert into leadloop_migration (name, timestamp) values ('9999-future', '2030-01-01')");
    await embedded.close();
    await expect(open()).rejects.toThrow(/the embedded database in .* was written by a newer LeadLoop/);
    expect(readdirSync(folder)).toEqual(["database"]);
  });
});

describe("a process that is killed", () => {
  /** Commits chunk after chunk and says each number once it is stored. */
  const writer = `
    import { openStateStore } from ${JSON.stringify(new URL("../../src/state/open-state-store.ts", import.meta.url).href)};
    import { leased, NO_DECISIONS, personLink } from ${JSON.stringify(new URL("./state-samples.ts", import.meta.url).href)};
    const store = await openStateStore({ folder: process.argv[1], connection: "main" });
    const lease = await leased(store);
    for (let chunk = 0; ; chunk += 1) {
      const links = Array.from({ length: 50 }, (_, index) => personLink("p" + String(chunk * 50 + index).padStart(6, "0")));
      await store.commitDecisions(lease, { ...NO_DECISIONS, links, dirty: links.map((link) => ({ key: "l:" + link.id, reason: "verify", dueAt: lease.until })) });
      console.log(chunk);
    }`;

  test("keeps every commit it was told of, whole chunks only, and leaves a lock that the next one takes over", async () => {
    const folder = await emptyStateFolder();
    const child = spawn(process.execPath, ["--input-type=module", "-e", writer, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let acknowledged = -1;
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      if (acknowledged === 12) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(acknowledged).toBeGreaterThanOrEqual(12);
    const store = await openStateStore({ folder, connection: "main" });
    const { people = 0, dirty } = await store.counts();
    expect(people).toBeGreaterThanOrEqual((acknowledged + 1) * 50);
    expect(people % 50).toBe(0);
    expect(dirty).toBe(people);
    await store.close();
  });
});
