/** A handoff that nobody reacts to, and a nurture cadence, day by day over HTTP: each step reaches both systems, once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainText } from "../../src/cli/explain-text.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const ANALYTICS = { sourceType: "ANALYTICS", sourceId: "analytics" } as const;
const LOADED = loadConfig({ mappingsFolder: "mappings", configFolder: "config" });
const DAY_MINUTES = 24 * 60;
let database: SharedDatabase;
let world: SyncWorld;

beforeAll(async () => {
  database = await openSharedDatabase();
  world = await openSyncWorld(database);
});
afterAll(async () => {
  await world.close();
  await database.close();
});

function prospect(email: string, form: string): string {
  const { hubspot } = world.sandbox;
  const id = hubspot.createContact(
    { email, firstname: "Ada", lastname: "Lovelace", jobtitle: "CEO", company: "Engines", country: "Germany" },
    MARKETER,
  );
  const when = { recent_conversion_date: world.clock.now(), num_conversion_events: "1" };
  hubspot.editContact(id, { recent_conversion_event_name: form, ...when }, ANALYTICS);
  return id;
}

/** A follow-up on each day on which somebody has something due, and a sync each week, without which nothing is followed up after two. */
async function days(count: number, onDay: () => void): Promise<void> {
  const kept = world.dependencies();
  for (let day = 0; day < count; day += 1) {
    await world.pass(DAY_MINUTES);
    const due = await world.store.linksDueForFollowUp(world.clock.now(), 1);
    if (due.length > 0) await runFollowUp(kept);
    if (day % 7 === 6) await world.sync({}, kept);
    onDay();
  }
}

const live = (object: string) => world.sandbox.salesforce.records(object).filter((row) => row["IsDeleted"] !== true);
const nextStep = (id: string) =>
  world.sandbox.hubspot.contacts().find((one) => one.id === id)?.properties["leadloop_next_step"];

/** In the order in which they were first seen. */
function noting(seen: string[], value: unknown): void {
  const text = String(value ?? "");
  if (text !== "" && seen.at(-1) !== text) seen.push(text);
}

test("nobody reacts to a handoff: remind, escalate, reassign, last touch, recycle, each once", async () => {
  const id = prospect("silent@engines.example.com", "Book a demo");
  await world.pass(10);
  await world.sync();
  await world.settle();
  const person = await world.person("silent@engines.example.com");
  const owners: string[] = [];
  const subjects: string[] = [];
  const steps: string[] = [];
  await days(16, () => {
    const [task] = live("Task");
    noting(owners, task?.["OwnerId"]);
    noting(subjects, task?.["Subject"]);
    noting(steps, nextStep(id));
  });
  const events = await world.store.followUpEventsOf([person.id]);
  const ladder = events.filter(({ key }) => key.startsWith("handoff:")).map(({ kind }) => kind);
  expect(ladder).toEqual(["remind", "escalate", "reassign", "last-touch", "recycle"]);
  const told = (await world.store.noticesOf([person.id])).map(({ kind }) => kind).sort();
  expect(told).toEqual(["sla-escalation", "sla-reassignment", "sla-recycle", "sla-reminder"]);
  expect(owners).toHaveLength(2);
  expect(subjects.at(-1)).toMatch(/^Overdue: Call Ada Lovelace/);
  expect(steps[0]).toBe("handoff/last-touch");
  expect(live("Task")).toMatchObject([
    { Status: "Completed", Description: expect.stringContaining("the time was over") },
  ]);
  const silent = await world.person("silent@engines.example.com");
  expect(silent.stage).toMatchObject({ stage: "recycled", epoch: 2 });
  const file = await explainText(world.store, LOADED, silent);
  expect(file.replaceAll(/\s+/g, " ")).toMatch(/: late, \S+ \S+ because nobody reacted in time/);
});

test("a nurture cadence: its e-mail steps are shown to HubSpot, its calls are tasks one at a time, and an answer ends it", async () => {
  const email = "warm@engines.example.com";
  const rep = world.sandbox.salesforce.people.repIds[0] ?? "";
  const id = prospect(email, "Download a paper");
  world.sandbox.salesforce.create(
    "Lead",
    { Email: email, FirstName: "Ada", LastName: "Lovelace", Company: "Engines" },
    rep,
  );
  await world.pass(10);
  await world.sync();
  await world.settle();
  const person = await world.person(email);
  const steps: string[] = [];
  const open = () =>
    live("Task").filter((task) => task["WhoId"] === person.salesforceId && task["Status"] !== "Completed");
  let most = 0;
  await days(22, () => {
    noting(steps, nextStep(id));
    most = Math.max(most, open().length);
  });
  expect(steps).toEqual(["nurture/thank-you", "nurture/second-mail", "nurture/third-mail"]);
  expect(most).toBe(1);
  expect(open()).toMatchObject([{ Subject: "Post the letter to Ada Lovelace (Engines)" }]);
  world.sandbox.hubspot.editContact(
    id,
    { hs_email_last_reply_date: world.clock.now(), hs_email_replied: "1" },
    ANALYTICS,
  );
  await world.pass(10);
  await world.sync();
  await world.settle();
  expect(nextStep(id) ?? "").toBe("");
  expect(open().map((task) => task["Subject"])).toEqual(["Answer Ada Lovelace: replied to an e-mail"]);
  const letter = live("Task").find((task) => String(task["Subject"]).startsWith("Post the letter"));
  expect(letter).toMatchObject({
    Status: "Completed",
    Description: expect.stringContaining("nurture was left: replied"),
  });
});

test("an e-mail step reaches somebody who is in HubSpot only", async () => {
  const email = "reader@engines.example.com";
  const id = prospect(email, "Download a paper");
  const steps: string[] = [];
  await world.pass(10);
  await world.sync();
  await world.settle();
  await days(5, () => noting(steps, nextStep(id)));
  expect(steps).toEqual(["nurture/thank-you"]);
  const person = await world.person(email);
  expect(person).toMatchObject({ hubspotId: id, salesforceId: null });
  const told = (await world.store.followUpEventsOf([person.id])).map(({ text }) => text);
  expect(told).toContain("call first-call left out: the person is not in Salesforce");
});
