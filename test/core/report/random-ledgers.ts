/** Random ledgers for the laws of the report: people of every state with histories in which things happen at the same moment, at a window's edge, twice and backward. */
import fc from "fast-check";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import type { ReportSettings } from "../../../src/core/model/report-settings.ts";
import { STAGES } from "../../../src/core/model/rulebook.ts";
import type { ReportWindow } from "../../../src/core/report/report-figures.ts";
import { MEMBERSHIP_FACT } from "../../../src/core/rules/segment-membership.ts";
import { periodWindow } from "../../../src/jobs/report-job.ts";
import { deal, handoff, person, SETTINGS, stages, task } from "./ledger-rows.ts";

const day = (number: number, milliseconds = 0): string =>
  new Date(Date.UTC(2026, 0, number) + milliseconds).toISOString();

/** Midnights, at which windows begin and end too, and the milliseconds beside them; some days are met more often, so that much falls together. */
const instant = fc
  .tuple(
    fc.oneof(fc.constantFrom(12, 26, 32), fc.integer({ min: 1, max: 60 })),
    fc.constantFrom(0, 0, 0, -1, 1, 43_200_000),
  )
  .map(([number, milliseconds]) => day(number, milliseconds));

/** What the organisation's currencies are worth; of BRL it is not known. */
export const RATES = { EUR: 1, USD: 1.25, JPY: 160 } as const;
export const RANDOM_SETTINGS: ReportSettings = {
  ...SETTINGS,
  campaign: "campaign",
  campaignSummary: "Summary__c",
  segments: ["red", "blue"],
};

const OWNERS = ["ann@x.com", "bob@x.com", "cyd@x.com"] as const;
const REASONS = ["", "no budget", "bad timing"] as const;

/** What could not be read of a record is no fact. */
const facts = fc.record(
  {
    source: fc.constantFrom(null, "", " ", "unknown", "a/b", "__proto__", "<script>"),
    campaign: fc.constantFrom(null, "spring", "won", "(no campaign)"),
    first_contact: fc.option(fc.oneof(instant, fc.constantFrom("2026-01-15", "soon"))),
    [MEMBERSHIP_FACT]: fc.constantFrom(
      null,
      `blue=${day(1)}`,
      `red=${day(40)} blue=${day(1)}`,
      `hidden=${day(1)}`,
      `red=${day(20)}`,
    ),
    hubspot_stage: fc.constantFrom("hs-mql", "hs-lead", null, "", "x"),
    salesforce_stage: fc.constantFrom("mql", "customer", null, "", "x"),
  },
  { requiredKeys: ["source", "campaign", "first_contact", MEMBERSHIP_FACT] },
);

const link = fc.record({
  facts,
  state: fc.constantFrom("single", "linked", "linked", "pending", "tombstoned", "superseded", "erased", "ambiguous"),
  hubspotId: fc.constantFrom(null, "h1", "h1"),
  salesforceId: fc.constantFrom(null, "00Q1", "00Q1"),
  stage: fc.constantFrom(
    null,
    { epoch: 1, stage: "mql", since: day(1), reason: "", armed: true } as const,
    { epoch: 1, stage: "customer", since: day(1), reason: "", armed: true } as const,
  ),
  firstSeenAt: instant,
});

/** Mostly as time goes by; each recycle begins a cycle, with an entry of its own. */
const history = (id: string): fc.Arbitrary<ReturnType<typeof stages>> =>
  fc
    .tuple(
      fc.array(
        fc.record({
          stage: fc.constantFrom(...STAGES, "mql", "mql", "recycled"),
          at: instant,
          reason: fc.constantFrom(...REASONS),
          score: fc.option(fc.integer({ min: -5, max: 120 })),
          band: fc.constantFrom(null, "A1", "C3"),
        }),
        { maxLength: 7 },
      ),
      fc.integer({ min: 0, max: 4 }),
    )
    .map(([entries, wild]) => {
      const inOrder = wild === 0 ? entries : entries.toSorted((one, other) => (one.at < other.at ? -1 : 1));
      let epoch = 1;
      return inOrder.flatMap(({ stage, at, ...more }, sequence) => {
        if (stage === "recycled") epoch += 1;
        return stages(id, [[stage, at]], { ...more, epoch, sequence });
      });
    });

