/** The simulated company: the same seed lives the same life, and it is as untidy as a real one. */
import { describe, expect, test } from "vitest";
import { moveIn, type PlaySummary } from "../../src/sandbox/company/simulated-company.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import type { Sandbox } from "../../src/sandbox/sandbox-parts.ts";

const START = "2026-03-02T06:00:00.000Z";
const PEOPLE = 240;

function company(seed: string): Sandbox {
  const sandbox = createSandbox({ seed, clock: manualClock(Date.parse(START)) });
  moveIn(sandbox, { people: PEOPLE });
  return sandbox;
}

function play(sandbox: Sandbox, until: string): PlaySummary {
  return sandbox.onPlay?.(Date.parse(until)) as PlaySummary;
}

function truthOf(sandbox: Sandbox): unknown {
  const { hubspot, salesforce } = sandbox;
  const objects = ["Lead", "Contact", "Account", "Opportunity", "OpportunityContactRole", "Task"];
  return { contacts: hubspot.contacts(), records: objects.map((object) => salesforce.records(object)) };
}

describe("the opening stock", () => {
  const sandbox = company("stock");
  const contacts = sandbox.hubspot.contacts().map(({ properties }) => properties);
  const people = [...sandbox.salesforce.records("Lead"), ...sandbox.salesforce.records("Contact")];

  test("has people in HubSpot only, in Salesforce only and in both", () => {
    const here = new Set(contacts.map((contact) => contact["email"]));
    const there = new Set(people.map((record) => String(record["Email"]).toLowerCase()));
    expect(here.size).toBe(contacts.length);
    for (const count of [here.difference(there).size, there.difference(here).size, here.intersection(there).size]) {
      expect(count).toBeGreaterThan(PEOPLE * 0.08);
    }
  });

  test("is not tidy: blanks, several spellings of a country, names beyond ASCII, opt-outs, customers", () => {
    expect(contacts.some((contact) => contact["lastname"] === undefined)).toBe(true);
    expect(new Set(contacts.map((contact) => contact["country"])).size).toBeGreaterThan(20);
    expect(contacts.some((contact) => /\p{Script=Han}/u.test(contact["lastname"] ?? ""))).toBe(true);
    expect(contacts.some((contact) => (contact["lastname"] ?? "").includes("'"))).toBe(true);
    expect(contacts.some((contact) => contact["hs_email_optout"] === "true")).toBe(true);
    expect(sandbox.salesforce.records("Opportunity").some((deal) => deal["IsWon"] === true)).toBe(true);
  });

  test("lies before the first day", () => {
    expect(contacts.every((contact) => (contact["createdate"] ?? "") < START)).toBe(true);
    expect(people.every((record) => String(record["CreatedDate"]) < START)).toBe(true);
  });
});

describe("playing", () => {
  const end = "2026-03-14T20:00:00.000Z";

  test("twice with one seed gives the same records, however the time is cut", () => {
    const [one, other] = [company("same"), company("same")];
    play(one, end);
    for (let at = Date.parse(START); at <= Date.parse(end); at += 7 * 3_600_000)
      play(other, new Date(at).toISOString());
    play(other, end);
    expect(truthOf(other)).toEqual(truthOf(one));
  });

  test("with another seed gives other people", () => {
    expect(truthOf(company("a"))).not.toEqual(truthOf(company("b")));
  });

  test("stands at the moment asked for, and people did what people do", () => {
    const sandbox = company("deeds");
    const { now, people, deeds } = play(sandbox, end);
    expect(now).toBe(end);
    expect(sandbox.clock.now()).toBe(Date.parse(end));
    expect(people).toBeGreaterThan(PEOPLE);
    for (const deed of ["arrived", "visited", "read an e-mail", "edited the same field in Salesforce"]) {
      expect(deeds[deed] ?? 0).toBeGreaterThan(0);
    }
  });

  test("leaves weekends quiet", () => {
    const sandbox = company("weekend");
    const on = (day: string): number =>
      sandbox.hubspot.contacts().filter((contact) => contact.updatedAt.startsWith(day)).length;
    play(sandbox, "2026-03-07T00:00:00.000Z");
    const friday = on("2026-03-06");
    play(sandbox, "2026-03-09T00:00:00.000Z");
    expect(on("2026-03-08")).toBeLessThan(friday);
  });
});

test("reps work the tasks that they are given", () => {
  const sandbox = company("tasks");
  const { salesforce } = sandbox;
  const leads = salesforce.records("Lead").filter((lead) => lead["Status"] === "Open - Not Contacted");
  for (const lead of leads.slice(0, 60)) {
    const task = { Subject: "Call", Status: "Not Started", WhoId: lead["Id"], OwnerId: salesforce.people.repIds[0] };
    salesforce.create("Task", task, salesforce.people.integrationUserId);
  }
  const { deeds } = play(sandbox, "2026-04-20T20:00:00.000Z");
  for (const deed of ["completed a task", "accepted", "learnt what matters", "converted", "moved a deal"]) {
    expect(deeds[deed] ?? 0, deed).toBeGreaterThan(0);
  }
  const rejections = Object.keys(deeds).filter((deed) => deed.startsWith("rejected: "));
  expect(rejections.length).toBeGreaterThan(2);
  expect(salesforce.records("Lead").some((lead) => lead["IsConverted"] === true)).toBe(true);
});
