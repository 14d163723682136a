/** Turns a checked condition into functions that know the types of what they compare: the same answers as the CEL interpreter, many times faster. */
import type { ASTNode } from "@marcbachmann/cel-js";
import type { ValueType } from "../core/model/mapping.ts";
import type { Segment } from "../core/model/rulebook.ts";
import { timesChangeAt, timesWithin } from "../core/rules/counted-facts.ts";
import {
  type Ask,
  arithmetic,
  type Clock,
  choice,
  comparison,
  days,
  equality,
  foreseePassing,
  logical,
  minus,
  NOW,
  not,
  type Part,
  type TimeWatch,
  TOMORROW,
} from "./condition-parts.ts";
import type { FactView } from "./fact-view.ts";
import { nodesOf } from "./stage-literals.ts";
import { mentionsOne, phraseFinder } from "./whole-words.ts";

/** What a condition may name. */
export interface CompileGround {
  readonly types: ReadonlyMap<string, ValueType>;
  readonly segments: ReadonlyMap<string, Segment>;
  readonly view: FactView;
}

export interface CompiledAsk {
  /** Null where the condition says something that only the interpreter knows. */
  readonly ask: Ask<boolean> | null;
  /** Instants at which time may change the answer, each the next one after the view's moment. */
  readonly changes: readonly Ask<number>[];
}

type Ground = CompileGround & { readonly watch: TimeWatch };

/**
 * The condition as a function, unless it says something that only the interpreter knows (dates with durations, text in text, errors that count as false).
 * Nothing in what is compiled can fail, so the order in which CEL looks at the two sides of && and || makes no difference. When time changes the answer is
 * foreseen for the interpreter too, as far as what looks at the time was understood; and looked at daily where it was not.
 */
export function compileChecked(ast: ASTNode, around: CompileGround): CompiledAsk {
  const watch: TimeWatch = { changes: [], seen: 0, unforeseen: 0 };
  const part = partOf(ast, { ...around, watch });
  if (watch.unforeseen > 0 || watch.seen < timeWordsIn(ast)) watch.changes.push(TOMORROW);
  return { ask: part?.kind === "boolean" ? part.ask : null, changes: watch.changes };
}

const TIME_WORDS: readonly unknown[] = ["now", "daysSince", "daysUntil", "timesWithin", "segment"];

/** How often the condition looks at the time; a segment is taken to do so. */
function timeWordsIn(ast: ASTNode): number {
  return [...nodesOf(ast)].filter(
    ({ op, args }) => (op === "call" && TIME_WORDS.includes(args[0])) || (op === "id" && args === "now"),
  ).length;
}

function partOf(node: ASTNode, ground: Ground): Part | null {
  switch (node.op) {
    case "value":
      return literal(node.args);
    case "id":
      return factPart(node.args, ground);
    case "!_":
      return not(partOf(node.args, ground));
    case "-_":
      return minus(partOf(node.args, ground));
    case "&&":
    case "||":
      return logical(node.op, partOf(node.args[0], ground), partOf(node.args[1], ground));
    case "?:":
      return choice(node.args.map((part) => partOf(part, ground)));
    case "==":
    case "!=":
      return equality(node.op === "==", partOf(node.args[0], ground), partOf(node.args[1], ground), ground.watch);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return comparison(node.op, partOf(node.args[0], ground), partOf(node.args[1], ground), ground.watch);
    case "+":
    case "-":
    case "*":
    case "/":
      return arithmetic(node.op, partOf(node.args[0], ground), partOf(node.args[1], ground));
    case "in":
      return membership(node.args[0], node.args[1], ground);
    case "list":
      return textList(node.args);
    case "call":
      return call(node.args[0], node.args[1], ground);
    case "rcall":
      return method(node.args[0], partOf(node.args[1], ground), node.args[2]);
    default:
      return null;
  }
}

function literal(value: unknown): Part | null {
  if (typeof value === "boolean") return { kind: "boolean", ask: () => value };
  if (typeof value === "number") return { kind: "number", ask: () => value, literal: value };
  if (typeof value === "string") return { kind: "text", ask: () => value };
  if (typeof value !== "bigint" || !Number.isSafeInteger(Number(value))) return null;
  const whole = Number(value);
  return { kind: "int", ask: () => whole, literal: whole };
}

function factPart(name: string, { types, view, watch }: Ground): Part | null {
  if (name === "now") {
    watch.seen += 1;
    watch.unforeseen += 1;
    return { kind: "date", ask: NOW };
  }
  const type = types.get(name);
  if (type === undefined) return null;
  const slot = view.slotOf(name);
  switch (type) {
    case "text":
      return { kind: "text", ask: (seen) => seen.text(slot) };
    case "number":
      return { kind: "number", ask: (seen) => seen.number(slot) };
    case "boolean":
      return { kind: "boolean", ask: (seen) => seen.boolean(slot) };
    case "set":
      return { kind: "texts", ask: (seen) => seen.set(slot) };
    default:
      return { kind: "date", ask: (seen) => seen.date(slot) };
  }
}

