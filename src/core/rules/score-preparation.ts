/** Gets a scoring ready for many people: what is the same for all of them is worked out once. */
import type { Facts, ScoreGroup, ScoreRule, Scoring } from "../model/rulebook.ts";
import { countedFact } from "./counted-facts.ts";
import { fillTemplate } from "./fill-template.ts";

const DAY_MS = 86_400_000;

export interface ReadyRule {
  readonly rule: ScoreRule;
  /** Gives its own points, however often something was done. */
  readonly isPlain: boolean;
  readonly decay: ReadyDecay | null;
  /** The rule's reason with the person's facts. */
  readonly reason: (facts: Facts) => string;
}

export interface ReadyDecay {
  readonly from: string;
  readonly spanMs: number;
  readonly linear: boolean;
}

export interface ReadyGroup {
  readonly cap: number;
  readonly rules: readonly ReadyRule[];
}

export interface ReadyScoring {
  readonly fit: readonly ReadyGroup[];
  readonly engagement: readonly ReadyGroup[];
  /** Every fact that a rule, its points or its reason depends on; null where that cannot be told. */
  readonly asks: ReadonlySet<string> | null;
  /** All that each half can give. */
  readonly fitMost: number;
  readonly engagementMost: number;
}

const prepared = new WeakMap<Scoring, ReadyScoring>();

export function preparedScoring(scoring: Scoring): ReadyScoring {
  const known = prepared.get(scoring);
  if (known !== undefined) return known;
  const ready = {
    fit: scoring.fit.map(readyGroup),
    engagement: scoring.engagement.map(readyGroup),
    asks: askedBy([...scoring.fit, ...scoring.engagement].flatMap(({ rules }) => rules)),
    fitMost: mostOf(scoring.fit, scoring.caps.fit),
    engagementMost: mostOf(scoring.engagement, scoring.caps.engagement),
  };
  prepared.set(scoring, ready);
  return ready;
}

function readyGroup({ cap, rules }: ScoreGroup): ReadyGroup {
  return { cap, rules: rules.map(readyRule) };
}

function readyRule(rule: ScoreRule): ReadyRule {
  const { decay, per, steps } = rule;
  return {
    rule,
    isPlain: per === null && steps === null,
    decay: decay === null ? null : { from: decay.from, spanMs: decay.days * DAY_MS, linear: decay.kind === "linear" },
    reason: reasonWriter(rule.reason),
  };
}

function mostOf(groups: readonly ScoreGroup[], cap: number): number {
  let most = 0;
  for (const group of groups) most += Math.max(0, group.cap);
  return Math.min(cap, most);
}

function askedBy(rules: readonly ScoreRule[]): ReadonlySet<string> | null {
  const asked = new Set<string>();
  for (const { when, reason, per, steps, decay } of rules) {
    if (when.asks === undefined) return null;
    const placeholders = reason.split(PLACEHOLDER).filter((_, index) => index % 2 === 1);
    const counted = [per, steps].flatMap((times) => (times === null ? [] : [times.field, countedFact(times.field)]));
    for (const name of [...when.asks, ...placeholders, ...counted, ...(decay === null ? [] : [decay.from])])
      asked.add(name);
  }
  return asked;
}

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/;

/** Writes a reason: where everything it names is known, its pieces are only put together. */
function reasonWriter(template: string): (facts: Facts) => string {
  const pieces = template.trim().split(PLACEHOLDER);
  if (pieces.length === 1) return () => template;
  if (pieces.length === 3) return oneNameWriter(template, pieces[0] ?? "", pieces[1] ?? "", pieces[2] ?? "");
  return (facts) => {
    let text = "";
    for (let at = 0; at < pieces.length; at += 2) {
      text += pieces[at] ?? "";
      const name = pieces[at + 1];
      if (name === undefined) continue;
      const value = readable(facts[name] ?? null);
      if (value === null || !isPlain(value)) return fillTemplate(template, (word) => readable(facts[word] ?? null));
      text += value;
    }
    return text;
  };
}

/** The usual case. */
function oneNameWriter(template: string, before: string, name: string, after: string): (facts: Facts) => string {
  return (facts) => {
    const value = readable(facts[name] ?? null);
    return value === null || !isPlain(value)
      ? fillTemplate(template, (word) => readable(facts[word] ?? null))
      : before + value + after;
  };
}

const SPACE = 32;
/** Up to here no character but the space is one that tidying up would touch. */
const LAST_PLAIN = 0x7e;
const FIRST_LETTER_BEYOND = 0xc0;
const LAST_LETTER_BEYOND = 0x167f;

/** Surely needs no tidying up: not blank, on one line, with single spaces between words. */
function isPlain(value: string): boolean {
  let before = SPACE;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < SPACE || (code === SPACE && before === SPACE)) return false;
    if (code > LAST_PLAIN && (code < FIRST_LETTER_BEYOND || code > LAST_LETTER_BEYOND)) return false;
    before = code;
  }
  return before !== SPACE;
}

const MOMENT = /^\d{4}-\d\d-\d\dT/;

/** A moment is said as its day. */
function readable(value: string | null): string | null {
  return value !== null && value.charAt(10) === "T" && MOMENT.test(value) ? value.slice(0, 10) : value;
}
