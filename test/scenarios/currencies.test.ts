/** Opportunities in several currencies: added up by the organisation's own rates, and what has no rate is in no sum and said so. */
import { afterEach, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import type { ClosedLoop } from "../../src/core/report/report-figures.ts";
import { countReport, showCell } from "../../src/jobs/report-job.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const A_DAY = 24 * 60 + 5;

/** Somebody in both systems with a won opportunity. Gives the HubSpot contact. */
function customer({ sandbox }: SyncWorld, name: string, deal: Readonly<Record<string, string | number>>): string {
  const { hubspot, salesforce } = sandbox;
  const [rep = ""] = salesforce.people.repIds;
  const email = `${name}@example.com`;
  const inHubspot = hubspot.createContact({ email, firstname: name, lastname: "Lee" }, MARKETER);
  const account = salesforce.create("Account", { Name: `${name} Ltd` }, rep);
  const person = { AccountId: account, Email: email, FirstName: name, LastName: "Lee" };
  const contact = salesforce.create("Contact", person, rep);
  const opportunity = { AccountId: account, Name: name, StageName: "Closed Won", CloseDate: "2026-03-02", ...deal };
  const id = salesforce.create("Opportunity", opportunity, rep);
  salesforce.create("OpportunityContactRole", { OpportunityId: id, ContactId: contact, IsPrimary: true }, rep);
  return inHubspot;
}

/** Amount and currency of the outcome on the HubSpot contact. */
function outcomeOn({ sandbox }: SyncWorld, contact: string): unknown[] {
  const properties = sandbox.hubspot.contact(contact)?.properties ?? {};
  return [properties["leadloop_outcome_amount"], properties["leadloop_outcome_currency"] ?? null];
}

function reportOf({ store, clock, dependencies }: SyncWorld): Parameters<typeof countReport>[0] {
  const { report: settings, lifecycle } = dependencies().rulebook;
  return { store, settings, names: lifecycle.names, window: { asOf: clock.now(), from: null, to: null } };
}

const figures = (present: SyncWorld): Promise<ClosedLoop> => countReport(reportOf(present));

test("revenue is added up in the corporate currency, by rates that are read once a day", async () => {
  const currencies = [
    { code: "EUR", rate: 1 },
    { code: "USD", rate: 1.25 },
    // Sorts before the corporate currency, and happens to be worth the same.
    { code: "AAA", rate: 1 },
    { code: "BRL", rate: 5 },
  ];
  const present = await openSyncWorld(database, { sandbox: { currencies } });
  world = present;
  customer(present, "ann", { Amount: 1000, CurrencyIsoCode: "EUR" });
  const bob = customer(present, "bob", { Amount: 500, CurrencyIsoCode: "USD" });
  customer(present, "cem", { Amount: 300, CurrencyIsoCode: "BRL" });
  // Nobody said a currency: the corporate one.
  customer(present, "dee", { Amount: 7 });
  await present.settle();
  const first = await figures(present);
  expect([first.currency, first.total.won, first.total.revenue]).toEqual(["EUR", 4, 1000 + 400 + 60 + 7]);
  expect(first.leftOut).toEqual([]);
  // On the contact stands the amount as sales entered it, so it says in what.
  expect(outcomeOn(present, bob)).toEqual(["500", "USD"]);
  // By the bare numbers 300 reais would be more than a fifth of what 1,000 euros are.
  expect(first.bySegment?.map(({ name, revenue }) => [name, revenue])).toEqual([
    ["customers-a", 1400],
    ["customers-c", 67],
  ]);

  const { salesforce } = present.sandbox;
  salesforce.editCurrency("USD", { rate: 2 });
  salesforce.editCurrency("BRL", { active: false });
  await present.pass(5);
  await present.sync();
  expect((await figures(present)).total.revenue).toBe(first.total.revenue);

  await present.pass(A_DAY);
  await present.sync();
  const later = await figures(present);
  expect([later.currency, later.total.won, later.total.revenue]).toEqual(["EUR", 4, 1000 + 250 + 7]);
  expect(later.leftOut).toEqual([{ currency: "BRL", deals: 1, amount: 300 }]);
  expect(later.notes.join()).toContain("300 BRL of 1 opportunity is in no sum: no rate for BRL is known.");
  const cem = await present.person("cem@example.com");
  const finding = { table: "dataQuality", row: "currency without a rate", column: "people" };
  expect((await showCell(reportOf(present), finding)).ids).toEqual([cem.id]);
});

test("an organisation with dated rates has its money converted by those of the close date, as Salesforce does it", async () => {
  const currencies = [
    { code: "EUR", rate: 1 },
    {
      code: "USD",
      rate: 1.25,
      dated: [
        { from: "2020-01-01", rate: 2 },
        { from: "2026-03-01", rate: 1.25 },
      ],
    },
  ];
  const present = await openSyncWorld(database, { sandbox: { currencies } });
  world = present;
  customer(present, "ann", { Amount: 500, CurrencyIsoCode: "USD", CloseDate: "2025-02-03" });
  await present.settle();
  expect((await figures(present)).total.revenue).toBe(250);
  customer(present, "bob", { Amount: 500, CurrencyIsoCode: "USD", CloseDate: "2026-03-02" });
  await present.settle();
  const { total, attribution, pipeline, currency, notes } = await figures(present);
  expect([currency, total.revenue]).toEqual(["EUR", 250 + 400]);
  expect(attribution.reduce((sum, row) => sum + row.linear, 0)).toBe(650);
  expect(pipeline.reduce((sum, row) => sum + row.revenue, 0)).toBe(650);
  expect(notes).toEqual([]);
});

const ABOUT_THE_ORG = "/services/data/v66.0/connect/organization";
const asked = ({ sandbox }: SyncWorld): number => sandbox.calls.byPath[`GET ${ABOUT_THE_ORG}`] ?? 0;

test("an organisation with one currency is asked for it once a day, and for no rates; amounts carry it", async () => {
  const present = await openSyncWorld(database, { sandbox: { currency: "CHF" } });
  world = present;
  const ann = customer(present, "ann", { Amount: 1000 });
  await present.settle();
  expect(outcomeOn(present, ann)).toEqual(["1000", null]);
  const report = await figures(present);
  expect([report.currency, report.total.revenue, report.leftOut]).toEqual(["CHF", 1000, []]);
  expect(report.bySegment?.map(({ name, won, revenue }) => [name, won, revenue])).toEqual([["customers-a", 1, 1000]]);
  expect(asked(present)).toBe(1);
  await present.pass(60);
  await present.sync();
  expect(asked(present)).toBe(1);
  await present.pass(A_DAY);
  await present.sync();
  expect(asked(present)).toBe(2);
  const { salesforce } = present.dependencies().clients;
  const refusal = await salesforce.currencyRates().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StopRun);
  expect((refusal as StopRun).message).toContain("CurrencyType");
  const [opportunity] = await salesforce.readByField({
    object: "Opportunity",
    field: "Name",
    values: ["ann"],
    fields: ["CurrencyIsoCode"],
  });
  expect(opportunity?.fields).not.toHaveProperty("CurrencyIsoCode");
});

test("where Salesforce does not tell its currency the sync goes on, and amounts carry none until it does", async () => {
  const present = await openSyncWorld(database);
  world = present;
  const body = [{ errorCode: "API_DISABLED_FOR_ORG", message: "no" }];
  present.sandbox.salesforceFaults.add({ path: ABOUT_THE_ORG, fault: { kind: "answer", status: 403, body } });
  customer(present, "ann", { Amount: 1000 });
  expect((await present.sync()).outcome).toBe("done");
  const report = await figures(present);
  expect([report.currency, report.total.revenue]).toEqual(["", 1000]);
  await present.pass(A_DAY);
  await present.sync();
  expect((await figures(present)).currency).toBe("EUR");
});

test("an organisation with several currencies is not asked for its one", async () => {
  const present = await openSyncWorld(database, { sandbox: { currencies: [{ code: "EUR", rate: 1 }] } });
  world = present;
  await present.settle();
  expect(asked(present)).toBe(0);
  expect(await present.dependencies().clients.salesforce.ownCurrency()).toBe(null);
});
