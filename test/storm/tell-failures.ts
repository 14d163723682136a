/** Says which storms broke which law, and makes the first of each law as small as it goes; of the others it says how that is done. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Violation } from "./evidence.ts";
import { describePlan, shrink } from "./shrink.ts";
import { planOfSeed, type StormPlan } from "./storm-plan.ts";
import type { StormPlayer } from "./storm-player.ts";

export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

export interface Telling {
  readonly player: StormPlayer;
  /** What a command needs beside the storm to play it as it was played. */
  readonly options: string;
  /** So many laws at most are shrunk, until a moment as `performance.now()` counts. */
  readonly mostLaws: number;
  readonly until: number;
}

const TELLING = / meets | people | weather | dies: | begins | fair weather|batch\/(update|upsert|create)|composite/;

export function againCommand(what: string, options: string): string {
  return `npm run storm -- ${what}${options}`;
}

export async function tellFailures(failures: readonly Failure[], telling: Telling): Promise<void> {
  const firsts = new Map<string, number>();
  for (const { seed, violations } of failures)
    for (const { invariant } of violations) if (!firsts.has(invariant)) firsts.set(invariant, seed);
  const chosen = [...firsts].slice(0, telling.mostLaws).filter(([law]) => law !== DETERMINISM);
  for (const [invariant, seed] of chosen) await tellShrunk(planOfSeed(seed), invariant, telling);
  const shrunk = new Set(chosen.map(([, seed]) => seed));
  for (const { seed } of failures.filter((failure) => !shrunk.has(failure.seed)))
    console.log(`seed ${seed}, shrunk: ${againCommand(`--seed ${seed} --shrink`, telling.options)}`);
}

/** Two traces for one seed: nothing that a part of the storm breaks. */
export const DETERMINISM = "I27 determinism";

export async function tellShrunk(whole: StormPlan, invariant: string, telling: Telling): Promise<void> {
  const { player, options, until } = telling;
  const { plan, played } = await shrink(whole, invariant, { play: player.play, until });
  const file = join(tmpdir(), `leadloop-storm-${plan.seed}.json`);
  writeFileSync(file, JSON.stringify(plan, null, 1));
  console.log(`\n${invariant}, seed ${plan.seed}, shrunk in ${played} storms:`);
  for (const line of describePlan(plan)) console.log(`  ${line}`);
  const { violations, trace } = await player.play(plan, { traced: true });
  for (const violation of violations) console.log(`  ${violation.invariant}: ${violation.what}`);
  console.log("  what happened, without the plain calls:");
  for (const line of trace.filter((one) => TELLING.test(one)).slice(-40)) console.log(`    ${line}`);
  const again = againCommand(`--seed ${plan.seed}`, options);
  console.log(`  again: ${again}, or shrunk: ${againCommand(`--plan ${file}`, options)}\n`);
}
