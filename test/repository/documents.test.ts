/** The documents name files that exist: a rename that forgets them fails here. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const DOCUMENTS = globSync(["*.md", "docs/**/*.md"], { cwd: REPOSITORY });
const SOURCES = new Set(
  globSync(["src/**/*", "test/**/*", "tools/**/*", "*.*"], { cwd: REPOSITORY, exclude: ["node_modules/**"] }).map(
    (path) => basename(path),
  ),
);
const FOLDERS = /^(src|test|tools|config|mappings|schemas|docs)\/[\w./-]*$/;
const SOURCE_NAME = /^[\w-]+(\.[\w-]+)*\.(ts|mjs|grit)$/;

/** What stands in backticks and looks like a file or folder of ours. */
function namesIn(document: string): string[] {
  const prose = readFileSync(join(REPOSITORY, document), "utf8").replaceAll(/```.*?```/gs, "");
  const quoted = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, name = ""]) => name);
  return quoted.filter((name) => FOLDERS.test(name) || SOURCE_NAME.test(name));
}

test("there are documents to look at", () => {
  expect(DOCUMENTS).toContain("README.md");
  expect(namesIn("ARCHITECTURE.md").length).toBeGreaterThan(30);
});

describe.each(DOCUMENTS)("%s", (document) => {
  test("names only files and folders that exist", () => {
    const missing = namesIn(document).filter((name) => !existsSync(join(REPOSITORY, name)) && !SOURCES.has(name));
    expect(missing).toEqual([]);
  });
});

test("the scripts that the documents tell to run exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
    readonly scripts: object;
  };
  const told = DOCUMENTS.flatMap((document) =>
    [...readFileSync(join(REPOSITORY, document), "utf8").matchAll(/npm run ([a-z:-]+)/g)].map(([, name = ""]) => name),
  );
  expect(told.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
