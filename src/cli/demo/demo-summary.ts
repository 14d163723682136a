/** Tells what the demo showed: the figures, the middle layer's parts, the funnel by source, one person, two conflicts, agreement, backtest, the files. */
import type { Loaded } from "../../config/load-config.ts";
import type { ConflictEntry } from "../../core/model/ledger.ts";
import type { Instant } from "../../core/model/record.ts";
import type { ClosedLoop } from "../../core/report/report-figures.ts";
import type { StateStore } from "../../jobs/state-port.ts";
import type { SyncResult } from "../../jobs/sync-result.ts";
import { countText, moneyText } from "../../report/figure-format.ts";
import type { ReportFiles } from "../../report/write-report.ts";
import { explainText } from "../explain-text.ts";
import { shownValue } from "../plan-text.ts";
import { heading, table, wrapped } from "../terminal.ts";
import type { DemoAgreement } from "./demo-agreement.ts";
import type { DemoBacktest } from "./demo-backtest.ts";
import type { DemoFigures } from "./demo-figures.ts";
import type { DemoLastWeek } from "./demo-last-week.ts";
import { middleText } from "./demo-middle.ts";
import { type DemoTally, writtenBy } from "./demo-tally.ts";

export interface DemoOutcome {
  readonly days: number;
  readonly seconds: number;
  readonly tally: DemoTally;
  readonly figures: DemoFigures;
  readonly report: ClosedLoop;
  readonly files: ReportFiles;
  readonly final: SyncResult;
  /** Requests that were held against the vendors' descriptions, logins included; all of them are allowed. */
  readonly requests: number;
  readonly lastWeek: DemoLastWeek;
  readonly agreement: DemoAgreement;
  readonly backtest: DemoBacktest;
  readonly now: Instant;
}

const CONFLICTS_TOLD = 2;
/** Conflicts among which the two are chosen. */
const CONFLICTS_READ = 2_000;

export async function demoSummary(store: StateStore, loaded: Loaded, outcome: DemoOutcome): Promise<string> {
  const { figures } = outcome;
  const parts = [
    `${heading(`${outcome.days} days of marketing and selling`)}, in ${Math.round(outcome.seconds)} seconds`,
    figuresTable(outcome),
    `${heading("What LeadLoop did in between")}`,
    await middleText(store, loaded, outcome.now),
    `${heading("What became of whom")} (everybody, last year's customers too)`,
    sourceTable(outcome.report),
  ];
  const [storyteller] = figures.storyteller === null ? [] : await store.links([figures.storyteller]);
  if (storyteller !== undefined) {
    parts.push(heading("One person, as `leadloop explain` tells it"));
    parts.push(await explainText(store, loaded, storyteller));
  }
  const conflicts = await conflictsText(store);
  if (conflicts !== "") parts.push(heading("Two of the conflicts"), conflicts);
  const { lastWeek, agreement, backtest, final } = outcome;
  parts.push(
    heading("The last week, as both teams get it on Monday"),
    lastWeek.text,
    heading(`What the teams promised each other, and how it was kept (\`leadloop agreement\`)`),
    agreement.text,
  );
  parts.push(heading("Another scoring, tried on these days (`leadloop backtest`)"), backtest.text);
  parts.push(finalText(final), filesText(outcome));
  return parts.join("\n\n");
}

