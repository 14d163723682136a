/** The top of the report page: which three kinds of figures there are, whether they can be believed, the main ones, and what changed. */
import type { Problem } from "../core/report/data-quality.ts";
import { periodDays } from "../core/report/period-days.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { DIFFERENCES_KEPT, UNREAD } from "../core/report/stage-parity.ts";
import { changeText } from "./change-text.ts";
import { countedText, countText, instantText } from "./figure-format.ts";
import { breakable, html, type Markup } from "./html-markup.ts";
import { findings } from "./page-findings.ts";
import { badge } from "./page-sections.ts";
import { cohortTiles, nowTiles, periodTiles } from "./page-tiles.ts";

export function pageHeader(report: ClosedLoop): Markup {
  return html`<header class="top">
<h1>Closed-loop report</h1>
${kinds(report)}
${trust(report)}
${notes(report)}
${findings(report)}
${periodTiles(report)}
${changes(report)}
${cohortTiles(report)}
${nowTiles(report)}
</header>`;
}

/** The three kinds of figures in one sentence. */
function kinds(report: ClosedLoop): Markup {
  return html`<p class="window">${badge("period")} is what happened from ${periodDays(report.from, report.to)}, to whomever; ${badge("cohort")} is what had become of the people first in touch in that time; ${badge("now")} is how everyone stood on ${instantText(report.asOf)}.</p>`;
}

/** Whether the figures below can be believed: what was never seen, and where the systems contradict each other. */
function trust(report: ClosedLoop): Markup {
  const people = (problem: Problem): number =>
    report.dataQuality.find((finding) => finding.problem === problem)?.count ?? 0;
  const [skipped, undated] = [people("skipped MQL"), people("no first contact")];
  const differ = report.parityDifferences.length;
  const unread = report.parityCauses
    .filter(({ cause }) => cause.includes(UNREAD))
    .reduce((all, cause) => all + cause.people, 0);
  const doubts = [
    skipped > 0
      ? html`<a href="#quality">${countText(skipped)} of ${countedText(report.total.mql, "MQL", "MQLs")}</a> ${skipped === 1 ? "was" : "were"} past MQL when first seen`
      : null,
    undated > 0
      ? html`<a href="#quality">${countText(undated)} of ${countedText(report.leads, "person", "people")}</a> ${undated === 1 ? "has" : "have"} no date of first contact`
      : null,
    differ > 0
      ? html`the systems <a href="#parity">differ about ${differ < DIFFERENCES_KEPT ? "" : "at least "}${countedText(differ, "person", "people")}</a>`
      : null,
    unread > 0
      ? html`<a href="#parity">what a system shows of ${countedText(unread, "person", "people")}</a> could not be read`
      : null,
  ].filter((doubt) => doubt !== null);
  if (report.leads === 0 && report.parity.length === 0) return html``;
  if (doubts.length === 0)
    return html`<p class="trust">To be believed: everyone was seen from the start, and the <a href="#parity">systems agree</a>.</p>`;
  return html`<p class="trust"><b>Before you believe the figures:</b> ${doubts.map((doubt, index) => html`${index === 0 ? "" : "; "}${doubt}`)}.</p>`;
}

function notes({ notes: told }: ClosedLoop): Markup {
  return told.length === 0 ? html`` : html`<ul class="notes">${told.map((note) => html`<li>${note}</li>`)}</ul>`;
}

function changes(report: ClosedLoop): Markup {
  if (report.changes.length === 0) return html``;
  const items = report.changes.map((change) => {
    const { title, because } = changeText(change, report.currency);
    return html`<li><b>${title}</b><small>${breakable(because)}</small></li>`;
  });
  return html`<ul class="changes" aria-label="What changed most against the period before">${items}</ul>`;
}
