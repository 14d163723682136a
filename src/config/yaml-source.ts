/** YAML that a person edits: a value when it fits its shape, otherwise every mistake with its place in the file. */
import { type Document, isMap, LineCounter, type Node, parseDocument } from "yaml";
import type * as z from "zod";
import type { ConfigIssue } from "../core/errors.ts";
import { nearestName } from "./nearest-name.ts";
import { ParsedFiles } from "./parsed-files.ts";
import { knownKeys, type Mended, mend, pathOf } from "./stand-ins.ts";
import { dotted, keyOffset, type Path, textOffset, valueOffset } from "./yaml-position.ts";
import { type Slips, takeOutSlips } from "./yaml-slips.ts";

/** Far beyond any file that a person writes; keeps a file that is no configuration from being parsed at all. */
const MAX_CHARACTERS = 1_000_000;
const MAX_DEPTH = 40;

/** Makes issues that point into one file, for the checks that come after its shape. */
export interface Places {
  readonly file: string;
  /** At the value of `path`; with `within`, at that character of the text there. */
  issue(path: Path, message: string, within?: number): ConfigIssue;
  /** At the key that `path` ends in. */
  keyIssue(path: Path, message: string): ConfigIssue;
  /** Whether the value at `path` stands in the file: false where it, or what it belongs to, had to be mended. Parts of it may have been. */
  isOwn(path: Path): boolean;
  /** Whether what stands under these keys of the group, or is missing there, is what the admin wrote: no misspelt key may have been meant for one. */
  isSure(group: Path, keys: readonly (string | number)[]): boolean;
  /** Whether the issue is about something that was mended, so that its mistake is told already. */
  isFollowOn(issue: ConfigIssue): boolean;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly places: Places }
  /** `mended` is the file with something in the place of each mistake, for the checks that come after; null where that cannot be. */
  | {
      readonly ok: false;
      readonly issues: readonly ConfigIssue[];
      readonly mended: { readonly value: T; readonly places: Places } | null;
    };

const parsed = new ParsedFiles<Parsed<unknown>>();

/** Bad input is a list of issues in file order, never an exception. A file that is as it was is not parsed again: `serve` and a warm Lambda read all before each run. */
export function readYaml<T>(file: string, text: string, shape: z.ZodType<T>): Parsed<T> {
  // The shape is part of what is remembered, so the answer is of its type.
  return parsed.of(file, text, shape, () => parseYaml(file, text, shape)) as Parsed<T>;
}

function parseYaml<T>(file: string, text: string, shape: z.ZodType<T>): Parsed<T> {
  const lines = new LineCounter();
  const issueAt = (offset: number, path: string, message: string): ConfigIssue => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path, message };
  };
  if (text.length > MAX_CHARACTERS || isTooDeep(text)) {
    return { ok: false, issues: [{ file, line: 1, column: 1, path: "the file", message: tooBig(text) }], mended: null };
  }

  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const slips = takeOutSlips(document, text);
  const root: Node | null = document.contents;
  const unwelcome = slips.found.map(({ offset, message }) => issueAt(offset, "the file", message));
  if (slips.isUnreadable || (unwelcome.length > 0 && !isMap(root)))
    return { ok: false, issues: inFileOrder(unwelcome), mended: null };
  if (!isMap(root)) {
    const found = root === null || isEmpty(root) ? "is empty" : "does not start with keys";
    return {
      ok: false,
      issues: [
        issueAt(valueOffset(root, []), "the file", `${found}; write \`key: value\` lines, as in the shipped file`),
      ],
      mended: null,
    };
  }

  const content: unknown = document.toJS({ maxAliasCount: 0 });
  const mended = mend(content, shape);
  const place = { file, text, document, issueAt };
  const places = placesOf(place, mended);
  const issues = [
    ...unwelcome,
    ...misspeltKeys(place, mended),
    ...mended.issues.flatMap((issue) => shapeIssues(issue, place, mended, slips)),
  ];
  if (issues.length === 0 && mended.value !== null) return { ok: true, value: mended.value, places };
  return {
    ok: false,
    issues: inFileOrder(issues),
    mended: mended.value === null ? null : { value: mended.value, places },
  };
}

