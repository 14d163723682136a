/** Checks what a rule file says against what is known, and keeps every issue: conditions, fact names, templates. */
import type { ConfigIssue } from "../core/errors.ts";
import type { Template } from "../core/model/follow-up.ts";
import type { ValueType } from "../core/model/mapping.ts";
import type { Condition, Segment } from "../core/model/rulebook.ts";
import { type CompileCondition, conditionCompiler, NEVER } from "./cel-condition.ts";
import { type FactNames, kindWords } from "./fact-names.ts";
import { compileTemplate } from "./liquid-template.ts";
import { writeInstead } from "./nearest-name.ts";
import type { Path } from "./yaml-position.ts";
import type { Places } from "./yaml-source.ts";

/** What the rule files are checked against. */
export interface RuleSurroundings {
  readonly names: FactNames;
  readonly compile: CompileCondition;
}

/** `segmentsComplete` is false when segments.yml could not be read: then an unknown segment is no mistake. */
export function ruleSurroundings(
  names: FactNames,
  segments: ReadonlyMap<string, Segment>,
  segmentsComplete: boolean,
): RuleSurroundings {
  return { names, compile: conditionCompiler({ names, segments, segmentsComplete }) };
}

/** Collects the issues of one file. Every method gives back something usable, so that the rest of the file is still checked. */
export class RuleChecks {
  readonly #places: Places;
  readonly #around: RuleSurroundings;
  readonly #issues: ConfigIssue[] = [];

  constructor(places: Places, around: RuleSurroundings) {
    this.#places = places;
    this.#around = around;
  }

  get issues(): readonly ConfigIssue[] {
    return this.#issues;
  }

  issue(path: Path, message: string): void {
    this.#issues.push(this.#places.issue(path, message));
  }

  /** At the key that `path` ends in, for something that is not there. */
  keyIssue(path: Path, message: string): void {
    this.#issues.push(this.#places.keyIssue(path, message));
  }

  /** See `Places.isOwn`. */
  isOwn(path: Path): boolean {
    return this.#places.isOwn(path);
  }

  /** See `Places.isSure`. */
  isSure(group: Path, keys: readonly (string | number)[]): boolean {
    return this.#places.isSure(group, keys);
  }

  /** Whether every name in the list stands there as it was meant, so that another name is certainly not among them. */
  areAllKnown(list: Path, length: number, key: string): boolean {
    const items = Array.from({ length }, (_, index) => [...list, index, key]);
    return this.#places.isSure(list.slice(0, -1), list.slice(-1)) && items.every((path) => this.#places.isOwn(path));
  }

  /** Where to say something about a named entry as a whole. */
  entry(path: Path): Path {
    return this.#places.isOwn([...path, "name"]) ? [...path, "name"] : path;
  }

  /** The compiled condition, or one that never holds. */
  condition(path: Path, source: string): Condition {
    const compiled = this.#around.compile(source);
    if (compiled.ok) return compiled.condition;
    this.#issues.push(this.#places.issue(path, compiled.message, compiled.within));
    return NEVER;
  }

  optionalCondition(path: Path, source: string | undefined): Condition | null {
    return source === undefined ? null : this.condition(path, source);
  }

  /** A fact by name, of one of the kinds where they are given. */
  fact(path: Path, name: string, kinds?: readonly ValueType[]): string {
    const { types, untyped, complete } = this.#around.names;
    if (untyped.has(name)) return name;
    const type = types.get(name);
    const fitting = [...types]
      .filter(([, other]) => kinds === undefined || kinds.includes(other))
      .map(([other]) => other);
    if (type === undefined) {
      if (complete)
        this.issue(
          path,
          `"${name}" is not a mapped field or fact; ${writeInstead(name, fitting, "map it, or list it under facts in connector.yml")}`,
        );
    } else if (kinds !== undefined && !kinds.includes(type)) {
      this.issue(
        path,
        `${name} is ${kindWords(type)}, and this must be ${[...new Set(kinds.map(kindWords))].join(" or ")}; ${writeInstead(name, fitting, "write the name of another fact")}`,
      );
    }
    return name;
  }

  /** That something asks how often this number rose lately. */
  count(name: string): void {
    this.#around.names.counted?.add(name);
  }

  /** Every `{word}` in the text must be a fact or one of `words`. */
  template(path: Path, template: string, words: readonly string[] = []): string {
    const { types, untyped, complete } = this.#around.names;
    const names = [...words, ...types.keys(), ...untyped];
    if (!complete) return template;
    for (const match of template.matchAll(/\{([^{}]*)\}/g)) {
      const word = match[1] ?? "";
      if (names.includes(word)) continue;
      const advice = writeInstead(
        word,
        names,
        `use a mapped field, a fact${words.length === 0 ? "" : `, or one of ${words.join(", ")}`}`,
      );
      this.#issues.push(this.#places.issue(path, `{${word}} is not known; ${advice}`, match.index));
    }
    return template;
  }

  /** A compiled Liquid text; every variable in it must be a fact or one of `words`. */
  liquid(path: Path, source: string, words: readonly string[]): Template {
    const compiled = compileTemplate(source);
    if (!compiled.ok) {
      this.#issues.push(this.#places.issue(path, `${compiled.message}; see docs/admin/cadences.md`, compiled.within));
      return { source, fill: () => "" };
    }
    const { types, untyped, complete } = this.#around.names;
    const names = [...words, ...types.keys(), ...untyped];
    for (const { word, within } of complete ? compiled.words : []) {
      if (names.includes(word)) continue;
      const advice = writeInstead(word, names, `use a mapped field, a fact, or one of ${words.join(", ")}`);
      this.#issues.push(this.#places.issue(path, `{{ ${word} }} is not known; ${advice}`, within));
    }
    return compiled.template;
  }

  /** Names that must differ within a list. */
  distinct(paths: readonly { readonly path: Path; readonly name: string }[], noun: string): void {
    const own = paths.filter(({ path }) => this.#places.isOwn(path));
    own.forEach(({ path, name }, index) => {
      if (own.findIndex((other) => other.name === name) !== index)
        this.issue(path, `there is already ${noun} called ${name}; choose another name`);
    });
  }
}
