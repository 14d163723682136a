/** The safety stop from a person's side: nothing is written until they have seen the plan, and then exactly that plan is. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentOf, REPOSITORY, words } from "./cli-process.ts";
import { type CliWorld, openCliWorld, PERSON } from "./cli-world.ts";

let world: CliWorld;
const NAMES = ["One", "Two", "Three", "Four"];

beforeAll(async () => {
  world = await openCliWorld();
  cpSync(join(REPOSITORY, "config"), join(world.folder, "config"), { recursive: true });
  const file = join(world.folder, "config", "safety.yml");
  const text = readFileSync(file, "utf8");
  const strict = text.replace(/change: .*at-most: \d+.*/, "change: { at-most: 2, share: 0.5 }");
  expect(strict).not.toBe(text);
  writeFileSync(file, strict);
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  for (const name of NAMES) {
    salesforce.create("Lead", { LastName: name, Company: "People", Email: `${name}@people.example.com` }, rep);
  }
  world.pass(10);
  // Creates are no danger to what is there: only then is there something to lose.
  const first = await run(["sync", "--json"]);
  expect(first.exit, first.stdout + first.stderr).toBe(0);
  for (const name of NAMES) {
    const id = hubspot.contactByEmail(`${name}@people.example.com`.toLowerCase())?.id ?? "";
    hubspot.editContact(id, { jobtitle: "Clerk" }, PERSON);
  }
  world.pass(10);
});
afterAll(() => world.close());

function run(line: readonly string[]): ReturnType<CliWorld["run"]> {
  return world.run([...line, "--config", "config"]);
}

const titles = (): unknown[] => world.sandbox.salesforce.records("Lead").map((lead) => lead["Title"] ?? null);

test("sync stops before its first write and says how to go on", async () => {
  const answer = await run(["sync"]);
  expect(answer.exit, answer.stdout).toBe(3);
  expect(words(answer.stdout)).toContain("config/safety.yml allows 2 (change)");
  expect(titles()).toEqual([null, null, null, null]);
});

test("plan shows all that was stopped, and sync --plan lets exactly that through", async () => {
  const plan = await run(["plan", "--out", "seen.plan"]);
  expect(plan.exit, plan.stderr).toBe(3);
  expect(words(plan.stdout)).toContain("salesforce Lead: 4 updates");
  const answer = await run(["sync", "--plan", "seen.plan", "--json"]);
  expect(answer.exit, answer.stdout + answer.stderr).toBe(0);
  expect(documentOf(answer)).toMatchObject({
    outcome: "done",
    written: { salesforce: { created: 0, updated: 4, archived: 0 } },
  });
  expect(titles()).toEqual(["Clerk", "Clerk", "Clerk", "Clerk"]);
});

test("sync --approve lets the plan that was named through, once", async () => {
  const { hubspot } = world.sandbox;
  for (const name of NAMES) {
    const id = hubspot.contactByEmail(`${name}@people.example.com`.toLowerCase())?.id ?? "";
    hubspot.editContact(id, { jobtitle: "Manager" }, PERSON);
  }
  world.pass(10);
  const stopped = await run(["sync"]);
  expect(stopped.exit).toBe(3);
  const name = /--approve ([0-9a-f]{10})/.exec(words(stopped.stdout))?.[1] ?? "";
  const answer = await run(["sync", "--approve", name, "--json"]);
  expect(answer.exit, answer.stdout + answer.stderr).toBe(0);
  expect(titles()).toEqual(["Manager", "Manager", "Manager", "Manager"]);
});
