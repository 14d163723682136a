/** `npm run bench:first-load`: a first load in slices, as Lambda would play it, some of them killed; ends when nothing is left and counts who is where. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import pg from "pg";
import type { SliceResult } from "./first-load-slice.ts";

const PAIRS = Number(process.env["BENCH_PAIRS"] ?? "100000");
const WAITING = Number(process.env["BENCH_WAITING"] ?? String(Math.round(PAIRS / 10)));
/** Stands for the fifteen minutes of one invocation. */
const SLICE_SECONDS = Number(process.env["BENCH_SLICE_SECONDS"] ?? "60");
const KILLS = Number(process.env["BENCH_KILLS"] ?? "5");
const POSTGRES = process.env["BENCH_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres";
const MOST_SLICES = 60;
const HEAP_MB = 256;
/** Persons a second of CPU, and megabytes. */
const LEAST_SPEED = 2_000;
const MOST_MEMORY = 400;

interface Slice {
  readonly ended: "killed" | SliceResult["outcome"];
  readonly seconds: number;
  readonly cpuMs: number;
  readonly maxRssMb: number;
  readonly result: SliceResult | null;
}

interface Count {
  readonly leads: number;
  readonly addresses: number;
  readonly contacts: number;
  readonly contactAddresses: number;
  readonly samePersonOnBothSides: number;
  readonly calls: { readonly hubspot: number; readonly salesforce: number; readonly byPath: Record<string, number> };
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code, signal) => reject(new Error(`a process of the load ended with ${signal ?? code}`)));
  });
}

/** CPU and largest memory of a process so far, as the kernel counts them: also of one that is about to be killed. */
function costOf(pid: number | undefined): { readonly cpuMs: number; readonly maxRssMb: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    if (peak === undefined) return null;
    // Clock ticks of a hundredth of a second: user and system time.
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, maxRssMb: Math.round(Number(peak) / 1_024) };
  } catch {
    return null;
  }
}

