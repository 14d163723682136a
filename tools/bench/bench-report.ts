/**
 * What a report costs: a million leads on PostgreSQL, ten thousand in the embedded database. Each in a process of its own, on a ledger made by SQL. The million
 * are reported on by their ledgers, then counted ahead as the time-driven pass does it, and reported on again, which is what the limit is for.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { CompiledQuery, type Kysely } from "kysely";
import { Client } from "pg";
import { SYSTEM_CLOCK } from "../../src/app/clocks.ts";
import { readConfig } from "../../src/app/open-state.ts";
import { reportWriter } from "../../src/app/report-threads.ts";
import { readSettings } from "../../src/app/settings.ts";
import { readingOf } from "../../src/core/report/report-lead.ts";
import { countAhead } from "../../src/jobs/count-ahead-job.ts";
import { runReport } from "../../src/jobs/report-job.ts";
import { AHEAD_WRITERS } from "../../src/report/count-ahead.ts";
import { openEmbedded } from "../../src/state/embedded-database.ts";
import { migrateDatabase } from "../../src/state/migrate-database.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { openPostgres } from "../../src/state/postgres-connection.ts";
import { HISTORY_OF_EVENTS } from "../../src/state/stage-history.ts";
import type { OpenDatabase } from "../../src/state/state-database.ts";
import { programFlags } from "./program-flags.ts";

interface ReportFigures {
  readonly leads: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly maxRssMb: number;
  readonly htmlMb: number;
}

const CONNECTION = "default";
const AS_OF = "2026-04-01T00:00:00.000Z";

/** People with five stage entries each, in the order of time; one in five with a handoff and a task, one in ten with an opportunity, touches for one in four. */
const LEDGER = (first: number, last: number): readonly string[] => {
  // As `timeOrderedIds` makes them: who came later has the greater one.
  const id =
    "(lpad(to_hex(1735689600000 + i * 30000::bigint), 12, '0') || '7000' || substr(md5(i::text), 1, 16))::uuid::text";
  const from = `generate_series(${first}, ${last}) as i`;
  // Whose opportunity was won is a customer on both sides.
  const stage = (usual: string, bought: string): string =>
    `case when i % 10 = 0 and i % 20 <> 0 and i % 30 <> 0 then '${bought}' else '${usual}' end`;
  const born = "timestamptz '2025-01-01' + (i % 400) * interval '1 day'";
  const events = `select s as sequence, 1 as epoch, (array['subscriber','lead','mql','sal','sql'])[s + 1] as stage, ${born} + s * interval '5 day' as at,
    'score reached the threshold' as reason, 40 + i % 60 as score, (array['A1','A2','B1','B2','C3'])[1 + i % 5] as band from generate_series(0, 4) as s`;
  return [
    `insert into stage_event select '${CONNECTION}', ${id}, sequence, epoch, stage, at, 'leadloop', reason, score, band from ${from} cross join lateral (${events}) as event`,
    `insert into report_person select '${CONNECTION}', ${id}, ('["' || ${id} || '","linked","Person ' || i || '","' || 100000000 + i || '","Lead","00Q' || lpad(i::text, 15, '0') || '",' ||
      date_part('epoch', ${born}) * 1000 || ',"' || ${stage("mql", "customer")} || '","",{"origin":"source ' || i % 11 || '","landing_page":"page ' || i % 40 || '","country":"' ||
      (array['DE','US','GB','FR','IT'])[1 + i % 5] || '","first_contact_at":"' || to_char(${born}, 'YYYY-MM-DD') ||
      'T10:00:00.000Z","hubspot_stage":"' || ${stage("marketingqualifiedlead", "customer")} || '","salesforce_stage":"' || ${stage("MQL", "Customer")} || '"}]')::json,
      (select ${HISTORY_OF_EVENTS} from (${events}) as event) from ${from}`,
    `insert into handoff select '${CONNECTION}', ${id}, 1, 'rep' || i % 12 || '@example.com', 'default', ${born} + interval '10 day', ${born} + interval '11 day', 'accepted',
      ${born} + interval '10 day 3 hours', 'rep', '[{"rule":"title","points":20,"text":"decides"},{"rule":"form","points":10,"text":"filled a form"}]' from ${from} where i % 5 = 0`,
    `insert into task select '${CONNECTION}', 'handoff:' || i, ${id}, 1, 'handoff', 'done', 'Call', '', 'High', '2025-06-01', 'rep' || i % 12 || '@example.com', ${born} + interval '10 day',
      null, '00T' || i, '', 'Completed', ${born} + interval '12 day', false from ${from} where i % 5 = 0`,
    `insert into outcome select '${CONNECTION}', '006' || i, ${id}, 'Deal ' || i, 'Closed Won', 1000 + i % 5000, null, i % 20 <> 0, i % 30 <> 0, ${born} + interval '21 day',
      ${born} + interval '40 day', null from ${from} where i % 10 = 0`,
    `insert into touch select '${CONNECTION}', ${id}, ${born} + t * interval '3 day', 'Campaign ' || (i + t) % 25 from generate_series(1, 2) as t, ${from} where i % 4 = 0`,
  ];
};

