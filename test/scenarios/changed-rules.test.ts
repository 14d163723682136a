/** An admin changes the scoring: whoever it says otherwise of is looked at again and shown, without waiting for them to do something; nobody else is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let database: SharedDatabase;
let world: SyncWorld;

beforeAll(async () => {
  database = await openSharedDatabase();
  world = await openSyncWorld(database);
  const people = { "ceo@engines.example.com": "CEO", "clerk@engines.example.com": "Clerk" };
  for (const [email, jobtitle] of Object.entries(people))
    world.sandbox.hubspot.createContact({ email, lastname: "Lee", company: "Engines", jobtitle }, MARKETER);
  await world.pass(10);
  await world.settle();
  await runFollowUp(world.dependencies());
});
afterAll(async () => {
  await world.close();
  await database.close();
});

/** As after a change of config/scoring.yml: what a title gives is worth twice as much. */
function changed(): SyncDependencies {
  const dependencies = world.dependencies();
  const { rulebook } = dependencies;
  const fit = rulebook.scoring.fit.map(({ rules, ...group }) => ({
    ...group,
    cap: group.cap * 2,
    rules: rules.map((rule) => ({ ...rule, points: rule.points * 2 })),
  }));
  const scoring = { ...rulebook.scoring, fit };
  return { ...dependencies, rulebook: { ...rulebook, scoring }, fingerprint: `${dependencies.fingerprint}, changed` };
}

const shown = (email: string): unknown =>
  world.sandbox.hubspot.contacts().find(({ properties }) => properties["email"] === email)?.properties[
    "leadloop_score"
  ];

test("while the rules stand, nobody is looked at for them", async () => {
  await world.pass(15);
  expect((await runFollowUp(world.dependencies())).rescored).toBe(0);
});

test("the next follow-up shows what the new rules give, to those whom they give it", async () => {
  const before = await world.person("ceo@engines.example.com");
  const clerk = await world.person("clerk@engines.example.com");
  await world.pass(15);
  const { rescored, sync } = await runFollowUp(changed());
  expect(rescored).toBe(1);
  expect(writesOf(sync)).toBeGreaterThan(0);
  const after = await world.person("ceo@engines.example.com");
  expect(after.score?.total).toBe(2 * (before.score?.total ?? 0));
  expect(shown("ceo@engines.example.com")).toBe(String(after.score?.total));
  expect(await world.person("clerk@engines.example.com")).toEqual(clerk);
});

test("which is done once", async () => {
  await world.pass(15);
  const { rescored, sync } = await runFollowUp(changed());
  expect([rescored, writesOf(sync)]).toEqual([0, 0]);
});

test("an edit that no rule asks about leaves the score as it stands", async () => {
  const before = await world.person("clerk@engines.example.com");
  const contact = world.sandbox.hubspot.contacts().find(({ properties }) => properties["email"] === before.email);
  world.sandbox.hubspot.editContact(contact?.id ?? "", { lastname: "Berg" }, MARKETER);
  await world.pass(10);
  await world.settle();
  const after = await world.person("clerk@engines.example.com");
  expect([after.name, after.score]).toEqual(["Berg", before.score]);
});