/** Plays one slice; `killAfter` seconds, or to its own end. */
async function playSlice(environment: NodeJS.ProcessEnv, killAfter: number | null): Promise<Slice> {
  const started = performance.now();
  const file = join(import.meta.dirname, "first-load-slice.ts");
  // As much heap as a function of 1,024 MB would not fill: what is measured is need, not how lazily a large machine collects.
  const child = fork(file, [String(SLICE_SECONDS)], {
    env: environment,
    execArgv: [`--max-old-space-size=${HEAP_MB}`, "--max-semi-space-size=8"],
  });
  let result: SliceResult | null = null;
  let cost = { cpuMs: 0, maxRssMb: 0 };
  child.once("message", (message) => {
    result = message as SliceResult;
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const watch = setInterval(() => {
    cost = costOf(child.pid) ?? cost;
    if (killAfter !== null && performance.now() - started > killAfter * 1_000) child.kill("SIGKILL");
  }, 100);
  await gone;
  clearInterval(watch);
  const told = result as SliceResult | null;
  if (told === null && child.signalCode !== "SIGKILL") throw new Error("a slice ended without a word");
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  return { ended: told?.outcome ?? "killed", seconds, ...cost, result: told };
}

/** Kills are spread over the slice, reading, deciding and waiting alike. */
function killAfter(kill: number): number {
  return SLICE_SECONDS * (0.35 + (0.6 * ((kill * 7) % 10)) / 10);
}

function isQuiet({ result }: Slice): boolean {
  if (result === null || result.outcome === "paused" || result.outcome === "stopped") return false;
  const { hubspot, salesforce, tasks } = result.written;
  return hubspot.created + hubspot.updated + salesforce.created + salesforce.updated + tasks === 0;
}

function told(slices: readonly Slice[], count: Count) {
  const sum = (of: (slice: Slice) => number): number => slices.reduce((total, slice) => total + of(slice), 0);
  const cpuMs = sum((slice) => slice.cpuMs);
  const everybody = PAIRS + WAITING;
  return {
    pairs: PAIRS,
    onlyInHubSpot: WAITING,
    slices: slices.length,
    killed: slices.filter(({ ended }) => ended === "killed").length,
    duplicates: count.leads - count.addresses + (count.contacts - count.contactAddresses),
    missing: everybody - count.samePersonOnBothSides,
    leads: count.leads,
    contacts: count.contacts,
    hubspotCalls: count.calls.hubspot,
    salesforceCalls: count.calls.salesforce,
    bulkJobs: count.calls.byPath["POST /services/data/v66.0/jobs/ingest"] ?? 0,
    cpuSeconds: Math.round(cpuMs / 100) / 10,
    personsPerCpuSecond: Math.round((everybody * 1_000) / cpuMs),
    maxRssMb: Math.max(...slices.map(({ maxRssMb }) => maxRssMb)),
    wallSeconds: Math.round(sum(({ seconds }) => seconds)),
  };
}

function print(figures: ReturnType<typeof told>): void {
  const table = new Table({ style: { head: [], border: [] } });
  const verdict = (good: boolean): string => (good ? "ok" : "MISSED");
  table.push(
    ["people", `${PAIRS} on both sides, ${WAITING} in HubSpot only`, ""],
    ["slices", `${figures.slices}, ${figures.killed} of them killed`, ""],
    ["duplicates", figures.duplicates, verdict(figures.duplicates === 0)],
    ["not the same person on both sides", figures.missing, verdict(figures.missing === 0)],
    ["calls", `HubSpot ${figures.hubspotCalls}, Salesforce ${figures.salesforceCalls}`, ""],
    ["bulk jobs", figures.bulkJobs, ""],
    [
      "persons per second of CPU",
      `${figures.personsPerCpuSecond} (at least ${LEAST_SPEED})`,
      verdict(figures.personsPerCpuSecond >= LEAST_SPEED),
    ],
    ["memory at most", `${figures.maxRssMb} MB (at most ${MOST_MEMORY})`, verdict(figures.maxRssMb <= MOST_MEMORY)],
  );
  console.log(table.toString());
}

async function load(environment: NodeJS.ProcessEnv, sandbox: ChildProcess): Promise<ReturnType<typeof told>> {
  const slices: Slice[] = [];
  let kills = 0;
  while (slices.length < MOST_SLICES) {
    const kill = kills < KILLS && slices.length % 2 === 0 ? killAfter(kills++) : null;
    const slice = await playSlice(environment, kill);
    slices.push(slice);
    const { result } = slice;
    const work = result === null ? "" : ` ${JSON.stringify(result.written)} ${result.reasons.join("; ").slice(0, 90)}`;
    console.log(
      `slice ${slices.length}: ${slice.ended} after ${slice.seconds} s, ${slice.cpuMs} ms CPU, ${slice.maxRssMb} MB${work}`,
    );
    if (isQuiet(slice) && kills === KILLS) break;
    // A lease that nobody gives back, HubSpot's index, and the quarantine have to pass.
    await sleep(6_000);
  }
  sandbox.send({ count: true });
  return told(slices, await answer<Count>(sandbox));
}

const admin = new pg.Client({ connectionString: POSTGRES });
await admin.connect();
const name = `leadloop_first_load_${process.pid}`;
await admin.query(`create database ${name}`);
const sandbox = fork(join(import.meta.dirname, "bench-sandbox.ts"), [String(PAIRS), String(WAITING)]);
try {
  const urls = await answer<{ hubspotUrl: string; salesforceUrl: string }>(sandbox);
  const url = new URL(POSTGRES);
  url.pathname = `/${name}`;
  const figures = await load(
    {
      ...process.env,
      SALESFORCE_LOGIN_URL: urls.salesforceUrl,
      SALESFORCE_CLIENT_ID: "sandbox-client",
      SALESFORCE_CLIENT_SECRET: "sandbox-secret",
      HUBSPOT_ACCESS_TOKEN: "pat-sandbox",
      HUBSPOT_BASE_URL: urls.hubspotUrl,
      HUBSPOT_APP_ID: "18221010",
      DATABASE_URL: url.toString(),
    },
    sandbox,
  );
  print(figures);
  mkdirSync("bench-output", { recursive: true });
  writeFileSync("bench-output/first-load.json", `${JSON.stringify(figures, null, 2)}\n`);
  console.log("written: bench-output/first-load.json");
  if (figures.duplicates + figures.missing > 0) process.exitCode = 1;
} finally {
  sandbox.kill();
  await admin.query(`drop database ${name} with (force)`);
  await admin.end();
}
