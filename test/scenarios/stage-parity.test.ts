/** What the report says of both systems' stages: what was read or confirmed, never what was only meant to be written, and why a record does not show it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ClosedLoop } from "../../src/core/report/report-figures.ts";
import { countReport } from "../../src/jobs/report-job.ts";
import { couple } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const EMAIL = "ann@example.com";
const database = openMemoryDatabase();
let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld(database);
});
afterEach(() => world.close());

function report(): Promise<ClosedLoop> {
  const { rulebook } = world.dependencies();
  const window = { asOf: world.clock.now(), from: null, to: null };
  const { report: settings, lifecycle } = rulebook;
  return countReport({ store: world.store, settings, names: lifecycle.names, window });
}

/** In how many records each system shows the stage, and every difference with its cause. */
async function parity(stage: string): Promise<readonly unknown[]> {
  const { parity: rows, parityDifferences, parityCauses } = await report();
  const { hubspot = 0, salesforce = 0, leadloop = 0 } = rows.find((row) => row.stage === stage) ?? {};
  expect(parityCauses.map(({ cause }) => cause)).toEqual(parityDifferences.map(({ cause }) => cause));
  return [hubspot, salesforce, leadloop, ...parityDifferences.map(({ cause }) => cause)];
}

const AGREED = [1, 1, 1];

test("a stage that a validation rule refuses stands in the report as it was read, with the code, until it is accepted", async () => {
  const ann = await couple(world, EMAIL);
  expect(await parity("subscriber")).toEqual(AGREED);
  world.sandbox.salesforce.addValidationRule("Lead", {
    name: "No_Opportunities",
    message: "not yet",
    refuses: (record) => record["LeadLoop_Stage__c"] === "Opportunity",
  });
  ann.hubspot({ lifecyclestage: "opportunity" });
  await world.pass(5);
  await world.sync();
  const refused = [1, 0, 1, "Salesforce: write refused: FIELD_CUSTOM_VALIDATION_EXCEPTION"];
  expect(ann.salesforceValue("LeadLoop_Stage__c")).toBe("Subscriber");
  expect(await parity("opportunity")).toEqual(refused);
  expect(await world.store.rejects({ limit: 9 })).toHaveLength(1);
  // Looked at again for another reason, it is refused again.
  ann.hubspot({ jobtitle: "Head of Research" });
  await world.pass(5);
  await world.sync();
  expect(await parity("opportunity")).toEqual(refused);
  world.sandbox.salesforce.removeValidationRule("Lead", "No_Opportunities");
  ann.hubspot({ jobtitle: "Director" });
  await world.pass(5);
  await world.sync();
  expect(ann.salesforceValue("LeadLoop_Stage__c")).toBe("Opportunity");
  expect(await parity("opportunity")).toEqual(AGREED);
  expect(await world.store.rejects({ limit: 9 })).toEqual([]);
});

test("a stage that was refused and is then entered by hand is shown as soon as it is read", async () => {
  const ann = await couple(world, EMAIL);
  const refuses = (record: Readonly<Record<string, unknown>>): boolean => record["LeadLoop_Stage__c"] === "Opportunity";
  world.sandbox.salesforce.addValidationRule("Lead", { name: "No_Opportunities", message: "not yet", refuses });
  ann.hubspot({ lifecyclestage: "opportunity" });
  await world.pass(5);
  await world.sync();
  world.sandbox.salesforce.removeValidationRule("Lead", "No_Opportunities");
  ann.salesforce({ LeadLoop_Stage__c: "Opportunity", LeadLoop_Epoch__c: 1 });
  await world.pass(5);
  await world.sync();
  expect(await parity("opportunity")).toEqual(AGREED);
});

test("a create that a validation rule refuses is counted as refused, not as somebody who is only unknown there", async () => {
  world.sandbox.salesforce.addValidationRule("Lead", { name: "Nobody", message: "closed", refuses: () => true });
  const id = world.sandbox.hubspot.createContact({ email: EMAIL, lastname: "Lee", company: "Acme" }, MARKETER);
  world.sandbox.hubspot.editContact(id, { lifecyclestage: "opportunity" }, MARKETER);
  await world.pass(5);
  await world.sync();
  const { parityCauses, parity: rows } = await report();
  expect(rows.find((row) => row.stage === "opportunity")).toMatchObject({ hubspot: 1, salesforce: 0, leadloop: 1 });
  expect(parityCauses).toEqual([{ cause: "Salesforce: write refused: FIELD_CUSTOM_VALIDATION_EXCEPTION", people: 1 }]);
});

