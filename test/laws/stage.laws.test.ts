/** Laws of the lifecycle: stages only rise within a cycle, both sides end up agreeing, nothing is written twice, and the order of arrival is nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StageState } from "../../src/core/model/link.ts";
import type { FieldVersion } from "../../src/core/model/record.ts";
import { STAGES, type Stage } from "../../src/core/model/rulebook.ts";
import { decideStage, type StageDecision, type StageInput } from "../../src/core/rules/decide-stage.ts";
import { planHandoff } from "../../src/core/rules/plan-handoff.ts";
import { comesAfter, isExit, rankOf } from "../../src/core/rules/stages.ts";
import { at, LIFECYCLE, outcome, owner, rulebook, SCORING, score, state } from "../core/rules/rule-subjects.ts";

const HOUR_MS = 3_600_000;
const spelling = (stage: Stage, side: "hubspot" | "salesforce"): string =>
  LIFECYCLE.names.find((names) => names.stage === stage)![side];

/** The two records of one person, as the vendors keep them. */
class World {
  hours = 0;
  hubspot: FieldVersion[] = [];
  salesforce: { stage: string | null; epoch: number | null; at: string } = { stage: null, epoch: null, at: at(-HOUR_MS) };
  facts: Record<string, string | null> = {};
  total = 0;
  outcomes: StageInput["outcomes"] = [];
  state: StageState | null = null;
  readonly events: StageDecision["events"][number][] = [];
  readonly takesBackward: boolean;

  constructor(takesBackward: boolean) {
    this.takesBackward = takesBackward;
  }

  get now(): string {
    return at(this.hours * HOUR_MS);
  }

  input(): StageInput {
    const [shown] = this.hubspot;
    return {
      state: this.state,
      lifecycle: LIFECYCLE,
      scoring: SCORING,
      facts: this.facts,
      score: score(this.total),
      hubspot: { value: shown?.value ?? null, history: this.hubspot, at: shown?.at ?? at(-HOUR_MS) },
      salesforce: this.salesforce,
      outcomes: this.outcomes,
      createdAt: at(-HOUR_MS),
      now: this.now,
    };
  }

  writeHubspot(value: string, own: boolean): void {
    const shown = this.hubspot[0]?.value ?? "";
    const from = LIFECYCLE.names.findIndex((names) => names.hubspot === shown);
    const to = LIFECYCLE.names.findIndex((names) => names.hubspot === value);
    if (value === shown || (own && !this.takesBackward && value !== "" && from > to)) return;
    this.hubspot = [{ value, at: this.now, own }, ...this.hubspot];
  }

  /** One run; `lost` is what a crash kept from being sent, `meanwhile` what a person did to HubSpot between our read and our write. */
  run(lost: "nothing" | "hubspot" | "salesforce" | "both" = "nothing", meanwhile?: string): StageDecision {
    this.hours += 1;
    const decision = decideStage(this.input());
    this.state = decision.state;
    this.events.push(...decision.events);
    this.hours += 1;
    if (meanwhile !== undefined) this.writeHubspot(meanwhile, false);
    this.hours += 1;
    if (decision.salesforce !== null && lost !== "salesforce" && lost !== "both") {
      this.salesforce = { ...decision.salesforce, at: this.now };
    }
    if (decision.hubspot.kind !== "none" && lost !== "hubspot" && lost !== "both") {
      this.writeHubspot(decision.hubspot.kind === "set" ? decision.hubspot.value : "", true);
    }
    return decision;
  }
}

