/** Turns the text of a condition into something that holds or does not: checked against the known names once, then fast. */
import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
} from "@marcbachmann/cel-js";
import type { ValueType } from "../core/model/mapping.ts";
import type { Instant } from "../core/model/record.ts";
import type { Condition, Facts, Segment } from "../core/model/rulebook.ts";
import { askedFacts } from "./asked-facts.ts";
import { FACTS_KEY, NOW_KEY, registerFunctions, TIMESTAMP } from "./cel-functions.ts";
import { type CelError, celWords, failsOnBlank, notABoolean } from "./cel-words.ts";
import { type CompiledAsk, compileChecked } from "./compiled-condition.ts";
import { TOMORROW } from "./condition-parts.ts";
import type { FactNames } from "./fact-names.ts";
import { FactView, factOf, READERS } from "./fact-view.ts";
import { misspeltStage, nodesOf } from "./stage-literals.ts";

/** A condition, or what is wrong with it and at which character of its text. */
export type Compiled =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly message: string; readonly within: number };

export type CompileCondition = (source: string) => Compiled;

const CEL_TYPES: Readonly<Record<ValueType, string>> = {
  text: "string",
  number: "double",
  boolean: "bool",
  date: TIMESTAMP,
  datetime: TIMESTAMP,
  set: "list<string>",
};

/** Words of the language itself, which no fact can be called by. */
const RESERVED = new Set(
  "as break const continue else false for function if import in let loop package namespace null return true var void while now cel google int uint double string bool bytes list map type dyn null_type timestamp duration".split(
    " ",
  ),
);

/** Whether a condition can ask about a fact of this name. */
function isUsableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name);
}

/** The fact reads as blank for whoever it is not known of: such a condition neither throws nor holds by accident. */
export const NEVER: Condition = { source: "false", holds: () => false };

interface Answer {
  readonly ask: (view: FactView) => boolean;
  readonly changes: CompiledAsk["changes"];
  /** As `Condition` has it; null where it cannot be told. */
  readonly asks: ReadonlySet<string> | null;
}

/** What conditions may name. Where a part is not complete, an unknown name in it is no mistake (its file could not be read). */
interface ConditionNames {
  readonly names: FactNames;
  readonly segments: ReadonlyMap<string, Segment>;
  readonly segmentsComplete: boolean;
  /** Leaves everything to the CEL interpreter: what the compiled conditions are tested against. */
  readonly interpretOnly?: boolean;
}

/**
 * Makes the compiler for one set of facts. `segments` may grow between two conditions: each sees those that were there before it, so segments never form
 * a circle. Reads: text "", number 0, yes/no false, set [], date 1970-01-01 when blank.
 */
export function conditionCompiler({
  names,
  segments,
  segmentsComplete,
  interpretOnly = false,
}: ConditionNames): CompileCondition {
  const certain = names.complete && names.untyped.size === 0;
  const usable = new Map([...names.types].filter(([name]) => isUsableName(name)));
  const loose = [...names.untyped].filter((name) => isUsableName(name) && !usable.has(name));
  const environment = new Environment({
    unlistedVariablesAreDyn: !names.complete,
    limits: { maxDepth: 60, maxAstNodes: 2000 },
  });
  registerFunctions(environment, {
    isFact: (name) => usable.has(name) || loose.includes(name) || !names.complete,
    kindOf: (name) => usable.get(name),
    count: (name) => names.counted?.add(name),
    isSegment: (name) => segments.has(name) || !segmentsComplete,
    segments,
  });
  environment.registerVariable("now", TIMESTAMP);
  for (const [name, type] of usable) environment.registerVariable(name, CEL_TYPES[type]);
  for (const name of loose) environment.registerVariable(name, "dyn");
  const View = viewClass(usable);
  const known = [...usable.keys(), ...loose];
  const view = new FactView();
  /** One name that is not known for certain leaves the others as they are. */
  const isCertain = (ast: ASTNode): boolean =>
    certain || [...nodesOf(ast)].every(({ op, args }) => op !== "id" || args === "now" || usable.has(String(args)));
  const answer = (ast: ASTNode, run: (view: object) => unknown): Answer => {
    const interpreted = (): boolean => holds(run, new View(view.facts, view.now));
    if (!certain) return { ask: interpreted, changes: [TOMORROW], asks: null };
    const { ask, changes } = compileChecked(ast, { types: usable, segments, view });
    return { ask: interpretOnly || ask === null ? interpreted : ask, changes, asks: askedFacts(ast, segments) };
  };

  return (source) => {
    try {
      const program = environment.parse(source);
      const checked = program.check();
      if (checked.error !== undefined) return problem(checked.error, source, known);
      if (checked.type !== "bool" && (certain || checked.type !== "dyn"))
        return { ok: false, message: notABoolean(checked.type ?? "unknown", source), within: 0 };
      const misspelt = misspeltStage(program.ast);
      if (misspelt !== null) return { ok: false, ...misspelt };
      const run = program as (view: object) => unknown;
      const failure = isCertain(program.ast)
        ? failureOnBlank(() => run(new View({}, "2026-01-01T00:00:00.000Z")))
        : null;
      if (failure !== null) return { ok: false, message: failsOnBlank(failure), within: failure.range?.start ?? 0 };
      return { ok: true, condition: conditionOf(source, view, answer(program.ast, run)) };
    } catch (error) {
      if (isCelError(error)) return problem(error, source, known);
      throw error;
    }
  };
}

