/**
 * What may not be done with somebody, over HTTP: each cause, with people in the mapping's scope and out of it. The e-mail step or the call is left out, and the
 * plan and `explain` say why.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainText } from "../../src/cli/explain-text.ts";
import type { Loaded } from "../../src/config/load-config.ts";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import { ConfigFolder } from "../config/config-folder.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const ANALYTICS = { sourceType: "ANALYTICS", sourceId: "analytics" } as const;
const SUBSCRIBER = { sourceType: "EMAIL", sourceId: "link" } as const;
const DAY_MINUTES = 24 * 60;
const FOLDER = new ConfigFolder();
let loaded: Loaded;
let world: SyncWorld;

beforeAll(async () => {
  // As an admin does it who takes the # away.
  FOLDER.write("config/suppression.yml", FOLDER.read("config/suppression.yml").replaceAll(/^#(?= {2})/gm, ""));
  loaded = FOLDER.load();
  const folders = { mappingsFolder: FOLDER.path("mappings"), configFolder: FOLDER.path("config") };
  world = await openSyncWorld(openMemoryDatabase(), { folders });
});
afterAll(async () => {
  await world.close();
  FOLDER.close();
});

type Happening = (contact: string) => void;
const edit =
  (values: Readonly<Record<string, string>>, by: typeof ANALYTICS | typeof SUBSCRIBER | typeof MARKETER): Happening =>
  (contact) =>
    world.sandbox.hubspot.editContact(contact, values, by);

/** Why, what happens, and whether the cause stops e-mails, calls, or both. */
const CAUSES: readonly (readonly [because: string, happens: Happening, stops: readonly ("email" | "call")[]])[] = [
  ["opted out of e-mail", edit({ hs_email_optout: "true" }, SUBSCRIBER), ["email"]],
  ["must not be called", edit({ do_not_call: "true" }, MARKETER), ["call"]],
  ["e-mail to the address bounced", edit({ hs_email_bounce: "1" }, ANALYTICS), ["email"]],
  ["ignored three e-mails in a row", edit({ hs_email_sends_since_last_engagement: "3" }, ANALYTICS), ["email"]],
  ["no legal basis to contact them is on record", edit({ hs_legal_basis: "" }, MARKETER), ["email", "call"]],
];
const PLACES = ["in Salesforce too", "out of the mapping's scope"] as const;
const CASES = CAUSES.flatMap(([because, happens, stops], index) =>
  PLACES.map((place) => ({
    because,
    happens,
    stops,
    place,
    what: stops.join(" and no "),
    email: `p${index}.${place[0]}@engines.example.com`,
  })),
);

/** Somebody who has filled a form, whom a rep knows or does not, and to whom it then happens. */
async function nurtured({ happens, place, email }: (typeof CASES)[number]): Promise<string> {
  const { hubspot, salesforce } = world.sandbox;
  const basis = { hs_legal_basis: "Legitimate interest – prospect/lead" };
  const who = { email, firstname: "Ada", lastname: "Lovelace", country: "Germany" };
  const contact = hubspot.createContact({ ...who, ...basis }, MARKETER);
  const form = { recent_conversion_event_name: "A paper", recent_conversion_date: world.clock.now() };
  hubspot.editContact(contact, { ...form, num_conversion_events: "1" }, ANALYTICS);
  const [rep = ""] = salesforce.people.repIds;
  if (place === "in Salesforce too") {
    salesforce.create("Lead", { Email: email, LastName: "Lovelace", Company: "Engines" }, rep);
  }
  await world.settle();
  happens(contact);
  await world.settle();
  return contact;
}

/** Days on: what the plan of a sync says of the step that is due by then, before a follow-up takes it. */
async function nextStep(days: number, email: string, contact: string): Promise<readonly string[]> {
  const { id } = await world.person(email);
  await world.pass(days * DAY_MINUTES);
  world.sandbox.hubspot.editContact(contact, { jobtitle: `Buyer ${days}` }, MARKETER);
  await world.pass(10);
  const { plan } = await world.sync({ dry: true });
  await runFollowUp(world.dependencies());
  return plan.skips.filter(({ link }) => link === id).map(({ reason }) => reason);
}

test.each(CASES)("$because, $place: no $what, and the plan and explain say why", async (one) => {
  const { because, stops, place, email } = one;
  const contact = await nurtured(one);
  const leftOut = (channel: "email" | "call", step: string): string[] => {
    if (stops.includes(channel)) return [`${channel} ${step} left out: ${because}`];
    const isUnknown = channel === "call" && place !== "in Salesforce too";
    return isUnknown ? [`call ${step} left out: the person is not in Salesforce`] : [];
  };
  expect(await nextStep(3, email, contact)).toEqual(leftOut("email", "thank-you"));
  const shown = world.sandbox.hubspot.contact(contact)?.properties["leadloop_next_step"];
  expect(shown).toBe(stops.includes("email") ? undefined : "nurture/thank-you");
  expect(await nextStep(1, email, contact)).toEqual(leftOut("call", "first-call"));
  const { id, salesforceId } = await world.person(email);
  const tasks = world.sandbox.salesforce.records("Task").filter((task) => task["WhoId"] === salesforceId);
  expect(tasks).toHaveLength(salesforceId === null || stops.includes("call") ? 0 : 1);
  const explained = (await explainText(world.store, loaded, await world.person(email))).replaceAll(/\s+/g, " ");
  expect(explained).toContain(`: ${because} (rule `);
  for (const words of [...leftOut("email", "thank-you"), ...leftOut("call", "first-call")])
    expect(explained).toContain(words);
  if (stops.includes("email")) expect(explained).toContain(`which would be left out: ${because}`);
  expect((await world.store.links([id]))[0]?.stage?.stage).toBe("lead");
});

test("whoever opts out after the step was shown to HubSpot, or after the call was given to a rep: the step is taken back and the task closed", async () => {
  const email = "late@engines.example.com";
  const contact = await nurtured({
    because: "",
    happens: () => undefined,
    stops: [],
    what: "",
    place: "in Salesforce too",
    email,
  });
  await nextStep(3, email, contact);
  await nextStep(1, email, contact);
  const value = () => world.sandbox.hubspot.contact(contact)?.properties["leadloop_next_step"] ?? "";
  const { salesforceId } = await world.person(email);
  const task = () => world.sandbox.salesforce.records("Task").find(({ WhoId }) => WhoId === salesforceId);
  expect([value(), task()?.["Status"]]).toEqual(["nurture/thank-you", "Not Started"]);
  const { people } = world.sandbox.salesforce;
  world.sandbox.salesforce.edit("Lead", salesforceId ?? "", { DoNotCall: true }, people.managerId);
  await world.settle();
  expect([value(), task()?.["Status"]]).toEqual(["nurture/thank-you", "Completed"]);
  expect(task()?.["Description"]).toContain("no call any more: must not be called");
  world.sandbox.hubspot.editContact(contact, { hs_email_sends_since_last_engagement: "3" }, ANALYTICS);
  await world.settle();
  expect(value()).toBe("");
});
