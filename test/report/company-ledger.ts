/** The ledger of a made-up company, as large as the demo's and the same every time: every figure of the report has people behind it. */
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import type { ReportSettings } from "../../src/core/model/report-settings.ts";
import type { Stage } from "../../src/core/model/rulebook.ts";
import { deal, handoff, person, SETTINGS, stages, task } from "../core/report/ledger-rows.ts";

const DAY_MS = 86_400_000;
const START = Date.parse("2025-01-01T00:00:00.000Z");
export const COMPANY_AS_OF = "2026-02-01T00:00:00.000Z";
const PEOPLE = 2_800;

export const COMPANY_SETTINGS: ReportSettings = {
  ...SETTINGS,
  campaign: "campaign",
  territory: "country",
  currency: "EUR",
  costs: [{ by: "source", name: "paid search", month: null, amount: 12_000 }],
};

type Names = readonly [string, ...string[]];
const SOURCES: Names = [
  "organic search",
  "paid search",
  "social media",
  "webinar",
  "referral",
  "a very long name of a source",
];
const OWNERS: Names = [
  "amara.okafor@northwind.example.com",
  "ben.whitlock@northwind.example.com",
  "chiara.moretti@northwind.example.com",
  "farid.haddad@northwind.example.com",
];
const REASONS: Names = [
  "Budget too small",
  "No authority",
  "Bad timing",
  "Student or job seeker",
  "Went with a competitor",
  "",
];
const WAY: readonly Stage[] = ["subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer"];

const [MQL, OPPORTUNITY, CUSTOMER] = [2, 5, 6];

/** Numbers below `below`, the same every time (the minimal standard generator of Park and Miller). */
function generator(): Random {
  let state = 20_260_201;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

export function companyLedger(): readonly PersonLedger[] {
  const next = generator();
  return Array.from({ length: PEOPLE }, (_, index) => oneOf(`person-${String(index).padStart(5, "0")}`, next));
}

type Random = (below: number) => number;

function oneOf(id: string, next: Random): PersonLedger {
  const first = START + next(380) * DAY_MS;
  const at = (days: number): string => new Date(first + days * DAY_MS).toISOString();
  const reached = reachedBy(next);
  const from = next(10) === 0 ? reached : 0;
  const isMql = reached >= MQL && from < MQL;
  const owner = oneIn(OWNERS, next);
  const due = { dueOn: at(14).slice(0, 10), createdAt: at(12), ownerEmail: owner };
  return person(id, {
    link: {
      name: `Person ${id}`,
      salesforceId: isMql ? `00Q${id}` : null,
      facts: {
        source: next(9) === 0 ? null : oneIn(SOURCES, next),
        campaign: `/landing/page-${next(20)}`,
        country: oneIn(["US", "DE", "FR", "GB", "IT"], next),
        first_contact: at(0),
      },
    },
    stages: entriesOf(id, { from, reached, at, next }),
    handoffs: isMql ? [handedOver(id, owner, at, next)] : [],
    tasks: isMql ? [task(id, `${id}:1`, due)] : [],
    outcomes: reached < OPPORTUNITY ? [] : [dealOf(id, reached === CUSTOMER, at, next)],
  });
}

/** Two in three stay subscribers or leads; of the others each stage loses some. */
function reachedBy(next: Random): number {
  let reached = next(2);
  if (next(3) === 0) for (reached = MQL; reached < CUSTOMER && next(4) > 0; ) reached += 1;
  return reached;
}

interface Trip {
  readonly from: number;
  readonly reached: number;
  readonly next: Random;
  at(days: number): string;
}

function entriesOf(id: string, { from, reached, at, next }: Trip): ReturnType<typeof stages> {
  const entries = WAY.slice(from, reached + 1).map((stage, place) => [stage, at(place * 6)] as const);
  const isBack = reached >= MQL && reached < CUSTOMER && next(3) === 0;
  const back = isBack ? ([[next(4) === 0 ? "disqualified" : "recycled", at(80)]] as const) : [];
  const reason = isBack ? oneIn(REASONS, next) : "";
  return stages(id, [...entries, ...back], { reason, score: next(100), band: oneIn(["A1", "B2", "C3"], next) });
}

function handedOver(id: string, ownerEmail: string, at: Trip["at"], next: Random): ReturnType<typeof handoff> {
  const endedAt = at(next(4) === 0 ? 16 : 13);
  return handoff(id, {
    ownerEmail,
    at: at(12),
    deadline: at(14),
    outcome: oneIn(["accepted", "accepted", "rejected", "late", "open"] as const, next),
    endedAt,
    reactedAt: endedAt,
    reasons: [
      { rule: "asked-for-sales", points: 40, text: "asked for sales" },
      { rule: `page-views-${next(4)}`, points: 10, text: "looked at pages" },
    ],
  });
}

function dealOf(id: string, won: boolean, at: Trip["at"], next: Random): ReturnType<typeof deal> {
  return deal(id, {
    amount: 1_000 + 100 * next(200),
    closed: won || next(2) === 0,
    won,
    openedAt: at(25),
    stageAt: at(40),
    lostReason: oneIn(REASONS, next),
  });
}

function oneIn<T>(all: readonly [T, ...(readonly T[])], next: Random): T {
  return all[next(all.length)] ?? all[0];
}
