/** One person's two records as the vendors keep them, and stories of what people, rules, opportunities and crashes do to them. */
import fc from "fast-check";
import type { StageState } from "../../../src/core/model/link.ts";
import type { FieldVersion } from "../../../src/core/model/record.ts";
import { type Lifecycle, STAGES, type Stage } from "../../../src/core/model/rulebook.ts";
import { decideStage, type StageDecision, type StageInput } from "../../../src/core/rules/decide-stage.ts";
import { isExit } from "../../../src/core/rules/stages.ts";
import { at, LIFECYCLE, outcome, SCORING, score } from "./rule-subjects.ts";

const HOUR_MS = 3_600_000;
/** The exits spelt like the lead stage, as in a HubSpot account without stages of its own for them. */
const SHARED: Lifecycle = {
  ...LIFECYCLE,
  names: LIFECYCLE.names.map((names) => (isExit(names.stage) ? { ...names, hubspot: "lead" } : names)),
};

export interface Setting {
  readonly lifecycle: Lifecycle;
  /** Whether HubSpot takes a backward write or drops it without a word: the sources disagree. */
  readonly takesBackward: boolean;
}
export const setting: fc.Arbitrary<Setting> = fc.record({
  lifecycle: fc.constantFrom(LIFECYCLE, SHARED),
  takesBackward: fc.boolean(),
});
export const STRICT: Setting = { lifecycle: LIFECYCLE, takesBackward: false };

/** The two records of one person, as the vendors keep them. */
export class World {
  hours = 0;
  hubspot: FieldVersion[] = [];
  salesforce: { stage: string | null; epoch: number | null; at: string } = {
    stage: null,
    epoch: null,
    at: at(-HOUR_MS),
  };
  facts: Record<string, string | null> = {};
  total = 0;
  outcomes: StageInput["outcomes"] = [];
  state: StageState | null = null;
  readonly events: StageDecision["events"][number][] = [];
  readonly setting: Setting;

  constructor(setting: Setting) {
    this.setting = setting;
  }

  spelling(stage: Stage, side: "hubspot" | "salesforce"): string {
    return this.setting.lifecycle.names.find((names) => names.stage === stage)![side];
  }

  get now(): string {
    return at(this.hours * HOUR_MS);
  }

  input(): StageInput {
    const [shown] = this.hubspot;
    return {
      state: this.state,
      lifecycle: this.setting.lifecycle,
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
    const { names } = this.setting.lifecycle;
    const from = names.findIndex((one) => one.hubspot === shown);
    const to = names.findIndex((one) => one.hubspot === value);
    if (value === shown || (own && !this.setting.takesBackward && value !== "" && from > to)) return;
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

export type Step = (world: World) => void;
export const stage = fc.constantFrom(...STAGES);
const step: fc.Arbitrary<{ readonly name: string; readonly does: Step }> = fc.oneof(
  {
    weight: 3,
    arbitrary: stage.map((to) => ({
      name: `HubSpot ${to}`,
      does: (world: World) => world.writeHubspot(world.spelling(to, "hubspot"), false),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ name: "HubSpot blank", does: (world: World) => world.writeHubspot("", false) }),
  },
  {
    weight: 3,
    arbitrary: stage.map((to) => ({
      name: `Salesforce ${to}`,
      does: (world: World) => {
        world.salesforce = { ...world.salesforce, stage: world.spelling(to, "salesforce"), at: world.now };
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
    arbitrary: fc
      .tuple(fc.constantFrom("engaged", "asked_for_demo", "accepted", "bant"), fc.boolean())
      .map(([name, on]) => ({
        name: `${name} ${on}`,
        does: (world: World) => {
          world.facts = { ...world.facts, [name]: on ? "true" : null };
        },
      })),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 0, max: 100 }).map((total) => ({
      name: `score ${total}`,
      does: (world: World) => {
        world.total = total;
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("open", "won", "lost").map((kind) => ({
      name: `opportunity ${kind}`,
      does: (world: World) => {
        const opportunityId = kind === "open" ? `opp-${world.outcomes.length}` : "opp-0";
        const known = world.outcomes.find((one) => one.opportunityId === opportunityId);
        const next = outcome({
          opportunityId,
          openedAt: known?.openedAt ?? world.now,
          stageAt: world.now,
          closed: kind !== "open",
          won: kind === "won",
        });
        world.outcomes = [...world.outcomes.filter((one) => one !== known), next];
      },
    })),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom("nothing", "hubspot", "salesforce", "both").map((lost) => ({
      name: `run, losing ${lost}`,
      does: (world: World) => {
        world.run(lost as "nothing");
      },
    })),
  },
);
const race = stage.map((to) => ({
  name: `run, while HubSpot ${to}`,
  does: (world: World) => void world.run("nothing", world.spelling(to, "hubspot")),
}));
export const story = fc.array(fc.oneof({ weight: 8, arbitrary: step }, { weight: 1, arbitrary: race }), {
  maxLength: 25,
});

export function play(steps: readonly { readonly does: Step }[], setting: Setting): World {
  const world = new World(setting);
  for (const { does } of steps) {
    world.hours += 1;
    does(world);
  }
  return world;
}
