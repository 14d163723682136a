/** `npm run storm:mutants`: takes one defence after another out of a copy of the product, and says at which storm each was missed. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { seedIn } from "./families.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";

const USAGE = `npm run storm:mutants -- [options]
  --seeds N    storms of a family for each mutant at most (default 300)
  --long       100,000 of them, for what is rare: a night and more
  --from N     the first storm of a family (default 1): on with a mutant where the last run ended
  --family N   storms of that family alone (default: the third, whose storms are aimed, then the first, then the second)
  --workers N  mutants at a time (default: one for each core)
  --only TEXT  the one of that name, or those whose name holds it
  --row N      those of one row of the reference's table (sync-correctness, section 4.5)`;

const NOT_CAUGHT = "not caught";
const ROOT = join(import.meta.dirname, "../..");

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    long: { type: "boolean", default: false },
    from: { type: "string", default: "1" },
    family: { type: "string" },
    workers: { type: "string" },
    only: { type: "string", default: "" },
    row: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** Storms of a family for each mutant. */
const most = Number(values.seeds ?? (values.long ? 100_000 : 300));

interface Row {
  readonly mutant: string;
  /** As was to be expected. */
  readonly isCovered: boolean;
  /** Which row of the reference's table it is, in words. */
  readonly ofTable: string;
  readonly caught: string;
  readonly by: string;
}

if (values.help) console.log(USAGE);
else await playMutants();

async function playMutants(): Promise<void> {
  const waiting = chosen();
  const rows: Row[] = [];
  const worker = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const row = await playMutant(mutant);
      rows.push(row);
      console.log(`${row.caught.padStart(14)}  ${row.ofTable.padStart(6)}  ${row.mutant}: ${row.by}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers ?? availableParallelism()) }, worker));
  const caught = rows.filter((row) => row.caught !== NOT_CAUGHT).length;
  const covered = rows.filter((row) => row.caught === NOT_CAUGHT && row.isCovered).length;
  console.log(`mutants: ${caught} of ${rows.length} caught; another defence stands behind ${covered} of the others`);
  const played = rowsOf(rows);
  const noticed = rowsOf(rows.filter((row) => row.caught !== NOT_CAUGHT));
  console.log(`rows of the table: ${noticed.length} of ${played.length} noticed (${played.join(", ")})`);
  process.exitCode = caught + covered === rows.length ? 0 : 1;
}

function rowsOf(rows: readonly Row[]): number[] {
  const numbers = rows.flatMap(({ ofTable }) => (ofTable === "" ? [] : [Number(ofTable.slice("row ".length))]));
  return [...new Set(numbers)].sort((one, other) => one - other);
}

function chosen(): Mutant[] {
  const named = MUTANTS.filter((mutant) => mutant.name === values.only);
  if (named.length > 0) return named;
  if (values.row !== undefined) return MUTANTS.filter(({ row }) => row === Number(values.row));
  return MUTANTS.filter((mutant) => mutant.name.includes(values.only));
}

async function playMutant(mutant: Mutant): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "leadloop-mutant-"));
  try {
    copyProduct(folder);
    for (const { file, find, replace } of mutant.patches) {
      const path = join(folder, file);
      const source = readFileSync(path, "utf8");
      const times = source.split(find).length - 1;
      if (times !== 1) throw new Error(`"${mutant.name}": its text stands ${times} times in ${file}: ${find}`);
      writeFileSync(
        path,
        source.replace(find, () => replace),
      );
    }
    return await playFamilies(mutant, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyProduct(folder: string): void {
  for (const part of ["src", "test/storm", "test/support", "config", "mappings", "package.json"])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}

async function playFamilies(mutant: Mutant, folder: string): Promise<Row> {
  const named = {
    mutant: mutant.name,
    isCovered: mutant.isCovered === true,
    ofTable: mutant.row === undefined ? "" : `row ${mutant.row}`,
  };
  const families = values.family === undefined ? ["3", "1", "2"] : [values.family];
  for (const family of families) {
    const broken = await playStorms(folder, seedIn(family, Number(values.from)));
    if (broken !== null) return { ...named, caught: `seed ${broken.seed}`, by: broken.law.slice(0, 160) };
  }
  return {
    ...named,
    caught: NOT_CAUGHT,
    by: `${most} storms from ${values.from} of family ${families.join(", ")}`,
  };
}

/** A storm that the whole product does not weather either says nothing about the mutant: on with the next. */
async function playStorms(folder: string, first: number): Promise<Broken | null> {
  const end = first + most;
  for (let from = first; from < end; ) {
    const broken = await firstBroken(folder, from, end - from);
    if (broken === null) return null;
    if ((await firstBroken(ROOT, broken.seed, 1)) === null) return broken;
    from = broken.seed + 1;
  }
  return null;
}

interface Broken {
  readonly seed: number;
  readonly law: string;
}

async function firstBroken(folder: string, from: number, seeds: number): Promise<Broken | null> {
  const command = [join(folder, "test/storm/storm-command.ts"), "--until-broken", `--from=${from}`, `--seeds=${seeds}`];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder, maxBuffer: 2 ** 28 });
  const said = /^seed (\d+) broke (.*)$/m.exec(stdout);
  return said === null ? null : { seed: Number(said[1]), law: said[2] ?? "" };
}
