/** The state is lost, or older than some people: records that carry one key of ours are one person again, under their old id, and nothing is made twice. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { type Couple, couples } from "../support/couple.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { MARKETER, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let world: SyncWorld;
let people: Couple[];
const { store } = openMemoryState();
const before = new Map<string, string>();
let after: StateStore;

beforeAll(async () => {
  world = await openSyncWorld(
    { store: () => store, close: async () => undefined },
    {
      adjust: (loaded) => ({
        ...loaded,
        rulebook: { ...loaded.rulebook, connector: { ...loaded.rulebook.connector, chunkSize: 2 } },
      }),
    },
  );
  people = await couples(world, 5);
});
afterAll(() => world.close());

const rep = (): string => world.sandbox.salesforce.people.repIds[0] ?? "";
const leads = (): number => world.sandbox.salesforce.records("Lead").length;
const tasks = (): number => world.sandbox.salesforce.records("Task").length;

function salesforceLead(email: string): void {
  world.sandbox.salesforce.create("Lead", { Email: email, LastName: "Other", Company: "Acme" }, rep());
}

async function syncWith(state: StateStore): Promise<SyncResult> {
  await world.pass(5);
  return world.sync({}, { ...world.dependencies(), store: state });
}

/** Until a run writes nothing. */
async function settleWith(state: StateStore): Promise<void> {
  for (let run = 0; run < 12; run += 1) {
    const result = await syncWith(state);
    expect(result.outcome, result.reasons.join()).toMatch(/done|needs-attention/);
    if (run > 2 && writesOf(result) === 0) return;
  }
  throw new Error("it does not settle");
}

test("with the whole state gone, each key pairs its two records, one address more or less, and no task is there twice", async () => {
  const [ann, bob, cleo, dora] = people as [Couple, Couple, Couple, Couple];
  ann.hubspot({ lifecyclestage: "marketingqualifiedlead" });
  await world.settle();
  expect(tasks()).toBe(1);
  // Two leads have Bob's address; Cleo has none; Dora's contact got hers while nobody looked.
  salesforceLead("person-1@example.com");
  const nora = world.sandbox.hubspot.createContact(
    { email: "nora@example.com", lifecyclestage: "subscriber" },
    MARKETER,
  );
  cleo.hubspot({ email: "" });
  cleo.salesforce({ Email: null });
  await world.settle();
  for (const { hubspotId } of people) {
    const link = (await store.linksByRecord("hubspot", [hubspotId])).get(hubspotId);
    before.set(hubspotId, link?.id ?? "");
  }
  const noraKey = world.sandbox.hubspot.contact(nora)?.properties["leadloop_key"];
  dora.hubspot({ email: "dora@elsewhere.example" });
  // Nobody's lead yet, with the address that Dora has now.
  salesforceLead("dora@elsewhere.example");
  const made = [leads(), tasks(), world.sandbox.hubspot.contacts().length];

  after = openMemoryState().store;
  await settleWith(after);
  for (const { hubspotId, leadId, hubspotValue, salesforceValue } of people) {
    const link = (await after.linksByRecord("hubspot", [hubspotId])).get(hubspotId);
    expect([link?.id, link?.state, link?.salesforceId]).toEqual([before.get(hubspotId), "linked", leadId]);
    expect([hubspotValue("leadloop_key"), salesforceValue("LeadLoop_Key__c")]).toEqual([link?.id, link?.id]);
  }
  expect([leads(), tasks(), world.sandbox.hubspot.contacts().length]).toEqual(made);
  expect([noraKey, world.sandbox.hubspot.contact(nora)?.properties["leadloop_key"]]).toEqual([
    expect.stringContaining("world"),
    noraKey,
  ]);
  bob.hubspot({ jobtitle: "Goes on" });
  await settleWith(after);
  expect([bob.salesforceValue("Title"), dora.salesforceValue("Email")]).toEqual(["Goes on", "dora@elsewhere.example"]);
});

test("a key that somebody typed, or whose other half is gone, is no bar to pairing by e-mail", async () => {
  const { hubspot } = world.sandbox;
  const typed = hubspot.createContact(
    { email: "eve@example.com", lastname: "Eve", leadloop_key: "no key: x" },
    MARKETER,
  );
  const half = hubspot.createContact(
    { email: "finn@example.com", lastname: "Finn", leadloop_key: "0f8fad5b-d9cb-469f-a165-70867728950e" },
    MARKETER,
  );
  for (const email of ["eve@example.com", "finn@example.com"]) salesforceLead(email);
  await settleWith(after);
  const links = await after.linksByRecord("hubspot", [typed, half]);
  expect([...links.values()].map(({ state }) => state)).toEqual(["linked", "linked"]);
  expect(links.get(typed)?.id).not.toContain("no key");
});
