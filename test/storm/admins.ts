/** What admins do to LeadLoop and to fields in storms of the second family: they forget a person (`leadloop erase`), and give a field another type. */
import { StopRun } from "../../src/core/errors.ts";
import { forget, samePerson } from "../../src/jobs/forget-person.ts";
import type { Clock } from "../../src/jobs/ports.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { Dice } from "./dice.ts";
import { SECOND_FAMILY } from "./families.ts";
import { emailOf } from "./storm-fields.ts";
import { STORM_MS } from "./storm-time.ts";

/** `number`: texts must be numbers from now on. `choice`: one of a list that has none of them. `short`: of six characters. */
export type Retyping = "number" | "choice" | "short";

export type AdminStep =
  /** `number` names the invocation. */
  | { readonly do: "forget"; readonly who: number; readonly number: number }
  /** The job title's field, for good. */
  | { readonly do: "retype"; readonly side: "hubspot" | "salesforce"; readonly how: Retyping };

/** Numbers of their invocations begin here. */
const FIRST_NUMBER = 900;

export function drawAdmins(seed: number, persons: number, ticks: readonly number[]): (AdminStep & { at: number })[] {
  if (seed < SECOND_FAMILY) return [];
  const dice = new Dice(seed, "admins");
  const steps: (AdminStep & { at: number })[] = [];
  const forgotten = dice.pick([0, 1, 1, 2]);
  for (let index = 0; index < forgotten; index += 1) {
    const at = dice.chance(0.6)
      ? dice.pick(ticks) + dice.integer(0, 10_000)
      : dice.integer(600_000, STORM_MS - 600_000);
    steps.push({ do: "forget", who: dice.integer(0, persons - 1), number: FIRST_NUMBER + index, at });
  }
  if (dice.chance(0.5)) {
    const side = dice.pick(["hubspot", "salesforce"] as const);
    const how = dice.pick(
      side === "hubspot" ? (["number", "choice"] as const) : (["number", "choice", "short"] as const),
    );
    steps.push({ do: "retype", side, how, at: dice.integer(600_000, STORM_MS - 1_200_000) });
  }
  return steps;
}

const PATIENCE = 30;
const PAUSE_MS = 60_000;

/** As `leadloop erase ADDRESS --yes` does, for each of the two addresses; while a sync is under way the admin comes back every minute. */
export async function forgetByAddress(store: StateStore, clock: Clock, who: number): Promise<void> {
  const addresses = [emailOf(who), emailOf(who, 1)];
  for (let attempt = 0; attempt < PATIENCE; attempt += 1) {
    const found = (await store.linksByEmail(addresses)).filter(({ state }) => state !== "superseded");
    if (found.length === 0) return;
    try {
      for (const link of found) await forget(store, clock, await samePerson(store, link));
      return;
    } catch (error) {
      if (!(error instanceof StopRun) || !error.message.includes("under way")) throw error;
      await clock.sleep(PAUSE_MS);
    }
  }
}
