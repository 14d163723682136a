/** Prints the closed-loop numbers as one page: charts with a table behind each, no scripts, nothing from the network. */
import { createHash } from "node:crypto";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { countText, daysText, instantText, intervalText, percentText } from "./figure-format.ts";
import { divisionSections, funnelSection, outcomeSection, sourceSection, velocitySection } from "./funnel-sections.ts";
import { handoffSection, paritySection, qualitySection, taskSection } from "./health-sections.ts";
import { html, Markup } from "./html-markup.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** The whole page. Same numbers, same bytes. Its own policy forbids every script, every request and every style but the one whose hash it names. */
export function renderHtml(report: ClosedLoop): string {
  const hash = createHash("sha256").update(PAGE_STYLE).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
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
<header>
<h1>Closed-loop report</h1>
<p class="window">People first in touch from ${report.from.slice(0, 10)} to ${report.to.slice(0, 10)}, and what had become of them by ${instantText(report.asOf)}.</p>
${contents(report)}
${tiles(report)}
</header>
<main>
${sections(report)}
</main>
<footer><p>Rates are shown with Wilson's 95 % interval. Every number is the count of the records listed under it; all ids stand in report.json, one row per lead in report.csv.</p></footer>
</body>
</html>
`;
  return page.text;
}

function sections(report: ClosedLoop): readonly Markup[] {
  return [
    funnelSection(report),
    sourceSection(report),
    velocitySection(report),
    outcomeSection(report),
    ...divisionSections(report),
    taskSection(report),
    handoffSection(report),
    paritySection(report),
    qualitySection(report),
  ];
}

function contents(report: ClosedLoop): Markup {
  const links = [
    ["funnel", "Funnel"],
    ["source", "Source"],
    ["velocity", "Speed"],
    ["outcomes", "Outcomes"],
    ...(report.byCampaign === null ? [] : [["campaign", "Campaign"]]),
    ["month", "Month"],
    ["owner", "Owner"],
    ["band", "Score band"],
    ["tasks", "Tasks"],
    ["handoffs", "Handoffs"],
    ["parity", "Agreement"],
    ["quality", "Data quality"],
  ];
  return html`<nav aria-label="Sections">${links.map(([id = "", label = ""]) => html`<a href="#${id}">${label}</a>`)}</nav>`;
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
    { label: "Revenue", value: countText(total.revenue), note: `${currency} from ${countText(total.won)} won`.trim() },
  ];
  return html`<ul class="tiles">${shown.map((tile) => html`<li><span>${tile.label}</span><b>${tile.value}</b><small>${tile.note}</small></li>`)}</ul>`;
}
