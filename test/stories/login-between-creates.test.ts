/** A login that ends between two calls of one batch of creates: each record is made, and each once. */
import { afterEach, expect, test } from "vitest";
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import type { FaultBox } from "../../src/sandbox/faults.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";
import { watchRequests } from "../support/watch-requests.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

const PEOPLE = 450;
const addresses = Array.from({ length: PEOPLE }, (_, index) => `new-${index}@example.com`).toSorted();

/** Does something just before the stand-in looks at the nth request that this is true of. */
function before(faults: FaultBox, isIt: (request: SandboxRequest) => boolean, nth: number, deed: () => void): void {
  const next = faults.next.bind(faults);
  let seen = 0;
  Object.assign(faults, {
    next: (request: SandboxRequest) => {
      if (isIt(request)) seen += 1;
      if (seen === nth && isIt(request)) deed();
      return next(request);
    },
  });
}

const makesLeads = ({ method, path, body }: SandboxRequest): boolean =>
  method === "POST" && path.endsWith("/composite/sobjects") && body.includes('"type":"Lead"');

async function newContacts(): Promise<void> {
  world = await openSyncWorld(database);
  for (const email of addresses)
    world.sandbox.hubspot.createContact({ email, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  await world.pass(5);
}

async function eachOnce(tasks = PEOPLE): Promise<void> {
  const { hubspot, salesforce } = world.sandbox;
  const leads = salesforce.records("Lead");
  expect(leads.map((lead) => String(lead["Email"])).toSorted()).toEqual(addresses);
  expect(
    hubspot
      .contacts()
      .map(({ properties }) => properties["email"])
      .toSorted(),
  ).toEqual(addresses);
  expect(salesforce.records("Task")).toHaveLength(tasks);
  const links = await world.store.scanLinks(null, 2 * PEOPLE);
  expect(links.map(({ state }) => state)).toEqual(Array(PEOPLE).fill("linked"));
  expect(new Set(links.map(({ salesforceId }) => salesforceId)).size).toBe(PEOPLE);
  expect(await world.store.rejects({ limit: 9 })).toEqual([]);
}

test.each([1, 2, 3])(
  "Salesforce's session ends before call %i that makes leads: one new login, and the same run makes all of them, each once",
  async (nth) => {
    await newContacts();
    const { salesforce, salesforceFaults } = world.sandbox;
    await world.sync({ dry: true });
    const requests = watchRequests(salesforceFaults, world.clock);
    before(salesforceFaults, makesLeads, nth, () => salesforce.expireSessions());
    const run = await world.sync();
    expect([run.outcome, run.written.salesforce.created]).toEqual(["done", PEOPLE]);
    expect(requests.bodies("/oauth2/token")).toHaveLength(1);
    await world.settle();
    await eachOnce();
  },
);

test("the answer to one call that makes leads is lost, and the session ends before the next: what arrived is found by reading, and nobody is made twice", async () => {
  await newContacts();
  const { salesforce, salesforceFaults } = world.sandbox;
  salesforceFaults.add({
    method: "POST",
    path: "composite/sobjects$",
    body: '"type":"Lead"',
    fault: { kind: "drop-after" },
  });
  before(salesforceFaults, makesLeads, 2, () => salesforce.expireSessions());
  const run = await world.sync();
  expect([run.outcome, run.reasons, run.written.salesforce.created]).toEqual(["done", [], PEOPLE]);
  await world.settle();
  await world.pass(30);
  await world.settle();
  await eachOnce();
});

test("HubSpot's token ends between two calls that make contacts: the run stops and says whose login it is, and with a new token the next one makes the others", async () => {
  world = await openSyncWorld(database);
  const { hubspotFaults, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  for (const Email of addresses) salesforce.create("Lead", { Email, LastName: "Lee", Company: "Acme" }, rep);
  await world.pass(5);
  const body = {
    status: "error",
    message: "The OAuth token used to make this call expired.",
    category: "EXPIRED_AUTHENTICATION",
  };
  // From the third call on, until there is a new token.
  before(
    hubspotFaults,
    ({ path }) => path.endsWith("batch/upsert"),
    3,
    () =>
      hubspotFaults.add({ path: ".", times: Number.POSITIVE_INFINITY, fault: { kind: "answer", status: 401, body } }),
  );
  const stopped = await world.sync();
  expect([stopped.outcome, stopped.written.hubspot.created]).toEqual(["stopped", 200]);
  expect(stopped.reasons.join()).toContain("HUBSPOT_ACCESS_TOKEN");
  expect(world.sandbox.hubspot.contacts()).toHaveLength(200);
  await world.pass(5);
  expect((await world.sync()).outcome).toBe("stopped");
  hubspotFaults.clear();
  await world.settle();
  await eachOnce(0);
});
