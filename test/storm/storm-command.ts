/** `npm run storm`: plays storms in every core, says which seed broke which law, and shrinks the first of each to what it takes. */
import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Violation } from "./evidence.ts";
import { readPlan } from "./plan-file.ts";
import { describePlan, shrink } from "./shrink.ts";
import { playStorm, type StormResult } from "./storm.ts";
import { breakingAt, openStormDatabase } from "./storm-database.ts";
import { planOfSeed, type StormPlan } from "./storm-plan.ts";

const TELLING = / meets | people | weather | dies: | begins | fair weather|batch\/(update|upsert|create)|composite/;

const USAGE = `npm run storm -- [options]
  --seeds N      so many storms (default 100)      --minutes M   as many as fit, or --seeds N of them at most
  --from N       the first seed (default 1), or "random"        --workers N   processes (default: one for each core)
  --seed N       one storm, with its trace         --plan FILE   the same for a plan that was shrunk
  --database     on the embedded database, or on the server that LEADLOOP_TEST_DATABASE names
  --no-shrink    do not look for the smallest plan --twice       play each twice and compare the traces
  --until-broken in this process, to the first seed that breaks a law`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    minutes: { type: "string" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    plan: { type: "string" },
    workers: { type: "string" },
    worker: { type: "string" },
    database: { type: "boolean", default: false },
    twice: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
    "until-broken": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

interface Tally {
  readonly seeds: number;
  readonly invocations: number;
  readonly deaths: number;
  readonly writes: number;
  readonly faults: number;
  readonly failed: readonly { readonly seed: number; readonly violations: readonly Violation[] }[];
}

if (values.help) console.log(USAGE);
else if (values.worker !== undefined) await work(Number(values.worker), Number(values.workers));
else if (values.seed !== undefined || values.plan !== undefined)
  await replay(values.plan === undefined ? planOfSeed(Number(values.seed)) : readPlan(values.plan));
else if (values["until-broken"]) await playUntilBroken();
else await playMany();

async function playUntilBroken(): Promise<void> {
  const from = Number(values.from);
  for (let seed = from; seed < from + Number(values.seeds ?? 100); seed += 1) {
    const [violation] = (await playStorm(planOfSeed(seed))).violations;
    if (violation === undefined) continue;
    console.log(`seed ${seed} broke ${violation.invariant}: ${violation.what}`);
    return;
  }
}

async function replay(plan: StormPlan): Promise<void> {
  const result = await playStorm(plan, { traced: true });
  for (const line of result.trace) console.log(line);
  for (const { invariant, what } of result.violations) console.log(`${invariant}: ${what}`);
  console.log(`trace ${result.digest}, ${JSON.stringify(result.counts)}`);
  process.exitCode = result.violations.length === 0 ? 0 : 1;
}

async function playMany(): Promise<void> {
  const workers = Number(values.workers ?? availableParallelism());
  const from = first();
  const start = performance.now();
  const tallies = await Promise.all(Array.from({ length: workers }, (_, worker) => inProcess(worker, workers, from)));
  const minutes = (performance.now() - start) / 60_000;
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  const failed = tallies.flatMap((tally) => tally.failed).sort((one, other) => one.seed - other.seed);
  for (const { seed, violations } of failed)
    for (const { invariant, what } of violations.slice(0, 3)) console.log(`seed ${seed} broke ${invariant}: ${what}`);
  if (!values["no-shrink"]) await shrinkFirst(failed);
  const seeds = sum((tally) => tally.seeds);
  const counted = `${sum((tally) => tally.invocations)} invocations, ${sum((tally) => tally.deaths)} killed, ${sum((tally) => tally.faults)} faults, ${sum((tally) => tally.writes)} values written`;
  console.log(
    `storm: ${seeds} seeds from ${from} in ${minutes.toFixed(1)} min (${(seeds / minutes).toFixed(0)} a minute): ${counted}`,
  );
  console.log(failed.length === 0 ? `storm: every law was kept` : `storm: ${failed.length} seeds broke a law`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** CI always begins at 1, so that it plays the same storms every time; "random" looks where nobody has. */
function first(): number {
  return values.from === "random" ? Math.floor(Math.random() * 1_000_000_000) : Number(values.from);
}

function inProcess(worker: number, workers: number, from: number): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [
      ...process.argv.slice(2),
      // The last word counts.
      `--from=${from}`,
      `--worker=${worker}`,
      `--workers=${workers}`,
    ]);
    child.once("message", (tally) => resolve(tally as Tally));
    child.once("exit", (code) => reject(new Error(`worker ${worker} ended with ${code}`)));
  });
}

async function work(worker: number, workers: number): Promise<void> {
  const from = first();
  const until =
    values.minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(values.minutes) * 60_000;
  const bounded = values.minutes === undefined || values.seeds !== undefined;
  const last = bounded ? from + Number(values.seeds ?? 100) : Number.POSITIVE_INFINITY;
  const database = values.database ? await openStormDatabase() : null;
  const counts = { seeds: 0, invocations: 0, deaths: 0, writes: 0, faults: 0 };
  const failed: { seed: number; violations: readonly Violation[] }[] = [];
  for (let seed = from + worker; seed < last && performance.now() < until; seed += workers) {
    const store = database?.store();
    const result = await playStorm(planOfSeed(seed), store === undefined ? {} : { store, breakAt: breakingAt });
    const violations = [...result.violations, ...(values.twice ? await differsAgain(seed, result) : [])];
    counts.seeds += 1;
    counts.invocations += result.counts.invocations;
    counts.deaths += result.counts.deaths;
    counts.writes += result.counts.writes;
    counts.faults += Object.keys(result.faults).length;
    if (violations.length > 0) failed.push({ seed, violations });
  }
  await database?.close();
  process.send?.({ ...counts, failed });
  process.disconnect();
}

/** I27: the same seed makes the same trace. */
async function differsAgain(seed: number, first: StormResult): Promise<Violation[]> {
  const again = await playStorm(planOfSeed(seed));
  if (again.digest === first.digest) return [];
  return [{ invariant: "I27 determinism", what: `one seed, two traces: ${first.digest} and ${again.digest}` }];
}

/** The first failing seed of each law, as small as it goes, with the one command that plays it again. */
async function shrinkFirst(failed: Tally["failed"]): Promise<void> {
  const firsts = new Map<string, number>();
  for (const { seed, violations } of failed)
    for (const { invariant } of violations) if (!firsts.has(invariant)) firsts.set(invariant, seed);
  for (const [invariant, seed] of [...firsts].slice(0, 5)) {
    const { plan, played } = await shrink(planOfSeed(seed), invariant);
    const file = join(tmpdir(), `leadloop-storm-${seed}.json`);
    writeFileSync(file, JSON.stringify(plan, null, 1));
    console.log(`\n${invariant}, seed ${seed}, shrunk in ${played} storms:`);
    for (const line of describePlan(plan)) console.log(`  ${line}`);
    const { violations, trace } = await playStorm(plan, { traced: true });
    for (const violation of violations) console.log(`  ${violation.invariant}: ${violation.what}`);
    console.log("  what happened, without the plain calls:");
    for (const line of trace.filter((one) => TELLING.test(one)).slice(-40)) console.log(`    ${line}`);
    console.log(`  again: npm run storm -- --seed ${seed}, or shrunk: npm run storm -- --plan ${file}\n`);
  }
}
