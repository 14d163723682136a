/** A lead that waits for its owner is deleted: the handoff is withdrawn, counts against nobody, and goes on when the lead is restored. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainText } from "../../src/cli/explain-text.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { countReport } from "../../src/jobs/report-job.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const FOLDERS = { mappingsFolder: "mappings", configFolder: "config" };
let world: SyncWorld;

beforeAll(async () => {
  const { store } = openMemoryState();
  world = await openSyncWorld({ store: () => store, close: async () => undefined });
});
afterAll(() => world.close());

async function handedOver(email: string) {
  const { hubspot } = world.sandbox;
  const id = hubspot.createContact({ email, lastname: "Lovelace", jobtitle: "CEO", country: "Germany" }, MARKETER);
  const form = { recent_conversion_event_name: "Book a demo", recent_conversion_date: world.clock.now() };
  hubspot.editContact(id, { ...form, num_conversion_events: "1" }, { sourceType: "ANALYTICS", sourceId: "analytics" });
  await world.settle();
  const person = await world.person(email);
  const handoff = async () => (await world.store.handoffsOf([person.id]))[0];
  expect(await handoff()).toMatchObject({ outcome: "open" });
  return { person, handoff };
}

test("it is told in explain and in the report, and the owner has room again", async () => {
  const { person, handoff } = await handedOver("ada@engines.example.com");
  const { salesforce } = world.sandbox;
  const lead = person.salesforceId ?? "";
  salesforce.remove("Lead", lead, salesforce.people.managerId);
  await world.settle();
  expect(await handoff()).toMatchObject({ outcome: "withdrawn", endedAt: expect.any(String) });
  expect(await world.store.openHandoffs()).toEqual([]);
  const told = await explainText(world.store, loadConfig(FOLDERS), await world.person("ada@engines.example.com"));
  expect(told.replaceAll(/\s+/g, " ")).toMatch(/Handoffs .* withdrawn, \S+ \S+ because the record was deleted/);
  const { report, lifecycle } = world.dependencies().rulebook;
  const window = { asOf: world.clock.now(), from: null, to: null };
  const { handoffs, followUp } = await countReport({
    store: world.store,
    settings: report,
    names: lifecycle.names,
    window,
  });
  expect(handoffs).toMatchObject({ given: 1, open: 0, openPastDeadline: 0, late: 0, withdrawn: 1 });
  expect(handoffs.answeredInTime.percent).toBeNull();
  expect(followUp.given).toBe(0);

  await world.pass(60);
  salesforce.restore("Lead", lead);
  await world.settle();
  expect(await handoff()).toMatchObject({ outcome: "open", endedAt: null, endedBy: null });
  expect(await world.store.openHandoffs()).toHaveLength(1);
  salesforce.edit("Lead", lead, { Status: "Working - Contacted" }, salesforce.people.repIds[0] ?? "");
  await world.settle();
  expect(await handoff()).toMatchObject({ outcome: "accepted" });
});

test("a contact that is deleted in HubSpot ends it too", async () => {
  const { person, handoff } = await handedOver("grace@engines.example.com");
  world.sandbox.hubspot.archiveContact(person.hubspotId ?? "");
  await world.pass(25 * 60);
  await world.settle();
  expect(await handoff()).toMatchObject({ outcome: "withdrawn", endedBy: "deleted record" });
});

test("of two leads that are merged, the one that goes on keeps its handoff", async () => {
  const kept = await handedOver("cleo@engines.example.com");
  const away = await handedOver("dora@engines.example.com");
  const { salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  salesforce.merge("Lead", kept.person.salesforceId ?? "", [away.person.salesforceId ?? ""], rep);
  await world.settle();
  expect(await kept.handoff()).toMatchObject({ outcome: "open" });
  expect(await away.handoff()).toMatchObject({ outcome: "withdrawn", endedBy: "merge" });
});

test("nor does one stay open whose contact was merged into another in HubSpot", async () => {
  const kept = await handedOver("emil@engines.example.com");
  const away = await handedOver("fay@engines.example.com");
  world.sandbox.hubspot.mergeContacts(kept.person.hubspotId ?? "", away.person.hubspotId ?? "");
  await world.settle();
  const [one, other] = [await kept.handoff(), await away.handoff()];
  expect([one?.outcome, other?.outcome].sort()).toEqual(["open", "withdrawn"]);
});
