/** Files that are not YAML, or more YAML than a configuration needs: said in plain words, with the place, and without harm. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { readYaml } from "../../src/config/yaml-source.ts";
import { cases } from "../support/law-cases.ts";

const anything = z.looseObject({});

function lines(text: string, shape: z.ZodType = anything): readonly string[] {
  const parsed = readYaml("a.yml", text, shape);
  return parsed.ok
    ? []
    : parsed.issues.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

test.each([
  ["a: [1, 2\nb: 1\n", ["2:1 the file: a closing ] or } is missing above, or this line belongs further to the right"]],
  ["a: [1, 2\n", ["2:1 the file: a closing ] or } is missing above, or this line belongs further to the right"]],
  ["a: { b: 1\n", ["2:1 the file: a closing ] or } is missing above, or this line belongs further to the right"]],
  ['a: "text\n', ["2:1 the file: a closing quote is missing"]],
  ["a: 'text\n", ["2:1 the file: a closing quote is missing"]],
  ["a: b: c\n", ["1:4 the file: a second `key:` on one line; start a new line, or put the text in quotes"]],
  ["a:\n\tb: 1\n", ["2:1 the file: a tab indents this line; use spaces"]],
  ["a: 1\nb\nc: 2\n", ["2:1 the file: a colon is missing after the key, as in key: value"]],
  ["a: 1\na: 2\n", ["2:1 the file: this key stands here for the second time; keep one of the two"]],
  ["a: @b\n", ["1:4 the file: a text cannot start with this character; put the text in quotes"]],
  ['a: "\\q"\n', ["1:5 the file: a backslash inside \"double quotes\" starts an escape; use 'single quotes' instead"]],
  ["a: 1\n---\nb: 2\n", ["2:1 the file: --- starts a second document; a file holds one"]],
  ["a: !!float 1\n", ["1:4 the file: ! starts a tag, which LeadLoop's files do not use; put the text in quotes"]],
  [
    "a: &x 1\nb: *x\n",
    [
      "1:7 the file: & starts an anchor, which LeadLoop's files do not use; leave it out",
      "2:4 the file: * starts an alias, which LeadLoop's files do not use; write the value out",
    ],
  ],
  ["", ["1:1 the file: is empty; write `key: value` lines, as in the shipped file"]],
  ["# only a comment\n", ["1:1 the file: is empty; write `key: value` lines, as in the shipped file"]],
  ["- a\n- b\n", ["1:1 the file: does not start with keys; write `key: value` lines, as in the shipped file"]],
  ["just text\n", ["1:1 the file: does not start with keys; write `key: value` lines, as in the shipped file"]],
])("%j", (text, expected) => {
  expect(lines(text)).toEqual(expected);
});

describe("files that would do harm", () => {
  test("a bomb of aliases is refused at its anchors", () => {
    const bomb = [
      "a0: &a0 [x, x]",
      ...Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`),
    ];
    expect(lines(bomb.join("\n"))[0]).toBe(
      "1:9 the file: & starts an anchor, which LeadLoop's files do not use; leave it out",
    );
  });

  test.each([
    ["brackets", "a: ".concat("[".repeat(50_000))],
    ["braces", "a: ".concat("{a: ".repeat(50_000))],
    ["dashes", "- ".repeat(50_000)],
    ["steps", Array.from({ length: 1_000 }, (_, index) => `${" ".repeat(index)}a:`).join("\n")],
  ])("a tower of %s is answered, not fallen from", (_, text) => {
    expect(lines(text).length).toBeGreaterThan(0);
  });

  test("a file that is too large is not read", () => {
    expect(lines("a".repeat(1_000_001))).toEqual([
      "1:1 the file: has 1000001 characters; LeadLoop reads files of up to 1000000",
    ]);
  });

  test("keys of JavaScript's own objects are only unknown keys", () => {
    expect(lines("__proto__: 1\nconstructor: 2\n", z.strictObject({ a: z.string().optional() }))).toEqual([
      "1:1 __proto__: unknown key; the keys here are a",
      "2:1 constructor: unknown key; the keys here are a",
    ]);
  });
});

describe("the place of a character inside a text", () => {
  const shape = z.strictObject({ when: z.string() });
  test.each([
    ["plain", "when: abc && wrong\n", "1:14"],
    ["double quotes with escapes", 'when: "a == \\"b\\" && wrong"\n', "1:22"],
    ["single quotes with doubled ones", "when: 'a == ''b'' && wrong'\n", "1:22"],
    ["folded lines", "when: >-\n  abc\n  && wrong\n", "3:6"],
    ["literal lines", "when: |\n  abc\n\n    && wrong\n", "4:8"],
    ["plain over two lines", "when: abc\n  && wrong\n", "2:6"],
  ])("%s", (_, text, place) => {
    const parsed = readYaml("a.yml", text, shape);
    if (!parsed.ok) throw new Error("the file should be read");
    const { line, column } = parsed.places.issue(["when"], "x", parsed.value.when.indexOf("wrong"));
    expect(`${line}:${column}`).toBe(place);
  });
});

test("no text whatever ends in an exception", () => {
  const piece = fc.constantFrom(
    "a",
    ":",
    " ",
    "\n",
    "-",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "|",
    ">",
    "&",
    "*",
    "!",
    "#",
    "\t",
    "?",
    "%",
    "@",
    ",",
    "\\",
    "~",
    "0",
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: piece, maxLength: 60 }), fc.string()), (text) => {
      const parsed = readYaml("a.yml", text, z.strictObject({ a: z.string() }));
      if (parsed.ok) return;
      expect(parsed.issues.length).toBeGreaterThan(0);
      for (const issue of parsed.issues) {
        expect(issue.line).toBeGreaterThan(0);
        expect(issue.column).toBeGreaterThan(0);
        expect(issue.message).not.toMatch(/Invalid input|undefined|received/);
      }
    }),
    { numRuns: cases(2_000) },
  );
});
