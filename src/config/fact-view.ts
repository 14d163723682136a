/** What conditions see of one person at one moment: typed values, each converted only when it is asked for, and then once. */
import type { ValueType } from "../core/model/mapping.ts";
import type { Instant, Value } from "../core/model/record.ts";
import type { Facts } from "../core/model/rulebook.ts";
import { instantMs } from "../core/rules/instant-ms.ts";

/** How a blank date reads: before every date of a business. */
export const BLANK_DATE_MS = 0;

const NOBODY: Facts = {};

/**
 * A window on the facts that is moved from person to person, so that nothing is made anew for each condition. Blanks read as "", 0, false, no items and
 * `BLANK_DATE_MS`. A fact is named by its slot, which `slotOf` gives out.
 */
export class FactView {
  #facts: Facts = NOBODY;
  #now: Instant = "";
  #nowMs = 0;
  /** Rises with every person: what was converted for another one is no longer valid. */
  #turn = 0;
  readonly #names: string[] = [];
  readonly #slots = new Map<string, number>();
  /** By slot: the turn in which the value was looked up and in which its number was, with both. */
  readonly #valueTurns: number[] = [];
  readonly #values: Value[] = [];
  readonly #numberTurns: number[] = [];
  readonly #numbers: number[] = [];

  /** Moves to this person at this moment. Facts are never changed in place, so the same object is the same person. */
  lookAt(facts: Facts, now: Instant): void {
    if (facts === this.#facts && now === this.#now) return;
    this.#facts = facts;
    this.#turn += 1;
    if (now === this.#now) return;
    this.#now = now;
    this.#nowMs = Date.parse(now);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get facts(): Facts {
    return this.#facts;
  }

  get now(): Instant {
    return this.#now;
  }

  slotOf(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = this.#names.push(name) - 1;
    this.#valueTurns.push(-1);
    this.#values.push(null);
    this.#numberTurns.push(-1);
    this.#numbers.push(0);
    this.#slots.set(name, slot);
    return slot;
  }

  raw(slot: number): Value {
    if (this.#valueTurns[slot] === this.#turn) return this.#values[slot] ?? null;
    this.#valueTurns[slot] = this.#turn;
    const value = factOf(this.#facts, this.#names[slot] ?? "");
    this.#values[slot] = value;
    return value;
  }

  text(slot: number): string {
    return this.raw(slot) ?? "";
  }

  boolean(slot: number): boolean {
    return this.raw(slot) === "true";
  }

  set(slot: number): readonly string[] {
    return setOf(this.raw(slot));
  }

  number(slot: number): number {
    return this.#once(slot, numberOf);
  }

  /** Milliseconds since 1970. */
  date(slot: number): number {
    return this.#once(slot, dateOf);
  }

  #once(slot: number, read: (value: Value) => number): number {
    if (this.#numberTurns[slot] === this.#turn) return this.#numbers[slot] ?? 0;
    this.#numberTurns[slot] = this.#turn;
    const number = read(this.raw(slot));
    this.#numbers[slot] = number;
    return number;
  }
}

/** The fact, or null: also for a name that every object has, such as "constructor". */
export function factOf(facts: Facts, name: string): Value {
  const value = facts[name];
  return typeof value === "string" ? value : null;
}

function numberOf(value: Value): number {
  if (value === null) return 0;
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

function dateOf(value: Value): number {
  if (value === null) return BLANK_DATE_MS;
  const at = instantMs(value);
  return Number.isNaN(at) ? BLANK_DATE_MS : at;
}

function setOf(value: Value): readonly string[] {
  return value === null ? [] : value.split(";");
}

/** How the CEL interpreter is given a fact of each kind. */
export const READERS: Readonly<Record<ValueType, (value: Value) => unknown>> = {
  text: (value) => value ?? "",
  number: numberOf,
  boolean: (value) => value === "true",
  date: (value) => new Date(dateOf(value)),
  datetime: (value) => new Date(dateOf(value)),
  set: setOf,
};
