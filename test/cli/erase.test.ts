/** `erase` forgets a person with the records that share their address, and names all that is to be erased by hand. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentOf } from "./cli-process.ts";
import { type CliWorld, openCliWorld } from "./cli-world.ts";

const EMAIL = "ann@example.com";
let world: CliWorld;

beforeAll(async () => {
  world = await openCliWorld();
});
afterAll(() => world.close());

test("a double that was left unpaired is named and forgotten with the person", async () => {
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const newLead = (): string => salesforce.create("Lead", { Email: EMAIL, LastName: "Lee", Company: "Acme" }, rep);
  const lead = newLead();
  world.pass(10);
  await world.run(["sync"]);
  world.pass(10);
  const double = newLead();
  world.pass(10);
  await world.run(["sync"]);
  const contact = hubspot.contactByEmail(EMAIL)?.id ?? "";

  const shown = documentOf(await world.run(["erase", contact, "--json"]));
  const records = [`HubSpot contact ${contact}`, `Salesforce Lead ${lead}`, `Salesforce Lead ${double}`];
  expect(shown).toMatchObject({ erased: false, records });
  expect(documentOf(await world.run(["erase", contact, "--yes", "--json"]))).toMatchObject({ erased: true, records });
  expect((await world.run(["explain", EMAIL])).stdout).not.toContain("Lee");
});
