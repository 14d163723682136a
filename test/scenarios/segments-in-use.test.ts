/** Segments from the admin's file to where they count, over HTTP: who is created, who gets the lead, whose cadence it is, what the report and both systems show. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainText } from "../../src/cli/explain-text.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import { countReport } from "../../src/jobs/report-job.ts";
import { ConfigFolder } from "../config/config-folder.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const ANALYTICS = { sourceType: "ANALYTICS", sourceId: "analytics" } as const;
const FOLDER = new ConfigFolder();
const folders = { mappingsFolder: FOLDER.path("mappings"), configFolder: FOLDER.path("config") };
let world: SyncWorld;

beforeAll(async () => {
  FOLDER.edit(
    "config/segments.yml",
    `'"analytics" in products_bought' }`,
    `'"analytics" in products_bought', show: ongoing }`,
  );
  FOLDER.edit(
    "config/segments.yml",
    "  - { name: in-sales-talks,",
    "  - { name: has-bought, label: Ever bought, when: purchases > 0, show: once }\n  - { name: in-sales-talks,",
  );
  FOLDER.edit("mappings/contact-lead.yml", "include: sales-ready ", "include: european-hours ");
  FOLDER.edit(
    "config/routing.yml",
    "rules:\n",
    'rules:\n  - { name: eastern-desk, when: segment("central-europe"), owners: [{ email: farid.haddad@northwind.example.com }] }\n',
  );
  FOLDER.edit(
    "config/cadences.yml",
    "cadences:\n",
    'cadences:\n  - name: first-steps\n    label: First steps with analytics\n    from: { stage: customer }\n    include: segment("bought-analytics")\n    steps: [{ name: training, day: 2, by: email }]\n',
  );
  FOLDER.edit(
    "config/connector.yml",
    "  next-step:",
    "  segments: { hubspot: leadloop_outcome, salesforce: LeadLoop_Deleted__c }\n  next-step:",
  );
  FOLDER.edit("config/connector.yml", "  outcome: leadloop_outcome ", "  outcome: leadloop_deleted ");
  FOLDER.edit("config/connector.yml", "  deleted: { hubspot: leadloop_deleted, salesforce: LeadLoop_Deleted__c }", "#");
  world = await openSyncWorld(openMemoryDatabase(), { folders });
});
afterAll(async () => {
  await world.close();
  FOLDER.close();
});

test("the mapping's scope: only people in the segment are created in Salesforce", async () => {
  const { hubspot } = world.sandbox;
  const person = (email: string, zone: string) =>
    hubspot.createContact({ email, lastname: "Vance", hs_timezone: zone, country: "Germany" }, MARKETER);
  person("near@example.com", "europe_slash_berlin");
  person("far@example.com", "us_slash_eastern");
  await world.settle();
  expect((await world.person("near@example.com")).salesforceObject).toBe("Lead");
  expect((await world.person("far@example.com")).salesforceId).toBeNull();
});

test("routing: a rule asks for the segment", async () => {
  const { hubspot, salesforce } = world.sandbox;
  const id = hubspot.createContact(
    { email: "ada@looms.example.com", lastname: "Lovelace", jobtitle: "CEO", country: "Austria" },
    MARKETER,
  );
  const form = { recent_conversion_event_name: "Book a demo", recent_conversion_date: world.clock.now() };
  hubspot.editContact(id, { ...form, num_conversion_events: "1" }, ANALYTICS);
  await world.settle();
  const { id: link, salesforceId } = await world.person("ada@looms.example.com");
  expect((await world.store.handoffsOf([link])).map(({ routedBy }) => routedBy)).toEqual(["eastern-desk"]);
  const lead = salesforce.records("Lead").find((row) => row["Id"] === salesforceId);
  expect(lead?.["OwnerId"]).toBe(salesforce.people.repIds[5]);
});

test("a cadence, both systems, the ledger and the report: who buys analytics joins, and leaves when the deal was about something else; once in is once in", async () => {
  const { hubspot, salesforce } = world.sandbox;
  const [rep = ""] = salesforce.people.repIds;
  const email = "grace@engines.example.com";
  const contact = hubspot.createContact({ email, firstname: "Grace", lastname: "Hopper" }, MARKETER);
  const AccountId = salesforce.create("Account", { Name: "Engines" }, rep);
  const ContactId = salesforce.create("Contact", { AccountId, Email: email, LastName: "Hopper" }, rep);
  const deal = { AccountId, Name: "Engines", StageName: "Prospecting", CloseDate: "2026-03-02", Amount: 900 };
  const OpportunityId = salesforce.create("Opportunity", { ...deal, Product__c: "analytics;reporting" }, rep);
  salesforce.create("OpportunityContactRole", { OpportunityId, ContactId, IsPrimary: true }, rep);
  await world.settle();
  const { id } = await world.person(email);
  const told = async () => {
    const events = await world.store.followUpEventsOf([id]);
    return events.filter(({ kind }) => kind === "segment" || kind === "left").map(({ text }) => text);
  };
  const shown = () => [
    hubspot.contact(contact)?.properties["leadloop_outcome"],
    salesforce.records("Contact").find(({ Id }) => Id === ContactId)?.["LeadLoop_Deleted__c"],
  ];
  expect(await told()).toEqual([]);
  expect(shown()).toEqual([undefined, null]);

  salesforce.edit("Opportunity", OpportunityId, { StageName: "Closed Won" }, rep);
  await world.settle();
  // The first sale of all: no class is told before the sales were added up, and then no other one.
  expect(await told()).toEqual(["joined bought-analytics", "joined customers-a", "joined has-bought"]);
  expect((await world.sync()).written.hubspot).toMatchObject({ created: 0, updated: 0 });
  expect(shown()).toEqual(Array(2).fill("bought-analytics;has-bought;customers-a"));
  await world.pass(2 * 24 * 60);
  await runFollowUp(world.dependencies());
  expect(hubspot.contact(contact)?.properties["leadloop_next_step"]).toBe("first-steps/training");
  const explained = await explainText(world.store, loadConfig(folders), await world.person(email));
  expect(explained).toContain("Engines · analytics, reporting · Closed Won");
  const { report, lifecycle } = world.dependencies().rulebook;
  const window = { asOf: world.clock.now(), from: null, to: null };
  const figures = await countReport({ store: world.store, settings: report, names: lifecycle.names, window });
  expect(figures.bySegment?.map(({ name, won, revenue }) => [name, won, revenue])).toEqual([
    ["(no segment)", 0, 0],
    ["bought-analytics", 1, 900],
    ["customers-a", 1, 900],
    ["has-bought", 1, 900],
  ]);

  salesforce.edit("Opportunity", OpportunityId, { Product__c: "reporting" }, rep);
  await world.settle();
  expect((await told()).slice(3)).toEqual([
    'left first-steps: no longer holds: segment("bought-analytics")',
    "left bought-analytics",
  ]);
  expect(shown()).toEqual(Array(2).fill("has-bought;customers-a"));
  expect(hubspot.contact(contact)?.properties["leadloop_next_step"] ?? "").toBe("");

  // Nobody touches Grace, but others buy so much more that she is no A customer any more: on the day after, both systems show it.
  const large = { ...deal, Name: "Looms", Amount: 90_000 };
  const second = salesforce.create("Opportunity", { ...large, StageName: "Closed Won" }, rep);
  const Buyer = salesforce.create("Contact", { AccountId, Email: "bob@looms.example.com", LastName: "Babbage" }, rep);
  salesforce.create("OpportunityContactRole", { OpportunityId: second, ContactId: Buyer, IsPrimary: true }, rep);
  await world.settle();
  await world.pass(24 * 60);
  await world.settle();
  expect(shown()).toEqual(Array(2).fill("has-bought;customers-c"));
  const file = (await explainText(world.store, loadConfig(folders), await world.person(email))).split("\n");
  const lines = file.map((line) => line.replace(/^ +[\d-]+ [\d:]+ {2}/, ""));
  for (const line of ["joined has-bought", "left customers-a", "e-mail asked of HubSpot: first-steps/training"])
    expect(lines).toContain(line);
});
