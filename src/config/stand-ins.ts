/** Mends a file whose shape is wrong, so that everything else in it is still checked: what is broken gets a stand-in of the right shape. */
import * as z from "zod";
import { nearestName } from "./nearest-name.ts";
import { sayShapeIssue } from "./shape-words.ts";
import type { Path } from "./yaml-position.ts";

/** A key that is not known, written where a known one was meant. */
interface Renamed {
  readonly group: Path;
  readonly written: string;
  readonly meant: string;
}

/** The mended content fits the shape as `value`; null where it could not be mended. */
export interface Mended<T> {
  readonly value: T | null;
  readonly renamed: readonly Renamed[];
  /** What is wrong once every misspelt key counts as the one it was meant to be; paths are those of the mended content. */
  readonly issues: readonly z.core.$ZodIssue[];
  /** Values that are not the file's own. */
  readonly standIns: readonly Path[];
  /** Groups with a key that means nothing: something may be missing there only because its key is misspelt beyond recognition. */
  readonly unsure: readonly Path[];
}

/** Mistakes inside a stand-in come to light only once it stands there; no file of ours is nested deeper than this. */
const MOST_ROUNDS = 12;

/** `content` is left as it is. */
export function mend<T>(content: unknown, shape: z.ZodType<T>): Mended<T> {
  const mended = structuredClone(content);
  const renamed = renameMisspelt(mended, shape);
  const standIns: Path[] = [];
  const unsure: Path[] = [];
  let result = parse(mended, shape);
  const issues = result.success ? [] : result.error.issues;
  for (let round = 0; round < MOST_ROUNDS && !result.success; round++) {
    for (const issue of result.error.issues) {
      const path = pathOf(issue);
      if (issue.code === "unrecognized_keys") {
        for (const key of issue.keys) remove(mended, [...path, key]);
        unsure.push(path);
      } else if (issue.code === "invalid_key") {
        remove(mended, path);
        unsure.push(path.slice(0, -1));
      } else {
        replace(mended, path, standInFor(shapeAt(shape, path), standIns.length));
        standIns.push(path);
      }
    }
    result = parse(mended, shape);
  }
  return { value: result.success ? result.data : null, renamed, issues, standIns, unsure };
}

function parse<T>(content: unknown, shape: z.ZodType<T>): z.ZodSafeParseResult<T> {
  return shape.safeParse(content, { error: sayShapeIssue, reportInput: true });
}

/** Gives misspelt keys the name that was meant, from the outside in. */
function renameMisspelt(content: unknown, shape: z.ZodType): readonly Renamed[] {
  const renamed: Renamed[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const result = parse(content, shape);
    const found = (result.success ? [] : result.error.issues).flatMap((issue) =>
      issue.code === "unrecognized_keys" ? renameIn(content, pathOf(issue), issue.keys, knownKeys(issue.message)) : [],
    );
    if (found.length === 0) break;
    renamed.push(...found);
  }
  return renamed;
}

function renameIn(content: unknown, path: Path, keys: readonly string[], known: readonly string[]): Renamed[] {
  const group = groupAt(content, path);
  return keys.flatMap((written) => {
    const meant = nearestName(written, known);
    if (group === null || meant === null || Object.hasOwn(group, meant)) return [];
    group[meant] = group[written];
    delete group[written];
    return [{ group: path, written, meant }];
  });
}

/** The known keys that `sayShapeIssue` answers for an unknown one. */
export function knownKeys(message: string): readonly string[] {
  return message.split(" ").filter((key) => key !== "");
}

/** The steps of an issue's path that a file can have. */
export function pathOf(issue: z.core.$ZodIssue): Path {
  return issue.path.filter((step) => typeof step !== "symbol");
}

/** Texts that fit the patterns of our shapes; numbered, so that no two stand-ins look like the same thing. */
function textsFor(serial: number): readonly string[] {
  const number = String(serial).padStart(4, "0");
  return [
    `unknown-${number}`,
    `unknown_${number}`,
    `unknown-${number}@example.com`,
    "2000-01-01",
    "2000-01",
    "00:00",
    "US",
    "USD",
    "UTC",
  ];
}

/** A value of the shape; `undefined` where none is found. What it lacks inside is filled in by the next round. */
function standInFor(shape: unknown, serial: number): unknown {
  const bare = unwrapped(shape);
  if (bare instanceof z.ZodEnum) return bare.options[0];
  if (bare instanceof z.ZodNumber) {
    const least = bare.minValue ?? 0;
    return [least, least + 1].find((number) => bare.safeParse(number).success);
  }
  if (bare instanceof z.ZodBoolean) return false;
  if (bare instanceof z.ZodArray) return bare.safeParse([]).success ? [] : [null];
  if (bare instanceof z.ZodObject || bare instanceof z.ZodRecord) return {};
  if (bare instanceof z.ZodUnion) return standInFor(bare.options[0], serial);
  if (bare instanceof z.ZodString) return textsFor(serial).find((text) => bare.safeParse(text).success);
  return undefined;
}

function shapeAt(shape: unknown, path: Path): unknown {
  return path.reduce<unknown>((outer, step) => {
    const bare = unwrapped(outer);
    if (bare instanceof z.ZodObject) return bare.shape[step];
    if (bare instanceof z.ZodArray) return bare.element;
    return bare instanceof z.ZodRecord ? bare.valueType : undefined;
  }, shape);
}

function unwrapped(shape: unknown): unknown {
  const isWrapper = shape instanceof z.ZodOptional || shape instanceof z.ZodDefault || shape instanceof z.ZodPrefault;
  return isWrapper ? unwrapped(shape.unwrap()) : shape;
}

type Group = Record<string | number, unknown>;

function groupAt(content: unknown, path: Path): Group | null {
  const found = path.reduce<unknown>((outer, step) => (isGroup(outer) ? outer[step] : undefined), content);
  return isGroup(found) ? found : null;
}

function isGroup(value: unknown): value is Group {
  return typeof value === "object" && value !== null;
}

function replace(content: unknown, path: Path, value: unknown): void {
  const group = groupAt(content, path.slice(0, -1));
  const last = path.at(-1);
  if (group !== null && last !== undefined) group[last] = value;
}

function remove(content: unknown, path: Path): void {
  const group = groupAt(content, path.slice(0, -1));
  const last = path.at(-1);
  if (group !== null && last !== undefined) delete group[last];
}