function membership(item: ASTNode, list: ASTNode, ground: Ground): Part | null {
  const left = partOf(item, ground);
  if (left === null) return null;
  const written = list.op === "list" ? literalsOf(list.args) : null;
  if (written !== null) {
    const [first] = written;
    const kinds = typeof first === "string" ? left.kind === "text" : left.kind === "number";
    if (!kinds || written.length === 0) return null;
    const values = new Set<unknown>(written);
    if (left.kind === "number" && left.clock !== undefined) foreseeAny(left.clock, written.map(Number), ground.watch);
    const { ask }: { readonly ask: Ask<unknown> } = left;
    return { kind: "boolean", ask: (view) => values.has(ask(view)) };
  }
  const right = partOf(list, ground);
  if (left.kind !== "text" || right?.kind !== "texts") return null;
  const [a, b] = [left.ask, right.ask];
  return { kind: "boolean", ask: (view) => b(view).includes(a(view)) };
}

function foreseeAny(clock: Clock, days: readonly number[], watch: TimeWatch): void {
  for (const day of days) foreseePassing(clock, () => day, watch);
  watch.unforeseen += days.length - 1;
}

/** The texts or numbers of a list that is written out; null when it holds anything else. */
function literalsOf(nodes: readonly ASTNode[]): readonly (string | number)[] | null {
  const values = nodes.map((node) => (node.op === "value" ? node.args : null));
  const plain = values.map((value) =>
    typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value,
  );
  const kind = typeof plain[0];
  return plain.every((value): value is string | number => typeof value === kind) &&
    (kind === "string" || kind === "number")
    ? (plain as readonly (string | number)[])
    : null;
}

function textList(nodes: readonly ASTNode[]): Part | null {
  const texts = literalsOf(nodes)?.filter((value) => typeof value === "string");
  return texts === undefined || texts.length !== nodes.length ? null : { kind: "texts", ask: () => texts };
}

function call(name: string, args: readonly ASTNode[], ground: Ground): Part | null {
  const [first, second] = args;
  if (first === undefined) return null;
  switch (name) {
    case "known":
      return first.op === "id" ? known(first.args, ground) : null;
    case "segment":
      return first.op === "value" ? inSegment(String(first.args), ground) : null;
    case "daysSince":
    case "daysUntil":
      return days(name === "daysSince" ? 1 : -1, partOf(first, ground), ground.watch);
    case "timestamp":
      return first.op === "value" ? moment(String(first.args)) : null;
    case "timesWithin":
      return second === undefined ? null : times(first, second, ground);
    case "mentions":
      return second === undefined ? null : mentions(partOf(first, ground), second, ground);
    case "size": {
      const part = partOf(first, ground);
      return part?.kind === "texts" ? { kind: "int", ask: (view) => part.ask(view).length } : null;
    }
    default:
      return null;
  }
}

function moment(text: string): Part | null {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : { kind: "date", ask: () => ms };
}

function known(name: string, { view }: Ground): Part {
  const slot = view.slotOf(name);
  return { kind: "boolean", ask: (seen) => seen.raw(slot) !== null };
}

/** A segment keeps its own answer for the person in view, so that it is worked out once whoever asks. */
function inSegment(name: string, { segments, watch }: Ground): Part | null {
  const segment = segments.get(name);
  if (segment === undefined) return null;
  const { changesAt } = segment.when;
  watch.seen += 1;
  if (changesAt !== undefined) watch.changes.push((view) => changesAt(view.facts, view.now));
  return { kind: "boolean", ask: (view) => segment.when.holds(view.facts, view.now) };
}

function times(field: ASTNode, days: ASTNode, { watch }: Ground): Part | null {
  if (field.op !== "id" || days.op !== "value") return null;
  const [name, window] = [field.args, Number(days.args)];
  watch.seen += 1;
  watch.changes.push((view) => timesChangeAt(view.facts, name, window, view.nowMs));
  return { kind: "number", ask: (view) => timesWithin(view.facts, name, window, view.nowMs) };
}

function mentions(text: Part | null, phrases: ASTNode, ground: Ground): Part | null {
  if (text?.kind !== "text") return null;
  const { ask } = text;
  const written = phrases.op === "list" ? literalsOf(phrases.args) : null;
  if (written?.every((phrase) => typeof phrase === "string")) {
    const finds = phraseFinder(written.map(String));
    return { kind: "boolean", ask: (view) => finds(ask(view)) };
  }
  const list = partOf(phrases, ground);
  return list?.kind === "texts" ? { kind: "boolean", ask: (view) => mentionsOne(ask(view), list.ask(view)) } : null;
}

function method(name: string, receiver: Part | null, args: readonly ASTNode[]): Part | null {
  if (receiver?.kind !== "text") return null;
  const { ask } = receiver;
  const [argument] = args;
  if (argument === undefined) {
    return name === "lowerAscii" ? { kind: "text", ask: (view) => ask(view).toLowerCase() } : null;
  }
  if (argument.op !== "value" || typeof argument.args !== "string") return null;
  const wanted = argument.args;
  switch (name) {
    case "contains":
      return { kind: "boolean", ask: (view) => ask(view).includes(wanted) };
    case "startsWith":
      return { kind: "boolean", ask: (view) => ask(view).startsWith(wanted) };
    case "endsWith":
      return { kind: "boolean", ask: (view) => ask(view).endsWith(wanted) };
    default:
      return null;
  }
}
