/** The merge of one field over every small state of it: mirrored, repeatable, done when its target is there; and the joins and the clock behind it. */
import { describe, expect, test } from "vitest";
import type { FieldState, Origin, Register } from "../../../src/core/model/link.ts";
import { SYNC_RULES, type SyncRule } from "../../../src/core/model/mapping.ts";
import { otherSystem, SYSTEMS, type System, type Value } from "../../../src/core/model/record.ts";
import type { MergeInput } from "../../../src/core/sync/choose-value.ts";
import { mergeField } from "../../../src/core/sync/merge-field.ts";
import { join, newest } from "../../../src/core/sync/sync-rules.ts";

const EARLY: Omit<Origin, "side"> = { lo: "2026-03-02T08:00:00.000Z", hi: "2026-03-02T08:00:00.000Z" };
const LATE: Omit<Origin, "side"> = { lo: "2026-03-02T09:00:00.000Z", hi: "2026-03-02T09:00:00.000Z" };

/** Every state of one field over a blank and two values, and every way to find it. */
function inputs(): MergeInput[] {
  return SYNC_RULES.flatMap((rule) => {
    const values: readonly Value[] = rule === "most-restrictive" ? [null, "true", "false"] : [null, "1", "2"];
    return statesOver(values).flatMap((state) =>
      values.flatMap((hubspot) => values.flatMap((salesforce) => found(rule, state, hubspot, salesforce))),
    );
  });
}

function statesOver(values: readonly Value[]): FieldState[] {
  const [, first = null, second = null] = values;
  const pending = values.flatMap((target) =>
    SYSTEMS.flatMap((side) =>
      SYSTEMS.map((reached): FieldState => {
        const delivered = { hubspot: reached === "hubspot", salesforce: reached === "salesforce" };
        const noNews = { hubspot: [target, first], salesforce: [target, second] };
        const register: Register = {
          target,
          origin: { side, ...EARLY },
          noNews,
          sent: { hubspot: delivered.hubspot ? [] : [target], salesforce: delivered.salesforce ? [] : [target] },
          delivered,
        };
        return { base: first, register };
      }),
    ),
  );
  return [{}, ...values.map((base) => ({ base })), ...pending];
}

function found(rule: SyncRule, state: FieldState, hubspot: Value, salesforce: Value): MergeInput[] {
  const moments = [
    [EARLY, LATE],
    [LATE, EARLY],
    [LATE, LATE],
  ] as const;
  const answers = state.register === undefined ? [{}] : [{}, { answers: true }];
  return answers.flatMap((told) =>
    moments.map(([h, s]): MergeInput => {
      const sightings = {
        hubspot: { value: hubspot, own: false, ...told, ...h },
        salesforce: { value: salesforce, own: false, ...s },
      };
      return { rule, state, sightings, overrun: null, tieSide: "salesforce", unsettled: false };
    }),
  );
}

const MIRRORED: Partial<Record<SyncRule, SyncRule>> = {
  "always-use-salesforce": "always-use-hubspot",
  "always-use-hubspot": "always-use-salesforce",
  "prefer-salesforce-unless-blank": "prefer-hubspot-unless-blank",
  "prefer-hubspot-unless-blank": "prefer-salesforce-unless-blank",
};

/** The same with HubSpot and Salesforce changed round wherever they are named. */
function mirror<Thing>(thing: Thing): Thing {
  if (Array.isArray(thing)) return thing.map((item) => mirror(item)) as Thing;
  if (thing === "hubspot" || thing === "salesforce") return otherSystem(thing as System) as Thing;
  if (typeof thing === "string") return (MIRRORED[thing as SyncRule] ?? thing) as Thing;
  if (thing === null || typeof thing !== "object") return thing;
  return Object.fromEntries(Object.entries(thing).map(([key, value]) => [mirror(key), mirror(value)])) as Thing;
}

/** Reasons are sentences that name a system; what they say is not part of the outcome. */
function withoutReasons(result: ReturnType<typeof mergeField>): unknown {
  const inOrder = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return { ...result, conflicts: result.conflicts.map(({ because: _because, ...rest }) => sorted(rest)).sort(inOrder) };
}

describe("For every state of a field and every way to find it", () => {
  test("the two systems may be changed round, and the outcome is changed round and nothing else", () => {
    for (const input of inputs()) {
      const straight = withoutReasons(mirror(mergeField(input)));
      const round = withoutReasons(mergeField(mirror(input)));
      if (JSON.stringify(sorted(straight)) !== JSON.stringify(sorted(round))) {
        expect(round, JSON.stringify(input)).toEqual(straight);
      }
    }
  });

  test("the same input gives the same decision, and nothing given is changed", () => {
    for (const input of inputs()) {
      const before = JSON.stringify(input);
      const first = JSON.stringify(mergeField(input));
      expect(JSON.stringify(mergeField(input))).toBe(first);
      expect(JSON.stringify(input)).toBe(before);
    }
  });

  test("what both sides agreed on and still show stays as it is under every rule", () => {
    const atRest = inputs().filter(
      ({ state, sightings: { hubspot, salesforce } }) =>
        state.register === undefined &&
        state.base !== undefined &&
        state.base === hubspot.value &&
        state.base === salesforce.value,
    );
    expect(new Set(atRest.map(({ rule }) => rule))).toEqual(new Set(SYNC_RULES));
    for (const input of atRest)
      expect(mergeField(input)).toEqual({ state: input.state, decision: null, conflicts: [] });
  });

  test("a decision that finds its target on both sides is done", () => {
    for (const input of inputs()) {
      const { decision, state } = mergeField(input);
      if (decision === null) continue;
      const there = { value: decision.target, own: true, ...LATE };
      const again = mergeField({
        ...input,
        state,
        sightings: { hubspot: there, salesforce: { ...there, own: false } },
      });
      expect([again.decision, again.state.register, again.state.base, again.conflicts], JSON.stringify(input)).toEqual([
        null,
        undefined,
        decision.target,
        [],
      ]);
    }
  });
});

