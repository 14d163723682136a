/** Prints the closed-loop numbers as one page: charts with a table behind each, the records behind the numbers, nothing from the network. */
import { createHash } from "node:crypto";
import { periodDays } from "../core/report/period-days.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { divisionSections } from "./division-sections.ts";
import { funnelSection, gateSection, outcomeSection } from "./funnel-sections.ts";
import { handoffSection } from "./handoff-section.ts";
import { paritySection, qualitySection, taskSection } from "./health-sections.ts";
import { html, Markup } from "./html-markup.ts";
import { IDS_FILE } from "./id-lines.ts";
import { moneySection, openPipelineSection } from "./money-sections.ts";
import { pageHeader } from "./page-header.ts";
import { type PageRecord, type RecordPlaces, recordsElement } from "./page-records.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { contents, inOrder, type PageSection, sectionMarkup } from "./page-sections.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { ruleSection, scoreSection } from "./score-sections.ts";
import { cohortSection, openSection, periodSection, velocitySection } from "./time-sections.ts";

/** A page that everybody's mail lets through: with more than this, the records stay in the other files. */
const LARGEST_PAGE = 1_400_000;

/**
 * The whole page. Same numbers, same bytes. Its own policy forbids every request, and every script and style but those whose hashes it names.
 * `people` are named where the records are carried along; where the page would be too large with them, it says where they are.
 */
export function renderHtml(report: ClosedLoop, people: ReadonlyMap<string, PageRecord>, places: RecordPlaces): string {
  const sections = inOrder(sectionsOf(report));
  const body = html`${sections.map(sectionMarkup)}`;
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
<title>Closed-loop report, ${periodDays(report.from, report.to)}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the figures</a>
${pageHeader(report)}
${contents(sections)}
<main id="main">
${body}
</main>
<footer><p>Rates are shown with Wilson's 95 % interval. ${whereRecordsAre(report, fits)} report.json holds every number; report.csv has a line for each person of the cohort, report-deals.csv for each of their opportunities.</p></footer>
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

function sectionsOf(report: ClosedLoop): readonly PageSection[] {
  return [
    periodSection(report),
    handoffSection(report),
    taskSection(report),
    ruleSection(report),
    funnelSection(report),
    gateSection(report),
    cohortSection(report),
    velocitySection(report),
    outcomeSection(report),
    moneySection(report),
    scoreSection(report),
    ...divisionSections(report),
    qualitySection(report),
    openSection(report),
    openPipelineSection(report),
    paritySection(report),
  ];
}
