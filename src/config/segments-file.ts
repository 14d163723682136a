/** The shape of config/segments.yml: named conditions that other files refer to. */
import * as z from "zod";
import type { ConfigIssue } from "../core/errors.ts";
import type { Segment } from "../core/model/rulebook.ts";
import type { FactNames } from "./fact-names.ts";
import { choice, condition, kebabName, text } from "./file-shapes.ts";
import { RuleChecks, ruleSurroundings } from "./rule-checks.ts";
import type { Places } from "./yaml-source.ts";

const segmentShape = z.strictObject({
  name: kebabName("sales-ready").describe("What other files call it."),
  label: text("Ready for sales").describe("What people read."),
  when: condition().describe("Who is in it."),
  show: choice(["ongoing", "once"], "a way to show a segment")
    .optional()
    .describe(
      "Keeps who is in it since when, and writes it to own-fields segments: up to date, or once in and never out.",
    ),
});

export const segmentsShape = z.strictObject({
  segments: z.array(segmentShape).describe('A segment may use those above it: segment("name").'),
});

type SegmentsFile = z.infer<typeof segmentsShape>;

/**
 * The segments in order; one whose condition is wrong stays, empty, so that it is not also reported as unknown elsewhere. Not complete where a name could
 * not be read: it may be the one that others ask for.
 */
export function toSegments(
  shape: SegmentsFile,
  names: FactNames,
  places: Places,
): {
  readonly segments: ReadonlyMap<string, Segment>;
  readonly complete: boolean;
  readonly issues: readonly ConfigIssue[];
} {
  const segments = new Map<string, Segment>();
  const complete =
    places.isSure([], ["segments"]) && shape.segments.every((_, index) => places.isOwn(["segments", index, "name"]));
  const checks = new RuleChecks(places, ruleSurroundings(names, segments, complete));
  checks.distinct(
    shape.segments.map(({ name }, index) => ({ path: ["segments", index, "name"], name })),
    "a segment",
  );
  shape.segments.forEach(({ name, label, when, show }, index) => {
    const compiled = checks.condition(["segments", index, "when"], when);
    if (!segments.has(name)) segments.set(name, { name, label, when: compiled, shown: show ?? null });
  });
  return { segments, complete, issues: checks.issues };
}
