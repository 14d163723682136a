/** The report page of a company as large as the demo's, in a real browser: nothing is cut off, everything can be read, each number leads to its records. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeReport } from "../../src/report/write-report.ts";
import { NAMES } from "../core/report/ledger-rows.ts";
import { LOWEST_CONTRAST, OVERFLOWING, openPage, SKIPPED, START_MS, UNFOLD } from "./browser-page.ts";
import { COMPANY_AS_OF, COMPANY_SETTINGS, companyLedger } from "./company-ledger.ts";

let folder = "";
let file = "";
let browser: Browser | null = null;
let page: Page;
let complaints: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leadloop-company-"));
  const window = { asOf: COMPANY_AS_OF, from: "2025-03-01T00:00:00.000Z", to: COMPANY_AS_OF };
  const frame = { settings: COMPANY_SETTINGS, names: NAMES, window, options: {} };
  file = (await writeReport(folder, [companyLedger()], frame)).files.html;
  const open = await openPage(file);
  if (open === null) return;
  ({ browser, page, complaints } = open);
}, START_MS);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

test("the page is small enough for everybody's mail, with the records in it", async () => {
  expect((await stat(file)).size).toBeLessThan(1_500_000);
});

test("no word is broken and no table cut off at a desk, on a tablet and on a phone, however much is unfolded", async ({
  skip,
}) => {
  if (browser === null) return skip(SKIPPED);
  await page.evaluate(UNFOLD);
  for (const width of [1280, 800, 400]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(OVERFLOWING), `at ${width}`).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(await page.evaluate(BROKEN_WORDS), `at ${width}`).toEqual([]);
    expect(await page.evaluate(OVERFULL_TILES), `at ${width}`).toEqual([]);
  }
});

/** For the browser: tiles and cards that do not hold what stands in them. */
const OVERFULL_TILES = `[...document.querySelectorAll(".tiles li, .changes li")].filter((tile) => tile.scrollWidth > tile.clientWidth).map((tile) => tile.textContent)`;

/** For the browser: names of rows, chart lines, tiles and their values in which a word stands in two lines. */
const BROKEN_WORDS = `[...document.querySelectorAll("tbody th, .chart .label, .tiles span, .tiles b, .tiles button")].flatMap((name) => {
  const broken = [];
  for (const text of [...name.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)) {
    for (const word of text.data.matchAll(/[^\\s-]+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size > 1) broken.push(word[0]);
    }
  }
  return broken;
})`;

test("all text can be read, in the light and in the dark, also in the bars", async ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await page.evaluate(LOWEST_CONTRAST), colorScheme).toBeGreaterThanOrEqual(4.5);
  }
});

test("each finding leads to a number with records behind it, also where it was folded away", async ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  await page.reload();
  const findings = page.locator(".findings a");
  expect(await findings.count()).toBeGreaterThan(2);
  for (const finding of await findings.all()) {
    await finding.click();
    const number = page.locator(".found button.drill");
    expect(await number.isVisible(), (await finding.textContent()) ?? "").toBe(true);
    await page.keyboard.press("Enter");
    expect(await page.locator("dialog[open] li").count()).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
  }
});

test("each tile shows as many records as it says, and of money those that it is the sum of", async ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  await page.reload();
  const tiles = await page.locator(".tiles li:has(button.drill)").all();
  expect(tiles.length).toBeGreaterThan(12);
  for (const tile of tiles) {
    const [label, value, note] = await Promise.all(
      ["span", "b", "small"].map((part) => tile.locator(part).textContent()),
    );
    await tile.getByRole("button").click();
    const records = Number(((await page.locator("dialog[open] .note").textContent()) ?? "").split(" ")[0]);
    const counts = [value, ...(note ?? "").split(" ")].map((text) => Number(text?.replaceAll(",", "")));
    if (label !== "Revenue" && label !== "Open pipeline") expect(counts, `${label}`).toContain(records);
    expect(records).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
  }
});

test("the sections of the period, of the cohort and of now do not alternate, and each is in the list at the top", async ({
  skip,
}) => {
  if (browser === null) return skip(SKIPPED);
  const kinds = await page.locator("section h2 .badge").allTextContents();
  expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual(["Period", "Cohort", "Now"]);
  const ids = await page.locator("section").evaluateAll((sections) => sections.map(({ id }) => `#${id}`));
  expect(
    await page.locator(".contents a").evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
  ).toEqual(ids);
});

test("what is folded away is printed too", async ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  await page.evaluate(`window.dispatchEvent(new Event("beforeprint"))`);
  expect(await page.locator("details:not([open])").count()).toBe(0);
  await page.evaluate(`window.dispatchEvent(new Event("afterprint"))`);
  expect(await page.locator("details:not([open])").count()).toBeGreaterThan(0);
});

test("the browser had nothing to complain about, and nothing was asked of the network", ({ skip }) => {
  if (browser === null) return skip(SKIPPED);
  expect(complaints).toEqual([]);
});
