/** Every answer to an e-mail is shown to sales: it brings its writer to Salesforce, and a task that cannot get there does not wait for ever. */
import { afterEach, expect, test } from "vitest";
import { explainText } from "../../src/cli/explain-text.ts";
import { type Loaded, loadConfig } from "../../src/config/load-config.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const EMAIL = "ada@engines.example.com";
const LOADED = loadConfig({ mappingsFolder: "mappings", configFolder: "config" });
let world: SyncWorld;
afterEach(() => world.close());

async function open(adjust: (loaded: Loaded) => Loaded = (loaded) => loaded): Promise<void> {
  const { store } = openMemoryState();
  world = await openSyncWorld({ store: () => store, close: async () => undefined }, { adjust });
}

async function answered(): Promise<void> {
  const { hubspot } = world.sandbox;
  const id = hubspot.createContact({ email: EMAIL, lastname: "Lovelace", jobtitle: "Clerk", country: "FR" }, MARKETER);
  await world.settle();
  expect((await world.person(EMAIL)).salesforceId).toBeNull();
  const reply = { hs_email_replied: "1", hs_email_last_reply_date: world.clock.now() };
  hubspot.editContact(id, reply, { sourceType: "EMAIL", sourceId: "email" });
  await world.settle();
}

async function tasks() {
  return world.store.tasksOf([(await world.person(EMAIL)).id]);
}

test("somebody whom only HubSpot knew becomes a lead of whoever is to answer, with that one task", async () => {
  await open();
  await answered();
  const person = await world.person(EMAIL);
  expect(person).toMatchObject({ state: "linked", salesforceObject: "Lead", stage: { stage: "lead" } });
  const { salesforce } = world.sandbox;
  const lead = salesforce.records("Lead").find(({ Id }) => Id === person.salesforceId);
  const own = salesforce.records("Task").filter(({ WhoId }) => WhoId === person.salesforceId);
  expect(own).toMatchObject([{ Subject: "Answer Lovelace: replied to an e-mail", OwnerId: lead?.["OwnerId"] }]);
  expect(await tasks()).toMatchObject([
    { purpose: "reply", state: "done", ownerEmail: "farid.haddad@northwind.example.com" },
  ]);
  expect(await world.store.handoffsOf([person.id])).toEqual([]);
});

test("where the mapping leaves them out, the task waits as long as the answer is fresh, and is not made after that", async () => {
  const mqls = (loaded: Loaded): Loaded => ({
    ...loaded,
    mappings: loaded.mappings.map((mapping) => ({
      ...mapping,
      include: { source: 'stage == "mql"', holds: ({ stage }) => stage === "mql" },
    })),
  });
  await open(mqls);
  await answered();
  expect(await tasks()).toMatchObject([{ state: "due" }]);
  const told = await explainText(world.store, LOADED, await world.person(EMAIL));
  expect(told.replaceAll(/\s+/g, " ")).toContain("(waits until the person is in Salesforce)");
  await world.pass(8 * 24 * 60);
  await world.settle();
  expect(await tasks()).toMatchObject([
    { state: "suppressed", reason: "not made: the person was not in Salesforce within 7 days" },
  ]);
});
