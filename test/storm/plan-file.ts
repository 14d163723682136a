/** Reads a storm's plan from a file, as `npm run storm` writes the ones it shrinks. */
import { readFileSync } from "node:fs";
import type { StormPlan } from "./storm-plan.ts";

export function readPlan(file: string): StormPlan {
  return JSON.parse(readFileSync(file, "utf8")) as StormPlan;
}
