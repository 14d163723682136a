/** `npm run bench`: what LeadLoop costs in calls, CPU and memory, against the figures it has to reach. Prints tables and writes JSON. `--only` measures a part. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { Client } from "pg";
import type { RunFigures } from "./bench-connector.ts";
import { measureFollowUps } from "./bench-follow-up.ts";
import { measureLambda, printLambda } from "./bench-lambda.ts";
import { measureReports } from "./bench-report.ts";
import { reportScoring } from "./bench-scoring.ts";
import { programFlags } from "./program-flags.ts";

const PAIRS = Number(process.env["BENCH_PAIRS"] ?? "10000");
const EDITS = Number(process.env["BENCH_EDITS"] ?? "1000");
/** One run of a process varies by a tenth: the edits are made and synced this often, and the median counts. */
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? "5");
const MOST_SETTLING_RUNS = 12;
/** Longer than HubSpot's search index lags in the sandbox. */
const INDEXED_MS = 10_000;
/** Longer than the settled lanes of both systems and the moment at which a write is read back. */
const SETTLED_MS = 25_000;
const POSTGRES = process.env["BENCH_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

interface Limit {
  readonly figure: string;
  readonly measured: number;
  readonly limit: number;
  readonly unit: string;
}

interface Measured {
  readonly database: string;
  readonly first: RunFigures;
  readonly idle: RunFigures;
  /** The median of the rounds, by CPU. */
  readonly edits: RunFigures;
  /** The run after it, which reads back what was written to HubSpot. */
  readonly after: RunFigures;
  readonly limits: readonly Limit[];
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a benchmark process ended with code ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message as T);
    });
  });
}

/** A sandbox and a state. What a run would only wait for is time that both clocks are put ahead by. */
class Trial {
  readonly #sandbox: ChildProcess;
  readonly #environment: NodeJS.ProcessEnv;
  #aheadMs = 0;

  constructor(sandbox: ChildProcess, environment: NodeJS.ProcessEnv) {
    this.#sandbox = sandbox;
    this.#environment = environment;
  }

