/** `npm run storm`: plays storms, and says which law a seed broke and by what. */
import { parseArgs } from "node:util";
import { playStorm } from "./storm.ts";
import { planOfSeed } from "./storm-plan.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string" }, seed: { type: "string" }, from: { type: "string" } },
});

if (values.seed !== undefined) {
  const result = await playStorm(planOfSeed(Number(values.seed)), { traced: true });
  for (const line of result.trace) console.log(line);
  for (const { invariant, what } of result.violations) console.log(`${invariant}: ${what}`);
  console.log(result.digest, JSON.stringify(result.counts));
} else {
  const from = Number(values.from ?? 1);
  const count = Number(values.seeds ?? 20);
  const start = performance.now();
  let failed = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await playStorm(planOfSeed(seed));
    if (result.violations.length === 0) continue;
    failed += 1;
    console.log(`seed ${seed}: ${result.violations[0]?.invariant}: ${result.violations[0]?.what}`);
  }
  const seconds = (performance.now() - start) / 1_000;
  console.log(
    `${count} seeds, ${failed} failed, ${seconds.toFixed(1)} s, ${((count / seconds) * 60).toFixed(0)} seeds/min`,
  );
}
