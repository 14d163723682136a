/** A fading score is shown again only when somebody would act on the difference. */
import { expect, test } from "vitest";
import type { ScoreState } from "../../../src/core/model/link.ts";
import type { Scoring } from "../../../src/core/model/rulebook.ts";
import { isWorthShowing } from "../../../src/core/rules/fading-score.ts";

const SCORING: Scoring = {
  fit: [],
  engagement: [],
  mqlAt: 60,
  rearmBelow: 45,
  fadeStep: 5,
  caps: { fit: 100, engagement: 100, total: 100 },
  bands: { fit: [0.6, 0.3], engagement: [0.6, 0.3] },
};

function scored(total: number, band: string): ScoreState {
  return { total, fit: 0, engagement: total, band, reasons: [], nextChangeAt: null };
}

test.each`
  shown | present | bands           | worth    | because
  ${50} | ${50}   | ${["B2", "B2"]} | ${false} | ${"nothing moved"}
  ${50} | ${46}   | ${["B2", "B2"]} | ${false} | ${"less than a step"}
  ${52} | ${47}   | ${["B2", "B2"]} | ${true}  | ${"a whole step"}
  ${50} | ${49}   | ${["B2", "B3"]} | ${true}  | ${"another band"}
  ${60} | ${59}   | ${["B2", "B2"]} | ${true}  | ${"below the MQL line"}
  ${45} | ${44}   | ${["B2", "B2"]} | ${true}  | ${"below the re-arm line"}
`("from $shown to $present, $because: $worth", ({ shown, present, bands, worth }) => {
  expect(isWorthShowing(scored(shown, bands[0]), scored(present, bands[1]), SCORING)).toBe(worth);
});
