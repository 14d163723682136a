/** The report in a few lines, for those who read mail: the main figures, and the three things that changed most and why. */
import type { NoticeEntry } from "../core/model/notice.ts";
import { periodDays } from "../core/report/period-days.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { changeText } from "./change-text.ts";
import { countedText, countText, daysText, moneyText, percentText } from "./figure-format.ts";
import { periodLines } from "./period-text.ts";

/** A notice of the kind `digest`, told once for each period. `where` says where the files are. */
export function digestNotice(report: ClosedLoop, period: string, where: string): NoticeEntry {
  const from = report.from.slice(0, 10);
  const to = report.to.slice(0, 10);
  return {
    key: `digest:${period}:${from}:${to}`,
    kind: "digest",
    link: null,
    title: `Closed loop ${periodDays(report.from, report.to)}: ${countedText(entries(report, "mql"), "new MQL", "new MQLs")}, ${countedText(entries(report, "sql"), "new SQL", "new SQLs")}`,
    text: digestText(report, where),
    html: null,
    ownerEmail: null,
    managerEmail: null,
    at: report.asOf,
    state: "due",
    notBefore: null,
    attempts: 0,
    detail: null,
  };
}

function digestText(report: ClosedLoop, where: string): string {
  const { handoffs, followUp, tasks, timeToWon, currency } = report;
  const changes = report.changes.map((change, index) => {
    const { title, because } = changeText(change, currency);
    return `${index + 1}. ${title}${because === "" ? "" : `\n   ${because}`}`;
  });
  return [
    ...report.notes,
    changes.length === 0
      ? "Nothing changed more than chance explains."
      : "What changed most against the period before:",
    ...changes,
    "",
    ...periodLines(report),
    `Handoffs: ${countText(handoffs.given)} given, ${inTimeText(handoffs.answeredInTime)}, ${countText(followUp.neverTouched)} never touched, ${countText(handoffs.late)} taken back after silence`,
    `Tasks: ${countText(tasks.created)} made, ${countText(tasks.done)} done (${countText(tasks.doneLate)} late), ${countText(tasks.overdue)} overdue, ${countText(tasks.closedByUs)} closed by LeadLoop`,
    `First in touch in the period: ${countText(report.leads)}; won of these so far ${countText(report.total.won)} for ${moneyText(report.total.revenue, currency)}; median days to won ${daysText(timeToWon.medianDays)}`,
    "",
    `The whole report: ${where}`,
  ].join("\n");
}

/** Those whose deadline is still to come are not judged yet. */
function inTimeText({ count, of, percent }: ClosedLoop["handoffs"]["answeredInTime"]): string {
  return of === 0
    ? "none due yet"
    : `${countText(count)} of ${countText(of)} answered in time (${percentText(percent)})`;
}

function entries(report: ClosedLoop, stage: string): number {
  return report.period.stages.find((row) => row.stage === stage)?.entries ?? 0;
}
