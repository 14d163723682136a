/** A second record lays claim to a person who is linked already, by our key or by the address: the older link stays, the other record is told and left alone. */
import { afterEach, expect, test } from "vitest";
import { couples } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

const rep = (): string => world.sandbox.salesforce.people.repIds[0] ?? "";

test("our key on a record that is not the person's is told, and the older link stays", async () => {
  world = await openSyncWorld(database);
  const [ann] = await couples(world, 1);
  const { hubspot, salesforce } = world.sandbox;
  const key = String(ann?.salesforceValue("LeadLoop_Key__c"));
  ann?.salesforce({ LeadLoop_Key__c: null });
  const thief = salesforce.create(
    "Lead",
    { Email: "thief@example.com", LastName: "Thief", Company: "Acme", LeadLoop_Key__c: key },
    rep(),
  );
  await world.pass(5);
  const { plan } = await world.sync();
  expect(plan.skips).toMatchObject([
    {
      reason: `Lead ${thief} carries the key of Ann Lee, who stays with ${ann?.leadId}: it counts as another person and gets a key of its own`,
    },
  ]);
  await world.settle();
  const link = await world.person("person-0@example.com");
  expect(link).toMatchObject({ state: "linked", salesforceId: ann?.leadId, hubspotId: ann?.hubspotId });
  expect(hubspot.contactByEmail("person-0@example.com")?.properties["lastname"]).toBe("Lee");
  const other = await world.person("thief@example.com");
  expect(salesforce.record("Lead", thief)).toMatchObject({ LastName: "Thief", LeadLoop_Key__c: other.id });
  expect(other.id).not.toBe(key);
  ann?.hubspot({ jobtitle: "Biologist" });
  await world.settle();
  expect([ann?.salesforceValue("Title"), salesforce.record("Lead", thief)?.["Title"] ?? null]).toEqual([
    "Biologist",
    null,
  ]);
});

test.each(["Lead", "Contact"] as const)(
  "a second %s with the address of somebody who is linked to one is told once, and whoever edits either of the two reaches only their own",
  async (object) => {
    world = await openSyncWorld(database);
    const [ann] = await couples(world, 1);
    if (ann === undefined) throw new Error("a couple was asked for");
    const { salesforce } = world.sandbox;
    const company = object === "Lead" ? { Company: "Acme" } : {};
    const make = (LastName: string): string =>
      salesforce.create(object, { Email: "person-0@example.com", LastName, ...company }, rep());
    // A contact takes the place of a lead: the second contact is the double.
    const first = object === "Lead" ? ann.leadId : make("First");
    await world.settle();
    const second = make("Second");
    await world.pass(5);
    const run = await world.sync();
    expect([run.outcome, writesOf(run), run.reasons.join()]).toEqual([
      "needs-attention",
      0,
      expect.stringContaining("left unpaired"),
    ]);
    for (const [index, id] of [second, first, second].entries()) {
      salesforce.edit(object, id, { Title: `Edit ${index}` }, rep());
      await world.pass(5);
      await world.sync();
    }
    ann.hubspot({ firstname: "Anna" });
    await world.settle();
    expect(ann.hubspotValue("jobtitle")).toBe("Edit 1");
    expect(salesforce.record(object, first)).toMatchObject({ Title: "Edit 1", FirstName: "Anna" });
    const double = salesforce.record(object, second);
    expect([double?.["Title"], double?.["LastName"], double?.["FirstName"] ?? null]).toEqual([
      "Edit 2",
      "Second",
      null,
    ]);
    const linked = (await world.store.scanLinks(null, 10)).filter(({ state }) => state === "linked");
    expect(linked.map(({ salesforceId }) => salesforceId)).toEqual([first]);
  },
);
