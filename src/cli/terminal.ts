/** Prints what a command answers: text for people on a terminal, or one JSON document for scripts. */
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import CliTable from "cli-table3";
import picocolors from "picocolors";
import type { Surroundings } from "./surroundings.ts";

/** Lines longer than this are wrapped in tables, on however wide a screen. */
const TEXT_WIDTH = 80;

/** Colours only where a person looks: not in pipes, not with NO_COLOR (https://no-color.org). */
export const COLORS = picocolors.createColors(picocolors.isColorSupported && process.stdout.isTTY === true);

/** Where a command's answer goes. With `json`, text is dropped and the document is the only thing on stdout. */
export interface Terminal {
  readonly json: boolean;
  /** Part of the answer, for people. */
  print(text: string): void;
  /** The answer, for scripts; printed only with `--json`. Call it once. */
  printJson(value: unknown): void;
  /** Beside the answer: on stderr, with and without `--json`. */
  note(text: string): void;
}

/** A Terminal on stdout and stderr. `conceal` takes secrets out of all that is said, the answer too: one may hold what a vendor or a database said. */
export function openTerminal(
  json: boolean,
  { stdout, stderr }: Surroundings,
  conceal: (text: string) => string = (text) => text,
): Terminal {
  return {
    json,
    print: (text) => {
      if (!json) stdout.write(`${harmless(conceal(text))}\n`);
    },
    printJson: (value) => {
      if (json) stdout.write(`${harmless(conceal(JSON.stringify(value, null, 2)))}\n`);
    },
    note: (text) => {
      stderr.write(`${harmless(conceal(text))}\n`);
    },
  };
}

/** What steers a terminal or turns the reading direction; only line ends, tabs and colours are let through. */
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  /\u001b(?!\[[\d;]*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name or a vendor's message cannot clear the screen, set its title or hide what stands beside it: such characters are shown as JSON spells them. */
export function harmless(text: string): string {
  return text.replaceAll(STEERING, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
} as const;

export interface TableOptions {
  /** Column titles; none for a plain list. */
  readonly head?: readonly string[];
  /** Columns of numbers, by index. */
  readonly right?: readonly number[];
  /** Blanks before each line. */
  readonly indent?: number;
}

/** Rows as aligned columns of at most 80 characters; the widest columns give way and wrap. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { head = [], right = [], indent = 0 } = options;
  const all = head.length === 0 ? rows : [head, ...rows];
  const columns = Math.max(0, ...all.map((row) => row.length));
  const natural = Array.from({ length: columns }, (_, index) =>
    Math.max(1, ...all.map((row) => displayWidth(row[index] ?? ""))),
  );
  const built = new CliTable({
    chars: NO_BORDERS,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    colWidths: shrunk(natural, TEXT_WIDTH - indent - 2 * (columns - 1)),
    colAligns: natural.map((_, index) => (right.includes(index) ? "right" : "left")),
    wordWrap: true,
    wrapOnWordBoundary: true,
  });
  if (head.length > 0) built.push(head.map((title) => COLORS.dim(title)));
  built.push(...rows.map((row) => Array.from({ length: columns }, (_, index) => row[index] ?? "")));
  return indented(built.toString(), indent);
}

/** Shrinks the widest columns, one character at a time, until all fit. */
function shrunk(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let sum = widths.reduce((a, b) => a + b, 0);
  while (sum > width) {
    const widest = widths.indexOf(Math.max(...widths));
    const present = widths[widest] ?? 0;
    if (present <= 8) break;
    widths[widest] = present - 1;
    sum -= 1;
  }
  return widths;
}

/** Scripts whose characters take two columns on a terminal. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/gu;

/** Columns that a text takes on a terminal; colours take none. */
function displayWidth(text: string): number {
  const visible = stripVTControlCharacters(text);
  return [...visible.replaceAll(/\p{Mark}/gu, "")].length + (visible.match(WIDE)?.length ?? 0);
}

/** One paragraph in lines of at most 80 columns, broken between words; the first starts with `first` blanks, all others with `hanging`. */
export function wrapped(text: string, hanging = 0, first = 0): string {
  const lines: string[] = [];
  let line = " ".repeat(first);
  for (const word of text.split(" ")) {
    const longer = line.trim() === "" ? `${line}${word}` : `${line} ${word}`;
    if (displayWidth(longer) > TEXT_WIDTH && line.trim() !== "") {
      lines.push(line);
      line = `${" ".repeat(hanging)}${word}`;
    } else line = longer;
  }
  return [...lines, line].map((each) => each.trimEnd()).join("\n");
}

/** Text with `blanks` before each line and none behind it. */
export function indented(text: string, blanks: number): string {
  const before = " ".repeat(blanks);
  return text
    .split("\n")
    .map((line) => `${before}${line}`.trimEnd())
    .join("\n");
}

export function heading(text: string): string {
  return COLORS.bold(text);
}

/** `1 person`, `2 people`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** An instant to the minute, in UTC: `2026-03-02 08:05`. */
export function moment(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)}`;
}
