/** The shipped cadences from their first step to their last, over HTTP: what HubSpot's workflows are told, which tasks the owner finds, and what ends it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";
import { type CadenceWatch, watchCadences } from "./cadence-days.ts";

const ANALYTICS = { sourceType: "ANALYTICS", sourceId: "analytics" } as const;
const SUBSCRIBER = { sourceType: "EMAIL", sourceId: "link" } as const;
const PERSON = { firstname: "Ada", lastname: "Lovelace", company: "Engines", country: "Germany" };
let database: SharedDatabase;
let world: SyncWorld;
let rep: string;

beforeAll(async () => {
  database = await openSharedDatabase();
});
beforeEach(async () => {
  world = await openSyncWorld(database);
  rep = world.sandbox.salesforce.people.repIds[0] ?? "";
});
afterEach(() => world.close());
afterAll(() => database.close());

interface Watched {
  readonly contact: string;
  readonly watch: CadenceWatch;
}

/** Somebody in both systems whose deal has ended as given. */
async function afterDeal(email: string, end: Readonly<Record<string, string>>): Promise<Watched> {
  const { hubspot, salesforce } = world.sandbox;
  const contact = hubspot.createContact({ email, ...PERSON }, MARKETER);
  const AccountId = salesforce.create("Account", { Name: "Engines" }, rep);
  const name = { FirstName: "Ada", LastName: "Lovelace" };
  const ContactId = salesforce.create("Contact", { AccountId, Email: email, ...name }, rep);
  const CloseDate = world.clock.now().slice(0, 10);
  const deal = { AccountId, Name: "Engines", StageName: "Prospecting", CloseDate };
  const OpportunityId = salesforce.create("Opportunity", deal, rep);
  salesforce.create("OpportunityContactRole", { OpportunityId, ContactId, IsPrimary: true }, rep);
  await world.settle();
  salesforce.edit("Opportunity", OpportunityId, end, rep);
  const watch = watchCadences(world, email, contact);
  await world.settle();
  return { contact, watch };
}

const LOST = { StageName: "Closed Lost", Loss_Reason__c: "Price" };
const WON = { StageName: "Closed Won" };

async function runsOf(email: string): Promise<unknown[]> {
  const { id } = await world.person(email);
  return (await world.store.cadenceRunsOf([id])).map(({ cadence, state, because }) => [cadence, state, because]);
}

async function optOut(contact: string, watch: CadenceWatch) {
  world.sandbox.hubspot.editContact(contact, { hs_email_optout: "true" }, SUBSCRIBER);
  await world.settle();
  return { step: watch.nextStep(), open: watch.tasks().filter(({ Status }) => Status !== "Completed") };
}

describe("win-back", () => {
  test("a mail after a month, a call after three that says why we lost, news after six", async () => {
    const { watch } = await afterDeal("lost@engines.example.com", LOST);
    await watch.days(95);
    // The rep has called: that alone brings nobody back.
    world.sandbox.salesforce.edit("Task", String(watch.tasks()[0]?.["Id"]), { Status: "Completed" }, rep);
    await watch.days(95);
    expect((await world.person("lost@engines.example.com")).stage).toMatchObject({ stage: "recycled" });
    expect(watch.seen).toEqual([
      { day: 30, what: "win-back/what-was-missing" },
      { day: 92, what: "Win back Ada Lovelace (Engines)" },
      { day: 184, what: "win-back/what-is-new" },
    ]);
    expect(watch.tasks()).toMatchObject([{ OwnerId: rep, Description: expect.stringContaining("Price") }]);
    expect(await runsOf("lost@engines.example.com")).toEqual([["win-back", "finished", null]]);
  });

  test("whoever opts out leaves at once, and nothing comes after", async () => {
    const { watch, contact } = await afterDeal("gone@engines.example.com", LOST);
    await watch.days(40);
    expect(watch.nextStep()).toBe("win-back/what-was-missing");
    expect(await optOut(contact, watch)).toEqual({ step: "", open: [] });
    expect(await runsOf("gone@engines.example.com")).toEqual([["win-back", "left", "opted out"]]);
    await watch.days(150);
    expect(watch.seen).toEqual([{ day: 30, what: "win-back/what-was-missing" }]);
  });
});

