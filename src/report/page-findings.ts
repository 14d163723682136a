/** What to do, at the top of the report page: each sentence leads to the number it was read from. */
import { type Finding, findingsOf } from "../core/report/findings.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { html, type Markup } from "./html-markup.ts";

/** The section that shows a table; the page's script goes on to the cell. */
const SECTIONS: Readonly<Record<string, string>> = {
  serviceClocks: "handoffs",
  handoffs: "handoffs",
  openByAge: "open",
  tasks: "tasks",
  calibration: "score",
  gateReasons: "gates",
  bySource: "source",
  dataQuality: "quality",
};

export function findings(report: ClosedLoop): Markup {
  const found = findingsOf(report);
  if (found.length === 0) return html``;
  return html`<div class="findings"><h2>What to do</h2><ol>${found.map(line)}</ol></div>`;
}

function line({ fact, advice, cell: { table, row, column } }: Finding): Markup {
  return html`<li><a href="#${SECTIONS[table] ?? "main"}" data-table="${table}" data-row="${row}" data-column="${column}">${fact}</a> ${advice}</li>`;
}
