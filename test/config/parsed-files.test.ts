/** A file is parsed again exactly when its text or its shape is another one. */
import { expect, test } from "vitest";
import { ParsedFiles } from "../../src/config/parsed-files.ts";

test.each([
  ["as it was", "a.yml", "a: 1", "one", 1],
  ["with another text", "a.yml", "a: 2", "one", 2],
  ["read as another shape", "a.yml", "a: 1", "two", 2],
  ["of another name", "b.yml", "a: 1", "one", 2],
])("a file %s", (_how, file, text, shape, times) => {
  const shapes: Record<string, object> = { one: {}, two: {} };
  const files = new ParsedFiles<string>();
  let parsed = 0;
  const read = (name: string, content: string, kind = ""): string =>
    files.of(name, content, shapes[kind] ?? {}, () => {
      parsed += 1;
      return content;
    });
  expect(read("a.yml", "a: 1", "one")).toBe("a: 1");
  expect(read(file, text, shape)).toBe(text);
  expect(parsed).toBe(times);
});

test("what was not asked for longest is forgotten, so that many files do not fill the memory", () => {
  const files = new ParsedFiles<string>();
  const shape = {};
  let parsed = 0;
  const read = (name: string): void => {
    files.of(name, "a: 1", shape, () => {
      parsed += 1;
      return "";
    });
  };
  for (let file = 0; file < 64; file += 1) read(`${file}.yml`);
  read("0.yml");
  read("64.yml");
  expect(parsed).toBe(65);
  read("0.yml");
  expect(parsed).toBe(65);
  read("1.yml");
  expect(parsed).toBe(66);
});
