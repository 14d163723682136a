/** How many people a second the shipped rulebook scores on one core. Facts only: nobody is read from either system. */
import { join } from "node:path";
import { loadConfig } from "../../src/config/load-config.ts";
import type { Facts } from "../../src/core/model/rulebook.ts";
import { presentScore, scoreLead } from "../../src/core/rules/score-lead.ts";

/** People scored a second. */
export interface ScoringFigures {
  /** The score, its band and its reasons at one moment. */
  readonly scored: number;
  /** The same with the instant at which fading next changes it. */
  readonly withNextChange: number;
}

const NOW = "2026-11-22T12:00:00.000Z";
const NOW_MS = Date.parse(NOW);
const DAY_MS = 86_400_000;
const PEOPLE = 20_000;
const ROUNDS = 30;
const LEAST_SCORED = 200_000;

const TITLES = [
  "Head of Sales",
  "Chief Financial Officer",
  "VP Operations",
  "Procurement Manager",
  "Student",
  "Developer",
  "Team Lead",
  "Purchasing Director",
  "Assistant",
  "Founder",
];
const AREAS = ["", ", EMEA", ", North America", ", Analytics", ", Retail", ", Platform", ", Growth"];
const INDUSTRIES = ["technology", "retail banking", "manufacturing", "farming", "consulting", "logistics", null];
const COUNTRIES = ["US", "DE", "FR", "GB", "JP", "BR", "IN", null];
const FORMS = ["Demo request", "Newsletter", "Whitepaper download", "Contact sales", "Webinar: reporting", null];

/** The people of a believable database: two thirds of them have done something, at some time. */
function people(): readonly Facts[] {
  let seed = 20_261_122;
  const below = (bound: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % bound;
  };
  const one = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const daysAgo = (days: number): string => new Date(NOW_MS - days * DAY_MS - below(DAY_MS)).toISOString();
  /** How often something was done, and when last: nothing for one in `unless`. */
  const done = (count: string, last: string, unless: number, most: number): Facts => {
    if (below(unless) === 0) return {};
    return { [count]: String(1 + below(most)), [last]: daysAgo(below(120)) };
  };
  return Array.from({ length: PEOPLE }, (_, number): Facts => {
    const form = one(FORMS);
    return {
      email: `person${number}@${one(["example.com", "gmail.com", "example.org", "outlook.com"])}`,
      firstname: "Ada",
      lastname: `Number ${number}`,
      jobtitle: `${one(TITLES)}${one(AREAS)}${one(["", "", "", ` ${number}`])}`,
      company: `Company ${below(4_000)}`,
      industry: one(INDUSTRIES),
      employees: String(below(900)),
      country: one(COUNTRIES),
      budget: one(["true", null, null, null]),
      ...done("hs_email_open", "hs_email_last_open_date", 3, 12),
      ...done("hs_email_click", "hs_email_last_click_date", 2, 5),
      ...done("hs_analytics_num_page_views", "hs_analytics_last_visit_timestamp", 3, 30),
      ...one([done("hs_email_replied", "hs_email_last_reply_date", 1_000, 2), {}, {}, {}, {}]),
      ...(form === null ? {} : done("num_conversion_events", "recent_conversion_date", 1_000, 3)),
      recent_conversion_event_name: form,
    };
  });
}

/** By the CPU time of the best round: what else runs on the machine is not what is measured. */
function perSecond(everybody: readonly Facts[], score: (facts: Facts) => unknown): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    for (const facts of everybody) score(facts);
    const used = process.cpuUsage(start);
    best = Math.max(best, (everybody.length / (used.user + used.system)) * 1_000_000);
  }
  return Math.round(best);
}

/** Scores the same people over and over, and says how it went. */
export function reportScoring(): ScoringFigures {
  const root = join(import.meta.dirname, "../..");
  const { rulebook } = loadConfig({ mappingsFolder: join(root, "mappings"), configFolder: join(root, "config") });
  const everybody = people();
  const figures = {
    scored: perSecond(everybody, (facts) => presentScore(rulebook.scoring, facts, NOW)),
    withNextChange: perSecond(everybody, (facts) => scoreLead(rulebook.scoring, facts, NOW)),
  };
  const verdict = figures.scored >= LEAST_SCORED ? "ok" : "UNDER";
  console.log(`scoring: ${figures.scored} people a second and core (at least ${LEAST_SCORED}: ${verdict})`);
  console.log(`scoring, with the instant of the next change: ${figures.withNextChange} people a second and core`);
  return figures;
}

if (import.meta.main) reportScoring();
