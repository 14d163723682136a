/** What a command prints cannot steer the terminal of whoever reads it, whoever entered it into a record. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Surroundings } from "../../src/cli/surroundings.ts";
import { harmless, openTerminal } from "../../src/cli/terminal.ts";
import { cases } from "../support/law-cases.ts";

test.each([
  ["clears the screen", "Ann\u001b[2J", "Ann\\u001b[2J"],
  ["sets the title of the window", "\u001b]0;owned\u0007Ann", "\\u001b]0;owned\\u0007Ann"],
  ["goes back over what was printed", "Bob\rAnn\b", "Bob\\u000dAnn\\u0008"],
  ["does so with the one-character form", "\u009b2JAnn", "\\u009b2JAnn"],
  ["turns the reading direction", "Ann \u202egnp.exe", "Ann \\u202egnp.exe"],
])("A name that %s is shown, not obeyed", (_, name, shown) => {
  expect(harmless(name)).toBe(shown);
});

test("lines, tabs, colours and every letter stay as they are", () => {
  const text = "\u001b[1mWhy\u001b[22m\n\tÅsa Ø. 李 عمر \u{1f600}";
  expect(harmless(text)).toBe(text);
});

test("nothing that is printed steers, as text, as JSON and beside the answer; and the JSON still says what it said", () => {
  const out: string[] = [];
  const write = (text: string): boolean => out.push(text) > 0;
  const around = { stdout: { write }, stderr: { write } } as unknown as Surroundings;
  const signs = fc.constantFrom(..."a\u001b\u0007\u009b\u202e\u2066\u007f\r\b]2J0;m[");
  fc.assert(
    fc.property(fc.string({ unit: signs, maxLength: 20 }), (name) => {
      out.length = 0;
      openTerminal(false, around).print(name);
      openTerminal(false, around).note(name);
      openTerminal(true, around).printJson({ name });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
      const left = out.join("").replaceAll(/\u001b\[[\d;]*m/g, "");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
      expect(left).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(JSON.parse(out[2] ?? "")).toEqual({ name });
    }),
    { numRuns: cases(100) },
  );
});
