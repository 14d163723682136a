/** An import that blanks a field of more people than the shipped limits allow, under the shipped mappings and rules. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Couple, couples } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

/** More than `change` of config/safety.yml lets one run touch. */
const PEOPLE = 510;
let world: SyncWorld;
let people: Couple[];
const phoneOf = (index: number): string => `+1555010${1_000 + index}`;
const nameIn = (reasons: readonly string[]): string => /--approve ([0-9a-f]{10})/.exec(reasons.join())?.[1] ?? "none";

beforeAll(async () => {
  world = await openSyncWorld(openMemoryDatabase());
  people = await couples(world, PEOPLE);
  for (const [index, person] of people.entries()) person.salesforce({ Phone: phoneOf(index) });
  await world.pass(5);
  await world.sync({ approvePlan: nameIn((await world.sync()).reasons) });
  await world.settle();
});
afterAll(() => world.close());

test("hundreds of phones blanked by an import in HubSpot stop the run before its first write, in either system, until somebody lets it go on; Salesforce's phones are never blanked", async () => {
  for (const person of people) person.hubspot({ phone: "" });
  await world.pass(5);
  for (let tick = 0; tick < 2; tick += 1) {
    const stopped = await world.sync();
    expect(stopped).toMatchObject({
      outcome: "needs-attention",
      reasons: [
        expect.stringMatching(/would change 510 records of people .*config\/safety\.yml allows 500 \(change\)/),
      ],
    });
    expect(people.filter((person) => (person.hubspotValue("phone") ?? "") !== "")).toEqual([]);
    expect(people.every((person, index) => person.salesforceValue("Phone") === phoneOf(index))).toBe(true);
    await world.pass(5);
  }
  await world.sync({ approvePlan: nameIn((await world.sync()).reasons) });
  await world.settle();
  // The mapping says prefer-salesforce-unless-blank: what a person lets through is the repair.
  expect(people.every((person, index) => person.hubspotValue("phone") === phoneOf(index))).toBe(true);
  expect(people.every((person, index) => person.salesforceValue("Phone") === phoneOf(index))).toBe(true);
});
