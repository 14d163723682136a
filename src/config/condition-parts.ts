/** The parts that a compiled condition is put together from: what each says of whomever is in view, and when time may change it. */
import { BLANK_DATE_MS, type FactView } from "./fact-view.ts";

const MS_PER_DAY = 86_400_000;

/** Asks a condition of whomever the view shows. */
export type Ask<T> = (view: FactView) => T;

/** A number that grows or falls by itself: days since (1) or until (-1) a date. */
export interface Clock {
  readonly date: Ask<number>;
  readonly direction: 1 | -1;
}

/** A part of a condition. Whole numbers that are written out are `int` until they meet a fact; CEL computes with them exactly, so we only compare them. */
export type Part =
  | { readonly kind: "boolean"; readonly ask: Ask<boolean> }
  | { readonly kind: "number" | "int"; readonly ask: Ask<number>; readonly literal?: number; readonly clock?: Clock }
  | { readonly kind: "text"; readonly ask: Ask<string> }
  | { readonly kind: "date"; readonly ask: Ask<number> }
  | { readonly kind: "texts"; readonly ask: Ask<readonly string[]> };

/** Collects where a condition looks at the time. */
export interface TimeWatch {
  readonly changes: Ask<number>[];
  /** Words that look at the time and were understood: now, daysSince and the like. */
  seen: number;
  /** Clocks that were not compared as they are: their next change is not foreseen. */
  unforeseen: number;
}

/** For whatever looks at the time in a way that is not foreseen. */
export const TOMORROW: Ask<number> = (view) => view.nowMs + MS_PER_DAY;

export const NOW: Ask<number> = (view) => view.nowMs;

export function not(part: Part | null): Part | null {
  if (part?.kind !== "boolean") return null;
  const { ask } = part;
  return { kind: "boolean", ask: (view) => !ask(view) };
}

export function minus(part: Part | null): Part | null {
  if (part?.kind !== "number" && part?.kind !== "int") return null;
  const { kind, ask, literal: written } = part;
  // A whole number has no zero below zero: one divided by it has to come out as the interpreter has it.
  const negative = kind === "int" ? (value: number) => 0 - value : (value: number) => -value;
  return {
    kind,
    ask: (view) => negative(ask(view)),
    ...(written === undefined ? {} : { literal: negative(written) }),
  };
}

export function logical(sign: "&&" | "||", left: Part | null, right: Part | null): Part | null {
  if (left?.kind !== "boolean" || right?.kind !== "boolean") return null;
  const [a, b] = [left.ask, right.ask];
  return { kind: "boolean", ask: sign === "&&" ? (view) => a(view) && b(view) : (view) => a(view) || b(view) };
}

export function choice([when, then, otherwise]: readonly (Part | null)[]): Part | null {
  if (when?.kind !== "boolean" || then?.kind !== "boolean" || otherwise?.kind !== "boolean") return null;
  const [a, b, c] = [when.ask, then.ask, otherwise.ask];
  return { kind: "boolean", ask: (view) => (a(view) ? b(view) : c(view)) };
}

export function equality(equal: boolean, left: Part | null, right: Part | null, watch: TimeWatch): Part | null {
  if (left === null || right === null || left.kind === "texts" || right.kind === "texts") return null;
  foresee(left, right, watch);
  if (left.kind !== right.kind && !(isNumeric(left) && isNumeric(right))) return null;
  const [a, b]: [Ask<unknown>, Ask<unknown>] = [left.ask, right.ask];
  return { kind: "boolean", ask: equal ? (view) => a(view) === b(view) : (view) => a(view) !== b(view) };
}

type NumericPart = Extract<Part, { readonly kind: "number" | "int" }>;

function isNumeric(part: Part): part is NumericPart {
  return part.kind === "number" || part.kind === "int";
}

