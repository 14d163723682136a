/** `npm run storm`: plays storms in every core, says which seed broke which law, and shrinks the first of each to what it takes. */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Violation } from "./evidence.ts";
import { freshSeed, seedIn } from "./families.ts";
import { readPlan } from "./plan-file.ts";
import type { StormResult } from "./storm.ts";
import { planOfSeed, type StormPlan } from "./storm-plan.ts";
import { openStormPlayer, type StormPlayer } from "./storm-player.ts";
import { againCommand, DETERMINISM, type Failure, tellFailures, tellShrunk } from "./tell-failures.ts";

const USAGE = `npm run storm -- [options]
  --seeds N      so many storms (default 100)      --minutes M   as many as fit, or --seeds N of them at most
  --from N       the first seed (default 1), or "random"        --workers N   processes (default: one for each core)
  --family N     2: storms with admins who forget people and change types of fields; 3: rare coincidences, aimed at;
                 --from counts within the family
  --seed N       one storm, with its trace         --plan FILE   the same for a plan that was shrunk
  --database     on the embedded database, or on the server that LEADLOOP_TEST_DATABASE names
  --no-shrink    do not look for the smallest plan --twice       play each twice and compare the traces
  --shrink       with --seed or --plan: looks for the smallest plan that breaks each of its laws
  --until-broken in this process, to the first seed that breaks a law
  --fresh        then storms that nobody has played, for as long as --minutes lasts: what they break is told
  --strict       and counts as a failure`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    minutes: { type: "string" },
    from: { type: "string", default: "1" },
    family: { type: "string", default: "1" },
    seed: { type: "string" },
    plan: { type: "string" },
    workers: { type: "string" },
    worker: { type: "string" },
    database: { type: "boolean", default: false },
    twice: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
    "until-broken": { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    "fresh-from": { type: "string" },
    strict: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

interface Tally {
  readonly seeds: number;
  readonly invocations: number;
  readonly deaths: number;
  readonly writes: number;
  readonly faults: number;
  readonly requests: number;
  readonly failed: readonly Failure[];
}

interface WorkerTally {
  readonly known: Tally;
  readonly fresh: Tally;
}

const WHERE = values.database ? "database" : "memory";
const OPTIONS = values.database ? " --database" : "";
/** So much of the time is left to make a fresh finding smaller. */
const SHRINKING_MS = 30_000;

if (values.help) console.log(USAGE);
else if (values.worker !== undefined) await work(Number(values.worker), Number(values.workers));
else if (values.seed !== undefined || values.plan !== undefined)
  await replay(values.plan === undefined ? planOfSeed(Number(values.seed)) : readPlan(values.plan));
else if (values["until-broken"]) await playUntilBroken();
else await playMany();

async function playUntilBroken(): Promise<void> {
  const player = await openStormPlayer(WHERE);
  const from = first();
  for (let seed = from; seed < from + Number(values.seeds ?? 100); seed += 1) {
    const [violation] = (await player.play(planOfSeed(seed))).violations;
    if (violation === undefined) continue;
    console.log(`seed ${seed} broke ${violation.invariant}: ${violation.what}`);
    break;
  }
  await player.close();
}

async function replay(plan: StormPlan): Promise<void> {
  const player = await openStormPlayer(WHERE);
  const result = await player.play(plan, { traced: true });
  const laws = new Set(result.violations.map(({ invariant }) => invariant));
  const telling = { player, options: OPTIONS, mostLaws: laws.size, until: Number.POSITIVE_INFINITY };
  if (values.shrink) for (const law of laws) await tellShrunk(plan, law, telling);
  else for (const line of result.trace) console.log(line);
  for (const { invariant, what } of result.violations) console.log(`${invariant}: ${what}`);
  console.log(`trace ${result.digest}, ${JSON.stringify(result.counts)}`);
  process.exitCode = result.violations.length === 0 ? 0 : 1;
  await player.close();
}

async function playMany(): Promise<void> {
  const workers = Number(values.workers ?? availableParallelism());
  const from = first();
  // Other ones with each run.
  const freshFrom = 1_000_000 + (Math.floor(Date.now() / 1_000) % 900_000_000);
  const start = performance.now();
  const tallies = await Promise.all(
    Array.from({ length: workers }, (_, worker) => inProcess(worker, workers, from, freshFrom)),
  );
  const minutes = (performance.now() - start) / 60_000;
  const known = tallies.map((tally) => tally.known);
  const failed = failuresOf(known);
  for (const { seed, violations } of failed)
    for (const { invariant, what } of violations.slice(0, 3)) console.log(`seed ${seed} broke ${invariant}: ${what}`);
  const player = await openStormPlayer(WHERE);
  const telling = { player, options: OPTIONS, mostLaws: values["no-shrink"] ? 0 : 5, until: Number.POSITIVE_INFINITY };
  await tellFailures(failed, telling);
  console.log(`storm: ${summary(known, from)}, in ${minutes.toFixed(1)} min`);
  console.log(failed.length === 0 ? `storm: every law was kept` : `storm: ${failed.length} seeds broke a law`);
  process.exitCode = failed.length === 0 ? 0 : 1;
  if (values.fresh) await tellFresh(tallies, freshFrom, { ...telling, until: endOfAll(start) });
  await player.close();
}

/** What nobody has played breaks a law of the product, not of the change at hand: it is told, and whoever wants to stop at it says `--strict`. */
async function tellFresh(
  tallies: readonly WorkerTally[],
  from: number,
  telling: Parameters<typeof tellFailures>[1],
): Promise<void> {
  const fresh = tallies.map((tally) => tally.fresh);
  const found = failuresOf(fresh);
  for (const { seed, violations } of found)
    for (const { invariant, what } of violations.slice(0, 3))
      console.log(
        `FOUND: storm ${seed} breaks ${invariant}: ${what}; replay with ${againCommand(`--seed ${seed}`, OPTIONS)}`,
      );
  await tellFailures(found, { ...telling, mostLaws: Math.min(1, telling.mostLaws) });
  console.log(`storm: ${summary(fresh, from)}, which nobody had played: ${found.length} found that break a law`);
  if (values.strict && found.length > 0) process.exitCode = 1;
}

function failuresOf(tallies: readonly Tally[]): Failure[] {
  return tallies.flatMap((tally) => tally.failed).sort((one, other) => one.seed - other.seed);
}

function summary(tallies: readonly Tally[], from: number): string {
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  return [
    `${sum((tally) => tally.seeds)} seeds from ${from} (${sum((tally) => tally.invocations)} invocations`,
    `${sum((tally) => tally.deaths)} killed`,
    `${sum((tally) => tally.faults)} faults`,
    `${sum((tally) => tally.requests)} requests held against the vendors' descriptions`,
    `${sum((tally) => tally.writes)} values written)`,
  ].join(", ");
}

function endOfAll(start: number): number {
  return values.minutes === undefined ? Number.POSITIVE_INFINITY : start + Number(values.minutes) * 60_000;
}

/** CI always begins at 1, so that it plays the same storms every time; "random" looks where nobody has. */
function first(): number {
  const within = values.from === "random" ? Math.floor(Math.random() * 1_000_000_000) : Number(values.from);
  return seedIn(values.family, within);
}

function inProcess(worker: number, workers: number, from: number, freshFrom: number): Promise<WorkerTally> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [
      ...process.argv.slice(2),
      // The last word counts.
      `--from=${from}`,
      `--fresh-from=${freshFrom}`,
      `--worker=${worker}`,
      `--workers=${workers}`,
    ]);
    child.once("message", (tally) => resolve(tally as WorkerTally));
    child.once("exit", (code) => reject(new Error(`worker ${worker} ended with ${code}`)));
  });
}