  async run(mode: "settle" | "run"): Promise<RunFigures> {
    const child = fork(join(import.meta.dirname, "bench-connector.ts"), [mode], {
      env: { ...this.#environment, BENCH_AHEAD_MS: String(this.#aheadMs) },
      execArgv: programFlags(),
    });
    const figures = await answer<RunFigures>(child);
    if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
    return figures;
  }

  async tell(message: { readonly edit: number } | { readonly aheadMs: number }): Promise<void> {
    this.#sandbox.send(message);
    await answer(this.#sandbox);
  }

  async pass(ms: number): Promise<void> {
    this.#aheadMs += ms;
    await this.tell({ aheadMs: this.#aheadMs });
  }

  async untilQuiet(): Promise<void> {
    for (let run = 0; run < MOST_SETTLING_RUNS; run += 1) {
      await this.pass(INDEXED_MS);
      if ((await this.run("settle")).quiet) return;
    }
  }
}

async function measure(database: string, databaseUrl: string | undefined, memoryLimit: number): Promise<Measured> {
  const sandbox = fork(join(import.meta.dirname, "bench-sandbox.ts"), [String(PAIRS)]);
  const folder = mkdtempSync(join(tmpdir(), "leadloop-bench-"));
  try {
    const urls = await answer<{ hubspotUrl: string; salesforceUrl: string }>(sandbox);
    const trial = new Trial(sandbox, {
      ...process.env,
      // As the program's entry has it: what was compiled once is not compiled again.
      NODE_COMPILE_CACHE: join(tmpdir(), "leadloop-bench-compiled"),
      SALESFORCE_LOGIN_URL: urls.salesforceUrl,
      SALESFORCE_CLIENT_ID: "sandbox-client",
      SALESFORCE_CLIENT_SECRET: "sandbox-secret",
      HUBSPOT_ACCESS_TOKEN: "pat-sandbox",
      HUBSPOT_BASE_URL: urls.hubspotUrl,
      HUBSPOT_APP_ID: "18221010",
      LEADLOOP_STATE: folder,
      DATABASE_URL: databaseUrl ?? "",
    });
    const first = await trial.run("settle");
    await trial.untilQuiet();
    await trial.pass(SETTLED_MS);
    const idle = await trial.run("run");
    const edits: RunFigures[] = [];
    const after: RunFigures[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await trial.tell({ edit: EDITS });
      await trial.pass(INDEXED_MS);
      edits.push(await trial.run("run"));
      await trial.pass(SETTLED_MS);
      after.push(await trial.run("run"));
    }
    const typical = median(edits);
    return {
      database,
      first,
      idle,
      edits: typical,
      after: median(after),
      limits: limitsOf(idle, typical, memoryLimit),
    };
  } finally {
    sandbox.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(runs: readonly RunFigures[]): RunFigures {
  const middle = runs.toSorted((a, b) => a.cpuMs - b.cpuMs)[Math.floor((runs.length - 1) / 2)];
  if (middle === undefined) throw new Error("BENCH_ROUNDS must be at least 1");
  return middle;
}

/** The figures of the product's design for 10,000 linked pairs with 1,000 different people edited on each side. */
function limitsOf(idle: RunFigures, edits: RunFigures, memoryLimit: number): readonly Limit[] {
  return [
    { figure: `HubSpot calls, ${EDITS} edits on each side`, measured: edits.hubspotCalls, limit: 60, unit: "calls" },
    {
      figure: `Salesforce calls, ${EDITS} edits on each side`,
      measured: edits.salesforceCalls,
      limit: 50,
      unit: "calls",
    },
    { figure: "HubSpot calls, nothing to do", measured: idle.hubspotCalls, limit: 4, unit: "calls" },
    { figure: "Salesforce calls, nothing to do", measured: idle.salesforceCalls, limit: 2, unit: "calls" },
    { figure: "CPU per changed person", measured: perPerson(edits.cpuMs - edits.databaseMs), limit: 1, unit: "ms" },
    { figure: "memory at most (RSS)", measured: edits.maxRssMb, limit: memoryLimit, unit: "MB" },
  ];
}

function perPerson(milliseconds: number): number {
  return Math.round((milliseconds / (2 * EDITS)) * 100) / 100;
}

async function answers(postgres: string): Promise<boolean> {
  const client = new Client({ connectionString: postgres });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function withPostgres(work: (url: string) => Promise<Measured>): Promise<Measured | null> {
  const admin = new Client({ connectionString: POSTGRES });
  try {
    await admin.connect();
  } catch {
    console.log("No PostgreSQL answers; the figures for it are left out (BENCH_POSTGRES names one).");
    return null;
  }
  const name = `leadloop_bench_${process.pid}`;
  await admin.query(`create database ${name}`);
  try {
    const url = new URL(POSTGRES);
    url.pathname = `/${name}`;
    return await work(url.toString());
  } finally {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
}

function print(measured: Measured): void {
  const table = new Table({
    head: [`${measured.database}, ${PAIRS} pairs`, "measured", "limit", ""],
    style: { head: [], border: [] },
  });
  for (const { figure, measured: value, limit, unit } of measured.limits) {
    table.push([figure, `${value} ${unit}`, `${limit} ${unit}`, value <= limit ? "ok" : "OVER"]);
  }
  const { first, after, edits } = measured;
  if (edits.databaseMs > 0)
    table.push([
      "and the database, which runs inside",
      `${perPerson(edits.databaseMs)} ms`,
      "",
      "a server's is not counted",
    ]);
  table.push([
    "the run after it reads back what was written",
    `${after.hubspotCalls} + ${after.salesforceCalls} calls`,
    "",
    `${after.cpuMs} ms CPU, ${after.written} written`,
  ]);
  table.push([
    "first sync of everything",
    `${first.hubspotCalls} + ${first.salesforceCalls} calls`,
    "",
    `${first.cpuMs} ms CPU, ${first.maxRssMb} MB`,
  ]);
  console.log(table.toString());
}

const PARTS = ["scoring", "sync", "lambda", "report", "follow-up"] as const;
type Part = (typeof PARTS)[number];

/** Those named by `--only`, or all. */
function chosenParts(): ReadonlySet<Part> {
  const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } });
  const named = values.only ?? PARTS;
  const chosen = PARTS.filter((part) => named.includes(part));
  if (chosen.length < new Set(named).size) throw new Error(`--only takes ${PARTS.join(", ")}`);
  return new Set(chosen);
}

const parts = chosenParts();
const scoring = parts.has("scoring") ? reportScoring() : null;
const results: Measured[] = [];
if (parts.has("sync")) {
  for (const result of [
    await measure("PGlite", undefined, 700),
    await withPostgres((url) => measure("PostgreSQL", url, 350)),
  ]) {
    if (result === null) continue;
    print(result);
    results.push(result);
  }
}
const lambda = parts.has("lambda") ? await measureLambda() : null;
if (lambda !== null) printLambda(lambda);
const isPostgresThere = await answers(POSTGRES);
const reports = parts.has("report") ? await measureReports(isPostgresThere, POSTGRES) : null;
const followUps = parts.has("follow-up") && isPostgresThere ? await measureFollowUps(POSTGRES) : [];
mkdirSync("bench-output", { recursive: true });
writeFileSync(
  "bench-output/bench.json",
  `${JSON.stringify({ pairs: PAIRS, edits: EDITS, rounds: ROUNDS, scoring, results, lambda, reports, followUps }, null, 2)}
`,
);
console.log("written: bench-output/bench.json");