const deals = (id: string) =>
  fc
    .array(
      fc.record({
        won: fc.boolean(),
        closed: fc.boolean(),
        counts: fc.constantFrom(true, true, true, false),
        openedAt: instant,
        stageAt: instant,
        amount: fc.constantFrom(null, 10, 0.1, -5, 1_000_000, 0),
        currency: fc.constantFrom(null, "EUR", "USD", "JPY", "BRL"),
        lostReason: fc.constantFrom(null, "price", ""),
      }),
      { maxLength: 3 },
    )
    .map((all) =>
      // Only what is closed can be won.
      all.map((changes, index) => deal(`${id}${index}`, { ...changes, won: changes.won && changes.closed })),
    );

const touches = fc.array(fc.record({ at: instant, campaign: fc.constantFrom("", "spring", "autumn", "fair") }), {
  maxLength: 5,
});

const tasks = (id: string) =>
  fc
    .array(
      fc.record({
        state: fc.constantFrom("due", "sent", "done", "suppressed"),
        epoch: fc.integer({ min: 1, max: 2 }),
        purpose: fc.constantFrom("mql", "retry", "cadence"),
        createdAt: instant,
        dueOn: instant.map((at) => at.slice(0, 10)),
        closedAt: fc.option(instant),
        closedByUs: fc.boolean(),
        deliveredAt: fc.option(instant),
        touchedAt: fc.option(instant),
        salesforceId: fc.constantFrom(null, "00T", "00T"),
      }),
      { maxLength: 4 },
    )
    .map((all) =>
      all.map(({ closedAt, deliveredAt, touchedAt, ...changes }, index) => {
        // A handoff has one task.
        const isHandoffs = changes.purpose === "mql";
        const isSecond =
          isHandoffs && all.findIndex(({ purpose, epoch }) => purpose === "mql" && epoch === changes.epoch) < index;
        const later = (at: string | null): string | null =>
          at !== null && at < changes.createdAt ? changes.createdAt : at;
        const moments = { closedAt: later(closedAt), deliveredAt: later(deliveredAt), touchedAt: later(touchedAt) };
        return task(id, `${id}:${index}`, { ...changes, ...moments, ...(isSecond ? { purpose: "retry" } : {}) });
      }),
    );

const handoffs = (id: string) =>
  fc
    .array(
      fc.record({
        outcome: fc.constantFrom("open", "accepted", "rejected", "late", "withdrawn"),
        endedAt: instant,
        at: instant,
        deadline: instant,
        ownerEmail: fc.constantFrom(...OWNERS),
        reactedAt: fc.option(instant),
        afterHours: fc.constantFrom(true, false, null),
        reasons: fc.array(
          fc.record({ rule: fc.constantFrom("title", "form"), points: fc.nat({ max: 20 }), text: fc.constant("x") }),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 3 },
    )
    .map((all) =>
      all.map((changes, index) =>
        handoff(id, {
          ...changes,
          epoch: index + 1,
          // Nothing ends before it begins; what is open has no end.
          endedAt: changes.outcome === "open" ? null : ([changes.at, changes.endedAt].toSorted()[1] ?? null),
        }),
      ),
    );

const randomLedger = (id: string): fc.Arbitrary<PersonLedger> =>
  fc
    .record({
      link,
      stages: history(id),
      outcomes: deals(id),
      touches,
      tasks: tasks(id),
      handoffs: handoffs(id),
      reassigned: fc
        .array(fc.tuple(fc.integer({ min: 1, max: 3 }), instant), { maxLength: 1 })
        .map((all) => new Map(all)),
    })
    .map((parts) => person(id, parts));

/** Few people, for small counterexamples; at times so many that ten of them are won, from when on months can be mature. */
export const randomLedgers: fc.Arbitrary<readonly PersonLedger[]> = fc
  .oneof({ weight: 12, arbitrary: fc.integer({ min: 0, max: 12 }) }, { weight: 1, arbitrary: fc.constant(30) })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => randomLedger(`p${index}`))));

/** None, a week, a month, one that goes on, and any: its bounds are moments at which things happen. */
export const randomWindow: fc.Arbitrary<ReportWindow> = fc.oneof(
  fc.oneof(instant, fc.constant(day(200))).map((asOf) => ({ asOf, from: null, to: null })),
  instant.map((asOf) => periodWindow("last-week", asOf)),
  instant.map((asOf) => periodWindow("last-month", asOf)),
  fc.tuple(instant, instant).map(([asOf, from]) => ({ asOf, from, to: asOf })),
  fc.record({ asOf: instant, from: fc.option(instant), to: fc.option(instant) }),
);
