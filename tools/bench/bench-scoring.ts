/** How many people a second the shipped rulebook scores on one core. Facts only: nobody is read from either system. */
import { join } from "node:path";
import { loadConfig } from "../../src/config/load-config.ts";
import type { Facts } from "../../src/core/model/rulebook.ts";
import { scoreLead } from "../../src/core/rules/score-lead.ts";

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
const SECONDS = 2;

const TITLES = ["Head of Sales", "Chief Financial Officer", "VP Operations", "Procurement Manager", "Student", "Developer", "Team Lead", "Purchasing Director", "Assistant", "Founder"];
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
  return Array.from({ length: PEOPLE }, (_, number): Facts => {
    const opens = below(3) === 0 ? 0 : below(12);
    const clicks = opens > 3 ? below(5) : 0;
    const views = below(2) === 0 ? 0 : below(30);
    const form = one(FORMS);
    return {
      email: `person${number}@${one(["example.com", "gmail.com", "example.org", "outlook.com"])}`,
      firstname: "Ada",
      lastname: `Number ${number}`,
      jobtitle: `${one(TITLES)}${one(AREAS)}${below(4) === 0 ? ` ${number}` : ""}`,
      company: `Company ${below(4_000)}`,
      industry: one(INDUSTRIES),
      employees: String(below(900)),
      country: one(COUNTRIES),
      budget: below(6) === 0 ? "true" : null,
      hs_email_open: opens === 0 ? null : String(opens),
      hs_email_last_open_date: opens === 0 ? null : daysAgo(below(120)),
      hs_email_click: clicks === 0 ? null : String(clicks),
      hs_email_last_click_date: clicks === 0 ? null : daysAgo(below(120)),
      hs_email_replied: clicks > 3 ? "1" : null,
      hs_email_last_reply_date: clicks > 3 ? daysAgo(below(60)) : null,
      hs_analytics_num_page_views: views === 0 ? null : String(views),
      hs_analytics_last_visit_timestamp: views === 0 ? null : daysAgo(below(90)),
      num_conversion_events: form === null ? null : String(1 + below(3)),
      recent_conversion_event_name: form,
      recent_conversion_date: form === null ? null : daysAgo(below(90)),
    };
  });
}

function perSecond(everybody: readonly Facts[], score: (facts: Facts) => unknown): number {
  for (const facts of everybody) score(facts);
  const start = process.cpuUsage();
  const until = performance.now() + SECONDS * 1_000;
  let scored = 0;
  while (performance.now() < until) {
    for (const facts of everybody) score(facts);
    scored += everybody.length;
  }
  const used = process.cpuUsage(start);
  return Math.round((scored / (used.user + used.system)) * 1_000_000);
}

/** Scores the same people over and over for a few seconds. */
export function measureScoring(): ScoringFigures {
  const root = join(import.meta.dirname, "../..");
  const { rulebook } = loadConfig({ mappingsFolder: join(root, "mappings"), configFolder: join(root, "config") });
  const everybody = people();
  return {
    scored: perSecond(everybody, (facts) => scoreLead(rulebook.scoring, facts, NOW)),
    withNextChange: perSecond(everybody, (facts) => scoreLead(rulebook.scoring, facts, NOW)),
  };
}
if (import.meta.main) console.log(measureScoring());