/** A statement has two minutes. */
const FILLED_AT_ONCE = 100_000;

/** Fills an empty database, whose tables the store has made. */
async function fillLedger(db: Kysely<unknown>, people: number): Promise<void> {
  const reading = JSON.stringify(readingOf(readConfig(readSettings()).rulebook.report));
  await db.executeQuery(
    CompiledQuery.raw(`insert into setting values ('${CONNECTION}', 'report reading', '${reading}')`),
  );
  const index = "stage_event_pkey";
  // People come in no order: rows are laid down first and the largest index is built once, which takes a quarter of the time.
  await db.executeQuery(CompiledQuery.raw(`alter table stage_event drop constraint ${index}`));
  for (let first = 1; first <= people; first += FILLED_AT_ONCE) {
    const last = Math.min(people, first + FILLED_AT_ONCE - 1);
    for (const statement of LEDGER(first, last)) await db.executeQuery(CompiledQuery.raw(statement));
  }
  await db.executeQuery(
    CompiledQuery.raw(`alter table stage_event add constraint ${index} primary key (connection, link, sequence)`),
  );
  for (const table of ["report_person", "stage_event", "handoff", "task", "outcome", "touch"])
    await db.executeQuery(CompiledQuery.raw(`vacuum analyze ${table}`));
}

/** Runs one report, or what is done ahead of it, in a fresh process. `folder` holds the embedded database where there is no url. */
async function reportFigures(
  databaseUrl: string | undefined,
  folder: string,
  work: "report" | "ahead" = "report",
): Promise<ReportFigures> {
  const child: ChildProcess = fork(import.meta.filename, [databaseUrl ?? "", folder, work], {
    env: { ...process.env },
    execArgv: programFlags(),
  });
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as ReportFigures));
    child.once("exit", (code) => reject(new Error(`the report's process ended with code ${code}`)));
  });
}

const LEADS = Number(process.env["BENCH_LEADS"] ?? "1000000");
const FEW_LEADS = 10_000;

async function filled(open: OpenDatabase, people: number): Promise<void> {
  await migrateDatabase(open.kysely, open.place);
  await fillLedger(open.kysely, people);
  await open.close();
}

/** As the database would do by itself in the hours between. */
async function tidied(open: OpenDatabase): Promise<void> {
  await open.kysely.executeQuery(CompiledQuery.raw("vacuum analyze report_person"));
  await open.kysely.executeQuery(CompiledQuery.raw("vacuum analyze report_line"));
  await open.close();
}

