/** A mass blanking in HubSpot stops before it spreads, stays stopped, and goes through once a person has looked at it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

const PEOPLE = 12;
const MOST_BLANKS = 3;
let world: TestWorld;
const contacts: string[] = [];

beforeAll(async () => {
  world = await openTestWorld({
    adjust: (loaded) => {
      const { connector } = loaded.rulebook;
      const safety = { ...connector.safety, maxBlanks: MOST_BLANKS };
      return { ...loaded, rulebook: { ...loaded.rulebook, connector: { ...connector, chunkSize: 2, safety } } };
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

test("the run stops once it would blank more values than allowed, and says how to go on", async () => {
  const result = await world.sync();
  expect(result.outcome).toBe("needs-attention");
  expect(result.reasons.join()).toMatch(
    /blank \d+ values, more than safety.max-blanks \(3\).*leadloop sync --plan FILE/s,
  );
  expect(blankTitles()).toBeLessThanOrEqual(MOST_BLANKS);
});

test("the next run plans everything before its first write, and writes nothing", async () => {
  const before = blankTitles();
  await world.pass(5);
  const result = await world.sync();
  expect(result.outcome).toBe("needs-attention");
  expect(result.reasons.join()).toContain(`blank ${PEOPLE - before} values`);
  expect(blankTitles()).toBe(before);
});

test("a plan that a person has approved goes through, and the stop is over", async () => {
  await world.pass(5);
  expect((await world.sync({ approve: () => true })).outcome).toBe("done");
  expect(blankTitles()).toBe(PEOPLE);
  expect((await world.settle()).outcome).toBe("done");
});
