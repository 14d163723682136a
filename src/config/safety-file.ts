/** The shape of config/safety.yml: how much one run may do before a person has to look. */
import * as z from "zod";
import type { SafetyLimits } from "../core/model/connector-settings.ts";
import { share, whole } from "./file-shapes.ts";

const limit = (atMost: number, part: number, what: string) =>
  z
    .strictObject({
      "at-most": whole(0, 10_000_000, "people or values").default(atMost).describe("So many are never too many."),
      share: share().default(part).describe("Nor is this share of all linked people; the larger of both counts."),
    })
    .prefault({})
    .describe(what);

export const safetyShape = z.strictObject({
  blank: limit(50, 0, "Values that would become blank."),
  delete: limit(20, 0.005, "People whose record was deleted on one side, which ends their link."),
  regress: limit(20, 0.01, "People whose stage would go back."),
  change: limit(500, 0.5, "People linked before whose record would change."),
  create: limit(1000, 0.25, "Records that would be made; counted once the first load is done."),
});

type SafetyFile = z.infer<typeof safetyShape>;

export function toSafety(shape: SafetyFile): SafetyLimits {
  const of = ({ "at-most": atMost, share: part }: SafetyFile["blank"]) => ({ atMost, share: part });
  return {
    blank: of(shape.blank),
    delete: of(shape.delete),
    regress: of(shape.regress),
    change: of(shape.change),
    create: of(shape.create),
  };
}