/** Makes both ledgers, reports on them and prints the figures beside their limits. Without PostgreSQL only the embedded one. */
export async function measureReports(withPostgres: boolean, postgres: string): Promise<readonly object[]> {
  const folder = mkdtempSync(join(tmpdir(), "leadloop-bench-ledger-"));
  const rows: { name: string; figures: ReportFigures; wall: number; memory: number }[] = [];
  const unlimited = { wall: Number.POSITIVE_INFINITY, memory: 500 };
  await filled(await openEmbedded(folder, "bench", false), FEW_LEADS);
  rows.push({ name: "PGlite", figures: await reportFigures(undefined, folder), wall: 1_500, memory: 500 });
  rmSync(folder, { recursive: true, force: true });
  if (withPostgres) {
    const name = `leadloop_bench_report_${process.pid}`;
    const admin = new Client({ connectionString: postgres });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = new URL(postgres);
    url.pathname = `/${name}`;
    await filled(openPostgres(url.toString()), LEADS);
    rows.push({ name: "by ledgers", figures: await reportFigures(url.toString(), ""), ...unlimited });
    rows.push({ name: "counting ahead", figures: await reportFigures(url.toString(), "", "ahead"), ...unlimited });
    await tidied(openPostgres(url.toString()));
    rows.push({ name: "PostgreSQL", figures: await reportFigures(url.toString(), ""), wall: 10_000, memory: 500 });
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
  const table = new Table({
    head: ["report, all four files", "leads", "ms (limit)", "CPU ms", "MB (limit)", "page MB", ""],
    style: { head: [], border: [] },
  });
  for (const { name, figures, wall, memory } of rows) {
    const { leads, wallMs, cpuMs, maxRssMb, htmlMb } = figures;
    const isWithin = wallMs <= wall && maxRssMb <= memory && htmlMb <= 1.5;
    table.push([
      name,
      leads,
      Number.isFinite(wall) ? `${wallMs} (${wall})` : wallMs,
      cpuMs,
      `${maxRssMb} (${memory})`,
      htmlMb,
      isWithin ? "ok" : "OVER",
    ]);
  }
  console.log(table.toString());
  return rows;
}

async function report(databaseUrl: string | undefined, folder: string): Promise<ReportFigures> {
  const { rulebook } = readConfig(readSettings());
  const store = await openStateStore({
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    folder,
    connection: CONNECTION,
  });
  const out = mkdtempSync(join(tmpdir(), "leadloop-bench-report-"));
  try {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const { report: settings, lifecycle } = rulebook;
    const window = { asOf: AS_OF, from: null, to: null };
    const { report: figures, files } = await runReport(
      { store, settings, names: lifecycle.names, folder: out, window },
      reportWriter({ store, databaseUrl, connection: CONNECTION }),
    );
    const { user, system } = process.cpuUsage(cpu);
    return {
      leads: figures.leads,
      wallMs: Math.round(performance.now() - started),
      cpuMs: Math.round((user + system) / 1_000),
      maxRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
      htmlMb: Math.round(statSync(files.html).size / 10_000) / 100,
    };
  } finally {
    await store.close();
    rmSync(out, { recursive: true, force: true });
  }
}

/** Everybody in one go, as the time-driven passes of a day would. */
async function ahead(databaseUrl: string): Promise<ReportFigures> {
  const { rulebook } = readConfig(readSettings());
  const store = await openStateStore({ databaseUrl, folder: "", connection: CONNECTION });
  const started = performance.now();
  const cpu = process.cpuUsage();
  const clock = { ...SYSTEM_CLOCK, now: () => AS_OF };
  const leads = await countAhead({ store, clock, rulebook, writers: AHEAD_WRITERS, worth: 0, most: 2 * LEADS });
  const { user, system } = process.cpuUsage(cpu);
  await store.close();
  return {
    leads,
    wallMs: Math.round(performance.now() - started),
    cpuMs: Math.round((user + system) / 1_000),
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
    htmlMb: 0,
  };
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const [databaseUrl = "", folder = "", work = ""] = process.argv.slice(2);
  process.send(work === "ahead" ? await ahead(databaseUrl) : await report(databaseUrl || undefined, folder));
}
