/** What conditions can say beyond plain CEL: known(), daysSince(), daysUntil(), timesWithin(), mentions(), segment(), and numbers that mix freely. */
import type { ASTNode, Environment } from "@marcbachmann/cel-js";
import type { ValueType } from "../core/model/mapping.ts";
import type { Instant } from "../core/model/record.ts";
import type { Facts, Segment } from "../core/model/rulebook.ts";
import { timesWithin } from "../core/rules/counted-facts.ts";
import { typeWords } from "./cel-words.ts";
import { BLANK_DATE_MS, factOf } from "./fact-view.ts";
import { writeInstead } from "./nearest-name.ts";
import { mentionsOne } from "./whole-words.ts";

export const TIMESTAMP = "google.protobuf.Timestamp";
const MS_PER_DAY = 86_400_000;

/** Under these keys the macros find what a condition is asked about; no CEL name can be spelt so. */
export const FACTS_KEY = "?facts";
export const NOW_KEY = "?now";

/** The parts of the CEL package's macro interface that are used here; its own declarations leave them open. */
interface Checker {
  check(node: ASTNode, context: unknown): { toString(): string };
  createError(code: string, message: string, node: ASTNode): Error;
  getType(name: string): unknown;
}
interface Evaluator {
  run(node: ASTNode, context: unknown): unknown;
}
interface MacroContext {
  getValue(key: string): unknown;
}
interface MacroCall {
  readonly args: readonly ASTNode[];
}

/** What the functions ask while a condition is checked, and of a segment when it is evaluated. */
interface FunctionNames {
  isFact(name: string): boolean;
  /** The kind of a fact, where it is known. */
  kindOf(name: string): ValueType | undefined;
  /** Told of each fact whose totals must be noted by day. */
  count(name: string): void;
  isSegment(name: string): boolean;
  readonly segments: ReadonlyMap<string, Segment>;
}

/** Registers everything on a fresh environment. */
export function registerFunctions(environment: Environment, names: FunctionNames): void {
  registerMixedNumbers(environment);
  environment.registerFunction("mentions(string, list<string>): bool", mentionsOne);
  environment.registerFunction("known(ast): bool", knownMacro(names));
  environment.registerFunction("segment(ast): bool", segmentMacro(names));
  environment.registerFunction("timesWithin(ast, ast): double", timesMacro(names));
  environment.registerFunction(
    "daysSince(ast): double",
    daysMacro("daysSince", (date, now) => now - date),
  );
  environment.registerFunction(
    "daysUntil(ast): double",
    daysMacro("daysUntil", (date, now) => date - now),
  );
}

/** CEL keeps 50 and 50.0 apart; an admin does not. Facts are doubles, so every operator takes one with an int. */
function registerMixedNumbers(environment: Environment): void {
  environment.registerOperator("double == int: bool", (a: number, b: bigint) => a === Number(b));
  environment.registerOperator("double in list<int>: bool", (a: number, list: Iterable<bigint>) =>
    [...list].some((b) => a === Number(b)),
  );
  const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
  };
  for (const [sign, compute] of Object.entries(arithmetic)) {
    environment.registerOperator(`double ${sign} int: double`, (a: number, b: bigint) => compute(a, Number(b)));
    environment.registerOperator(`int ${sign} double: double`, (a: bigint, b: number) => compute(Number(a), b));
  }
}

function knownMacro({ isFact }: FunctionNames) {
  return ({ args }: MacroCall) => ({
    args,
    async: false,
    typeCheck(checker: Checker, macro: MacroCall, context: unknown) {
      const node = only(macro);
      checker.check(node, context);
      if (node.op !== "id" || !isFact(node.args)) {
        throw checker.createError("house_words", "known() takes the name of one field, such as known(company)", node);
      }
      return checker.getType("bool");
    },
    evaluate(_: Evaluator, macro: MacroCall, context: MacroContext) {
      const name = only(macro).args;
      return typeof name === "string" && factOf(factsOf(context), name) !== null;
    },
  });
}

/** More days than that are not noted one by one. */
const LONGEST_WINDOW_DAYS = 400;

function timesMacro({ kindOf, isFact, count }: FunctionNames) {
  return ({ args }: MacroCall) => ({
    args,
    async: false,
    typeCheck(checker: Checker, macro: MacroCall, context: unknown) {
      const [field, days] = macro.args;
      const kind = field?.op === "id" ? kindOf(field.args) : undefined;
      const fits = field?.op === "id" && isFact(field.args) && (kind === "number" || kind === undefined);
      const window = days?.op === "value" ? Number(days.args) : 0;
      if (field !== undefined) checker.check(field, context);
      if (!fits || !Number.isInteger(window) || window < 1 || window > LONGEST_WINDOW_DAYS) {
        throw checker.createError(
          "house_words",
          `timesWithin() takes a number field and a number of days from 1 to ${LONGEST_WINDOW_DAYS}, such as timesWithin(hs_email_open, 30)`,
          field ?? only(macro),
        );
      }
      count(field.args);
      return checker.getType("double");
    },
    evaluate(_: Evaluator, macro: MacroCall, context: MacroContext) {
      const [field, days] = macro.args;
      return timesWithin(factsOf(context), String(field?.args), Number(days?.args), Date.parse(nowOf(context)));
    },
  });
}

function segmentMacro({ isSegment, segments }: FunctionNames) {
  return ({ args }: MacroCall) => ({
    args,
    async: false,
    typeCheck(checker: Checker, macro: MacroCall) {
      const node = only(macro);
      if (node.op !== "value" || typeof node.args !== "string") {
        throw checker.createError(
          "house_words",
          'segment() takes a name in quotes, such as segment("prospects")',
          node,
        );
      }
      if (!isSegment(node.args)) {
        const advice = writeInstead(node.args, [...segments.keys()], "add it to config/segments.yml");
        throw checker.createError(
          "house_words",
          `there is no segment "${node.args}", or none above this one; ${advice}`,
          node,
        );
      }
      return checker.getType("bool");
    },
    evaluate(_: Evaluator, macro: MacroCall, context: MacroContext) {
      const segment = segments.get(String(only(macro).args));
      return segment?.when.holds(factsOf(context), nowOf(context)) ?? false;
    },
  });
}

function daysMacro(name: string, distance: (date: number, now: number) => number) {
  return ({ args }: MacroCall) => ({
    args,
    async: false,
    typeCheck(checker: Checker, macro: MacroCall, context: unknown) {
      const node = only(macro);
      const type = String(checker.check(node, context));
      if (type !== TIMESTAMP && type !== "dyn") {
        throw checker.createError(
          "house_words",
          `${name}() takes a date or date-time, this is ${typeWords(type)}`,
          node,
        );
      }
      return checker.getType("double");
    },
    /** Days with fraction; without end for a blank date, so that "more than 180 days ago" holds for what never happened. */
    evaluate(evaluator: Evaluator, macro: MacroCall, context: MacroContext) {
      const date = evaluator.run(only(macro), context);
      if (!(date instanceof Date) || date.getTime() === BLANK_DATE_MS) return Number.POSITIVE_INFINITY;
      return distance(date.getTime(), Date.parse(nowOf(context))) / MS_PER_DAY;
    },
  });
}

/** The parser has already refused any other number of arguments. */
function only(macro: MacroCall): ASTNode {
  const [node] = macro.args;
  if (node === undefined) throw new Error("a macro was called without its argument");
  return node;
}

function factsOf(context: MacroContext): Facts {
  return context.getValue(FACTS_KEY) as Facts;
}

function nowOf(context: MacroContext): Instant {
  return context.getValue(NOW_KEY) as Instant;
}
