/** `leadloop demo`: a believable company in the sandbox, weeks of marketing and selling in a minute, synced all the way, and the report. */
import { join } from "node:path";
import { StopRun } from "../core/errors.ts";
import { readingOf } from "../core/report/report-lead.ts";
import { runReport } from "../jobs/report-job.ts";
import { writeReport } from "../report/write-report.ts";
import { demoAgreement } from "./demo/demo-agreement.ts";
import { demoBacktest } from "./demo/demo-backtest.ts";
import { DEMO_FOLDERS, type DemoConnection, openDemoConnection } from "./demo/demo-connection.ts";
import { demoEnvironment, GO_ON_TEXT, keptText } from "./demo/demo-environment.ts";
import { demoFigures } from "./demo/demo-figures.ts";
import { demoLastWeek } from "./demo/demo-last-week.ts";
import { type DemoProgress, showProgress } from "./demo/demo-progress.ts";
import { DEMO_START } from "./demo/demo-schedule.ts";
import { type DemoOutcome, demoSummary } from "./demo/demo-summary.ts";
import { DemoTally, writtenBy } from "./demo/demo-tally.ts";
import { type DemoTimes, playDays, syncUntilQuiet } from "./demo/play-demo.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { syncJson } from "./run-json.ts";
import { type SandboxProcess, startSandboxProcess } from "./sandbox-process.ts";
import type { Surroundings } from "./surroundings.ts";
import { openTerminal } from "./terminal.ts";

export interface DemoOptions {
  readonly seed: number;
  readonly days: number;
  /** People at the beginning; 2,200 by default. */
  readonly people?: number;
  /** Leave the sandbox and the state for other commands. */
  readonly keep: boolean;
  readonly json: boolean;
  readonly surroundings: Surroundings;
  /** Folder of the report. */
  readonly out: string;
  /** Folder of the demo's own state, made anew each time; `.leadloop/demo` by default. */
  readonly state?: string;
  /** 0, the default, takes any free port. */
  readonly hubspotPort?: number;
  readonly salesforcePort?: number;
}

/** Played in well under 90 seconds on two slow cores; a third as many come while it plays. */
const STANDARD_PEOPLE = 2_200;
const DAY_MS = 86_400_000;

/**
 * Plays the demo and prints what it showed. Same seed, days and people: the same report files, byte for byte.
 * Ends with 3 when the last sync still wrote something. Throws StopRun when the sandbox or the state cannot be opened, and when LeadLoop sent a
 * request that the vendors' descriptions do not allow.
 */
export async function demoCommand(options: DemoOptions): Promise<ExitCode> {
  const stateFolder = options.state ?? join(".leadloop", "demo");
  const started = performance.now();
  const tally = new DemoTally();
  const progress = showProgress(options.days, tally, options.surroundings.stderr);
  const people = options.people ?? STANDARD_PEOPLE;
  progress.note(`Moving ${people.toLocaleString("en")} people into the sandbox (seed ${options.seed}) …`);
  const sandbox = await startSandboxProcess({
    seed: String(options.seed),
    start: DEMO_START,
    people,
    hubspotPort: options.hubspotPort ?? 0,
    salesforcePort: options.salesforcePort ?? 0,
  });
  let isLeft = false;
  try {
    const demo = await openDemoConnection(sandbox, { seed: options.seed, stateFolder });
    let answer: Answer;
    try {
      answer = await play(options, { sandbox, demo, tally, progress, started });
    } finally {
      await demo.connection.close();
    }
    if (options.keep) {
      await sandbox.leaveRunning();
      isLeft = true;
    }
    print(options, answer, {
      sandbox,
      stateFolder,
      until: new Date(Date.parse(demo.clock.now()) + DAY_MS).toISOString(),
    });
    return writtenBy(answer.outcome.final) === 0 ? EXIT.done : EXIT.attention;
  } finally {
    progress.stop();
    if (!isLeft) await sandbox.stop();
  }
}

interface Playing {
  readonly sandbox: SandboxProcess;
  readonly demo: DemoConnection;
  readonly tally: DemoTally;
  readonly progress: DemoProgress;
  readonly started: number;
}

