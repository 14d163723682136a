/** Laws of following up, over random lives: one cause, one task; every step once; every handoff ends; nobody who opted out is touched. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planFollowUps } from "../../src/core/rules/plan-follow-ups.ts";
import { FollowUpWorld, MONDAY_9, NURTURE } from "../core/rules/follow-up-world.ts";
import { state, stops } from "../core/rules/rule-subjects.ts";
import { cases } from "../support/law-cases.ts";

const HOUR_MS = 3_600_000;

/** What can happen to a person, and how many hours later. */
const happening = fc.record({
  hours: fc.integer({ min: 0, max: 400 }),
  what: fc.constantFrom(
    "nothing",
    "convert",
    "reply",
    "hand over",
    "touch the task",
    "close the task",
    "delete a task",
    "accept",
    "reject",
    "reject with a date",
    "opt out",
    "contact",
    "win",
  ),
});
const lives = fc.array(happening, { minLength: 1, maxLength: 25 });

type Happening = "nothing" | string;

function happen(world: FollowUpWorld, what: Happening, now: string): void {
  const open = world.openTasks[0];
  const change = (cause: string | undefined, changes: object): void => {
    world.tasks = world.tasks.map((task) => (task.cause === cause ? { ...task, ...changes } : task));
  };
  const isMql = world.stage.stage === "mql";
  switch (what) {
    case "convert":
      world.facts = { ...world.facts, converted_at: now };
      break;
    case "reply":
      world.facts = { ...world.facts, replied_at: now };
      break;
    case "contact":
      world.facts = { ...world.facts, contacted_at: now };
      break;
    case "opt out":
      world.facts = { ...world.facts, opted_out: "true" };
      break;
    case "hand over":
      if (["lead", "recycled"].includes(world.stage.stage)) world.handOver(now);
      break;
    case "touch the task":
      change(open?.cause, { status: "In Progress", touchedAt: now });
      break;
    case "close the task":
      change(open?.cause, { status: "Completed", closedAt: now, touchedAt: open?.touchedAt ?? now });
      break;
    case "delete a task":
      change(open?.cause, { status: "Deleted", closedAt: now, touchedAt: open?.touchedAt ?? now });
      break;
    case "accept":
    case "win":
      if (isMql) {
        world.stage = state(what === "win" ? "customer" : "sal", { epoch: world.stage.epoch, since: now });
        world.handoffs = world.handoffs.map((one) =>
          one.outcome === "open" ? { ...one, outcome: "accepted", endedAt: now, endedBy: "salesforce" } : one,
        );
      }
      break;
    case "reject":
      if (isMql) world.recycle("No need", now, "rejected");
      break;
    case "reject with a date":
      if (isMql)
        world.recycle(
          "Bad timing",
          now,
          "rejected",
          new Date(Date.parse(now) + 30 * 24 * HOUR_MS).toISOString().slice(0, 10),
        );
      break;
    default:
  }
}

interface Lived {
  readonly world: FollowUpWorld;
  readonly now: string;
}

/** A life with a pass at every due instant and after every happening; `look` sees each moment. */
function live(life: readonly { readonly hours: number; readonly what: string }[], look: (lived: Lived) => void): Lived {
  const world = new FollowUpWorld({
    cadences: [NURTURE],
    suppression: [stops("opted_out", "email", "call", "letter")],
  });
  let now = MONDAY_9;
  let dueAt = null as string | null;
  const pass = (): void => {
    ({ dueAt } = world.step(now));
    look({ world, now });
  };
  for (const { hours, what } of life) {
    const then = new Date(Date.parse(now) + hours * HOUR_MS).toISOString();
    while (dueAt !== null && dueAt <= then) {
      now = dueAt > now ? dueAt : now;
      pass();
    }
    now = then;
    happen(world, what, now);
    pass();
  }
  return { world, now };
}

describe("following up", () => {
  test("one cause has one task, and a cadence one open task at a time", () => {
    fc.assert(
      fc.property(lives, (life) => {
        live(life, ({ world }) => {
          const causes = world.tasks.map(({ cause }) => cause);
          expect(new Set(causes).size).toBe(causes.length);
          const runs = world.openTasks.flatMap(({ cause }) =>
            cause.startsWith("cadence:") ? [cause.slice(0, cause.lastIndexOf(":"))] : [],
          );
          expect(new Set(runs).size).toBe(runs.length);
        });
      }),
      { numRuns: cases(150) },
    );
  });

  test("a task that was closed or deleted is never changed and never made again", () => {
    fc.assert(
      fc.property(lives, (life) => {
        const closed = new Map<string, string | null>();
        live(life, ({ world }) => {
          for (const { cause, closedAt } of world.tasks) {
            if (closed.has(cause)) expect(closedAt).toBe(closed.get(cause));
            else if (closedAt !== null) closed.set(cause, closedAt);
          }
        });
      }),
      { numRuns: cases(150) },
    );
  });

  test("planned again at the same moment, nothing is planned", () => {
    fc.assert(
      fc.property(lives, (life) => {
        live(life, ({ world, now }) => {
          const again = planFollowUps(world.input(now));
          expect(again).toMatchObject({ tasks: [], handoffs: [], runs: [], events: [], notices: [], newOwner: null });
          expect(again.dueAt === null || again.dueAt > now).toBe(true);
        });
      }),
      { numRuns: cases(150) },
    );
  });

  test("every step is taken once and told once, and every handoff is over or has its clock running", () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { world, now } = live(life, () => {});
        const keys = world.plans.flatMap(({ events }) => events.map(({ key }) => key));
        expect(new Set(keys).size).toBe(keys.length);
        const told = world.notices.map(({ key }) => key);
        expect(new Set(told).size).toBe(told.length);
        const open = world.handoffs.filter(({ outcome }) => outcome === "open");
        expect(open.length).toBeLessThanOrEqual(1);
        if (open.length === 1) expect(planFollowUps(world.input(now)).dueAt).not.toBeNull();
        expect(new Set(world.handoffs.map(({ epoch }) => epoch)).size).toBe(world.handoffs.length);
      }),
      { numRuns: cases(150) },
    );
  });

  test("a handoff that nobody ever reacts to ends late and recycled", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), (hours) => {
        const world = new FollowUpWorld();
        const start = new Date(Date.parse(MONDAY_9) + hours * HOUR_MS).toISOString();
        world.handOver(start);
        world.playUntil(start, new Date(Date.parse(start) + 60 * 24 * HOUR_MS).toISOString());
        expect(world.handoffs).toMatchObject([{ outcome: "late" }]);
        expect(world.stage).toMatchObject({ stage: "recycled", epoch: 2 });
        expect(world.openTasks).toEqual([]);
      }),
      { numRuns: cases(60) },
    );
  });

  test("nobody who has opted out gets or keeps an e-mail step or a task to call them", () => {
    fc.assert(
      fc.property(lives, (life) => {
        let optedOutAt: string | null = null;
        live(life, ({ world, now }) => {
          if (world.facts["opted_out"] !== "true") return;
          optedOutAt ??= now;
          const since = world.events.filter(({ at }) => at >= (optedOutAt ?? now));
          expect(since.filter(({ kind }) => kind === "email" || kind === "task")).toEqual([]);
          expect(world.plans.at(-1)?.emailStep ?? null).toBeNull();
          expect(world.openTasks).toEqual([]);
        });
      }),
      { numRuns: cases(150) },
    );
  });
});
