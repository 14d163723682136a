/** What a follow-up pass costs among a million people: nobody due, a thousand fading scores, a thousand steps. In a database made by SQL, against the sandbox in another process. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import Table from "cli-table3";
import { Client } from "pg";
import { SYSTEM_CLOCK } from "../../src/app/clocks.ts";
import { SILENT_LOG } from "../../src/app/log.ts";
import { readSettings } from "../../src/app/settings.ts";
import { type OpenConnection, openConnection } from "../../src/app/wire-up.ts";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import { runSync } from "../../src/jobs/sync-job.ts";

const STORED = Number(process.env["BENCH_STORED"] ?? "1000000");
const DUE = 1_000;
const LIMIT_MS = 3_000;
/** A statement has two minutes. */
const FILLED_AT_ONCE = 100_000;
const DAY_MS = 86_400_000;

interface PassFigures {
  readonly pass: string;
  readonly rescored: number;
  readonly steps: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly hubspotCalls: number;
  readonly salesforceCalls: number;
}

/** People with one fading rule, who are due in a hundred years. */
const PEOPLE = (first: number, last: number): string => {
  const opened = new Date(Date.now() - 20 * DAY_MS).toISOString();
  const facts = JSON.stringify({ jobtitle: "Head of Sales", hs_email_open: "5", hs_email_last_open_date: opened });
  const score = {
    total: 23,
    fit: 20,
    engagement: 3,
    band: "B3",
    reasons: [],
    nextChangeAt: "2100-01-01T00:00:00.000Z",
  };
  const stage = { stage: "lead", epoch: 1, since: opened, reason: "engaged", armed: true };
  return `insert into link (connection, id, state, hubspot_id, salesforce_object, salesforce_id, email, name, version, generation, stage, epoch, score_total,
      score_due_at, follow_up_at, first_seen_at, fields, facts, stage_state, score, quarantine)
    select 'default', 'p' || i, 'linked', 'h' || i, 'Lead', 's' || i, 'p' || i || '@many.example.com', 'Person ' || i, 1, 1, 'lead', 1, 23,
      timestamptz '2100-01-01', timestamptz '2100-01-01', timestamptz '2026-01-01', '{}', '${facts}', '${JSON.stringify(stage)}', '${JSON.stringify(score)}', '{}'
    from generate_series(${first}, ${last}) as i`;
};

/** Prints each pass beside its limit. `postgres` is a server on which a database may be made, and is dropped again. */
export async function measureFollowUps(postgres: string): Promise<readonly PassFigures[]> {
  const admin = new Client({ connectionString: postgres });
  await admin.connect();
  const name = `leadloop_bench_follow_up_${process.pid}`;
  await admin.query(`create database ${name}`);
  const url = new URL(postgres);
  url.pathname = `/${name}`;
  const sandbox = fork(join(import.meta.dirname, "bench-sandbox.ts"), [String(DUE)]);
  try {
    return await passes(url.toString(), await addresses(sandbox));
  } finally {
    sandbox.kill();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
}

interface Addresses {
  readonly hubspotUrl: string;
  readonly salesforceUrl: string;
}

function addresses(sandbox: ChildProcess): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    sandbox.once("message", (message) => resolve(message as Addresses));
    sandbox.once("exit", (code) => reject(new Error(`the sandbox ended with code ${code}`)));
  });
}

async function passes(databaseUrl: string, { hubspotUrl, salesforceUrl }: Addresses): Promise<readonly PassFigures[]> {
  Object.assign(process.env, {
    DATABASE_URL: databaseUrl,
    HUBSPOT_BASE_URL: hubspotUrl,
    HUBSPOT_ACCESS_TOKEN: "pat-sandbox",
    HUBSPOT_APP_ID: "18221010",
    SALESFORCE_LOGIN_URL: salesforceUrl,
    SALESFORCE_CLIENT_ID: "sandbox-client",
    SALESFORCE_CLIENT_SECRET: "sandbox-secret",
  });
  const connection = await openConnection({ settings: readSettings(), clock: SYSTEM_CLOCK, log: SILENT_LOG });
  const db = new Client({ connectionString: databaseUrl });
  await db.connect();
  try {
    await runSync(connection.dependencies());
    for (let first = 1; first <= STORED; first += FILLED_AT_ONCE)
      await db.query(PEOPLE(first, Math.min(STORED, first + FILLED_AT_ONCE - 1)));
    await db.query("vacuum analyze link");
    // What the first load still had to look at again is not what is measured.
    await db.query("delete from dirty");
    await measured("once, to warm up", connection);
    const nobody = await measured("nobody due", connection);
    await db.query(
      `update link set score_due_at = now() where id in (select 'p' || i * 7 from generate_series(1, ${DUE}) as i)`,
    );
    const fading = await measured(`${DUE} fading scores due`, connection);
    await db.query("update link set follow_up_at = now() where id !~ '^p'");
    const steps = await measured(`${DUE} people due for a step`, connection);
    const figures = [nobody, fading, steps];
    print(figures);
    return figures;
  } finally {
    await db.end();
    await connection.close();
  }
}

async function measured(pass: string, connection: OpenConnection): Promise<PassFigures> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { rescored, steps, sync } = await runFollowUp(connection.dependencies());
  const used = process.cpuUsage(cpu);
  if (sync.outcome === "stopped") throw new Error(`the pass ended early: ${sync.reasons.join("; ")}`);
  return {
    pass,
    rescored,
    steps,
    wallMs: Math.round(performance.now() - start),
    cpuMs: Math.round((used.user + used.system) / 1_000),
    hubspotCalls: sync.calls.hubspot,
    salesforceCalls: sync.calls.salesforce,
  };
}

function print(figures: readonly PassFigures[]): void {
  const head = [
    `follow-up among ${STORED}`,
    "scores",
    "steps",
    "ms (limit)",
    "CPU ms",
    "calls HubSpot + Salesforce",
    "",
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { pass, rescored, steps, wallMs, cpuMs, hubspotCalls, salesforceCalls } of figures) {
    const calls = hubspotCalls + salesforceCalls;
    const isWithin = wallMs <= LIMIT_MS && (steps > 0 || calls === 0);
    const shown = `${hubspotCalls} + ${salesforceCalls}${steps > 0 ? "" : " (0)"}`;
    table.push([pass, rescored, steps, `${wallMs} (${LIMIT_MS})`, cpuMs, shown, isWithin ? "ok" : "OVER"]);
  }
  console.log(table.toString());
}

if (import.meta.main)
  await measureFollowUps(process.env["BENCH_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres");
