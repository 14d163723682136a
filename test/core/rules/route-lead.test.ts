/** Routing: the first rule that fits and has somebody, turns by weight, and the last resort. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Routing } from "../../../src/core/model/rulebook.ts";
import { NO_OWNER_WORK, routeLead, taskOwner } from "../../../src/core/rules/route-lead.ts";
import { cases } from "../../support/law-cases.ts";
import { ALWAYS, fact, NOW, owner } from "./rule-subjects.ts";

const DESK = owner("Lead Desk", { queue: true, email: null });
const routing = (overrides: Partial<Routing> = {}): Routing => ({
  rules: [
    { name: "dach", when: fact("dach"), owners: [{ email: "anna@example.com", weight: 1 }] },
    {
      name: "rest",
      when: ALWAYS,
      owners: [
        { email: "Ben@Example.com", weight: 1 },
        { email: "cleo@example.com", weight: 1 },
      ],
    },
  ],
  fallback: "Lead Desk",
  companyFirst: { freeMail: new Set(["gmail.com"]) },
  capacity: null,
  absences: [],
  ...overrides,
});
const people = [owner("anna"), owner("ben"), owner("cleo"), DESK];
const route = (
  facts: Record<string, string>,
  owners = people,
  given: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(),
  rules = routing(),
  work = NO_OWNER_WORK,
) => routeLead({ routing: rules, facts, owners, given, work, now: NOW });

describe("Before the rules, a lead goes to whoever looks after the company", () => {
  const work = {
    ...NO_OWNER_WORK,
    byDomain: new Map([
      ["acme.com", "Cleo@example.com"],
      ["gmail.com", "cleo@example.com"],
    ]),
  };
  const routed = (email: string, owners = people) => route({ dach: "true", email }, owners, new Map(), routing(), work);

  test.each([
    ["which is known", "ada@ACME.com", "cleo", "owner of the company"],
    ["not for a company nobody is known of", "ada@initech.com", "anna", "dach"],
    ["not for a free mail provider", "ada@gmail.com", "anna", "dach"],
    ["not without an address", "", "anna", "dach"],
  ])("%s", (_, email, name, rule) => {
    expect(routed(email)).toMatchObject({ owner: { name }, rule });
  });

  test("unless that one has left, which is said", () => {
    const found = routed("ada@acme.com", [owner("cleo", { active: false }), owner("anna"), DESK]);
    expect(found).toMatchObject({ owner: { name: "anna" } });
    expect(found.because).toBe('Cleo@example.com is no active user; rule "dach" fits (dach)');
  });
});

describe("Passed over, and said so, is an owner who", () => {
  const both = {
    name: "rest",
    when: ALWAYS,
    owners: [
      { email: "ben@example.com", weight: 9 },
      { email: "cleo@example.com", weight: 1, capacity: 3 },
    ],
  };
  const away = (from: string, to: string) =>
    routing({ rules: [both], absences: [{ email: "Ben@example.com", from, to }] });

  test.each([
    ["is away today", "2026-10-05", "2026-10-05", "cleo"],
    ["is away since last week", "2026-09-28", "2026-10-06", "cleo"],
    ["is away from tomorrow on: not yet", "2026-10-06", "2026-10-07", "ben"],
    ["was away until yesterday: no longer", "2026-09-28", "2026-10-04", "ben"],
  ])("%s", (_, from, to, name) => {
    const routed = route({}, people, new Map(), away(from, to));
    expect(routed).toMatchObject({ owner: { name } });
    expect(routed.because.includes("ben is away until")).toBe(name === "cleo");
  });

  test.each([
    ["has as many open as all may have", { ben: 5, cleo: 0 }, 5, "cleo", "ben already has 5 open"],
    ["has as many open as they may have themselves", { ben: 4, cleo: 3 }, 5, "ben", "cleo already has 3 open"],
    ["has too many, like everybody: the last resort", { ben: 5, cleo: 3 }, 5, "Lead Desk", "given to the fallback"],
  ])("%s", (_, open, capacity, name, because) => {
    const work = {
      ...NO_OWNER_WORK,
      open: new Map(Object.entries(open).map(([one, count]) => [`${one}@example.com`, count])),
    };
    const routed = route({}, people, new Map(), routing({ rules: [both], capacity }), work);
    expect(routed).toMatchObject({ owner: { name } });
    expect(routed.because).toContain(because);
  });
});

describe("A lead goes to", () => {
  test("the first rule that fits", () => {
    expect(route({ dach: "true" })).toMatchObject({
      owner: { name: "anna" },
      rule: "dach",
      because: 'rule "dach" fits (dach)',
    });
  });

  test("the next rule when the owner of the first is inactive, and says so", () => {
    const routed = route({ dach: "true" }, [owner("anna", { active: false }), owner("ben"), DESK]);
    expect(routed).toMatchObject({ owner: { name: "ben" }, rule: "rest" });
    expect(routed.because).toContain('rule "dach" fits but none of its owners can take it');
  });

  test("whoever's turn it is, and e-mails are compared without case", () => {
    expect(route({}, people, new Map([["rest", new Map([["ben@example.com", 1]])]]))).toMatchObject({
      owner: { name: "cleo" },
    });
  });

  test("the active one of two users with one e-mail", () => {
    const routed = route({}, [owner("old", { email: "ben@example.com", active: false }), owner("ben"), DESK]);
    expect(routed).toMatchObject({ owner: { name: "ben" } });
  });

  test.each([
    ["a queue", "lead desk", [DESK], "Lead Desk"],
    ["a user", "boss@example.com", [owner("boss")], "boss"],
  ])("the fallback, %s, when no rule has anybody", (_, fallback, owners, name) => {
    expect(route({}, owners, new Map(), routing({ fallback }))).toMatchObject({ owner: { name }, rule: "fallback" });
  });

  test("nobody when the fallback is inactive too, and says why", () => {
    const routed = route({}, [owner("Lead Desk", { queue: true, active: false })]);
    expect(routed.owner).toBeNull();
    expect(routed.because).toContain('the fallback "Lead Desk" is no active Salesforce user or queue');
  });

  test("nobody by a blank fallback", () => {
    expect(
      route({}, [owner("", { queue: true, email: "" })], new Map(), routing({ rules: [], fallback: " " })).owner,
    ).toBeNull();
  });
});

test("after any number of leads each owner is within one of their share by weight", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 150 }),
      (weights, leads) => {
        const owners = weights.map((_, index) => owner(`rep-${index}`));
        const rules = routing({
          rules: [
            {
              name: "all",
              when: ALWAYS,
              owners: weights.map((weight, index) => ({ email: `rep-${index}@example.com`, weight })),
            },
          ],
        });
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = new Map<string, number>();
        for (let lead = 1; lead <= leads; lead += 1) {
          const { owner: chosen } = route({}, owners, new Map([["all", counts]]), rules);
          counts.set(chosen?.email ?? "", (counts.get(chosen?.email ?? "") ?? 0) + 1);
          for (const [index, weight] of weights.entries()) {
            expect(Math.abs((counts.get(`rep-${index}@example.com`) ?? 0) - (lead * weight) / total)).toBeLessThan(1);
          }
        }
      },
    ),
    { numRuns: cases(60) },
  );
});

test.each([
  ["its owner, whatever the spelling", "Anna@Example.com", "ben@example.com", "005-anna"],
  ["the fallback when its owner has left", "gone@example.com", "ben@example.com", "005-ben"],
  ["nobody when the fallback is a queue", "gone@example.com", "Lead Desk", undefined],
  ["nobody when the fallback has left too", "gone@example.com", "gone@example.com", undefined],
])("A task is for %s", (_, email, fallback, id) => {
  const owners = [
    owner("anna"),
    owner("ben"),
    owner("gone", { active: false }),
    owner("Lead Desk", { queue: true, email: null }),
  ];
  expect(taskOwner(email, owners, routing({ fallback }))?.id).toBe(id);
});