function figuresTable({ days, tally, figures, report, requests }: DemoOutcome): string {
  const { calls } = tally;
  const { answeredInTime: inTime } = report.handoffs;
  const perDay = (count: number): string => countText(Math.round(count / Math.max(1, days)));
  const share = (count: number, of: number): string => (of === 0 ? "" : `${Math.round((100 * count) / of)} %`);
  const entered = (stage: Parameters<DemoFigures["entered"]>[0]): string => countText(figures.entered(stage));
  const exits = `${entered("recycled")} recycled, ${entered("disqualified")} disqualified`;
  const rows = [
    [
      "people",
      countText(figures.people),
      `${countText(figures.linked)} in both systems, ${figures.ambiguous} ambiguous`,
    ],
    ["MQL", entered("mql"), "people handed to sales, once in each cycle"],
    ["SAL", entered("sal"), "accepted by a rep"],
    ["SQL", entered("sql"), `budget, authority, need and timing known; ${exits}`],
    ["opportunities", entered("opportunity"), ""],
    ["won", countText(figures.wonDeals), `revenue ${moneyText(figures.revenue, report.currency)}`],
    ["tasks", countText(figures.tasks), `${countText(figures.tasksDone)} closed by the reps`],
    [
      "handoffs on time",
      share(inTime.count, inTime.of),
      `${countText(inTime.count)} of ${countText(inTime.of)} answered before their deadline, of those due`,
    ],
    ["conflicts", countText(tally.conflicts), "each recorded with both values"],
    ["rejects", countText(tally.rejected), "values a system did not take; see `leadloop rejects`"],
    ["runs", countText(tally.runs), notesText(tally)],
    ["HubSpot calls", countText(calls.hubspot), `${perDay(calls.hubspot)} a day`],
    ["Salesforce calls", countText(calls.salesforce), `${perDay(calls.salesforce)} a day`],
    ["requests", countText(requests), "each one allowed by the vendors' own descriptions of their APIs"],
  ];
  return table(rows, { right: [1], indent: 2 });
}

function notesText({ notes }: DemoTally): string {
  const runs = new Set(notes.map(({ at }) => at)).size;
  return runs === 0 ? "" : `${runs} with a note for the admin; see \`leadloop status\``;
}

function sourceTable({ bySource, total, currency }: ClosedLoop): string {
  const line = (name: string, cells: ClosedLoop["total"]): string[] => [
    name,
    ...[cells.leads, cells.mql, cells.sal, cells.sql, cells.opportunity, cells.won].map(countText),
    moneyText(cells.revenue, currency),
  ];
  const head = ["source", "leads", "MQL", "SAL", "SQL", "opp.", "won", "revenue"];
  return table([...bySource.map((row) => line(row.name, row)), line("all", total)], {
    head,
    right: [1, 2, 3, 4, 5, 6, 7],
    indent: 2,
  });
}

/** Both values of two fields, preferably ones that people typed at the same time. */
async function conflictsText(store: StateStore): Promise<string> {
  const all = await store.conflicts({ limit: CONFLICTS_READ });
  const byHand = all.filter((entry) => entry.rule === "two-way" && entry.hubspot !== null && entry.salesforce !== null);
  const chosen: ConflictEntry[] = [];
  for (const entry of [...byHand, ...all]) {
    if (chosen.length === CONFLICTS_TOLD) break;
    if (chosen.every((other) => other.field !== entry.field)) chosen.push(entry);
  }
  const links = await store.links(chosen.map((entry) => entry.link));
  const names = new Map(links.map((link) => [link.id, link.name]));
  const told = chosen.map((entry) =>
    [
      `  ${entry.field} of ${names.get(entry.link) ?? entry.link}, ${entry.at.slice(0, 16).replace("T", " ")}`,
      `    HubSpot     ${shownValue(entry.hubspot)}`,
      `    Salesforce  ${shownValue(entry.salesforce)}`,
      wrapped(`kept ${entry.kept}: ${entry.because}`, 6, 4),
    ].join("\n"),
  );
  return told.join("\n");
}

function finalText(final: SyncResult): string {
  const { read, calls } = final;
  const written = writtenBy(final);
  const verdict = written === 0 ? "nobody acted, and it wrote 0" : `it still wrote ${written}, which it should not`;
  return [
    `${heading("The final sync")}: ${verdict}.`,
    `  read ${read.hubspot} from HubSpot and ${read.salesforce} from Salesforce, with ${calls.hubspot} and ${calls.salesforce} calls`,
  ].join("\n");
}

function filesText({ files, lastWeek, agreement, backtest }: DemoOutcome): string {
  const reports = [files.html, files.csv, files.json, lastWeek.files.html];
  const list = [...reports, agreement.files.html, agreement.files.markdown, backtest.file];
  return [
    heading("The report, the last week's, the agreement, and the scoring that was tried"),
    ...list.map((file) => `  ${file}`),
  ].join("\n");
}
