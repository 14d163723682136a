/** The report page in a real browser: it sorts, filters and drills to records, links to both systems, runs nothing that people are called, and complains about nothing. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeReport } from "../../src/report/write-report.ts";
import { deal, NAMES, person, SETTINGS, stages } from "../core/report/ledger-rows.ts";
import { LOWEST_CONTRAST, OVERFLOWING, openPage, SKIPPED, START_MS, UNFOLD } from "./browser-page.ts";

const SOURCES = [
  "organic search",
  "<img src=x onerror=alert(1)>",
  "=cmd()",
  ...Array.from({ length: 12 }, (_, n) => `fair ${n}`),
];

let folder = "";
let browser: Browser | null = null;
let page: Page;
let complaints: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leadloop-page-"));
  const rows = SOURCES.flatMap((source, index) =>
    Array.from({ length: index + 1 }, (_, number) => {
      const id = `p${index}-${number}`;
      const isWon = source === "organic search";
      return person(id, {
        link: {
          name: index === 0 ? "<b>Ada</b>" : `Person ${id}`,
          hubspotId: String(9000 + index),
          salesforceId: `00Q00000000000${100 + index}AAA`,
          facts: { source, first_contact: "2026-01-05" },
        },
        stages: stages(id, [["mql", "2026-01-06T00:00:00.000Z"]]),
        outcomes: isWon ? [deal(id, { opportunityId: "006000000000001AAA", name: 'Acme, the "big" one' })] : [],
      });
    }),
  );
  const places = {
    hubspot: "https://app.hubspot.com/contacts/1/record/0-1/",
    salesforce: "https://acme.my.salesforce.com/",
  };
  const window = { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null };
  const { files } = await writeReport(folder, [rows], {
    settings: SETTINGS,
    names: NAMES,
    window,
    options: {},
    places,
  });
  const open = await openPage(files.html);
  if (open === null) return;
  ({ browser, page, complaints } = open);
}, START_MS);

afterAll(async () => {
  await browser?.close();
  if (folder !== "") await rm(folder, { recursive: true });
});

const names = async (): Promise<string[]> => page.locator("#source tbody tr:not([hidden]) th").allTextContents();

test("a click on a heading sorts its table, a second one the other way round", async ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  const leads = page.locator("#source th", { hasText: "Leads" });
  await leads.getByRole("button").click();
  expect(await leads.getAttribute("aria-sort")).toBe("descending");
  expect((await names()).at(0)).toBe("fair 11");
  await leads.getByRole("button").click();
  expect((await names()).at(0)).toBe("organic search");
  await page.locator("#source th", { hasText: "Source" }).getByRole("button").click();
  expect((await names()).at(0)).toBe("<img src=x onerror=alert(1)>");
});

test("typing filters the rows, whatever it is that is typed", async ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  const filter = page.locator("#source input[type=search]");
  await filter.fill("fair 1");
  expect((await names()).toSorted()).toEqual(["fair 1", "fair 10", "fair 11"]);
  await filter.fill("<script>");
  expect(await names()).toEqual([]);
  await filter.fill("");
  expect(await names()).toHaveLength(SOURCES.length);
});

test("a number shows the records behind it, with links to both systems, by mouse and by keyboard", async ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  const won = page.locator('#source tr[data-row="organic search"] td').nth(5).getByRole("button");
  await won.focus();
  await page.keyboard.press("Enter");
  const dialog = page.locator("dialog[open]");
  expect(await dialog.locator("li b").allTextContents()).toEqual(["<b>Ada</b>"]);
  expect(await dialog.locator("li a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))).toEqual([
    "https://app.hubspot.com/contacts/1/record/0-1/9000",
    "https://acme.my.salesforce.com/lightning/r/Lead/00Q00000000000100AAA/view",
  ]);
  expect(await dialog.locator("p code").textContent()).toBe('leadloop report --show "bySource/organic search/won"');
  await page.keyboard.press("Escape");
  expect(await dialog.count()).toBe(0);
  await page.locator(".tiles li", { hasText: "Won deals" }).getByRole("button").click();
  expect(await dialog.locator("li b").allTextContents()).toEqual(['Acme, the "big" one']);
  expect(await dialog.locator("li a").getAttribute("href")).toBe(
    "https://acme.my.salesforce.com/lightning/r/Opportunity/006000000000001AAA/view",
  );
  await page.keyboard.press("Escape");
  await page.locator('#source tr[data-row="fair 11"] td').nth(0).getByRole("button").click();
  expect(await dialog.locator("li").count()).toBe(SOURCES.length);
  await dialog.getByRole("button", { name: "Close" }).click();
});

test("so does one that stands in another table's cell, or in a sentence", async ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  const dialog = page.locator("dialog[open]");
  const everyone = SOURCES.map((_, index) => index + 1).reduce((sum, one) => sum + one, 0);
  const cells: readonly (readonly [selector: string, address: string, people: number])[] = [
    ["#funnel .note [data-column=leads]", "total/all/leads", everyone],
    ['#funnel tr[data-row="mql"] td[data-table=standing]', "standing/mql/leads", everyone],
    ['#velocity tr[data-row="first contact to won"] td', "velocity/first contact to won/people", 1],
    ["#cohorts .note [data-column=won]", "maturity/all/won", 1],
  ];
  await page.evaluate(UNFOLD);
  for (const [selector, address, people] of cells) {
    await page.locator(selector).first().getByRole("button").click();
    const note = await dialog.locator("p.note").textContent();
    expect(note).toContain(`${people} record`);
    expect(note).toContain(`"${address}"`);
    await dialog.getByRole("button", { name: "Close" }).click();
  }
});

test("the page fits a phone, stays readable in the dark, and every chart has its numbers in words", async ({
  skip,
}) => {
  if (browser === null) return skip(SKIPPED);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  const width = await page.evaluate("document.documentElement.scrollWidth");
  expect(width).toBeLessThanOrEqual(390);
  const bare = await page.locator("svg:not([aria-hidden=true])").count();
  expect(bare).toBe(0);
  expect(await page.evaluate(LOWEST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
});

/** For the browser: of each chart with drawings, the share of its width that the first one takes; the heads of tables. */
const SHARES_DRAWN = `[...document.querySelectorAll(".chart:has(svg)")].map((chart) =>
  chart.querySelector("svg").getBoundingClientRect().width / chart.getBoundingClientRect().width)`;
const HEADS = `[...document.querySelectorAll("thead th")].map((head) => head.textContent.trim())`;

test("drawings get the most of a chart on a tablet, every column has a name, and every table fits a desk, a tablet and a phone", async ({
  skip,
}) => {
  if (browser === null) return skip(SKIPPED);
  await page.setViewportSize({ width: 768, height: 1024 });
  for (const share of (await page.evaluate(SHARES_DRAWN)) as number[]) expect(share).toBeGreaterThan(0.45);
  for (const head of (await page.evaluate(HEADS)) as string[]) expect(head).toMatch(/\w/);
  await page.evaluate(UNFOLD);
  for (const width of [1280, 800, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(OVERFLOWING), `at ${width}`).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
  }
});

test("the browser had nothing to complain about, and nothing was asked of the network", ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  expect(complaints).toEqual([]);
});
