/** Whose an opportunity is: everybody with a role on it, and by setting the contacts of its account, at no further call where the setting is off. */
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

type Through = "contact-roles" | "account";

async function openWorld(through: Through): Promise<SyncWorld> {
  world = await openSyncWorld(database, {
    adjust: (loaded) => {
      const lifecycle = { ...loaded.rulebook.lifecycle, opportunitiesThrough: through };
      return { ...loaded, rulebook: { ...loaded.rulebook, lifecycle } };
    },
  });
  return world;
}

const emailOf = (name: string): string => `${name}@pumps.example.com`;

/** Somebody whom both systems know. */
function contact({ sandbox }: SyncWorld, AccountId: string, name: string): string {
  const [rep = ""] = sandbox.salesforce.people.repIds;
  sandbox.hubspot.createContact({ email: emailOf(name), firstname: name, lastname: "Lee" }, MARKETER);
  return sandbox.salesforce.create(
    "Contact",
    { AccountId, Email: emailOf(name), FirstName: name, LastName: "Lee" },
    rep,
  );
}

function account({ sandbox }: SyncWorld): string {
  const [rep = ""] = sandbox.salesforce.people.repIds;
  return sandbox.salesforce.create("Account", { Name: "Pumps Ltd" }, rep);
}

function opportunity(
  { sandbox }: SyncWorld,
  AccountId: string,
  fields: Readonly<Record<string, string | number>> = {},
): string {
  const [rep = ""] = sandbox.salesforce.people.repIds;
  const values = {
    AccountId,
    Name: "Pumps",
    StageName: "Prospecting",
    CloseDate: "2026-06-01",
    Amount: 900,
    ...fields,
  };
  return sandbox.salesforce.create("Opportunity", values, rep);
}

function role({ sandbox }: SyncWorld, OpportunityId: string, ContactId: string, IsPrimary = false): string {
  const [rep = ""] = sandbox.salesforce.people.repIds;
  return sandbox.salesforce.create("OpportunityContactRole", { OpportunityId, ContactId, IsPrimary }, rep);
}

function edit({ sandbox }: SyncWorld, id: string, fields: Readonly<Record<string, string>>): void {
  const [rep = ""] = sandbox.salesforce.people.repIds;
  sandbox.salesforce.edit("Opportunity", id, fields, rep);
}

async function stages(present: SyncWorld, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) found.push((await present.person(emailOf(name))).stage?.stage ?? "none");
  return found;
}

async function outcomesOf(present: SyncWorld, name: string): Promise<string[]> {
  const { id } = await present.person(emailOf(name));
  return (await present.store.outcomesOf([id])).map(
    ({ stageName, through, counts }) => `${stageName}, ${through}${counts ? ", counts" : ""}`,
  );
}

async function revenue({ store, clock, dependencies }: SyncWorld): Promise<readonly [number, number]> {
  const { report: settings, lifecycle } = dependencies().rulebook;
  const window = { asOf: clock.now(), from: null, to: null };
  const { total } = await countReport({ store, settings, names: lifecycle.names, window });
  return [total.won, total.revenue];
}

test("everybody with a role on it is moved by an opportunity, and its money counts once", async () => {
  const present = await openWorld("contact-roles");
  const pumps = account(present);
  const [ann, bob, cem] = [
    contact(present, pumps, "ann"),
    contact(present, pumps, "bob"),
    contact(present, pumps, "cem"),
  ];
  await present.settle();
  const deal = opportunity(present, pumps);
  role(present, deal, bob);
  const primary = role(present, deal, ann, true);
  await present.settle();
  expect(await stages(present, ["ann", "bob", "cem"])).toEqual(["opportunity", "opportunity", "subscriber"]);
  edit(present, deal, { StageName: "Closed Won", CloseDate: "2026-03-02" });
  await present.settle();
  expect(await stages(present, ["ann", "bob", "cem"])).toEqual(["customer", "customer", "subscriber"]);
  expect(await outcomesOf(present, "ann")).toEqual(["Closed Won, primary contact role, counts"]);
  expect(await outcomesOf(present, "bob")).toEqual(["Closed Won, contact role"]);
  expect(await revenue(present)).toEqual([2, 900]);

  // The primary contact goes: the money counts for the other, and nobody's stage goes back.
  const [rep = ""] = present.sandbox.salesforce.people.repIds;
  present.sandbox.salesforce.remove("OpportunityContactRole", primary, rep);
  await present.settle();
  expect([await outcomesOf(present, "ann"), await outcomesOf(present, "bob")]).toEqual([
    [],
    ["Closed Won, contact role, counts"],
  ]);
  expect(await stages(present, ["ann", "bob"])).toEqual(["customer", "customer"]);
  expect(await revenue(present)).toEqual([2, 900]);
  expect(cem).toMatch(/^003/);
});