test("onboarding from the first working day to the review, then referral for a year", async () => {
  const { watch } = await afterDeal("won@engines.example.com", WON);
  await watch.days(460);
  expect(watch.seen.map(({ what }) => what)).toEqual([
    "onboarding/welcome",
    "How is Ada Lovelace getting on?",
    "First review with Ada Lovelace (Engines)",
    "Thank Ada Lovelace (Engines)",
    "Ask Ada Lovelace for a reference",
    "referral/first-referral",
    "referral/second-referral",
  ]);
  expect(await runsOf("won@engines.example.com")).toEqual([
    ["onboarding", "finished", null],
    ["referral", "finished", null],
  ]);
});

test("a customer who opts out in onboarding gets no more mails; the tasks go on", async () => {
  const { watch, contact } = await afterDeal("quiet@engines.example.com", WON);
  await watch.days(3);
  expect(watch.nextStep()).toBe("onboarding/welcome");
  expect(await optOut(contact, watch)).toEqual({ step: "", open: [] });
  await watch.days(85);
  expect(watch.seen.map(({ what }) => what)).toEqual([
    "onboarding/welcome",
    "How is Ada Lovelace getting on?",
    "First review with Ada Lovelace (Engines)",
  ]);
});

/** Somebody in both systems who has just filled a form. */
async function converted(email: string): Promise<Watched> {
  const { hubspot, salesforce } = world.sandbox;
  const contact = hubspot.createContact({ email, ...PERSON, jobtitle: "CEO" }, MARKETER);
  fillForm(contact, "Download a paper", "1");
  const lead = { Email: email, FirstName: "Ada", LastName: "Lovelace", Company: "Engines" };
  salesforce.create("Lead", lead, rep);
  const watch = watchCadences(world, email, contact);
  await world.settle();
  return { contact, watch };
}

function fillForm(contact: string, form: string, count: string): void {
  const when = { recent_conversion_date: world.clock.now(), num_conversion_events: count };
  world.sandbox.hubspot.editContact(contact, { recent_conversion_event_name: form, ...when }, ANALYTICS);
}

describe("nurture", () => {
  test("nine steps in the agreed rhythm; then a demo is asked for, nobody reacts, and after one last touch marketing has them again", async () => {
    const email = "warm@engines.example.com";
    const { watch, contact } = await converted(email);
    await watch.days(60);
    expect(watch.seen).toEqual([
      { day: 3, what: "nurture/thank-you" },
      { day: 4, what: "Call Ada Lovelace about Download a paper" },
      { day: 10, what: "nurture/second-mail" },
      { day: 17, what: "nurture/third-mail" },
      { day: 21, what: "Post the letter to Ada Lovelace (Engines)" },
      { day: 26, what: "Call Ada Lovelace again" },
      { day: 28, what: "nurture/fourth-mail" },
      { day: 35, what: "nurture/ask-for-step" },
      { day: 43, what: "Call Ada Lovelace about the meeting we asked for" },
    ]);
    const open = () => watch.tasks().filter(({ Status }) => Status !== "Completed");
    expect(open()).toMatchObject([{ Subject: "Call Ada Lovelace about the meeting we asked for" }]);
    expect(await runsOf(email)).toEqual([["nurture", "finished", null]]);

    fillForm(contact, "Book a demo", "2");
    await world.settle();
    expect((await world.person(email)).stage).toMatchObject({ stage: "mql", epoch: 1 });
    expect(open().map(({ Subject }) => Subject)).toEqual(["Call Ada Lovelace: score 51 (B2)"]);
    await watch.days(45);
    expect(watch.seen.slice(9).map(({ what }) => what)).toEqual([
      "Call Ada Lovelace: score 51 (B2)",
      "handoff/last-touch",
      "keep-warm/month-1",
    ]);
    expect((await world.person(email)).stage).toMatchObject({ stage: "recycled", epoch: 2, reason: "No reaction" });
    expect(open()).toEqual([]);
    expect(await runsOf(email)).toEqual([
      ["nurture", "finished", null],
      ["keep-warm", "running", null],
    ]);
  });

  test("whoever wants neither mail nor call leaves at once, and their task is closed", async () => {
    const email = "no@engines.example.com";
    const { watch, contact } = await converted(email);
    await watch.days(5);
    expect(watch.seen).toEqual([
      { day: 3, what: "nurture/thank-you" },
      { day: 4, what: "Call Ada Lovelace about Download a paper" },
    ]);
    world.sandbox.hubspot.editContact(contact, { do_not_call: "true" }, MARKETER);
    expect(await optOut(contact, watch)).toEqual({ step: "", open: [] });
    expect(await runsOf(email)).toEqual([["nurture", "left", "opted out"]]);
    await watch.days(50);
    expect(watch.seen.length).toBe(2);
  });
});