function sorted(thing: unknown): unknown {
  if (Array.isArray(thing)) return thing.map(sorted);
  if (thing === null || typeof thing !== "object") return thing;
  return Object.fromEntries(
    Object.entries(thing)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, sorted(value)]),
  );
}

describe("Joins", () => {
  const subjects = {
    union: ["a", "b", "a;c", null],
    highest: ["1", "2.5", "10", null],
    lowest: ["1", "2.5", "10", null],
    "most-restrictive": ["true", "false", null],
  } as const;
  test.each(Object.keys(subjects) as (keyof typeof subjects)[])(
    "%s does not care about order, grouping or doubling",
    (rule) => {
      for (const a of subjects[rule]) {
        expect(join(rule, [a, a])).toBe(a);
        for (const b of subjects[rule]) {
          expect(join(rule, [a, b])).toBe(join(rule, [b, a]));
          for (const c of subjects[rule])
            expect(join(rule, [join(rule, [a, b]), c])).toBe(join(rule, [a, join(rule, [b, c])]));
        }
      }
    },
  );
});

describe("The newest of two edits", () => {
  const candidate = (side: System, lo: string, hi = lo) => ({ value: side, side, lo, hi, rank: 3 as const });
  test.each([
    [
      "a minute apart",
      "2026-03-02T08:00:00.000Z",
      "2026-03-02T08:01:00.000Z",
      "salesforce",
      "the salesforce edit is newer",
    ],
    [
      "a minute apart, the other way",
      "2026-03-02T08:01:00.000Z",
      "2026-03-02T08:00:00.000Z",
      "hubspot",
      "the hubspot edit is newer",
    ],
    [
      "within the blur of the clocks",
      "2026-03-02T08:00:01.400Z",
      "2026-03-02T08:00:00.000Z",
      "salesforce",
      "edited at about the same time; salesforce decides ties",
    ],
    ["just beyond it", "2026-03-02T08:00:01.501Z", "2026-03-02T08:00:00.000Z", "hubspot", "the hubspot edit is newer"],
  ])("%s", (_title, hubspot, salesforce, winner, because) => {
    const verdict = newest(candidate("hubspot", hubspot), candidate("salesforce", salesforce), "salesforce");
    expect([verdict.winner.side, verdict.because]).toEqual([winner, because]);
  });
});

test("A value that a person sets back after our late write had arrived is an edit, and no echo of what was there before", () => {
  const register: Register = {
    target: "2",
    origin: { side: "salesforce", ...EARLY },
    noNews: { hubspot: [null, "2"], salesforce: ["2"] },
    sent: { hubspot: ["2"], salesforce: [] },
    delivered: { hubspot: false, salesforce: true },
  };
  const merge = (answers: boolean) =>
    mergeField({
      rule: "two-way",
      state: { base: null, register },
      sightings: {
        hubspot: { value: null, own: false, answers, ...LATE },
        salesforce: { value: "2", own: false, ...EARLY },
      },
      overrun: null,
      tieSide: "salesforce",
      unsettled: false,
    });
  expect(merge(true).decision?.target).toBe(null);
  expect(merge(false).decision?.target).toBe("2");
});

test.each([
  ["earlier gives way to it", EARLY, "2", "hubspot"],
  ["later overtakes it", { lo: "2026-03-02T10:00:00.000Z", hi: "2026-03-02T10:00:00.000Z" }, "9", "salesforce"],
] as const)(
  "An edit made without knowledge of a decision that has not arrived is weighed against it by time: one made %s, and both values are told",
  (_, entered, target, kept) => {
    const register: Register = {
      target: "2",
      origin: { side: "hubspot", ...LATE },
      noNews: { hubspot: ["2"], salesforce: ["1", "2"] },
      sent: { hubspot: [], salesforce: ["2"] },
      delivered: { hubspot: true, salesforce: false },
    };
    const { decision, conflicts } = mergeField({
      rule: "two-way",
      state: { base: "1", register },
      sightings: {
        hubspot: { value: "2", own: false, ...LATE },
        salesforce: { value: "9", own: false, ...entered },
      },
      overrun: null,
      tieSide: "salesforce",
      unsettled: false,
    });
    expect(decision?.target).toBe(target);
    expect(conflicts).toMatchObject([{ hubspot: "2", salesforce: "9", kept }]);
  },
);
