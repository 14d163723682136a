/** People who act at once on what has just been made for them: the sharpest aim an edit can have, for the answer to our write may still be on its way. */
import { Dice } from "./dice.ts";
import type { HumanStep } from "./human-steps.ts";
import type { ChangeRow, StandIns } from "./stand-ins.ts";
import { personOf } from "./storm-fields.ts";

/** How often somebody reacts: never in most storms. */
export function drawEagerness(seed: number): number {
  return new Dice(seed, "eagerness").pick([0, 0, 0, 0, 0, 0.3, 0.8]);
}

export interface Reaction {
  readonly afterMs: number;
  readonly step: HumanStep;
}

/** What somebody does about the `count`-th record that was made, if anything. */
export function reactionTo(
  made: Pick<ChangeRow, "system" | "object" | "id">,
  at: { readonly seed: number; readonly count: number; readonly eagerness: number; readonly systems: StandIns },
): Reaction | null {
  const dice = new Dice(at.seed, `reaction ${at.count}`);
  const who = ownerOf(made, at.systems);
  if (who === undefined || !dice.chance(at.eagerness)) return null;
  const afterMs = dice.pick([dice.integer(1, 300), dice.integer(300, 30_000), dice.integer(30_000, 240_000)]);
  if (made.object === "Task")
    return { afterMs, step: { do: dice.pick(["delete-task", "delete-task", "complete-task"] as const), who } };
  const side = made.system;
  const step = dice.pick<HumanStep>([
    { do: "address", side, who, spelling: 1 },
    { do: "delete", side, who },
    { do: "edit", side, who, field: 0, value: `reaction ${at.count}` },
    { do: "convert", who },
  ]);
  return { afterMs, step };
}

function ownerOf(
  { system, object, id }: Pick<ChangeRow, "system" | "object" | "id">,
  systems: StandIns,
): number | undefined {
  if (system === "hubspot") return personOf(systems.hubspot.contact(id)?.properties["email"]);
  const { salesforce } = systems;
  if (object !== "Task") return personOf(salesforce.record(object, id)?.["Email"]);
  const whoId = String(salesforce.record("Task", id)?.["WhoId"] ?? "");
  return personOf((salesforce.record("Lead", whoId) ?? salesforce.record("Contact", whoId))?.["Email"]);
}
