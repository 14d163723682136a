/** What conditions see of one person at one moment: typed values, each converted only when it is asked for, and then once. */
import type { ValueType } from "../core/model/mapping.ts";
import type { Instant, Value } from "../core/model/record.ts";
import type { Facts } from "../core/model/rulebook.ts";

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
  readonly #turns: number[] = [];
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
    this.#turns.push(-1);
    this.#numbers.push(0);
    this.#slots.set(name, slot);
    return slot;
  }

  raw(slot: number): Value {
    return factOf(this.#facts, this.#names[slot] ?? "");
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
    if (this.#turns[slot] !== this.#turn) {
      this.#turns[slot] = this.#turn;
      this.#numbers[slot] = read(this.raw(slot));
    }
    return this.#numbers[slot] ?? 0;
  }
}

/** A name that every object has, such as "constructor", is no fact of somebody who has none of that name. */
export function factOf(facts: Facts, name: string): Value {
  const value = facts[name];
  return value === undefined || (name in Object.prototype && !Object.hasOwn(facts, name)) ? null : value;
}

function numberOf(value: Value): number {
  if (value === null) return 0;
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

function dateOf(value: Value): number {
  if (value === null) return BLANK_DATE_MS;
  const at = Date.parse(value);
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