function problem(error: unknown, source: string, names: readonly string[]): Compiled {
  if (!isCelError(error)) throw error;
  return { ok: false, message: celWords(error, source, names), within: error.range?.start ?? 0 };
}

function isCelError(error: unknown): error is CelError {
  return error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError;
}

/** Works a condition out once for a person and a moment, however many rules and segments ask it: facts are never changed in place. */
function remembered(view: FactView, decide: (view: FactView) => boolean): Condition["holds"] {
  let lastFacts: Facts | null = null;
  let lastNow: Instant = "";
  let answer = false;
  return (facts, now) => {
    if (facts === lastFacts && now === lastNow) return answer;
    view.lookAt(facts, now);
    answer = decide(view);
    lastFacts = facts;
    lastNow = now;
    return answer;
  };
}

function conditionOf(source: string, view: FactView, { ask, changes, asks }: Answer): Condition {
  // Shown in reasons, so on one line.
  const shown = source.trim().replaceAll(/\s+/g, " ");
  const changesAt = changes.length === 0 ? {} : { changesAt: firstChange(view, changes) };
  return { source: shown, holds: remembered(view, ask), ...changesAt, ...(asks === null ? {} : { asks }) };
}

function firstChange(
  view: FactView,
  changes: readonly ((view: FactView) => number)[],
): NonNullable<Condition["changesAt"]> {
  return (facts, now) => {
    view.lookAt(facts, now);
    let first = Number.POSITIVE_INFINITY;
    for (const change of changes) first = Math.min(first, change(view));
    return first;
  };
}

/** A value that cannot be computed (a number out of a text that is none) is no reason to hold, and none to end the run for everybody else. */
function holds(run: (view: object) => unknown, view: object): boolean {
  try {
    return run(view) === true;
  } catch {
    return false;
  }
}

function failureOnBlank(evaluate: () => unknown): CelError | null {
  try {
    evaluate();
    return null;
  } catch (error) {
    if (isCelError(error)) return error;
    throw error;
  }
}

/** What a condition sees of one person at one moment: each fact is converted only when it is asked for. */
function viewClass(types: ReadonlyMap<string, ValueType>): new (facts: Facts, now: Instant) => object {
  class View {
    readonly [FACTS_KEY]: Facts;
    readonly [NOW_KEY]: Instant;

    constructor(facts: Facts, now: Instant) {
      this[FACTS_KEY] = facts;
      this[NOW_KEY] = now;
    }

    get now(): Date {
      return new Date(this[NOW_KEY]);
    }
  }
  for (const [name, type] of types) {
    const read = READERS[type];
    Object.defineProperty(View.prototype, name, {
      get(this: View) {
        const facts = this[FACTS_KEY];
        return read(factOf(facts, name));
      },
    });
  }
  return View;
}
