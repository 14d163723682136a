/** Prints the closed-loop numbers as one page: charts with a table behind each, the records behind the numbers, nothing from the network. */
import { createHash } from "node:crypto";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { changeText } from "./change-text.ts";
import { countText, daysText, instantText, intervalText, percentText } from "./figure-format.ts";
import { divisionSections, funnelSection, gateSection, outcomeSection, sourceSection } from "./funnel-sections.ts";
import { handoffSection, paritySection, qualitySection, taskSection } from "./health-sections.ts";
import { html, Markup } from "./html-markup.ts";
import { IDS_FILE } from "./id-lines.ts";
import { moneySection } from "./money-sections.ts";
import { type PageRecord, type RecordPlaces, recordsElement } from "./page-records.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { scoreSection } from "./score-sections.ts";
import { cohortSection, periodSection, velocitySection } from "./time-sections.ts";

/** A page that everybody's mail lets through: with more than this, the records stay in the other files. */
const LARGEST_PAGE = 1_400_000;

/**
 * The whole page. Same numbers, same bytes. Its own policy forbids every request, and every script and style but those whose hashes it names.
 * `people` are named where the records are carried along; where the page would be too large with them, it says where they are.
 */
export function renderHtml(report: ClosedLoop, people: ReadonlyMap<string, PageRecord>, places: RecordPlaces): string {
  const body = html`${sections(report)}`;
  const records = report.drill === null ? null : recordsElement(report.drill, people, places);
  const fits = records !== null && body.text.length + Buffer.byteLength(records.text) < LARGEST_PAGE;
  const policy = `default-src 'none'; style-src 'sha256-${hashOf(PAGE_STYLE)}'; script-src 'sha256-${hashOf(PAGE_SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Closed-loop report, ${report.from.slice(0, 10)} to ${report.to.slice(0, 10)}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#funnel">Skip to the funnel</a>
<header class="top">
<h1>Closed-loop report</h1>
<p class="window">People first in touch from ${report.from.slice(0, 10)} to ${report.to.slice(0, 10)}, and what had become of them by ${instantText(report.asOf)}.</p>
${notes(report)}
${tiles(report)}
${changes(report)}
</header>
${contents(report)}
<main>
${body}
</main>
<footer><p>Rates are shown with Wilson's 95 % interval. ${whereRecordsAre(report, fits)} report.json holds every number, report-deals.csv a line for each opportunity.</p></footer>
<dialog id="drill" aria-labelledby="drill-title"></dialog>
${fits && records !== null ? records : html``}
<script>${new Markup(PAGE_SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

function whereRecordsAre({ drill }: ClosedLoop, fits: boolean): string {
  if (fits) return "A click on a number shows the records behind it.";
  const file = drill === null ? `${IDS_FILE} (beside this page)` : "report.json";
  return `The records behind the numbers are too many for this page: ${file} names them for every number, report.csv has one row per lead with the cells it stands in, and \`leadloop report --show\` prints those of any cell.`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

function sections(report: ClosedLoop): readonly Markup[] {
  return [
    funnelSection(report),
    gateSection(report),
    cohortSection(report),
    periodSection(report),
    sourceSection(report),
    velocitySection(report),
    outcomeSection(report),
    moneySection(report),
    scoreSection(report),
    handoffSection(report),
    taskSection(report),
    ...divisionSections(report),
    paritySection(report),
    qualitySection(report),
  ];
}

function contents(report: ClosedLoop): Markup {
  const links = [
    ["funnel", "Funnel"],
    ["gates", "Gates"],
    ["cohorts", "Cohorts"],
    ["period", "Period"],
    ["source", "Source"],
    ["velocity", "Speed"],
    ["outcomes", "Outcomes"],
    ["money", "Revenue"],
    ["score", "Score"],
    ["handoffs", "SLA"],
    ["tasks", "Follow-up"],
    ...(report.byCampaign === null || report.byCampaign.length === 0 ? [] : [["campaign", "Campaign"]]),
    ...(report.leads === 0 ? [] : [["owner", "Owner"]]),
    ["parity", "Agreement"],
    ["quality", "Data quality"],
  ];
  return html`<nav class="contents" aria-label="Sections"><ul>${links.map(([id = "", label = ""]) => html`<li><a href="#${id}">${label}</a></li>`)}</ul></nav>`;
}

function notes({ notes: told }: ClosedLoop): Markup {
  return told.length === 0 ? html`` : html`<ul class="notes">${told.map((note) => html`<li>${note}</li>`)}</ul>`;
}

function changes(report: ClosedLoop): Markup {
  if (report.changes.length === 0) return html``;
  const items = report.changes.map((change) => {
    const { title, because } = changeText(change, report.currency);
    return html`<li><b>${title}</b><small>${because}</small></li>`;
  });
  return html`<ul class="changes" aria-label="What changed most against the period before">${items}</ul>`;
}

function tiles(report: ClosedLoop): Markup {
  const { total, timeToWon, currency } = report;
  const shown = [
    { label: "Leads", value: countText(total.leads), note: `${countText(total.open)} open` },
    { label: "MQL", value: countText(total.mql), note: `${percentText(total.rates.leadToMql.percent)} of leads` },
    { label: "SQL", value: countText(total.sql), note: `${percentText(total.rates.mqlToSql.percent)} of MQL` },
    {
      label: "Opportunities",
      value: countText(total.opportunity),
      note: `${percentText(total.rates.sqlToOpportunity.percent)} of SQL`,
    },
    { label: "Won", value: countText(total.won), note: `${countText(total.lost)} lost` },
    { label: "MQL to won", value: percentText(total.rates.mqlToWon.percent), note: intervalText(total.rates.mqlToWon) },
    { label: "Days to won", value: daysText(timeToWon.medianDays), note: `median; p90 ${daysText(timeToWon.p90Days)}` },
    {
      label: "Revenue",
      value: countText(total.revenue),
      note: `${currency} and ${countText(total.pipeline)} open`.trim(),
    },
  ];
  return html`<ul class="tiles">${shown.map((tile) => html`<li><span>${tile.label}</span><b>${tile.value}</b><small>${tile.note}</small></li>`)}</ul>`;
}
