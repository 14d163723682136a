/** The `lost-reason` setting: why a deal was lost reaches the stage, HubSpot and the report; without it, or left blank, that is said instead. */
import { afterEach, expect, test } from "vitest";
import { countReport } from "../../src/jobs/report-job.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

interface Told {
  readonly stage: string;
  readonly hubspot: readonly (string | undefined)[];
  readonly report: readonly (readonly [string, string])[];
}

/** Somebody whose opportunity is opened, and then lost with what the rep wrote. */
async function lose(lostReason: string | null, loss: Readonly<Record<string, string>>): Promise<Told> {
  const present = await openSyncWorld(database, {
    adjust: (loaded) => ({
      ...loaded,
      rulebook: { ...loaded.rulebook, lifecycle: { ...loaded.rulebook.lifecycle, lostReason } },
    }),
  });
  world = present;
  const { hubspot, salesforce } = present.sandbox;
  const [rep = ""] = salesforce.people.repIds;
  const contact = hubspot.createContact({ email: "ann@example.com", firstname: "Ann", lastname: "Lee" }, MARKETER);
  const AccountId = salesforce.create("Account", { Name: "Pumps Ltd" }, rep);
  const ContactId = salesforce.create("Contact", { AccountId, Email: "ann@example.com", LastName: "Lee" }, rep);
  const opportunity = { AccountId, Name: "Pumps", StageName: "Prospecting", CloseDate: "2026-06-01" };
  const OpportunityId = salesforce.create("Opportunity", opportunity, rep);
  salesforce.create("OpportunityContactRole", { OpportunityId, ContactId, IsPrimary: true }, rep);
  await present.settle();
  salesforce.edit("Opportunity", OpportunityId, { StageName: "Closed Lost", CloseDate: "2026-03-02", ...loss }, rep);
  await present.settle();
  const { stage } = await present.person("ann@example.com");
  const { report: settings, lifecycle } = present.dependencies().rulebook;
  const window = { asOf: present.clock.now(), from: null, to: null };
  const figures = await countReport({ store: present.store, settings, names: lifecycle.names, window });
  const shown = hubspot.contact(contact)?.properties ?? {};
  return {
    stage: `${stage?.stage}: ${stage?.reason}`,
    hubspot: [shown["leadloop_outcome"] ?? undefined, shown["leadloop_recycle_reason"] ?? undefined],
    report: figures.outcomes.map(({ outcome, reason }) => [outcome, reason]),
  };
}

test("the rep's reason is that of the recycle, on the contact and in the report", async () => {
  expect(await lose("Loss_Reason__c", { Loss_Reason__c: "Went with a competitor" })).toEqual({
    stage: "recycled: lost: Went with a competitor",
    hubspot: ["lost: Went with a competitor", "lost: Went with a competitor"],
    report: [["lost", "Went with a competitor"]],
  });
});

test("another field is read where the setting names it", async () => {
  const told = await lose("NextStep", { NextStep: "Price", Loss_Reason__c: "Product" });
  expect(told.stage).toBe("recycled: lost: Price");
});

test.each([
  ["the setting is left out", null, { Loss_Reason__c: "Price" }],
  ["the rep left it blank", "Loss_Reason__c", {}],
])("%s: no reason is made up", async (_case, setting, loss) => {
  expect(await lose(setting, loss)).toEqual({
    stage: "recycled: lost: no reason given",
    hubspot: ["lost", "lost: no reason given"],
    report: [["lost", "Closed Lost"]],
  });
});
