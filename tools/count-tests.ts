/** Adds up what several vitest runs counted and ends with one line; `node tools/count-tests.ts <folder of their JSON>`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
}

const folder = process.argv[2] ?? ".";
const names = readdirSync(folder);
const runs = new Set(names.map((name) => name.replace(/\.(json|failed)$/, "")));

let passed = 0;
let failed = Number(process.env["BROKEN_STEPS"] ?? 0);
for (const run of runs) {
  const file = join(folder, `${run}.json`);
  const counts: Counts = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { numPassedTests: 0, numFailedTests: 0 };
  passed += counts.numPassedTests;
  // A run that fails without a failed test did not load a file, or did not start at all.
  failed += Math.max(counts.numFailedTests, names.includes(`${run}.failed`) ? 1 : 0);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
