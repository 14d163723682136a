/** `leadloop report`: the closed-loop report of a period as HTML, CSV and JSON, and its main figures on the terminal. */

import { reportWriter } from "../app/report-threads.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { cellAddress, type ReportRequest, runReport, showCell } from "../jobs/report-job.ts";
import { countedText, countText, daysText, moneyText } from "../report/figure-format.ts";
import { periodLines } from "../report/period-text.ts";
import type { WrittenReport } from "../report/write-report.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { UsageError } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { checkPeriod, type PeriodOptions, windowOf } from "./report-period.ts";
import { heading, moment, table, wrapped } from "./terminal.ts";

export interface ReportOptions extends PeriodOptions {
  readonly show?: string;
  readonly out: string;
}

/** Reads the state alone; neither system is called. */
export function reportCommand(context: CommandContext, options: ReportOptions): Promise<ExitCode> {
  checkPeriod(options);
  return withState(context, async ({ store, loaded, clock }) => {
    const { report: settings, lifecycle } = loaded.rulebook;
    const window = windowOf(options, clock.now());
    const request = { store, settings, names: lifecycle.names, window };
    if (options.show !== undefined) return show(context, request, options.show);
    const { salesforceLoginUrl: salesforceUrl, databaseUrl, connection } = context.settings;
    const write = reportWriter({ store, databaseUrl, connection });
    const written = await runReport({ ...request, folder: options.out, salesforceUrl }, write);
    context.terminal.printJson(jsonOf(written));
    context.terminal.print(textOf(written));
    return EXIT.done;
  });
}

/** One id a line, so that other programs can take them. */
async function show(context: CommandContext, request: Omit<ReportRequest, "folder">, text: string): Promise<ExitCode> {
  const address = cellAddress(text);
  if (address === null)
    throw new UsageError(
      `--show takes a table, a row and a column, as in "bySource/organic search/won", not "${text}"`,
    );
  const { ids, near } = await showCell(request, address);
  if (ids === null) {
    if (near.length === 0) throw new UsageError(`nobody is in "${text}", nor anywhere else in a report of that time`);
    const listed = near.slice(0, CELLS_NAMED).join("\n  ");
    throw new UsageError(`nobody is in "${text}"; there is\n  ${listed}${near.length > CELLS_NAMED ? "\n  …" : ""}`);
  }
  context.terminal.printJson({ cell: text, count: ids.length, ids });
  context.terminal.print(ids.join("\n"));
  return EXIT.done;
}

const CELLS_NAMED = 40;

/** Every figure; the ids behind them are in report.json. */
function jsonOf({ report, files }: WrittenReport): object {
  const { drill: _drill, parityDifferences: _differences, ...figures } = report;
  return { files, ...figures };
}

function textOf({ report, files }: WrittenReport): string {
  const { from, to, asOf, leads, total, currency, timeToWon, tasks, handoffs } = report;
  return [
    `${heading("Closed loop")} of the ${countedText(leads, "person", "people")} who first came from ${moment(from)} to ${moment(to)}, as of ${moment(asOf)} UTC`,
    ...report.notes.map((note) => wrapped(note, 2)),
    "",
    bySource(report),
    "",
    ...periodLines(report),
    `Of those who first came then: won ${countText(total.won)}, revenue ${moneyText(total.revenue, currency)}; days from first contact to won: median ${daysText(timeToWon.medianDays)}, p90 ${daysText(timeToWon.p90Days)}`,
    `Handoffs: ${countText(handoffs.given)} given, ${countText(handoffs.accepted)} accepted, ${countText(handoffs.rejected)} rejected, ${countText(handoffs.late)} late, ${countText(handoffs.open)} open`,
    `Tasks: ${countText(tasks.created)} created, ${countText(tasks.done)} done, ${countText(tasks.overdue)} overdue, ${countText(tasks.open)} open, ${countText(tasks.closedByUs)} closed by LeadLoop`,
    "",
    files.html,
    files.csv,
    files.deals,
    files.json,
    ...(files.ids === undefined ? [] : [files.ids]),
  ].join("\n");
}

/** Rows shown on a terminal; the files have all. */
const MOST_SOURCES = 12;

function bySource({ bySource: rows, total, currency }: ClosedLoop): string {
  const line = (name: string, cells: ClosedLoop["total"]): string[] => [
    name,
    ...[cells.leads, cells.mql, cells.sql, cells.opportunity, cells.won, cells.lost].map(countText),
    moneyText(cells.revenue, currency),
  ];
  const shown = rows.slice(0, MOST_SOURCES).map((row) => line(row.name, row));
  const more = rows.length > MOST_SOURCES ? [[`… ${rows.length - MOST_SOURCES} more`]] : [];
  const head = ["source", "leads", "MQL", "SQL", "opp.", "won", "lost", "revenue"];
  return table([...shown, ...more, line("all", total)], { head, right: [1, 2, 3, 4, 5, 6, 7] });
}