async function work(worker: number, workers: number): Promise<void> {
  const player = await openStormPlayer(WHERE);
  const until = endOfAll(performance.now());
  const bounded = values.minutes === undefined || values.seeds !== undefined;
  const seeds = bounded ? Number(values.seeds ?? 100) : Number.POSITIVE_INFINITY;
  const from = first();
  const share = (index: number): number => worker + index * workers;
  const known = await playSeeds(player, (index) => (share(index) < seeds ? from + share(index) : null), until);
  // Without a time they would never end.
  const isTime = values.fresh && values.minutes !== undefined;
  const freshFrom = Number(values["fresh-from"]);
  const fresh = (index: number): number => freshSeed(freshFrom + share(index), worker + index);
  const tally: WorkerTally = { known, fresh: await playSeeds(player, fresh, isTime ? until - SHRINKING_MS : 0) };
  await player.close();
  process.send?.(tally);
  process.disconnect();
}

/** `seedAt`: the seed of the so-manieth storm; null: there are no more. `until`: as `performance.now()` counts. */
async function playSeeds(player: StormPlayer, seedAt: (index: number) => number | null, until: number): Promise<Tally> {
  const counts = { seeds: 0, invocations: 0, deaths: 0, writes: 0, faults: 0, requests: 0 };
  const failed: Failure[] = [];
  for (let index = 0; performance.now() < until; index += 1) {
    const seed = seedAt(index);
    if (seed === null) break;
    const result = await player.play(planOfSeed(seed));
    const violations = [...result.violations, ...(values.twice ? await differsAgain(player, seed, result) : [])];
    counts.seeds += 1;
    counts.invocations += result.counts.invocations;
    counts.deaths += result.counts.deaths;
    counts.writes += result.counts.writes;
    counts.requests += result.counts.requests;
    counts.faults += Object.keys(result.faults).length;
    if (violations.length > 0) failed.push({ seed, violations });
  }
  return { ...counts, failed };
}

/** I27: the same seed makes the same trace. */
async function differsAgain(player: StormPlayer, seed: number, first: StormResult): Promise<Violation[]> {
  const again = await player.play(planOfSeed(seed));
  if (again.digest === first.digest) return [];
  return [{ invariant: DETERMINISM, what: `one seed, two traces: ${first.digest} and ${again.digest}` }];
}
