/** Which files there are, what each must look like, and how they are found on disk. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as z from "zod";
import type { ConfigIssue } from "../core/errors.ts";
import { agreementShape } from "./agreement-file.ts";
import { cadencesShape } from "./cadences-file.ts";
import { calendarShape } from "./calendar-file.ts";
import { connectorShape } from "./connector-file.ts";
import { handoffShape } from "./handoff-file.ts";
import { lifecycleShape } from "./lifecycle-file.ts";
import { mappingShape } from "./mapping-file.ts";
import { nearestName } from "./nearest-name.ts";
import { notifyShape } from "./notify-file.ts";
import { reportShape } from "./report-file.ts";
import { routingShape } from "./routing-file.ts";
import { safetyShape } from "./safety-file.ts";
import { scoringShape } from "./scoring-file.ts";
import { segmentsShape } from "./segments-file.ts";
import { signalsShape } from "./signals-file.ts";
import { suppressionShape } from "./suppression-file.ts";

/** The shape of every file in config/, by name without the ending. */
export const RULE_FILES = {
  agreement: agreementShape,
  cadences: cadencesShape,
  calendar: calendarShape,
  connector: connectorShape,
  handoff: handoffShape,
  lifecycle: lifecycleShape,
  notify: notifyShape,
  report: reportShape,
  routing: routingShape,
  safety: safetyShape,
  scoring: scoringShape,
  segments: segmentsShape,
  signals: signalsShape,
  suppression: suppressionShape,
} as const;
export type RuleFileName = keyof typeof RULE_FILES;
const RULE_FILE_NAMES = Object.keys(RULE_FILES) as readonly RuleFileName[];

/** Every kind of file, for the JSON Schemas that editors use. */
export const FILE_SHAPES: Readonly<Record<string, z.ZodType>> = { mapping: mappingShape, ...RULE_FILES };

/** The text of a file, by name without the ending. */
export interface FoundFile {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

export interface Folder {
  readonly readable: boolean;
  readonly files: readonly FoundFile[];
  readonly issues: readonly ConfigIssue[];
}

/** The YAML files of a folder by name. A folder that cannot be read, and a file that is no `.yml`, is an issue. */
export function readFolder(folder: string, setting: string): Folder {
  const names = attempt(() => readdirSync(folder));
  if (!names.ok) {
    const advice = `create the folder, or set ${setting} to the right one`;
    return {
      readable: false,
      files: [],
      issues: [{ ...wholeFile(folder, `${names.why}; ${advice}`), path: "the folder" }],
    };
  }
  const files: FoundFile[] = [];
  const issues: ConfigIssue[] = [];
  for (const entry of names.value.toSorted()) {
    const file = join(folder, entry);
    if (entry.startsWith(".")) continue;
    if (!entry.endsWith(".yml")) {
      if (/\.ya?ml$/i.test(entry))
        issues.push(wholeFile(file, "is not read, because only names ending in .yml are; rename it, or move it away"));
      continue;
    }
    const text = attempt(() => readFileSync(file, "utf8"));
    if (text.ok) files.push({ name: entry.slice(0, -".yml".length), file, text: text.value });
    else issues.push(wholeFile(file, `${text.why}; put a readable file there`));
  }
  return { readable: true, files, issues };
}

/** One file by its own path, as the rule file of that name. */
export function readOneFile(name: RuleFileName, file: string): Folder {
  const text = attempt(() => readFileSync(file, "utf8"));
  if (text.ok) return { readable: true, files: [{ name, file, text: text.value }], issues: [] };
  return { readable: false, files: [], issues: [wholeFile(file, `${text.why}; name a readable file`)] };
}

/** Files that must be there and are not, and files that nobody reads. A file that is there and cannot be read is told as that, and not as missing too. */
export function checkRuleFileNames(
  folder: string,
  { files: found, issues }: Pick<Folder, "files" | "issues">,
): readonly ConfigIssue[] {
  const known = new Set([...found, ...issues].map(({ file }) => file));
  const missing = RULE_FILE_NAMES.map((name) => join(folder, `${name}.yml`))
    .filter((file) => !known.has(file))
    .map((file) => wholeFile(file, "is missing; copy it from the shipped config folder"));
  const unknown = found
    .filter((file) => !Object.hasOwn(RULE_FILES, file.name))
    .map((file) => {
      const near = nearestName(file.name, RULE_FILE_NAMES);
      return wholeFile(
        file.file,
        `is not read; ${near === null ? `the files here are ${RULE_FILE_NAMES.map((name) => `${name}.yml`).join(", ")}` : `rename it to ${near}.yml`}`,
      );
    });
  return [...missing, ...unknown];
}

/** An issue about a file as a whole. */
export function wholeFile(file: string, message: string): ConfigIssue {
  return { file, line: 1, column: 1, path: "the file", message };
}

/** What was read, or in a few words why nothing could be. */
type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

function attempt<T>(read: () => T): Read<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return { ok: false, why: SYSTEM_WORDS[code] ?? `cannot be read (${code})` };
  }
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "is not a folder",
  EISDIR: "is a folder, not a file",
  EACCES: "may not be read by this user",
};
