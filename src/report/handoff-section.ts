/** The section of the report page about handoffs: how they were answered, by whom in time, and what the two clocks say. */
import type { ClosedLoop } from "../core/report/report-figures.ts";
import type { ServiceClock } from "../core/report/service-clocks.ts";
import { countText, hoursText, intervalText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, folded, table, textColumn } from "./html-table.ts";
import { legend } from "./page-legend.ts";
import type { PageSection } from "./page-sections.ts";
import { chart, shares } from "./svg-charts.ts";

const ANSWERS = [
  { label: "Accepted", tone: "won" },
  { label: "Rejected", tone: "warn" },
  { label: "Open", tone: "soft" },
  { label: "Late", tone: "lost" },
];
const OWNERS_DRAWN = 12;

export function handoffSection(report: ClosedLoop): PageSection {
  const lines = report.handoffsByOwner
    .filter(({ given }) => given > 0)
    .slice(0, OWNERS_DRAWN)
    .map((row) => {
      const counts = [row.accepted, row.rejected, row.open, row.late];
      const parts = counts.map((count, index) => ({ count, tone: ANSWERS[index]?.tone ?? "" }));
      return {
        label: row.owner,
        value: percentText(row.answeredInTime.percent),
        note: "answered in time",
        cell: { table: "handoffs", row: `owner ${row.owner}`, column: "answeredInTime" },
        drawing: shares(parts, row.given),
      };
    });
  const keys = ANSWERS.map((answer) => ({ ...answer, count: 0 }));
  const drawing = lines.length === 0 ? html`` : html`${chart("Answers by owner", lines, null)}${legend(keys, null)}`;
  return {
    id: "handoffs",
    label: "SLA",
    title: "Handoffs and the SLA",
    kind: "period",
    note: "MQLs given to an owner in the period. Hours are by the clock on the wall, nights and weekends included; the deadline is in working hours. The SLA is kept where sales accepted or rejected by the deadline; it is judged for those that were answered or whose deadline has passed. A handoff that was taken from a silent owner is a broken promise of theirs, not of the next one.",
    body: html`${drawing}${folded("All figures by owner", ownerTables(report))}${serviceTables(report)}`,
  };
}

const CLOCK_WORDS: Readonly<Record<ServiceClock, string>> = {
  assignment: "Assignment: from MQL to an owner",
  notification: "Notification: from there to the task in Salesforce",
  reaction: "Reaction: from the task to the owner's first sign",
};

/** Two of them, because one would be wider than the page. */
function ownerTables(report: ClosedLoop): Markup {
  type Row = ClosedLoop["handoffsByOwner"][number];
  const byOwnerParts = {
    rows: report.handoffsByOwner,
    drill: { table: "handoffs", row: (row: Row) => `owner ${row.owner}` },
    total: { row: { owner: "All", ...report.handoffs }, table: "handoffs", name: "all" },
  };
  const answers = table<Row>({
    caption: "Answers by owner",
    ...byOwnerParts,
    columns: [
      textColumn("Owner", (row) => row.owner),
      figureColumn("Given", (row) => countText(row.given), "given"),
      figureColumn("Accepted", (row) => countText(row.accepted), "accepted"),
      figureColumn("Rejected", (row) => countText(row.rejected), "rejected"),
      figureColumn("Late", (row) => countText(row.late), "late"),
      figureColumn("Open", (row) => countText(row.open), "open"),
      figureColumn("Withdrawn", (row) => countText(row.withdrawn), "withdrawn"),
      figureColumn("Share accepted", (row) => percentText(row.acceptedRate.percent)),
    ],
  });
  const promises = table<Row>({
    caption: "The SLA by owner",
    ...byOwnerParts,
    columns: [
      textColumn("Owner", (row) => row.owner),
      figureColumn("Due", (row) => countText(row.answeredInTime.of), "due"),
      figureColumn("Answered in time", (row) => countText(row.answeredInTime.count), "answeredInTime"),
      figureColumn("SLA kept", (row) => percentText(row.answeredInTime.percent)),
      figureColumn("95 % interval", (row) => intervalText(row.answeredInTime)),
      figureColumn("Open past deadline", (row) => countText(row.openPastDeadline), "openPastDeadline"),
      figureColumn("Median hours to answer", (row) => hoursText(row.medianHoursToAnswer)),
      figureColumn("p90 hours", (row) => hoursText(row.p90HoursToAnswer)),
    ],
  });
  return html`${answers}${promises}`;
}

function serviceTables(report: ClosedLoop): Markup {
  const clocks = table<ClosedLoop["service"]["clocks"][number]>({
    caption: "The system's clocks and the owner's",
    rows: report.service.clocks,
    drill: { table: "serviceClocks", row: (row) => row.clock },
    columns: [
      textColumn("Clock", (row) => CLOCK_WORDS[row.clock]),
      figureColumn("Stopped", (row) => countText(row.stopped), "stopped"),
      figureColumn("Running", (row) => countText(row.running), "running"),
      figureColumn("Ended before", (row) => countText(row.never), "never"),
      figureColumn("Median hours", (row) => hoursText(row.medianHours)),
      figureColumn("p90 hours", (row) => hoursText(row.p90Hours)),
    ],
  });
  const { clocks: _clocks, byOwner, ...all } = report.service;
  const [reaction] = report.service.clocks.filter(({ clock }) => clock === "reaction");
  const { stopped: reacted = 0, medianHours = null, p90Hours = null } = reaction ?? {};
  const breaches = table<(typeof byOwner)[number]>({
    caption: "Promises broken, and handoffs outside working hours",
    rows: byOwner,
    drill: { table: "serviceBreaches", row: ({ owner }) => `owner ${owner}` },
    total: {
      row: { owner: "All", ...all, reacted, medianHours, p90Hours },
      table: "serviceBreaches",
      name: "all",
    },
    columns: [
      textColumn("Owner", (row) => row.owner),
      figureColumn("No sign by the deadline", (row) => countText(row.breached), "breached"),
      figureColumn("Given to another owner", (row) => countText(row.reassigned), "reassigned"),
      figureColumn("Given after hours", (row) => countText(row.afterHours), "afterHours"),
      figureColumn("Reacted", (row) => countText(row.reacted), "reacted"),
      figureColumn("Median hours to react", (row) => hoursText(row.medianHours)),
      figureColumn("p90 hours", (row) => hoursText(row.p90Hours)),
    ],
  });
  return html`${breaches}${clocks}`;
}
