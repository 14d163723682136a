/** What can go wrong at a stop of an invocation, how often, and which one it is: decided by seed, invocation and stop alone. */
import { Dice, roll, wordNumber } from "./dice.ts";

/** A stop is an await that leaves the process. */
export type StopKind = "read" | "write" | "store" | "sleep";

/** `…-after`: the effect took place. `late`: it takes place after the caller has given up. */
export type Fault =
  | { readonly kind: "kill-before" | "kill-after" }
  | { readonly kind: "freeze"; readonly ms: number }
  | { readonly kind: "refused"; readonly how: Refusal }
  | { readonly kind: "broken-after"; readonly status: number; readonly html: boolean }
  | { readonly kind: "hang-before" | "hang-after" }
  | { readonly kind: "late"; readonly ms: number }
  | { readonly kind: "drop-before" | "drop-after" | "cut" }
  /** Some rows of a batch fail (`told`) or are not mentioned in the answer: done all the same, or `undone`. */
  | { readonly kind: "partial"; readonly share: number; readonly told: boolean; readonly undone?: true }
  | { readonly kind: "database-before" | "database-after" };

export type Refusal =
  | "burst"
  | "secondly"
  | "retry-after"
  | "concurrent"
  | "500"
  | "502-html"
  | "503"
  | "504-html"
  | "expired";

/** Faults by the stop they meet: `invocation.stop`. */
export type FaultList = Readonly<Record<string, Fault>>;

/** Chances of a storm, each off, normal or extreme. */
export interface Rates {
  readonly kill: number;
  readonly freeze: number;
  readonly limit: number;
  readonly refused: number;
  readonly brokenAfter: number;
  readonly hang: number;
  readonly late: number;
  readonly drop: number;
  readonly partial: number;
  readonly expired: number;
  readonly database: number;
  /** A write that is held up on its way for minutes and then goes out, whatever has happened since; absent: none is. */
  readonly stall?: number;
  /** Calls take up to so many times as long. */
  readonly slowness: number;
}

export function drawRates(dice: Dice): Rates {
  return {
    kill: dice.rate(0.015, 0.06),
    freeze: dice.rate(0.004, 0.02),
    limit: dice.rate(0.02, 0.15),
    refused: dice.rate(0.02, 0.12),
    brokenAfter: dice.rate(0.02, 0.1),
    hang: dice.rate(0.02, 0.1),
    late: dice.rate(0.03, 0.15),
    drop: dice.rate(0.02, 0.1),
    partial: dice.rate(0.05, 0.3),
    expired: dice.rate(0.01, 0.05),
    database: dice.rate(0.005, 0.03),
    slowness: dice.pick([1, 1, 4, 15, 40]),
    stall: dice.rate(0.01, 0.12),
  };
}

/** Where the faults of a storm come from: its rates, or a list (a shrunk storm). */
export interface FaultSource {
  at(invocation: number, stop: number, kind: StopKind): Fault | undefined;
  /** How long a call takes one way, in milliseconds. */
  latency(invocation: number, stop: number, kind: StopKind): number;
}

export function faultsByRates(seed: number, rates: Rates): FaultSource {
  const concern = wordNumber("faults");
  return {
    at(invocation, stop, kind) {
      let chance = roll(seed, concern, invocation, stop);
      const meets = (rate: number): boolean => {
        chance -= rate;
        return chance < 0;
      };
      const detail = (): Dice => new Dice(Math.floor(roll(seed, concern, stop, invocation) * 2 ** 32), "detail");
      if (meets(rates.kill)) return { kind: detail().pick(["kill-before", "kill-after"] as const) };
      if (meets(rates.freeze)) return { kind: "freeze", ms: detail().integer(100_000, 400_000) };
      if (kind === "store")
        return meets(rates.database)
          ? { kind: detail().pick(["database-before", "database-after"] as const) }
          : undefined;
      if (kind === "sleep") return undefined;
      return callFault(rates, kind, meets, detail);
    },
    latency: (invocation, stop, kind) => latencyOf(seed, rates.slowness, invocation, stop, kind),
  };
}

function callFault(
  rates: Rates,
  kind: "read" | "write",
  meets: (rate: number) => boolean,
  detail: () => Dice,
): Fault | undefined {
  if (meets(rates.limit))
    return {
      kind: "refused",
      how: detail().pick(["burst", "secondly", "retry-after", "concurrent"] as const),
    };
  if (meets(rates.refused))
    return { kind: "refused", how: detail().pick(["500", "502-html", "503", "504-html"] as const) };
  if (meets(rates.expired)) return { kind: "refused", how: "expired" };
  if (meets(rates.drop)) return { kind: detail().pick(["drop-before", "drop-after", "cut"] as const) };
  if (meets(rates.hang)) return { kind: detail().pick(["hang-before", "hang-after"] as const) };
  if (kind === "read") return undefined;
  if (meets(rates.brokenAfter))
    return { kind: "broken-after", status: detail().pick([500, 502, 503, 504]), html: detail().chance(0.5) };
  if (meets(rates.late)) return { kind: "late", ms: detail().integer(1_000, 60_000) };
  if (meets(rates.partial)) {
    const dice = detail();
    return { kind: "partial", share: dice.pick([0.3, 0.6, 1]), told: dice.chance(0.6) };
  }
  if (meets(rates.stall ?? 0)) return { kind: "freeze", ms: detail().integer(100_000, 500_000) };
  return undefined;
}

/** A list names every fault; the latencies stay those of the rates. */
export function faultsByList(seed: number, slowness: number, list: FaultList): FaultSource {
  return {
    at: (invocation, stop) => list[`${invocation}.${stop}`],
    latency: (invocation, stop, kind) => latencyOf(seed, slowness, invocation, stop, kind),
  };
}

function latencyOf(seed: number, slowness: number, invocation: number, stop: number, kind: StopKind): number {
  const chance = roll(seed, wordNumber("latency"), invocation, stop);
  if (kind === "store") return 1 + Math.floor(chance * 8);
  return 15 + Math.floor(chance ** 3 * 200 * slowness);
}