/** By line, then column: the order in which an admin reads the file. */
function inFileOrder(issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  return [...issues].sort((a, b) => a.line - b.line || a.column - b.column);
}

type IssueAt = (offset: number, path: string, message: string) => ConfigIssue;

interface Source {
  readonly file: string;
  readonly text: string;
  readonly document: Document.Parsed;
  readonly issueAt: IssueAt;
}

function placesOf({ file, text, document, issueAt }: Source, mended: Mended<unknown>): Places {
  const root = document.contents;
  const written = (path: Path): Path => asWritten(path, mended);
  const standIns = mended.standIns.map((path) => dotted(written(path)));
  const isOwn = (path: Path): boolean => !mended.standIns.some((one) => startsWith(path, one));
  return {
    file,
    issue: (path, message, within) => {
      const at = written(path);
      const offset = within === undefined ? valueOffset(root, at) : textOffset(root, text, at, within);
      return issueAt(offset, dotted(at), message);
    },
    keyIssue: (path, message) => issueAt(keyOffset(root, written(path)), dotted(written(path)), message),
    isOwn,
    isSure: (group, keys) =>
      !mended.unsure.some((path) => path.length === group.length && startsWith(path, group)) &&
      keys.every((key) => isOwn([...group, key])),
    isFollowOn: ({ path }) =>
      standIns.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`)),
  };
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

/** The path with the keys that stand in the file, misspelt as they are. */
function asWritten(path: Path, { renamed }: Mended<unknown>): Path {
  return path.map((step, index) => {
    const key = renamed.find(({ group, meant }) => {
      return meant === step && group.length === index && startsWith(path, group);
    });
    return key?.written ?? step;
  });
}

function misspeltKeys({ document, issueAt }: Source, mended: Mended<unknown>): readonly ConfigIssue[] {
  return mended.renamed.map(({ group, written, meant }) => {
    const path = [...asWritten(group, mended), written];
    return issueAt(keyOffset(document.contents, path), dotted(path), `unknown key; write ${meant}`);
  });
}

function shapeIssues(
  issue: z.core.$ZodIssue,
  { document, issueAt }: Source,
  mended: Mended<unknown>,
  slips: Slips,
): readonly ConfigIssue[] {
  const root = document.contents;
  const path = asWritten(pathOf(issue), mended);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.message);
    return issue.keys.map((key) =>
      issueAt(keyOffset(root, [...path, key]), dotted([...path, key]), unknownKey(key, known)),
    );
  }
  if (issue.code === "invalid_key") return [issueAt(keyOffset(root, path), dotted(path), issue.message)];
  if (!document.hasIn(path)) return [issueAt(keyOffset(root, path.slice(0, -1)), dotted(path), issue.message)];
  const offset = valueOffset(root, path);
  return slips.isTakenOut(offset) ? [] : [issueAt(offset, dotted(path), issue.message)];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  return near === null ? `unknown key; the keys here are ${known.join(", ")}` : `unknown key; write ${near}`;
}

function isEmpty(node: Node): boolean {
  return "value" in node && node.value === null;
}

/** The parser goes down one call per bracket: a file of brackets would end the program instead of getting an answer. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === "[" || character === "{") depth++;
    if (character === "]" || character === "}") depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return /^(?: *(?:[-?] ){40})/m.test(text);
}

function tooBig(text: string): string {
  return text.length > MAX_CHARACTERS
    ? `has ${text.length} characters; LeadLoop reads files of up to ${MAX_CHARACTERS}`
    : `is nested more than ${MAX_DEPTH} levels deep; is this a LeadLoop file?`;
}
