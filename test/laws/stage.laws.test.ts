/** Laws of the lifecycle: stages only rise within a cycle, both sides end up agreeing, nothing is written twice, and the order of arrival is nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Stage } from "../../src/core/model/rulebook.ts";
import { decideStage } from "../../src/core/rules/decide-stage.ts";
import { comesAfter, isExit, rankOf } from "../../src/core/rules/stages.ts";
import { at, state } from "../core/rules/rule-subjects.ts";
import { play, STRICT, type Step, setting, stage, story, World } from "../core/rules/stage-world.ts";
import { cases } from "../support/law-cases.ts";

const shows = (world: World): void => {
  expect(world.hubspot[0]?.value).toBe(world.spelling(world.state!.stage, "hubspot"));
  expect(world.salesforce).toMatchObject({
    stage: world.spelling(world.state!.stage, "salesforce"),
    epoch: world.state!.epoch,
  });
};

describe("Whatever people, rules, opportunities and crashes do to a stage", () => {
  test("entries rise strictly, and the rank falls only with a new cycle that has a reason", () => {
    fc.assert(
      fc.property(story, setting, (steps, where) => {
        const { events } = play(steps, where);
        for (const [index, event] of events.entries()) {
          const before = events[index - 1];
          if (before !== undefined) expect(comesAfter(event, before)).toBe(true);
          if (event.epoch > 1 && event.epoch !== before?.epoch) expect(event.reason).not.toBe("");
        }
      }),
      { numRuns: cases(3000) },
    );
  });

  test("the state is the last entry, and both sides show it after at most four runs, whichever way HubSpot treats a backward write", () => {
    fc.assert(
      fc.property(story, setting, (steps, where) => {
        const world = play(steps, where);
        for (let run = 0; run < 4; run += 1) world.run();
        expect(world.events.at(-1)).toMatchObject({ epoch: world.state!.epoch, stage: world.state!.stage });
        shows(world);
      }),
      { numRuns: cases(3000) },
    );
  });

  test("a settled person is decided again without an entry, a write or a note", () => {
    fc.assert(
      fc.property(story, setting, (steps, where) => {
        const world = play(steps, where);
        for (let run = 0; run < 4; run += 1) world.run();
        expect(world.run()).toMatchObject({
          events: [],
          notes: [],
          hubspot: { kind: "none" },
          salesforce: null,
          state: world.state,
        });
      }),
      { numRuns: cases(3000) },
    );
  });

  test("a forward move by hand on a settled person stands, unless a rule or an opportunity goes further", () => {
    fc.assert(
      fc.property(story, fc.constantFrom("hubspot", "salesforce"), stage, (steps, side, to) => {
        const world = play(steps, STRICT);
        for (let run = 0; run < 5; run += 1) world.run();
        const before = world.state!;
        fc.pre(!isExit(to) && rankOf(to) > rankOf(before.stage));
        world.hours += 1;
        if (side === "hubspot") world.writeHubspot(world.spelling(to, "hubspot"), false);
        else world.salesforce = { ...world.salesforce, stage: world.spelling(to, "salesforce"), at: world.now };
        world.run();
        const shared = side === "hubspot" && to === "sql" ? "sal" : to;
        const lostAtOnce = world.state!.epoch > before.epoch && world.state!.reason.startsWith("lost");
        if (!lostAtOnce) expect(rankOf(world.state!.stage)).toBeGreaterThanOrEqual(rankOf(shared));
      }),
      { numRuns: cases(2000) },
    );
  });

  test("a forward move that our own write in the same cycle ran over is found again", () => {
    fc.assert(
      fc.property(fc.constantFrom<Stage>("sal", "opportunity", "customer"), setting, (to, where) => {
        const world = new World(where);
        world.run();
        world.run();
        world.total = 70;
        world.run("nothing", world.spelling(to, "hubspot"));
        world.run();
        world.run();
        expect(world.state?.stage).toBe(to);
        shows(world);
      }),
    );
  });

  test("HubSpot is never set to an earlier value without a clear before", () => {
    fc.assert(
      fc.property(story, setting, (steps, where) => {
        const world = play(steps, where);
        for (let run = 0; run < 5; run += 1) {
          const shown = world.hubspot[0]?.value ?? "";
          const { hubspot } = world.run();
          if (hubspot.kind !== "set" || shown === "") continue;
          const ranks = (value: unknown): number[] =>
            world.setting.lifecycle.names
              .filter((names) => names.hubspot === value && !isExit(names.stage))
              .map((names) => rankOf(names.stage));
          expect(Math.max(...ranks(hubspot.value))).toBeGreaterThan(Math.max(...ranks(shown)));
        }
      }),
      { numRuns: cases(2000) },
    );
  });

  test("a decision leaves its input alone and is the same when asked again", () => {
    fc.assert(
      fc.property(story, (steps) => {
        const input = play(steps, STRICT).input();
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
      fc.property(
        forward,
        forward,
        stage.filter((one) => !isExit(one)),
        (hubspot, salesforce, stored) => {
          const moveHubspot: Step = (world) => world.writeHubspot(world.spelling(hubspot, "hubspot"), false);
          const moveSalesforce: Step = (world) => {
            world.salesforce = { ...world.salesforce, stage: world.spelling(salesforce, "salesforce"), at: world.now };
          };
          const ends = [
            [moveHubspot, moveSalesforce],
            [moveSalesforce, moveHubspot],
          ].map((steps) => {
            const world = new World(STRICT);
            world.state = state(stored);
            world.writeHubspot(world.spelling(stored, "hubspot"), true);
            world.salesforce = { stage: world.spelling(stored, "salesforce"), epoch: 1, at: at(-1) };
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
        },
      ),
      { numRuns: cases(1000) },
    );
  });
});
