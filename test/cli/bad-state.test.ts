/** A database that is down, in use or from a newer version: said plainly, with what to do, and left as it was. */
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { documentOf, words } from "./cli-process.ts";
import { type CliWorld, openCliWorld } from "./cli-world.ts";

let world: CliWorld;
beforeAll(async () => {
  world = await openCliWorld();
});
afterAll(() => world.close());

test("a database server that is down", async () => {
  const answer = await world.run(["sync", "--json"], { DATABASE_URL: "postgres://leadloop:hush@127.0.0.1:9/leadloop" });
  expect(answer.exit).toBe(1);
  expect(documentOf(answer)).toMatchObject({ outcome: "stopped", error: expect.stringContaining("127.0.0.1:9") });
  expect(words(answer.stderr)).toContain("DATABASE_URL");
  expect(answer.stderr + answer.stdout).not.toContain("hush");
  expect(answer.stderr).not.toMatch(/^ +at /m);
});

test("a second process on one embedded database is told which process has it", async () => {
  const store = await openStateStore({
    folder: join(world.folder, ".leadloop"),
    connection: "default",
    holder: "the other one",
  });
  try {
    const answer = await world.runProgram(["sync"]);
    expect(answer.exit).toBe(1);
    expect(words(answer.stderr)).toContain(
      `Another LeadLoop process (pid ${process.pid}, the other one) uses .leadloop`,
    );
    expect(words(answer.stderr)).toContain("set DATABASE_URL");
  } finally {
    await store.close();
  }
});

test("a run that meets another one under way does nothing and ends with 0", async () => {
  const folder = join(world.folder, ".leadloop");
  const store = await openStateStore({ folder, connection: "default" });
  const now = new Date(world.sandbox.clock.now()).toISOString();
  await store.acquireLease("sync", "elsewhere", 600_000, now);
  await store.close();
  const answer = await world.run(["sync", "--json"]);
  expect(answer.exit).toBe(0);
  expect(documentOf(answer)).toMatchObject({
    outcome: "paused",
    reasons: [expect.stringContaining("another run of the sync is under way")],
  });
});

test("a database that a newer LeadLoop wrote is left alone", async () => {
  const data = await PGlite.create(join(world.folder, ".leadloop", "database"));
  await data.query("insert into leadloop_migration (name, timestamp) values ('9999-later', '2030-01-01')");
  await data.close();
  const answer = await world.run(["status"]);
  expect(answer.exit).toBe(1);
  const said = words(answer.stderr);
  expect(said).toContain("was written by a newer LeadLoop");
  expect(said).toContain("Install the newer version, or set DATABASE_URL");
  expect(answer.stderr).not.toMatch(/^ +at /m);
});
