/** What was bought, and who is an A customer. */
import { describe, expect, test } from "vitest";
import { movedCustomers, salesClasses, salesFacts } from "../../../src/core/rules/sales-facts.ts";
import {
  MEMBERSHIP_FACT,
  membershipEvents,
  membershipMoved,
  membershipNow,
  membershipsOf,
} from "../../../src/core/rules/segment-membership.ts";
import { at, DAY_MS, fact, NOW, outcome } from "./rule-subjects.ts";

const RATES = { EUR: 1, USD: 1.25 };

describe("A, B, C and D by cumulated share", () => {
  test.each([
    ["one customer is an A", [100], { a: 100, b: 100, c: 100 }],
    ["80, 10, 5, 5", [5, 80, 10, 5], { a: 80, b: 10, c: 5 }],
    ["equal sales are one class", [10, 10, 10, 10, 10], { a: 10, b: 10, c: 10 }],
    ["nothing sold", [0, 0], null],
    ["nobody", [], null],
  ])("%s", (_, sales, classes) => {
    const sold = sales.map((amount, index) => ({ link: `p${index}`, currency: null, amount }));
    expect(salesClasses(sold, {})).toEqual(classes === null ? null : { ...classes, rates: {} });
  });

  test("sales in several currencies are added up by the rates, and what has none is left out", () => {
    const sold = [
      { link: "ann", currency: "EUR", amount: 10 },
      { link: "ann", currency: "USD", amount: 100 },
      { link: "bob", currency: "USD", amount: 20 },
      { link: "cem", currency: "BRL", amount: 9000 },
    ];
    expect(salesClasses(sold, RATES)).toEqual({ a: 90, b: 16, c: 16, rates: RATES });
  });

  const classes = { a: 80, b: 10, c: 5, rates: RATES };
  const won = (amount: number | null, days: number, currency: string | null = null) =>
    outcome({ won: true, closed: true, amount, currency, stageAt: at(-days * DAY_MS) });

  test.each([
    [
      "bought for 50 and 40 this year",
      [won(50, 10), won(40, 300)],
      { purchases: "2", spend_year: "90", customer_class: "A" },
    ],
    [
      "bought for 50 this year, the rest before",
      [won(50, 10), won(40, 366)],
      { purchases: "2", spend_year: "50", customer_class: "B" },
    ],
    [
      "bought for 100 US dollars and for 40 in money without a rate",
      [won(100, 10, "USD"), won(40, 10, "BRL")],
      { purchases: "2", spend_year: "80", customer_class: "A" },
    ],
    [
      "bought three things in two deals, and lost one about something else",
      [
        { ...won(5, 10), products: "reporting" },
        { ...won(5, 20), products: "analytics;reporting" },
        { ...won(5, 30), won: false, products: "automation" },
      ],
      { purchases: "2", lost_deals: "1", products_bought: "analytics;reporting" },
    ],
    ["bought what nobody wrote down", [won(5, 10)], { products_bought: null }],
    ["bought little", [won(5, 10)], { customer_class: "C" }],
    ["bought longer ago", [won(500, 400)], { spend_year: "0", customer_class: "D" }],
    ["bought for nobody knows how much", [won(null, 1)], { purchases: "1", customer_class: "D" }],
    ["only lost", [outcome({ closed: true })], { purchases: "0", lost_deals: "1", customer_class: null }],
    ["still in talks", [outcome()], { lost_deals: "0", customer_class: null }],
  ])("somebody who %s", (_, outcomes, facts) => {
    expect(salesFacts(outcomes, classes, NOW)).toMatchObject(facts);
  });

  test("a class is told once it is known: nothing bought within the year is D before anything else", () => {
    expect(salesFacts([won(5, 10)], null, NOW)).toMatchObject({ spend_year: "5", customer_class: null });
    expect(salesFacts([won(5, 400)], null, NOW)).toMatchObject({ spend_year: "0", customer_class: "D" });
  });

  test("whoever is in another class than was told is found: by new sales of others, by the year that passes, and at the first sales of all", () => {
    const sale = (link: string, amount: number) => ({ link, currency: null, amount });
    const [old, young] = [
      [sale("ann", 5), sale("bob", 3)],
      [sale("ann", 5), sale("cem", 95)],
    ];
    const classed = (sales: typeof old) => ({ sales, classes: salesClasses(sales, {}) });
    expect(movedCustomers({ sales: [], classes: null }, classed(old))).toEqual(["ann", "bob"]);
    expect(movedCustomers({ sales: young, classes: salesClasses(old, {}) }, classed(young))).toEqual(["ann"]);
    expect(movedCustomers(classed(old), { sales: [sale("ann", 5)], classes: salesClasses(old, {}) })).toEqual(["bob"]);
    expect(movedCustomers(classed(old), classed(old))).toEqual([]);
  });

  test("nobody has facts of deals that there are none of", () => {
    expect(salesFacts([], classes, NOW)).toEqual({});
  });
});

describe("Shown segments", () => {
  const segments = [
    { name: "hot", label: "Hot", when: fact("hot"), shown: "ongoing" as const },
    { name: "founders", label: "Founders", when: fact("founder"), shown: "once" as const },
    { name: "hidden", label: "Hidden", when: fact("hot"), shown: null },
  ];
  const kept = (known: string | null, facts: Record<string, string>) =>
    membershipNow(segments, { [MEMBERSHIP_FACT]: known }, facts, NOW);

  test.each([
    ["come with their moment", null, { hot: "true" }, `hot=${NOW}`],
    ["keep it", `hot=${at(-DAY_MS)}`, { hot: "true" }, `hot=${at(-DAY_MS)}`],
    ["go when they hold no more", `hot=${at(-DAY_MS)}`, {}, null],
    ["stay when once is for ever", `founders=${at(-DAY_MS)}`, { hot: "true" }, `hot=${NOW} founders=${at(-DAY_MS)}`],
  ])("%s", (_, known, facts, expected) => {
    const present = kept(known, facts as Record<string, string>);
    expect(present).toBe(expected);
    expect([...membershipsOf({ [MEMBERSHIP_FACT]: present })]).toHaveLength(expected?.split(" ").length ?? 0);
  });

  test("tell who joined and who left, once", () => {
    const events = (before: string | null, after: string | null) => {
      const person = { id: "p1", stage: null, facts: { [MEMBERSHIP_FACT]: after } };
      return membershipEvents(person, { [MEMBERSHIP_FACT]: before }, NOW).map(({ kind, text }) => `${kind}: ${text}`);
    };
    expect(events(null, `hot=${NOW}`)).toEqual(["segment: joined hot"]);
    expect(events(`hot=${at(-DAY_MS)}`, `founders=${NOW}`)).toEqual(["segment: joined founders", "segment: left hot"]);
    expect(events(`hot=${at(-DAY_MS)}`, `hot=${at(-DAY_MS)}`)).toEqual([]);
  });

  test("that time alone moves are found by those that look at the time", () => {
    const timed = segments.map((one) => ({ ...one, when: { ...one.when, changesAt: () => 0 } }));
    expect(membershipMoved(timed, {}, { hot: "true" }, NOW)).toBe(true);
    expect(membershipMoved(timed, { [MEMBERSHIP_FACT]: `hot=${NOW}` }, { hot: "true" }, NOW)).toBe(false);
    expect(membershipMoved(segments, {}, { hot: "true" }, NOW)).toBe(false);
  });
});
