/** The examples of docs/admin are loaded, so that they cannot rot. */
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RULE_FILES } from "../../src/config/config-files.ts";
import { ConfigFolder } from "./config-folder.ts";

const FOLDER = "docs/admin";
const pages = readdirSync(FOLDER).map((page) => ({ page, text: readFileSync(`${FOLDER}/${page}`, "utf8") }));
const blocks = pages.flatMap(({ page, text }) =>
  [...text.matchAll(/```(yaml|cel)\n(.*?)```/gs)].map((match) => ({ page, language: match[1], body: match[2] ?? "" })),
);

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.close());

test("there is a page with an example for every kind of file", () => {
  const described = blocks.filter(({ language }) => language === "yaml").map(({ page }) => page);
  expect(described.sort()).toEqual(["mappings", ...Object.keys(RULE_FILES)].map((name) => `${name}.md`).sort());
});

test.each(blocks.filter(({ language }) => language === "yaml"))(
  "the example of $page loads with the shipped files",
  ({ body }) => {
    const [, file, added] = /^# (\S+\.yml)(, added)?\n/.exec(body) ?? [];
    if (file === undefined) throw new Error("the example does not say which file it is");
    folder.write(file, added === undefined ? body : `${folder.read(file)}\n${body}`);
    expect(folder.lines()).toEqual([]);
  },
);

test.each(
  blocks
    .filter(({ language }) => language === "cel")
    .flatMap(({ page, body }) =>
      body
        .trim()
        .split("\n")
        .map((condition) => ({ page, condition })),
    ),
)("$page: $condition", ({ condition }) => {
  folder.write(
    "config/segments.yml",
    `${folder.read("config/segments.yml")}\n  - { name: x, label: x, when: '${condition}' }\n`,
  );
  expect(folder.lines()).toEqual([]);
});
