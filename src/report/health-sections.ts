/** The sections of the report page about the work and the data: tasks, agreement of the systems, data quality. */

import type { ClosedLoop } from "../core/report/report-figures.ts";
import { countedText, countText, daysText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, folded, table, textColumn } from "./html-table.ts";
import { legend } from "./page-legend.ts";
import type { PageSection } from "./page-sections.ts";
import { stageLabel } from "./stage-labels.ts";
import { stackedBar } from "./svg-charts.ts";

/** Differences listed on the page; the others stand in report.json. */
const DIFFERENCES_SHOWN = 25;

export function taskSection(report: ClosedLoop): PageSection {
  const { tasks, followUp } = report;
  const parts = [
    { label: "Done", count: tasks.done, tone: "won" },
    { label: "Closed by LeadLoop", count: tasks.closedByUs, tone: "warn" },
    { label: "Open", count: tasks.open, tone: "soft" },
    { label: "Overdue", count: tasks.overdue, tone: "lost" },
  ];
  const bar = stackedBar(parts, tasks.created);
  const counts = table<ClosedLoop["tasks"]>({
    caption: "Tasks created in the period",
    rows: [tasks],
    drill: { table: "tasks", row: () => "all" },
    columns: [
      textColumn("What", () => "Tasks"),
      figureColumn("Created", (row) => countText(row.created), "created"),
      figureColumn("Done", (row) => countText(row.done), "done"),
      figureColumn("of which late", (row) => countText(row.doneLate), "doneLate"),
      figureColumn("Closed by LeadLoop", (row) => countText(row.closedByUs), "closedByUs"),
      figureColumn("Open", (row) => countText(row.open), "open"),
      figureColumn("Overdue", (row) => countText(row.overdue), "overdue"),
      figureColumn("To be sent", (row) => countText(row.waiting), "waiting"),
      figureColumn("Suppressed", (row) => countText(row.suppressed), "suppressed"),
    ],
  });
  const rate = table<ClosedLoop["followUp"]>({
    caption: "Handoffs followed up",
    rows: [followUp],
    drill: { table: "followUp", row: () => "all" },
    columns: [
      textColumn("What", () => "Handoffs"),
      figureColumn("Given", (row) => countText(row.given), "given"),
      figureColumn("Touched", (row) => countText(row.touched), "touched"),
      figureColumn("Never touched", (row) => countText(row.neverTouched), "neverTouched"),
      figureColumn("Follow-up rate", (row) => percentText(row.touchedRate.percent)),
    ],
  });
  type Attempt = ClosedLoop["followUp"]["attempts"][number];
  const attempts = table<Attempt>({
    caption: "Tasks done up to the answer",
    rows: followUp.attempts,
    drill: { table: "attempts", row: (row) => row.attempts },
    columns: [
      textColumn("Attempts", (row) => row.attempts),
      figureColumn("Handoffs", (row) => countText(row.handoffs), "handoffs"),
    ],
  });
  return {
    id: "tasks",
    label: "Follow-up",
    title: "Tasks and follow-up",
    kind: "period",
    note: "Tasks made in the period, and how the handoffs of the period were followed up.",
    body: html`${bar}${legend(parts, tasks.created)}${folded("All figures of tasks", counts)}${rate}${folded("Tasks done up to the answer", attempts)}`,
  };
}

export function paritySection(report: ClosedLoop): PageSection {
  type Row = ClosedLoop["parity"][number];
  const rows = table<Row>({
    caption: "People in each stage, according to each system",
    rows: report.parity,
    drill: { table: "parity", row: (row) => row.stage },
    columns: [
      textColumn("Stage", (row) => stageLabel(row.stage)),
      figureColumn("HubSpot", (row) => countText(row.hubspot), "hubspot"),
      figureColumn("Salesforce", (row) => countText(row.salesforce), "salesforce"),
      figureColumn("LeadLoop", (row) => countText(row.leadloop), "leadloop"),
    ],
  });
  type Cause = ClosedLoop["parityCauses"][number];
  const causes = table<Cause>({
    caption: "Why they differ",
    rows: report.parityCauses,
    drill: { table: "parityCauses", row: (row) => row.cause },
    columns: [
      textColumn("Cause", (row) => row.cause),
      figureColumn("People", (row) => countText(row.people), "people"),
    ],
  });
  return {
    id: "parity",
    label: "Agreement",
    title: "Do the systems agree?",
    kind: "now",
    note: "Everyone alive now, whatever the window, as each record showed it when it was last read, or as its system confirmed what LeadLoop wrote. A customer according to Salesforce is who has a won opportunity there.",
    body: html`<div class="pair"><div>${rows}</div><div>${causes}</div></div>${differenceTable(report)}`,
  };
}

function differenceTable(report: ClosedLoop): Markup {
  const shown = report.parityDifferences.slice(0, DIFFERENCES_SHOWN);
  if (shown.length === 0) return html`<p class="none">Nobody stands in different stages on two records.</p>`;
  const rest = report.parityDifferences.length - shown.length;
  const more =
    rest === 0 ? html`` : html`<p class="note">${countedText(rest, "more stands", "more stand")} in report.json.</p>`;
  const differences = table<ClosedLoop["parityDifferences"][number]>({
    caption: "Differences by person",
    rows: shown,
    columns: [
      textColumn("Person", (row) => row.name),
      textColumn("Link", (row) => html`<code>${row.link}</code>`),
      textColumn("HubSpot", (row) => stageLabel(row.hubspot)),
      textColumn("Salesforce", (row) => stageLabel(row.salesforce)),
      textColumn("LeadLoop", (row) => stageLabel(row.leadloop)),
      textColumn("Cause", (row) => row.cause),
    ],
  });
  return html`${differences}${more}`;
}

export function qualitySection(report: ClosedLoop): PageSection {
  type Row = ClosedLoop["dataQuality"][number];
  const findings = table<Row>({
    caption: "Data quality",
    rows: report.dataQuality,
    drill: { table: "dataQuality", row: (row) => row.problem },
    columns: [
      textColumn("Finding", (row) => row.problem),
      figureColumn("People", (row) => countText(row.count), "people"),
      textColumn("What it means", (row) => row.meaning),
    ],
  });
  const { wonBeforeFirstContact } = report;
  const negative =
    wonBeforeFirstContact.length === 0
      ? html``
      : table<ClosedLoop["wonBeforeFirstContact"][number]>({
          caption: "Won before first contact",
          rows: wonBeforeFirstContact.slice(0, DIFFERENCES_SHOWN),
          columns: [
            textColumn("Link", (row) => html`<code>${row.link}</code>`),
            figureColumn("Days", (row) => daysText(row.days)),
          ],
        });
  return {
    id: "quality",
    label: "Data quality",
    title: "Data quality",
    kind: "cohort",
    note: "Nothing was left out of a count for any of these.",
    body: html`${findings}${negative}`,
  };
}