test("a plan shows the stage that an opportunity brings", async () => {
  const present = await openWorld("contact-roles");
  const pumps = account(present);
  const ann = contact(present, pumps, "ann");
  await present.settle();
  role(present, opportunity(present, pumps), ann, true);
  await present.pass(5);
  const planned = await present.sync({ dry: true });
  expect(planned.plan?.writes.flatMap(({ fields }) => Object.values(fields).map(({ to }) => to))).toContain(
    "opportunity",
  );
  expect(await stages(present, ["ann"])).toEqual(["subscriber"]);
});

test("with the setting, an opportunity without roles is that of the contacts of its account, until somebody gets a role", async () => {
  const present = await openWorld("account");
  const pumps = account(present);
  const ann = contact(present, pumps, "ann");
  contact(present, pumps, "bob");
  contact(present, account(present), "stranger");
  await present.settle();
  const deal = opportunity(present, pumps);
  await present.settle();
  expect(await stages(present, ["ann", "bob", "stranger"])).toEqual(["opportunity", "opportunity", "subscriber"]);
  const { stage, id } = await present.person(emailOf("ann"));
  expect(stage?.reason).toBe('open opportunity "Pumps" (Prospecting) of the account');
  expect((await present.store.outcomesOf([id])).map(({ through }) => through)).toEqual(["account"]);
  role(present, deal, ann, true);
  await present.settle();
  expect([await outcomesOf(present, "ann"), await outcomesOf(present, "bob")]).toEqual([
    ["Prospecting, primary contact role, counts"],
    [],
  ]);
  edit(present, deal, { StageName: "Closed Lost", CloseDate: "2026-03-02", Loss_Reason__c: "Price" });
  await present.settle();
  expect((await present.person(emailOf("ann"))).stage).toMatchObject({
    stage: "recycled",
    reason: expect.stringContaining("Price"),
  });
});

test("somebody who is met later is given the account's opportunities, but not one that was closed before they came", async () => {
  const present = await openWorld("account");
  const pumps = account(present);
  opportunity(present, pumps, { Name: "Old", StageName: "Closed Won", CloseDate: "2026-02-01" });
  await present.settle();
  await present.pass(24 * 60);
  const open = opportunity(present, pumps, { Name: "New" });
  await present.settle();
  contact(present, pumps, "ann");
  await present.settle();
  const { id, stage } = await present.person(emailOf("ann"));
  expect((await present.store.outcomesOf([id])).map(({ opportunityId }) => opportunityId)).toEqual([open]);
  expect(stage?.stage).toBe("opportunity");
});

test("off, the account costs no call; on, two for a hundred opportunities without roles", async () => {
  const calls: Record<Through, number> = { "contact-roles": 0, account: 0 };
  for (const through of ["contact-roles", "account"] as const) {
    const present = await openWorld(through);
    const companies = Array.from({ length: 100 }, () => account(present));
    companies.map((company, index) => contact(present, company, `p${index}`));
    await present.settle();
    for (const company of companies) opportunity(present, company);
    await present.pass(5);
    const kept = present.dependencies();
    await present.sync({}, kept);
    const before = kept.clients.salesforce.calls;
    for (const { Id } of present.sandbox.salesforce.records("Opportunity"))
      edit(present, String(Id), { NextStep: "Call" });
    await present.pass(5);
    await present.sync({}, kept);
    calls[through] = kept.clients.salesforce.calls - before;
    await present.close();
    world = undefined;
  }
  expect(calls).toEqual({ "contact-roles": 2, account: 4 });
});
