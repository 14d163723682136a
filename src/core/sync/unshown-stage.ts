/** Which side is not known to show the decided stage, what it shows instead and why: as it was read, and as the answers to our writes say. */
import { assertNever } from "../errors.ts";
import type { Link, UnshownStage } from "../model/link.ts";
import type { OwnFields } from "../model/mapping.ts";
import type { Write, WriteOutcome } from "../model/plan.ts";
import { type CrmRecord, SYSTEMS, type System } from "../model/record.ts";
import { isFinal } from "./decide-create.ts";
import { STAGE_FACT, stageText } from "./own-values.ts";
import type { MayWrite, PersonDecision } from "./person-decision.ts";
import { refusedValue } from "./refused-own.ts";

interface UnshownContext {
  readonly ownFields: Pick<OwnFields, "stage">;
  readonly mayWrite: MayWrite;
}

/**
 * The decision with what each side shows until its write is answered. Asked last, when it is certain what is written: what was read counts, not what is
 * intended. A side that was not read shows what it did before.
 */
export function noteUnshown(
  decision: PersonDecision,
  records: Readonly<Record<System, CrmRecord | null>>,
  context: UnshownContext,
): PersonDecision {
  const { link } = decision;
  if (isFinal(link)) return decision;
  const hubspot = unshownSide(decision, "hubspot", records.hubspot, context);
  const salesforce = unshownSide(decision, "salesforce", records.salesforce, context);
  if (hubspot === undefined && salesforce === undefined && link.unshown === undefined) return decision;
  return { ...decision, link: withUnshown(link, { hubspot, salesforce }) };
}

function unshownSide(
  { link, writes }: PersonDecision,
  system: System,
  record: CrmRecord | null,
  { ownFields, mayWrite }: UnshownContext,
): UnshownStage | undefined {
  const field = ownFields.stage[system];
  const isWritten = writes.some((write) => write.system === system && write.fields[field] !== undefined);
  const value = record?.fields[field];
  if (isWritten) return { shown: stageText(value ?? null), because: "unanswered" };
  if (record === null || value === undefined) return link.unshown?.[system];
  const shown = stageText(value);
  if (shown === (link.facts[STAGE_FACT[system]] ?? "")) return undefined;
  // It is not sent again until it is another one; the system's word for the refusal stays known.
  if (refusedValue(link, system, field) !== undefined) return { ...link.unshown?.[system], shown, because: "refused" };
  return { shown, because: mayWrite(system, record.ref.object, field, "update") ? "resting" : "unwritable" };
}

/** The link after an answer to a write of the stage. `restFollows`: what was refused is another field, and the stage is sent again without it. */
export function afterAnswer(link: Link, write: Write, outcome: WriteOutcome, restFollows: boolean): Link {
  const side = link.unshown?.[write.system];
  // The cycle goes by the same rule, and may be written while the stage rests.
  const isStages = side?.because === "unanswered" && Object.values(write.fields).some(({ rule }) => rule === "stage");
  if (!isStages) return link;
  const after = answered(side, write, outcome, restFollows);
  return after === side ? link : withUnshown(link, { ...link.unshown, [write.system]: after });
}

/** Undefined: the side shows what was decided. */
function answered(
  side: UnshownStage,
  write: Write,
  outcome: WriteOutcome,
  restFollows: boolean,
): UnshownStage | undefined {
  switch (outcome.kind) {
    case "written":
      if (write.purpose === "clear-stage") return { shown: "", because: "unsent" };
      return leftAsItWas(write, outcome);
    case "rejected":
      return restFollows
        ? { ...side, because: "unsent" }
        : { ...side, because: "refused", code: outcome.code.replaceAll(/\s/g, "_") };
    case "stale":
    case "gone":
      return { ...side, because: "outdated" };
    case "deferred":
      return { ...side, because: "unsent" };
    case "unknown":
    case "underway":
      return side;
    default:
      return assertNever(outcome);
  }
}

/** HubSpot answers 200 to a stage that it ignores, and says what it shows. */
function leftAsItWas(write: Write, { returned }: Extract<WriteOutcome, { kind: "written" }>): UnshownStage | undefined {
  for (const [name, { to, rule }] of Object.entries(write.fields)) {
    const value = returned?.[name];
    if (rule === "stage" && value !== undefined && stageText(value) !== stageText(to))
      return { shown: stageText(value), because: "ignored" };
  }
  return undefined;
}

function withUnshown(link: Link, sides: Readonly<Partial<Record<System, UnshownStage | undefined>>>): Link {
  const { unshown: _before, ...rest } = link;
  const unshown: Partial<Record<System, UnshownStage>> = {};
  for (const system of SYSTEMS) {
    const side = sides[system];
    if (side !== undefined) unshown[system] = side;
  }
  return Object.keys(unshown).length === 0 ? rest : { ...rest, unshown };
}