export function comparison(
  sign: "<" | "<=" | ">" | ">=",
  left: Part | null,
  right: Part | null,
  watch: TimeWatch,
): Part | null {
  if (left === null || right === null) return null;
  foresee(left, right, watch);
  const fits = (isNumeric(left) && isNumeric(right)) || (left.kind === "date" && right.kind === "date");
  if (!fits) return null;
  const [a, b] = [left.ask as Ask<number>, right.ask as Ask<number>];
  const asks: Readonly<Record<typeof sign, Ask<boolean>>> = {
    "<": (view) => a(view) < b(view),
    "<=": (view) => a(view) <= b(view),
    ">": (view) => a(view) > b(view),
    ">=": (view) => a(view) >= b(view),
  };
  return { kind: "boolean", ask: asks[sign] };
}

/** A clock passes a number of days at one instant, two that run against each other meet at one, and now passes a date at that date. */
function foresee(left: Part, right: Part, watch: TimeWatch): void {
  if (isNumeric(left) && isNumeric(right)) {
    const [a, b] = [left.clock, right.clock];
    if (a !== undefined && b !== undefined) foreseeMeeting(a, b, watch);
    else if (a !== undefined) foreseePassing(a, right.ask, watch);
    else if (b !== undefined) foreseePassing(b, left.ask, watch);
  } else if (left.kind === "date" && right.kind === "date") {
    const moving = [left, right].filter(({ ask }) => ask === NOW);
    const [still] = [left, right].filter(({ ask }) => ask !== NOW);
    if (moving.length === 1 && still !== undefined)
      watch.changes.push((view) => passedAt(still.ask(view), 0, view.nowMs));
    watch.unforeseen -= moving.length;
  }
}

/** What the days are compared with may change with time too, but is looked at again then. */
export function foreseePassing({ date, direction }: Clock, days: Ask<number>, watch: TimeWatch): void {
  watch.changes.push((view) => passedAt(date(view), direction * days(view) * MS_PER_DAY, view.nowMs));
  watch.unforeseen -= 1;
}

function foreseeMeeting(one: Clock, other: Clock, watch: TimeWatch): void {
  watch.unforeseen -= 2;
  if (one.direction === other.direction) return;
  watch.changes.push((view) => {
    const [a, b] = [one.date(view), other.date(view)];
    return b === BLANK_DATE_MS ? Number.POSITIVE_INFINITY : passedAt(a, (b - a) / 2, view.nowMs);
  });
}

/** The millisecond that is the span after the date, or the one after it: "at most" and "less than" differ by one. */
function passedAt(date: number, span: number, nowMs: number): number {
  if (date === BLANK_DATE_MS) return Number.POSITIVE_INFINITY;
  const whole = Math.round(span);
  const at = date + (Math.abs(whole - span) < ROUNDING_MS ? whole : Math.floor(span));
  if (at > nowMs) return at;
  return at + 1 > nowMs ? at + 1 : Number.POSITIVE_INFINITY;
}

/** A span in days that was meant to be whole milliseconds is never further from them. */
const ROUNDING_MS = 0.01;

/** Two whole numbers are left to CEL, which divides them without a rest and minds their size. */
export function arithmetic(sign: "+" | "-" | "*" | "/", left: Part | null, right: Part | null): Part | null {
  if (left === null || right === null || !isNumeric(left) || !isNumeric(right)) return null;
  if (left.kind === "int" && right.kind === "int") return null;
  const [a, b] = [left.ask, right.ask];
  const asks: Readonly<Record<typeof sign, Ask<number>>> = {
    "+": (view) => a(view) + b(view),
    "-": (view) => a(view) - b(view),
    "*": (view) => a(view) * b(view),
    "/": (view) => a(view) / b(view),
  };
  return { kind: "number", ask: asks[sign] };
}

export function days(direction: 1 | -1, part: Part | null, watch: TimeWatch): Part | null {
  if (part?.kind !== "date") return null;
  const { ask } = part;
  watch.seen += 1;
  watch.unforeseen += 1;
  return {
    kind: "number",
    clock: { date: ask, direction },
    ask: (view) => {
      const at = ask(view);
      return at === BLANK_DATE_MS ? Number.POSITIVE_INFINITY : (direction * (view.nowMs - at)) / MS_PER_DAY;
    },
  };
}