test("a stage that HubSpot has no option for any more is told as such", async () => {
  const ann = await couple(world, EMAIL);
  world.sandbox.hubspot.removePropertyOption("lifecyclestage", "opportunity");
  ann.salesforce({ LeadLoop_Stage__c: "Opportunity" });
  await world.pass(5);
  await world.sync();
  const cause = "HubSpot: write refused, the option was removed: INVALID_OPTION";
  expect(await parity("opportunity")).toEqual([0, 1, 1, cause]);
});

test("a run that is killed between sending a stage and storing the answer leaves what was read, and that there is no answer", async () => {
  const ann = await couple(world, EMAIL);
  ann.hubspot({ lifecyclestage: "opportunity" });
  await world.pass(5);
  const dependencies = world.dependencies();
  const { salesforce } = dependencies.clients;
  const write = salesforce.write.bind(salesforce);
  Object.assign(salesforce, {
    write: async (writes: Parameters<typeof write>[0]) => {
      await write(writes);
      throw new Error("killed");
    },
  });
  await expect(world.sync({}, dependencies)).rejects.toThrow("killed");
  expect(ann.salesforceValue("LeadLoop_Stage__c")).toBe("Opportunity");
  expect(await parity("opportunity")).toEqual([1, 0, 1, "Salesforce: write not yet answered"]);
  await world.settle();
  expect(await parity("opportunity")).toEqual(AGREED);
});

test("a stage that an automation puts back is held after a few writes, and the report says so", async () => {
  const ann = await couple(world, EMAIL);
  world.sandbox.salesforce.addWorkflow("Lead", ({ LeadLoop_Stage__c: stage }) =>
    stage === "Opportunity" ? { LeadLoop_Stage__c: "Subscriber" } : null,
  );
  ann.hubspot({ lifecyclestage: "opportunity" });
  for (let run = 0; run < 5; run += 1) {
    await world.pass(5);
    await world.sync();
  }
  expect(await parity("opportunity")).toEqual([1, 0, 1, "Salesforce: held, because something changes it back"]);
});

test("a stage that has no name in one system is told as such, whatever the record there shows", async () => {
  await world.close();
  world = await openSyncWorld(database, {
    adjust: (loaded) => {
      const { lifecycle } = loaded.rulebook;
      const names = lifecycle.names.map((one) => (one.stage === "opportunity" ? { ...one, hubspot: "" } : one));
      return { ...loaded, rulebook: { ...loaded.rulebook, lifecycle: { ...lifecycle, names } } };
    },
  });
  const ann = await couple(world, EMAIL);
  ann.salesforce({ LeadLoop_Stage__c: "Opportunity" });
  await world.settle();
  const nameless = [0, 1, 1, "HubSpot: the configuration has no name for the stage there"];
  expect(await parity("opportunity")).toEqual(nameless);
  ann.hubspot({ lifecyclestage: "", jobtitle: "Director" });
  await world.settle();
  expect((await report()).parityDifferences).toMatchObject([{ hubspot: "(blank)" }]);
  expect(await parity("opportunity")).toEqual(nameless);
});

test("a customer whom marketing made one by hand is none according to Salesforce, although its record shows the stage, until an opportunity is won", async () => {
  const { hubspot, salesforce } = world.sandbox;
  const [rep = ""] = salesforce.people.repIds;
  const AccountId = salesforce.create("Account", { Name: "Pumps Ltd" }, rep);
  const contact = hubspot.createContact({ email: EMAIL, lastname: "Lee" }, MARKETER);
  const ContactId = salesforce.create("Contact", { AccountId, Email: EMAIL, LastName: "Lee" }, rep);
  await world.settle();
  hubspot.editContact(contact, { lifecyclestage: "customer" }, MARKETER);
  await world.settle();
  expect(salesforce.record("Contact", ContactId)?.["LeadLoop_Stage__c"]).toBe("Customer");
  const cause = "Salesforce: shows a customer who has no won opportunity";
  expect(await parity("customer")).toEqual([1, 0, 1, cause]);
  expect(await parity("(no won opportunity)")).toEqual([0, 1, 0, cause]);
  const won = { AccountId, Name: "Pumps", StageName: "Closed Won", CloseDate: "2026-03-02", Amount: 900 };
  const OpportunityId = salesforce.create("Opportunity", won, rep);
  salesforce.create("OpportunityContactRole", { OpportunityId, ContactId, IsPrimary: true }, rep);
  await world.settle();
  expect(await parity("customer")).toEqual(AGREED);
});
