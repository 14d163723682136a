/** A mapped field that a system does not have: the runs say so by name, leave it out, make nothing, and everything else is synced. */
import { afterEach, expect, test } from "vitest";
import { ConfigFolder } from "../config/config-folder.ts";
import { couple } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
let folder: ConfigFolder;
afterEach(async () => {
  await world.close();
  folder.remove(".");
});

test("properties and fields that are not there are told by every run until they are, none is made, and the rest is synced", async () => {
  folder = new ConfigFolder();
  const lines = [
    "  - { hubspot: favourite_colour, salesforce: Fax, rule: two-way }\n",
    "  - { hubspot: fax, salesforce: Colour__c, rule: two-way }\n",
  ];
  folder.edit("mappings/contact-lead.yml", "fields:\n", `fields:\n${lines.join("")}`);
  const folders = { mappingsFolder: folder.path("mappings"), configFolder: folder.path("config") };
  world = await openSyncWorld(database, { folders });
  const { hubspot, salesforce } = world.sandbox;
  const ann = await couple(world, "ann@example.com");
  ann.salesforce({ Fax: "1", Title: "Biologist" });
  ann.hubspot({ fax: "2", firstname: "Anna" });
  await world.pass(5);
  for (let run = 0; run < 2; run += 1) {
    const { outcome, reasons } = await world.sync();
    expect([outcome, reasons]).toEqual([
      "done",
      [
        expect.stringMatching(
          /favourite_colour of HubSpot contacts.*mappings\/contact-lead\.yml.*Colour__c of Salesforce Lead.*nothing is created.*check --live/,
        ),
      ],
    ]);
    await world.pass(5);
  }
  expect([ann.hubspotValue("jobtitle"), ann.salesforceValue("FirstName")]).toEqual(["Biologist", "Anna"]);
  expect([ann.salesforceValue("Fax"), ann.hubspotValue("fax")]).toEqual(["1", "2"]);
  const made = Object.entries(world.sandbox.calls.byPath).filter(([path]) =>
    /^(POST|PUT|PATCH) .*(propert|CustomField)/.test(path),
  );
  expect(made).toEqual([]);
  const text = { type: "string", fieldType: "text", groupName: "contactinformation", label: "Colour" } as const;
  hubspot.defineProperty({ name: "favourite_colour", ...text });
  salesforce.defineField("Lead", { name: "Colour__c", label: "Colour", type: "string", length: 80 });
  await world.pass(25 * 60);
  await world.settle();
  expect((await world.sync()).reasons).toEqual([]);
  expect([ann.hubspotValue("favourite_colour"), ann.salesforceValue("Colour__c")]).toEqual(["1", "2"]);
});