interface Answer {
  readonly outcome: DemoOutcome;
  readonly text: string;
  /** Where the wall time went. */
  readonly times: DemoTimes;
}

async function play(options: DemoOptions, playing: Playing): Promise<Answer> {
  const { sandbox, demo, tally, progress, started } = playing;
  const { connection, clock } = demo;
  const { loaded, store } = connection;
  const times: DemoTimes = { people: 0, sync: 0, followUp: 0 };
  const stage = { sandbox, connection, clock, tally, times };
  progress.note("The first sync meets both systems as they are …");
  await playDays(stage, options.days, progress.onDay);
  const final = await syncUntilQuiet(stage);
  progress.stop();
  const { report: settings, lifecycle } = loaded.rulebook;
  const window = { asOf: clock.now(), from: null, to: null };
  const request = { store, settings, names: lifecycle.names, folder: options.out, window };
  const { report, files } = await runReport(request, writeReport);
  const requests = await describedRequests(sandbox);
  const figures = await demoFigures(store, DEMO_START, readingOf(settings));
  const played = { from: DEMO_START, to: clock.now() };
  const agreement = await demoAgreement(store, loaded, options.out, { asOf: played.to, ...played });
  const lastWeek = await demoLastWeek(store, loaded, options.out, played.to);
  const backtest = await demoBacktest(store, loaded, { ...DEMO_FOLDERS, out: options.out }, played);
  const { days } = options;
  const seconds = (performance.now() - started) / 1_000;
  const outcome: DemoOutcome = {
    days,
    seconds,
    tally,
    figures,
    report,
    files,
    final,
    requests,
    lastWeek,
    agreement,
    backtest,
    now: played.to,
  };
  return { outcome, text: options.json ? "" : await demoSummary(store, loaded, outcome), times };
}

/** How many requests were sent. Throws StopRun when the vendors' descriptions do not allow one of them: a real account would refuse it too. */
async function describedRequests(sandbox: SandboxProcess): Promise<number> {
  const { described, undescribed } = await sandbox.requests();
  if (undescribed.length > 0) {
    const list = undescribed.map(({ system, request, reason }) => `  ${system}: ${request}: ${reason}`);
    throw new StopRun(`LeadLoop sent requests that the vendors' descriptions do not allow:\n${list.join("\n")}`);
  }
  return Object.values(described).reduce((sum, count) => sum + count, 0);
}

function print(
  options: DemoOptions,
  { outcome, text, times }: Answer,
  kept: { readonly sandbox: SandboxProcess; readonly stateFolder: string; readonly until: string },
): void {
  const terminal = openTerminal(options.json, options.surroundings);
  const { tally, figures, final, files } = outcome;
  const environment = demoEnvironment(kept.sandbox, kept.stateFolder);
  terminal.printJson({
    seed: options.seed,
    days: options.days,
    people: figures.people,
    runs: tally.runs,
    seconds: Math.round(outcome.seconds * 10) / 10,
    calls: tally.calls,
    requests: { described: outcome.requests, undescribed: 0 },
    final: syncJson(final),
    files,
    lastWeek: outcome.lastWeek.files,
    agreement: outcome.agreement.files,
    backtest: { scoring: outcome.backtest.file, mqls: outcome.backtest.mqls },
    funnel: {
      mql: figures.entered("mql"),
      sal: figures.entered("sal"),
      sql: figures.entered("sql"),
      opportunity: figures.entered("opportunity"),
      won: figures.wonDeals,
      revenue: figures.revenue,
    },
    tasks: figures.tasks,
    conflicts: tally.conflicts,
    rejected: tally.rejected,
    notes: tally.notes,
    milliseconds: {
      people: Math.round(times.people),
      sync: Math.round(times.sync),
      followUp: Math.round(times.followUp),
    },
    ...(options.keep ? { environment, pid: kept.sandbox.pid } : {}),
  });
  terminal.print(`\n${text}\n`);
  terminal.print(options.keep ? keptText(kept.sandbox, environment, kept.until) : GO_ON_TEXT);
}
