/** Opens a page of the report in a real browser, where one is installed, and writes down whatever the browser complains about. */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

export const SKIPPED = "no chromium is installed; apt-get install chromium";
export const START_MS = 60_000;

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);

export interface OpenPage {
  readonly browser: Browser;
  readonly page: Page;
  /** Errors, warnings, dialogs, and requests for anything but files. */
  readonly complaints: readonly string[];
}

/** Null where no browser is installed, which is then printed: a skipped test is easily overlooked. */
export async function openPage(file: string): Promise<OpenPage | null> {
  if (CHROMIUM === undefined) {
    process.stderr.write(`── the report's page was not looked at in a browser: ${SKIPPED}\n`);
    return null;
  }
  const complaints: string[] = [];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"], timeout: START_MS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return { browser, page, complaints };
}

/** For the browser: what does not fit into its frame; unfolds all that is folded. */
export const OVERFLOWING = `[...document.querySelectorAll(".scroll")].filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.getAttribute("aria-label"))`;
export const UNFOLD = `for (const details of document.querySelectorAll("details")) details.open = true`;

/** For the browser: the lowest contrast of text against what it stands on, by the formula of WCAG 2.2; percentages in bars against their bar. */
export const LOWEST_CONTRAST = `(() => {
  const light = (color) => {
    const [red, green, blue] = color.match(/[0-9.]+/g).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const apart = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const card = light(getComputedStyle(document.querySelector("section")).backgroundColor);
  const texts = [...document.querySelectorAll("section p, section td, section th, section small, section button, section .badge, .findings li, .findings a")];
  const inBars = [...document.querySelectorAll(".row-stack text, .stacked text")].map((text) =>
    apart(light(getComputedStyle(text).fill), light(getComputedStyle(text.previousElementSibling).fill)));
  return Math.min(...inBars, ...texts.map((text) => apart(light(getComputedStyle(text).color), card)));
})()`;
