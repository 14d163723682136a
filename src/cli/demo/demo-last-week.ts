/** The demo's last whole week, as both teams get it on Monday: its report in a folder beside the other, and the digest that is mailed. */
import { join } from "node:path";
import type { Loaded } from "../../config/load-config.ts";
import type { Instant } from "../../core/model/record.ts";
import { periodWindow, runReport } from "../../jobs/report-job.ts";
import type { StateStore } from "../../jobs/state-port.ts";
import { digestNotice } from "../../report/digest.ts";
import { type ReportFiles, writeReport } from "../../report/write-report.ts";
import { wrapped } from "../terminal.ts";

export interface DemoLastWeek {
  readonly files: ReportFiles;
  readonly text: string;
}

/** One more than in the mail. */
const indentOf = (line: string): number => 2 + line.length - line.trimStart().length;

/** Reads the state alone. */
export async function demoLastWeek(
  store: StateStore,
  { rulebook }: Loaded,
  folder: string,
  now: Instant,
): Promise<DemoLastWeek> {
  const { report: settings, lifecycle } = rulebook;
  const request = {
    store,
    settings,
    names: lifecycle.names,
    folder: join(folder, "last-week"),
    window: periodWindow("last-week", now),
  };
  const { report, files } = await runReport(request, writeReport);
  const { title, text } = digestNotice(report, "last-week", files.html);
  const lines = [title, "", ...text.split("\n")].map((line) =>
    line === "" ? "" : wrapped(line.trimStart(), 4, indentOf(line)),
  );
  return { files, text: lines.join("\n") };
}
