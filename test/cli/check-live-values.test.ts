/** `check --live` names the values that records really hold and nothing covers, with how many hold them and what may be meant. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkLive } from "../../src/cli/check-live.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { ConfigFolder } from "../config/config-folder.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

let world: SyncWorld;
const loaded = loadConfig({ mappingsFolder: "mappings", configFolder: "config" });

beforeAll(async () => {
  const { store } = openMemoryState();
  world = await openSyncWorld({ store: () => store, close: async () => undefined });
});
afterAll(() => world.close());

async function findings(adjusted = loaded): Promise<string[]> {
  const { clients } = world.dependencies();
  const found = await checkLive(adjusted, clients);
  return found.map(({ kind, file, line, path, message }) => `${kind} ${file}:${line} ${path}: ${message}`);
}

test("nothing is told while every value in use is covered", async () => {
  const { hubspot, salesforce } = world.sandbox;
  hubspot.createContact({ email: "a@example.com", lifecyclestage: "lead" }, MARKETER);
  salesforce.create(
    "Lead",
    { LastName: "A", Company: "A", LeadLoop_Rejection__c: "Bad timing" },
    salesforce.people.managerId,
  );
  await world.pass(5);
  expect(await findings()).toEqual([]);
});

test("a stage and a reason that no line covers are told with their counts, and what each may mean", async () => {
  const { hubspot } = world.sandbox;
  for (let index = 0; index < 3; index += 1)
    hubspot.createContact({ email: `e${index}@example.com`, lifecyclestage: "evangelist" }, MARKETER);
  await world.pass(5);
  const { rulebook } = loaded;
  const names = rulebook.lifecycle.names.map((one) =>
    one.stage === "evangelist" ? { ...one, hubspot: "evangelists" } : one,
  );
  const rejectionReasons = ["Bad timings", ...rulebook.handoff.rejectionReasons.filter((one) => one !== "Bad timing")];
  const told = await findings({
    ...loaded,
    rulebook: {
      ...rulebook,
      lifecycle: { ...rulebook.lifecycle, names },
      handoff: { ...rulebook.handoff, rejectionReasons },
    },
  });
  expect(told).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^warning config\/lifecycle\.yml:6 stages: lifecyclestage of hubspot contacts holds "evangelist" \(3 of the records; evangelists is meant\?\), which no stage is called/,
      ),
      expect.stringMatching(
        /^warning config\/handoff\.yml:\d+ rejection-reasons: LeadLoop_Rejection__c of salesforce Lead has no value Bad timings; add it there/,
      ),
      expect.stringMatching(
        /LeadLoop_Rejection__c of salesforce Lead also offers Bad timing; write it as .*\(Bad timings\)/,
      ),
      expect.stringMatching(
        /LeadLoop_Rejection__c of salesforce Lead holds "Bad timing" \(1 of the records; Bad timings is meant\?\), which rejection-reasons does not have/,
      ),
    ]),
  );
});

test("a value that the table of a line has no word for is told at that line", async () => {
  const { hubspot } = world.sandbox;
  hubspot.createContact({ email: "open@example.com", hs_lead_status: "OPEN" }, MARKETER);
  await world.pass(5);
  const folder = new ConfigFolder();
  const line =
    "{ hubspot: hs_lead_status, salesforce: Rating, rule: always-use-hubspot, as: picklist, values: { NEW: Warm } }";
  folder.edit("mappings/contact-lead.yml", "fields:\n", `fields:\n  - ${line}\n`);
  const told = await findings(folder.load());
  folder.close();
  expect(told.join("\n")).toMatch(
    /contact-lead\.yml:13 hs_lead_status: hs_lead_status of hubspot contacts holds "OPEN" \(1 of the records\), which the other side would not take/,
  );
});

test("it costs a bounded number of calls", async () => {
  const { clients } = world.dependencies();
  await checkLive(loaded, clients);
  expect([clients.hubspot.calls, clients.salesforce.calls]).toEqual([expect.any(Number), expect.any(Number)]);
  expect(clients.hubspot.calls).toBeLessThanOrEqual(25);
  expect(clients.salesforce.calls).toBeLessThanOrEqual(15);
});

test("an org with Person Accounts is told what becomes of them", async () => {
  world.sandbox.salesforce.usePersonAccounts();
  expect((await findings()).filter((line) => line.includes("Person Accounts"))).toEqual([
    expect.stringMatching(
      /^warning mappings\/contact-contact\.yml:1 salesforce: .*Title to PersonTitle.*Edit on Account/,
    ),
  ]);
});

test.each([
  ["Description", null],
  ["Descripton", "salesforce Campaign shows LeadLoop's user no field Descripton. If there is none: write Description."],
  ["LastModifiedDate", "names LastModifiedDate, which LeadLoop's user may not edit"],
  ["BudgetedCost", "names BudgetedCost, which is a number field"],
])("of a campaign-summary that names %s of the Campaign it is told: %s", async (campaignSummary, expected) => {
  const { rulebook } = loaded;
  const told = await findings({
    ...loaded,
    rulebook: { ...rulebook, report: { ...rulebook.report, campaignSummary } },
  });
  const about = told.filter((line) => line.includes("campaign-summary"));
  if (expected === null) expect(about).toEqual([]);
  else expect(about).toEqual([expect.stringContaining(expected)]);
});

test.each([
  ["ActualCost", null],
  [
    "ActualCosts",
    /^problem config\/report\.yml:\d+ campaign-costs: salesforce Campaign shows LeadLoop's user no field ActualCosts\. If there is none: write ActualCost\./,
  ],
  ["Description", /names Description, which is a text field; name one that holds an amount, such as ActualCost/],
])("of campaign-costs that name %s of the Campaign it is told: %s", async (campaignCosts, expected) => {
  const { rulebook } = loaded;
  const told = await findings({
    ...loaded,
    rulebook: { ...rulebook, report: { ...rulebook.report, campaignCosts } },
  });
  const about = told.filter((line) => line.includes("campaign-costs"));
  if (expected === null) expect(about).toEqual([]);
  else expect(about).toEqual([expect.stringMatching(expected)]);
});

test("a user who may see no campaigns is told what costs need, and everything else is looked at", async () => {
  world.sandbox.salesforceFaults.add({
    path: "/sobjects/Campaign/describe",
    fault: { kind: "answer", status: 404, body: [{ message: "It does not exist.", errorCode: "NOT_FOUND" }] },
  });
  const told = await findings();
  world.sandbox.salesforceFaults.clear();
  expect(told.filter((line) => line.startsWith("problem"))).toEqual([
    expect.stringMatching(
      /^problem config\/report\.yml:\d+ campaign-costs: .*give it Read on Campaign and on that field.*leave the line out$/,
    ),
  ]);
  expect(told.filter((line) => !line.includes("campaign-costs"))).toEqual(await findings());
});

test("what is read of an opportunity and is not there is told at its line", async () => {
  const { rulebook } = loaded;
  const lifecycle = { ...rulebook.lifecycle, lostReason: "Lost_Because__c", product: "Products__c" };
  const told = await findings({ ...loaded, rulebook: { ...rulebook, lifecycle } });
  expect(told.filter((line) => line.startsWith("problem"))).toEqual([
    expect.stringMatching(
      /^problem config\/lifecycle\.yml:1 lost-reason: salesforce Opportunity shows LeadLoop's user no field Lost_Because__c\..*leave the line out/,
    ),
    expect.stringMatching(/^problem config\/lifecycle\.yml:1 product: .*write Product__c\..*leave the line out/),
  ]);
});
