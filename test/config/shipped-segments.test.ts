/** The segments that are shipped, by what marketing and sales ask for: each with somebody who is in it and somebody who is not. */
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import type { Facts } from "../../src/core/model/rulebook.ts";

const { rulebook } = loadConfig({ mappingsFolder: "mappings", configFolder: "config" });
const NOW = "2026-10-05T12:00:00.000Z";
const ago = (days: number): string => new Date(Date.parse(NOW) - days * 86_400_000).toISOString();

const CASES: readonly (readonly [asked: string, segment: string, inside: Facts, outside: Facts])[] = [
  ["e-mail present", "has-email", { email: "ada@engines.example.com" }, {}],
  ["e-mail not present", "no-email", {}, { email: "ada@engines.example.com" }],
  ["stated interests", "wants-analytics", { product_interest: "analytics;billing" }, { product_interest: "billing" }],
  ["title", "decision-makers", { jobtitle: "Vice President Sales" }, { jobtitle: "Sales Manager" }],
  ["title", "managers", { jobtitle: "Sales Manager" }, { jobtitle: "Head of Sales and Team Lead" }],
  ["referrer", "referred", { hs_analytics_source: "REFERRALS" }, { hs_analytics_source: "ORGANIC_SEARCH" }],
  ["source", "from-search", { hs_analytics_source: "PAID_SEARCH" }, { hs_analytics_source: "REFERRALS" }],
  ["clicked links", "clickers", { hs_email_last_click_date: ago(89) }, { hs_email_last_click_date: ago(92) }],
  ["clicked links", "clickers", { hs_email_last_click_date: ago(1) }, { hs_email_last_open_date: ago(1) }],
  ["geography", "europe", { country: "PT" }, { country: "US" }],
  ["geography", "americas", { country: "BR" }, { country: "DE" }],
  ["territory", "central-europe", { country: "AT" }, { country: "FR" }],
  [
    "time zone",
    "european-hours",
    { hs_timezone: "europe_slash_berlin" },
    { hs_timezone: "asia_slash_tokyo", country: "DE" },
  ],
  ["time zone", "european-hours", { hs_timezone: "portugal" }, { hs_timezone: "us_slash_eastern" }],
  ["time zone, by country", "european-hours", { country: "DE" }, { country: "US" }],
  ["time zone", "american-hours", { hs_timezone: "us_slash_eastern" }, { hs_timezone: "europe_slash_berlin" }],
  ["time zone, by country", "american-hours", { country: "BR" }, { country: "BR", hs_timezone: "africa_slash_cairo" }],
  ["recency, 3 months", "active-3-months", { hs_email_last_open_date: ago(90) }, { hs_email_last_open_date: ago(93) }],
  [
    "recency, 6 months",
    "active-6-months",
    { hs_email_last_open_date: ago(181) },
    { hs_email_last_open_date: ago(184) },
  ],
  [
    "recency, 9 months",
    "active-9-months",
    { hs_email_last_open_date: ago(273) },
    { hs_email_last_open_date: ago(276) },
  ],
  [
    "recency, 12 months",
    "active-12-months",
    { hs_analytics_last_visit_timestamp: ago(364) },
    { hs_analytics_last_visit_timestamp: ago(367) },
  ],
  ["recency, 30 days", "active-30-days", { recent_conversion_date: ago(29) }, { recent_conversion_date: ago(32) }],
  ["where met", "met-at-fair", { origin: "Trade show Lisbon" }, { origin: "Website" }],
  ["purchase frequency", "repeat-buyers", { purchases: "2" }, { purchases: "1" }],
  ["purchase frequency", "bought-lately", { last_purchase_at: ago(89) }, { last_purchase_at: ago(92) }],
  ["spend", "big-spenders", { spend_year: "50000" }, { spend_year: "49999.99" }],
  ["share of sales, A", "customers-a", { customer_class: "A" }, { customer_class: "B" }],
  ["share of sales, B", "customers-b", { customer_class: "B" }, { customer_class: "C" }],
  ["share of sales, C", "customers-c", { customer_class: "C" }, { customer_class: "D" }],
  ["share of sales, D", "customers-d", { customer_class: "D" }, {}],
  [
    "product bought",
    "bought-analytics",
    { products_bought: "analytics;reporting" },
    { products_bought: "reporting", product_interest: "analytics" },
  ],
  [
    "product bought and wanted",
    "cross-sell",
    { purchases: "1", products_bought: "reporting", product_interest: "analytics" },
    { purchases: "1", products_bought: "analytics", product_interest: "analytics" },
  ],
  [
    "product bought and wanted",
    "cross-sell",
    { purchases: "1", product_interest: "analytics" },
    { purchases: "0", product_interest: "analytics" },
  ],
  ["sales stage", "in-sales-talks", { stage: "sql" }, { stage: "mql" }],
  ["recency by a form", "active-9-months", { recent_conversion_date: ago(270) }, { recent_conversion_date: ago(276) }],
  [
    "recency by a click",
    "active-12-months",
    { hs_email_last_click_date: ago(360) },
    { hs_email_last_click_date: ago(367) },
  ],
  [
    "an answer that sales is shown",
    "sales-ready",
    { email: "ada@engines.example.com", stage: "lead", hs_email_last_reply_date: ago(6) },
    { email: "ada@engines.example.com", stage: "lead", hs_email_last_reply_date: ago(8) },
  ],
  ["sales stage", "sales-ready", { stage: "mql", email: "ada@engines.example.com" }, { stage: "mql" }],
  ["sales stage", "customers", { stage: "evangelist" }, { stage: "opportunity" }],
  [
    "lost business",
    "lost-business",
    { lost_deals: "1", purchases: "0", stage: "recycled" },
    { lost_deals: "1", purchases: "1", stage: "customer" },
  ],
  [
    "lost business",
    "lost-business",
    { lost_deals: "1", purchases: "0", stage: "lead" },
    { lost_deals: "1", purchases: "0", stage: "opportunity" },
  ],
  [
    "not active",
    "inactive-180-days",
    { hs_email_last_open_date: ago(181), hs_email_last_click_date: ago(400) },
    { hs_email_last_open_date: ago(179), hs_email_last_click_date: ago(400) },
  ],
  [
    "not active, customers",
    "inactive-customers",
    { stage: "customer", hs_email_last_open_date: ago(181), hs_email_last_click_date: ago(181) },
    { stage: "lead", hs_email_last_open_date: ago(181), hs_email_last_click_date: ago(181) },
  ],
  ["prospects", "prospects", { stage: "recycled" }, { stage: "customer" }],
  ["prospects", "prospects", { stage: "subscriber" }, { stage: "disqualified" }],
  ["do not call", "do-not-call", { do_not_call: "true" }, { do_not_call: "false" }],
  ["no marketing e-mail", "no-marketing-email", { hs_email_bounce: "1" }, { hs_email_bounce: "0" }],
  ["no marketing e-mail", "no-marketing-email", { hs_email_optout: "true" }, { hs_email_optout: "false" }],
  [
    "asked for sales",
    "asked-for-sales",
    { recent_conversion_event_name: "Book a demo", recent_conversion_date: ago(3) },
    { recent_conversion_event_name: "Book a demo", recent_conversion_date: ago(40) },
  ],
];

const holds = (segment: string, facts: Facts): boolean | undefined =>
  rulebook.segments.find(({ name }) => name === segment)?.when.holds(facts, NOW);

test.each(CASES)("%s: %s holds for %o and not for %o", (_, segment, inside, outside) => {
  expect(holds(segment, inside)).toBe(true);
  expect(holds(segment, outside)).toBe(false);
});

test("every shipped segment has such a case, and somebody of whom nothing is known is in three: no customer, never active, no address", () => {
  const names = rulebook.segments.map(({ name }) => name);
  expect([...new Set(CASES.map(([, segment]) => segment))].toSorted()).toEqual(names.toSorted());
  expect(names.filter((name) => holds(name, {}) === true)).toEqual(["prospects", "inactive-180-days", "no-email"]);
});
