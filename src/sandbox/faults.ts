/** Faults on request: which of the coming requests fail, and how. */
import type { SandboxRequest } from "./exchange.ts";

/** One way a request can go wrong. "Before" means the stand-in never saw it; "after" means its effect stayed. */
export type Fault =
  | { kind: "answer"; status: number; body: unknown; headers?: Record<string, string> }
  | { kind: "html"; status: number }
  | { kind: "drop-before" }
  | { kind: "drop-after" }
  | { kind: "hang-before" }
  | { kind: "hang-after" }
  | { kind: "delay"; ms: number };

export interface FaultRule {
  readonly method?: string;
  /** A regular expression over path and query as sent, without the method. */
  readonly path: string;
  /** A regular expression over the body. */
  readonly body?: string;
  /** How many matching requests pass unharmed first; 0 by default. */
  readonly skip?: number;
  /** How many matching requests fail after that; 1 by default. */
  readonly times?: number;
  readonly fault: Fault;
}

interface ArmedRule {
  readonly method: string | undefined;
  readonly path: RegExp;
  readonly body: RegExp | undefined;
  readonly fault: Fault;
  skip: number;
  times: number;
}

/** Holds the rules of one stand-in. The oldest rule that matches a request decides; a used-up rule is forgotten. */
export class FaultBox {
  #rules: ArmedRule[] = [];

  /** Arms a rule. Throws a SyntaxError when one of its patterns is not a regular expression. */
  add(rule: FaultRule): void {
    this.#rules.push({
      method: rule.method?.toUpperCase(),
      path: new RegExp(rule.path),
      body: rule.body === undefined ? undefined : new RegExp(rule.body),
      fault: rule.fault,
      skip: rule.skip ?? 0,
      times: rule.times ?? 1,
    });
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault this request meets, or undefined when it is to be handled normally. Counts as one use of the rule. */
  next(request: SandboxRequest): Fault | undefined {
    if (this.#rules.length === 0) return undefined;
    for (const rule of this.#rules) {
      if (!matches(rule, request)) continue;
      if (rule.skip > 0) {
        rule.skip -= 1;
        continue;
      }
      rule.times -= 1;
      if (rule.times <= 0) this.#rules = this.#rules.filter((other) => other !== rule);
      return rule.fault;
    }
    return undefined;
  }
}

function matches(rule: ArmedRule, request: SandboxRequest): boolean {
  if (rule.method !== undefined && rule.method !== request.method) return false;
  const query = request.query.toString();
  if (!rule.path.test(query === "" ? request.path : `${request.path}?${query}`)) return false;
  return rule.body === undefined || rule.body.test(request.body);
}
