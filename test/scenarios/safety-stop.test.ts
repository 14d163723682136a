/** A mass blanking in HubSpot stops before it spreads, stays stopped, and goes through once a person has looked at it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Notice } from "../../src/core/model/notice.ts";
import { runChanges } from "../../src/jobs/changes-job.ts";
import type { Notifier } from "../../src/jobs/notifier-port.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

const PEOPLE = 12;
const MOST_BLANKS = 3;
let world: TestWorld;
const contacts: string[] = [];
const told: Notice[] = [];

beforeAll(async () => {
  world = await openTestWorld({
    adjust: (loaded) => {
      const { connector, safety } = loaded.rulebook;
      const strict = { ...safety, blank: { atMost: MOST_BLANKS, share: 0 }, delete: { atMost: 5, share: 0 } };
      return {
        ...loaded,
        rulebook: { ...loaded.rulebook, connector: { ...connector, chunkSize: 2 }, safety: strict },
      };
    },
  });
  const rep = String(world.sandbox.salesforce.records("User")[0]?.["Id"]);
  for (let person = 0; person < PEOPLE; person += 1) {
    const email = `person${person}@example.com`;
    const names = { firstname: "Ada", lastname: `Lovelace ${person}`, jobtitle: `Title ${person}` };
    contacts.push(world.sandbox.hubspot.createContact({ email, ...names }, PERSON));
    const lead = {
      Email: email,
      FirstName: "Ada",
      LastName: names.lastname,
      Title: names.jobtitle,
      Company: "Engines",
    };
    world.sandbox.salesforce.create("Lead", lead, rep);
  }
  await world.pass(60);
  await world.settle();
  for (const id of contacts) world.sandbox.hubspot.editContact(id, { jobtitle: "" }, PERSON);
  await world.pass(5);
});

afterAll(async () => {
  await world.close();
});

function blankTitles(): number {
  return world.sandbox.salesforce.records("Lead").filter((lead) => lead["Title"] === null).length;
}

/** The name that a stop gave its plan. */
function nameIn(reasons: readonly string[]): string {
  return /--approve ([0-9a-f]{10})/.exec(reasons.join())?.[1] ?? "no name";
}

let name = "";

test("the run stops before its first write, says how much it would blank, and how to go on", async () => {
  const notifier: Notifier = {
    send: async (notice) => {
      told.push(notice);
      return [];
    },
  };
  const result = await runSync({ ...world.connection.dependencies(), notifier });
  expect(result.outcome).toBe("needs-attention");
  expect(result.reasons.join()).toMatch(
    /blank 12 values, and config\/safety.yml allows 3 \(blank\).*leadloop plan.*leadloop sync --approve [0-9a-f]{10}/s,
  );
  expect(blankTitles()).toBe(0);
  name = nameIn(result.reasons);
});

test("people are told, with a sample that names people and fields and no value", () => {
  expect(told).toHaveLength(1);
  expect(told[0]?.text).toMatch(/- Ada Lovelace \d+, update of salesforce Lead 00Q\w+: Title \(blank\)/);
  expect(told[0]?.text).not.toContain("Title 3");
});

test("the next run plans everything before its first write, and names the same plan", async () => {
  await world.pass(5);
  const result = await world.sync();
  expect(result.outcome).toBe("needs-attention");
  expect(nameIn(result.reasons)).toBe(name);
  expect(blankTitles()).toBe(0);
});

test("records that are told one by one do not slip past a stop", async () => {
  const hints = contacts.slice(0, 2).map((id) => ({ system: "hubspot", object: "contacts", id }) as const);
  const result = await runChanges(world.connection.dependencies(), hints, { waitMs: 0 });
  expect(result.outcome).toBe("needs-attention");
  expect(blankTitles()).toBe(0);
});

test("the name of another plan lets nothing through", async () => {
  const result = await world.sync({ approvePlan: "0123456789" });
  expect(result.outcome).toBe("needs-attention");
  expect(nameIn(result.reasons)).toBe(name);
  expect(blankTitles()).toBe(0);
});

test("a plan that a person has approved goes through once, and the stop is over", async () => {
  await world.pass(5);
  expect((await world.sync({ approvePlan: name })).outcome).toBe("done");
  expect(blankTitles()).toBe(PEOPLE);
  expect((await world.settle()).outcome).toBe("done");
});

test("a mass deletion stops too, before a link is ended", async () => {
  const leads = world.sandbox.salesforce.records("Lead").map((lead) => String(lead["Id"]));
  for (let person = 0; person < PEOPLE; person += 1)
    world.sandbox.hubspot.editContact(contacts[person] ?? "", { jobtitle: `Back ${person}` }, PERSON);
  await world.settle();
  const rep = String(world.sandbox.salesforce.records("User")[0]?.["Id"]);
  const linked = async () => (await world.connection.store.counts())["linked"];
  const before = await linked();
  for (const id of leads) world.sandbox.salesforce.remove("Lead", id, rep);
  await world.pass(5);
  const result = await world.sync();
  expect(result.reasons.join()).toMatch(/end the links of 12 people.*allows 5 \(delete\)/);
  expect(await linked()).toBe(before);
  for (const id of leads) world.sandbox.salesforce.restore("Lead", id, rep);
  await world.pass(5);
  expect((await world.settle()).outcome).toBe("done");
  expect(await linked()).toBe(before);
});
