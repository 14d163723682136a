/** The sections of the report page about the work and the data: tasks, handoffs, agreement of the systems, data quality. */
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { rate } from "../core/report/statistics.ts";
import { countText, daysText, hoursText, percentText } from "./figure-format.ts";
import { stageLabel } from "./funnel-sections.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, recordsBehind, table, textColumn } from "./html-table.ts";
import { stackedBar } from "./svg-charts.ts";

/** Differences listed on the page; the others stand in report.json. */
const DIFFERENCES_SHOWN = 25;

export function taskSection(report: ClosedLoop): Markup {
  const { tasks } = report;
  const parts = [
    { label: "Done", count: tasks.done, tone: "won" },
    { label: "Closed by LeadLoop", count: tasks.closedByUs, tone: "accent" },
    { label: "Open", count: tasks.open, tone: "soft" },
    { label: "Overdue", count: tasks.overdue, tone: "lost" },
  ];
  const legend = parts.map(
    (part) =>
      html`<li><svg class="key" aria-hidden="true" focusable="false"><rect class="${part.tone}" width="100%" height="100%" rx="3"/></svg>${part.label} <b>${countText(part.count)}</b> <small>${percentText(rate(part.count, tasks.created).percent)}</small></li>`,
  );
  const bar =
    tasks.created === 0
      ? html``
      : stackedBar(parts.map((part) => ({ share: part.count / tasks.created, tone: part.tone })));
  return html`<section id="tasks"><h2>Tasks</h2><p class="note">${countText(tasks.created)} tasks created in the window; ${countText(tasks.waiting)} wait to be sent, ${countText(tasks.suppressed)} were suppressed.</p>${bar}<ul class="legend">${legend}</ul>${recordsBehind(report.drill, "tasks")}</section>`;
}

export function handoffSection(report: ClosedLoop): Markup {
  type Row = ClosedLoop["handoffsByOwner"][number];
  const columns = [
    textColumn<Row>("Owner", (row) => row.owner),
    figureColumn<Row>("Given", (row) => countText(row.given)),
    figureColumn<Row>("Accepted", (row) => countText(row.accepted)),
    figureColumn<Row>("Rejected", (row) => countText(row.rejected)),
    figureColumn<Row>("Late", (row) => countText(row.late)),
    figureColumn<Row>("Open", (row) => countText(row.open)),
    figureColumn<Row>("Open past deadline", (row) => countText(row.openPastDeadline)),
    figureColumn<Row>("Accepted in time", (row) => percentText(row.acceptedInTime.percent)),
    figureColumn<Row>("Median hours to answer", (row) => hoursText(row.medianHoursToAnswer)),
  ];
  const total = { owner: "All", ...report.handoffs };
  return html`<section id="handoffs"><h2>Handoffs</h2><p class="note">MQLs given to an owner in the window. Hours are by the clock on the wall, nights and weekends included.</p>${table("Handoffs by owner", report.handoffsByOwner, columns, total)}${recordsBehind(report.drill, "handoffs")}</section>`;
}

export function paritySection(report: ClosedLoop): Markup {
  const rows = table("People in each stage, according to each system", report.parity, [
    textColumn("Stage", (row) => stageLabel(row.stage)),
    figureColumn("HubSpot", (row) => countText(row.hubspot)),
    figureColumn("Salesforce", (row) => countText(row.salesforce)),
    figureColumn("LeadLoop", (row) => countText(row.leadloop)),
  ]);
  const causes = table("Why they differ", report.parityCauses, [
    textColumn("Cause", (row) => row.cause),
    figureColumn("People", (row) => countText(row.people)),
  ]);
  return html`<section id="parity"><h2>Do the systems agree?</h2><p class="note">Everyone alive now, whatever the window, as each record showed it when it was last read.</p>${rows}${causes}${differenceTable(report)}${recordsBehind(report.drill, "parityCauses")}</section>`;
}

function differenceTable(report: ClosedLoop): Markup {
  const shown = report.parityDifferences.slice(0, DIFFERENCES_SHOWN);
  if (shown.length === 0) return html`<p class="none">Nobody stands in different stages on two records.</p>`;
  const rest = report.parityDifferences.length - shown.length;
  const more = rest === 0 ? html`` : html`<p class="note">${countText(rest)} more stand in report.json.</p>`;
  const columns = [
    textColumn<(typeof shown)[number]>("Person", (row) => row.name),
    textColumn<(typeof shown)[number]>("Link", (row) => html`<code>${row.link}</code>`),
    textColumn<(typeof shown)[number]>("HubSpot", (row) => stageLabel(row.hubspot)),
    textColumn<(typeof shown)[number]>("Salesforce", (row) => stageLabel(row.salesforce)),
    textColumn<(typeof shown)[number]>("LeadLoop", (row) => stageLabel(row.leadloop)),
    textColumn<(typeof shown)[number]>("Cause", (row) => row.cause),
  ];
  return html`${table("Differences by person", shown, columns)}${more}`;
}

export function qualitySection(report: ClosedLoop): Markup {
  const findings = table("Data quality", report.dataQuality, [
    textColumn("Finding", (row) => row.problem),
    figureColumn("People", (row) => countText(row.count)),
    textColumn("What it means", (row) => row.meaning),
  ]);
  const negative =
    report.wonBeforeFirstContact.length === 0
      ? html``
      : table("Won before first contact", report.wonBeforeFirstContact.slice(0, DIFFERENCES_SHOWN), [
          textColumn("Link", (row) => html`<code>${row.link}</code>`),
          figureColumn("Days", (row) => daysText(row.days)),
        ]);
  return html`<section id="quality"><h2>Data quality</h2><p class="note">Nothing was left out of a count for any of these.</p>${findings}${negative}${recordsBehind(report.drill, "dataQuality")}</section>`;
}
