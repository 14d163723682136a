/** Tables of the report page, and the lists of records behind their numbers. */
import type { Drill } from "../core/report/cell-book.ts";
import { countText } from "./figure-format.ts";
import { html, type Markup, type MarkupPart } from "./html-markup.ts";

/** A column: its heading, and what a row shows in it. Figures stand on the right. */
export interface TableColumn<T> {
  readonly heading: string;
  readonly figure: boolean;
  show(row: T): MarkupPart;
}

export function textColumn<T>(heading: string, show: (row: T) => MarkupPart): TableColumn<T> {
  return { heading, figure: false, show };
}

export function figureColumn<T>(heading: string, show: (row: T) => MarkupPart): TableColumn<T> {
  return { heading, figure: true, show };
}

/** A table that scrolls by itself on a narrow screen. The first column names the row. */
export function table<T>(
  caption: string,
  rows: readonly T[],
  columns: readonly TableColumn<T>[],
  total: T | null = null,
): Markup {
  if (rows.length === 0) return html`<p class="none">None.</p>`;
  const heads = columns.map((column) => html`<th scope="col"${figureClass(column)}>${column.heading}</th>`);
  const foot = total === null ? html`` : html`<tfoot>${tableRow(columns, total)}</tfoot>`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${rows.map((row) => tableRow(columns, row))}</tbody>${foot}</table></div>`;
}

function tableRow<T>(columns: readonly TableColumn<T>[], row: T): Markup {
  const cells = columns.map((column, index) =>
    index === 0
      ? html`<th scope="row">${column.show(row)}</th>`
      : html`<td${figureClass(column)}>${column.show(row)}</td>`,
  );
  return html`<tr>${cells}</tr>`;
}

function figureClass(column: { readonly figure: boolean }): Markup {
  return column.figure ? html` class="figure"` : html``;
}

/** Ids shown per number; the others stand in report.json. */
const IDS_SHOWN = 12;

/** Folded away: for each row and column of a table, the first ids behind the number. */
export function recordsBehind(drill: Drill | null, tableName: string): Markup {
  const rows = Object.entries(drill?.[tableName] ?? {});
  if (rows.length === 0) return html``;
  const cells = rows.flatMap(([row, columns]) =>
    Object.entries(columns).map(([column, ids]) => cellIds(row, column, ids)),
  );
  return html`<details><summary>Records behind these numbers</summary><p class="note">All of them stand in report.json under drill.${tableName}, and report.csv has one row per lead.</p><dl class="ids">${cells}</dl></details>`;
}

function cellIds(row: string, column: string, ids: readonly string[]): Markup {
  const more =
    ids.length > IDS_SHOWN ? html` <span class="more">and ${countText(ids.length - IDS_SHOWN)} more</span>` : html``;
  return html`<div><dt>${row} \u00b7 ${column} <b>${countText(ids.length)}</b></dt><dd>${ids.slice(0, IDS_SHOWN).map((id) => html`<code>${id}</code> `)}${more}</dd></div>`;
}