type Step = (world: World) => void;
const stage = fc.constantFrom(...STAGES);
const step: fc.Arbitrary<{ readonly name: string; readonly does: Step }> = fc.oneof(
  { weight: 3, arbitrary: stage.map((to) => ({ name: `HubSpot ${to}`, does: (world: World) => world.writeHubspot(spelling(to, "hubspot"), false) })) },
  { weight: 1, arbitrary: fc.constant({ name: "HubSpot blank", does: (world: World) => world.writeHubspot("", false) }) },
  {
    weight: 3,
    arbitrary: stage.map((to) => ({
      name: `Salesforce ${to}`,
      does: (world: World) => {
        world.salesforce = { ...world.salesforce, stage: spelling(to, "salesforce"), at: world.now };
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("bad timing", "no budget", "competitor", null).map((reason) => ({
      name: `sent back: ${reason}`,
      does: (world: World) => {
        world.facts = { ...world.facts, sent_back: reason === null ? null : "true", recycle_reason: reason };
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom("engaged", "asked_for_demo", "accepted", "bant"), fc.boolean()).map(([name, on]) => ({
      name: `${name} ${on}`,
      does: (world: World) => {
        world.facts = { ...world.facts, [name]: on ? "true" : null };
      },
    })),
  },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 100 }).map((total) => ({ name: `score ${total}`, does: (world: World) => { world.total = total; } })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("open", "won", "lost").map((kind) => ({
      name: `opportunity ${kind}`,
      does: (world: World) => {
        const opportunityId = kind === "open" ? `opp-${world.outcomes.length}` : "opp-0";
        const known = world.outcomes.find((one) => one.opportunityId === opportunityId);
        const next = outcome({ opportunityId, openedAt: known?.openedAt ?? world.now, stageAt: world.now, closed: kind !== "open", won: kind === "won" });
        world.outcomes = [...world.outcomes.filter((one) => one !== known), next];
      },
    })),
  },
  { weight: 6, arbitrary: fc.constantFrom("nothing", "hubspot", "salesforce", "both").map((lost) => ({ name: `run, losing ${lost}`, does: (world: World) => { world.run(lost as "nothing"); } })) },
);
const race = stage.map((to) => ({ name: `run, while HubSpot ${to}`, does: (world: World) => void world.run("nothing", spelling(to, "hubspot")) }));
const story = fc.array(fc.oneof({ weight: 8, arbitrary: step }, { weight: 1, arbitrary: race }), { maxLength: 25 });

function play(steps: readonly { readonly does: Step }[], takesBackward: boolean): World {
  const world = new World(takesBackward);
  for (const { does } of steps) {
    world.hours += 1;
    does(world);
  }
  return world;
}

const shows = (world: World): void => {
  expect(world.hubspot[0]?.value).toBe(spelling(world.state!.stage, "hubspot"));
  expect(world.salesforce).toMatchObject({ stage: spelling(world.state!.stage, "salesforce"), epoch: world.state!.epoch });
};

describe("Whatever people, rules, opportunities and crashes do to a stage", () => {
  test("entries rise strictly, and the rank falls only with a new cycle that has a reason", () => {
    fc.assert(
      fc.property(story, fc.boolean(), (steps, takesBackward) => {
        const { events } = play(steps, takesBackward);
        for (const [index, event] of events.entries()) {
          const before = events[index - 1];
          if (before !== undefined) expect(comesAfter(event, before)).toBe(true);
          if (event.epoch > 1 && event.epoch !== before?.epoch) expect(event.reason).not.toBe("");
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("the state is the last entry, and both sides show it after at most four runs, whichever way HubSpot treats a backward write", () => {
    fc.assert(
      fc.property(story, fc.boolean(), (steps, takesBackward) => {
        const world = play(steps, takesBackward);
        for (let run = 0; run < 4; run += 1) world.run();
        expect(world.events.at(-1)).toMatchObject({ epoch: world.state!.epoch, stage: world.state!.stage });
        shows(world);
      }),
      { numRuns: 3000 },
    );
  });

  test("a settled person is decided again without an entry, a write or a note", () => {
    fc.assert(
      fc.property(story, fc.boolean(), (steps, takesBackward) => {
        const world = play(steps, takesBackward);
        for (let run = 0; run < 4; run += 1) world.run();
        expect(world.run()).toMatchObject({ events: [], notes: [], hubspot: { kind: "none" }, salesforce: null, state: world.state });
      }),
      { numRuns: 3000 },
    );
  });

  test("a forward move by hand on a settled person stands, unless a rule or an opportunity goes further", () => {
    fc.assert(
      fc.property(story, fc.constantFrom("hubspot", "salesforce"), stage, (steps, side, to) => {
        const world = play(steps, false);
        for (let run = 0; run < 5; run += 1) world.run();
        const before = world.state!;
        fc.pre(!isExit(to) && rankOf(to) > rankOf(before.stage));
        world.hours += 1;
        if (side === "hubspot") world.writeHubspot(spelling(to, "hubspot"), false);
        else world.salesforce = { ...world.salesforce, stage: spelling(to, "salesforce"), at: world.now };
        world.run();
        const shared = side === "hubspot" && to === "sql" ? "sal" : to;
        const lostAtOnce = world.state!.epoch > before.epoch && world.state!.reason.startsWith("lost");
        if (!lostAtOnce) expect(rankOf(world.state!.stage)).toBeGreaterThanOrEqual(rankOf(shared));
      }),
      { numRuns: 2000 },
    );
  });

  test("a forward move that our own write in the same cycle ran over is found again", () => {
    fc.assert(
      fc.property(fc.constantFrom<Stage>("sal", "opportunity", "customer"), fc.boolean(), (to, takesBackward) => {
        const world = new World(takesBackward);
        world.run();
        world.run();
        world.total = 70;
        world.run("nothing", spelling(to, "hubspot"));
        world.run();
        world.run();
        expect(world.state?.stage).toBe(to);
        shows(world);
      }),
    );
  });

  test("HubSpot is never set to an earlier value without a clear before", () => {
    fc.assert(
      fc.property(story, fc.boolean(), (steps, takesBackward) => {
        const world = play(steps, takesBackward);
        for (let run = 0; run < 5; run += 1) {
          const shown = world.hubspot[0]?.value ?? "";
          const { hubspot } = world.run();
          if (hubspot.kind !== "set" || shown === "") continue;
          const ranks = (value: unknown): number[] => LIFECYCLE.names.filter((names) => names.hubspot === value).map((names) => rankOf(names.stage));
          expect(Math.max(...ranks(hubspot.value))).toBeGreaterThan(Math.max(...ranks(shown)));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a decision leaves its input alone and is the same when asked again", () => {
    fc.assert(
      fc.property(story, (steps) => {
        const input = play(steps, false).input();
        const copy = JSON.stringify(input);
        expect(decideStage(input)).toEqual(decideStage(input));
        expect(JSON.stringify(input)).toBe(copy);
      }),
    );
  });
});

describe("Moves on the two sides", () => {
  test("lead to the same stage in whichever order they arrive", () => {
    const forward = fc.constantFrom<Stage>("lead", "mql", "sal", "sql", "opportunity", "customer", "evangelist");
    fc.assert(
      fc.property(forward, forward, stage.filter((one) => !isExit(one)), (hubspot, salesforce, stored) => {
        const moveHubspot: Step = (world) => world.writeHubspot(spelling(hubspot, "hubspot"), false);
        const moveSalesforce: Step = (world) => {
          world.salesforce = { ...world.salesforce, stage: spelling(salesforce, "salesforce"), at: world.now };
        };
        const ends = [
          [moveHubspot, moveSalesforce],
          [moveSalesforce, moveHubspot],
        ].map((steps) => {
          const world = new World(false);
          world.state = state(stored);
          world.writeHubspot(spelling(stored, "hubspot"), true);
          world.salesforce = { stage: spelling(stored, "salesforce"), epoch: 1, at: at(-1) };
          for (const does of steps) {
            world.hours += 1;
            does(world);
            world.run();
          }
          for (let run = 0; run < 3; run += 1) world.run();
          shows(world);
          return `${world.state?.epoch} ${world.state?.stage}`;
        });
        // HubSpot has one value for SAL and SQL: it vouches for SAL only, whenever it comes.
        expect(ends[0]).toBe(ends[1]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("Over any story", () => {
  test("each cycle has at most one handoff and one task, and no handoff stays open in a past cycle", () => {
    fc.assert(
      fc.property(story, (steps) => {
        const world = new World(false);
        const handoffs = new Map<string, ReturnType<typeof planHandoff>["ended"][number]>();
        const tasks = new Map<string, NonNullable<ReturnType<typeof planHandoff>["task"]>>();
        for (const { does } of [...steps, { does: (end: World) => void end.run() }]) {
          const seen = world.events.length;
          world.hours += 1;
          does(world);
          if (world.state === null) continue;
          const entered = world.events.slice(seen).map((event, index) => ({ ...event, link: "link-1", sequence: seen + index }));
          const plan = planHandoff({
            link: "link-1",
            name: "Ada",
            facts: world.facts,
            score: score(world.total),
            stage: world.state,
            entered,
            handoffs: [...handoffs.values()],
            tasks: [...tasks.values()],
            rulebook: rulebook(),
            owners: [owner("anna")],
            currentOwnerEmail: null,
            given: new Map(),
            now: world.now,
          });
          if (plan.handoff !== null) {
            expect(handoffs.has(String(plan.handoff.epoch))).toBe(false);
            handoffs.set(String(plan.handoff.epoch), plan.handoff);
          }
          for (const end of plan.ended) handoffs.set(String(end.epoch), end);
          if (plan.task !== null) {
            expect(tasks.has(plan.task.cause)).toBe(false);
            tasks.set(plan.task.cause, plan.task);
          }
        }
        for (const handoff of handoffs.values()) {
          if (handoff.epoch < world.state!.epoch) expect(["accepted", "rejected"]).toContain(handoff.outcome);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
