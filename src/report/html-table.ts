/** Tables of the report page: each cell with a number says which cell of the report it shows, so that a click finds the records behind it. */
import type { CellAddress } from "../core/report/cell-book.ts";
import { breakable, html, type Markup, type MarkupPart } from "./html-markup.ts";

/** A column: its heading, and what a row shows in it. Figures stand on the right. `cell` is the drill's name of the column. */
export interface TableColumn<T> {
  readonly heading: string;
  readonly figure: boolean;
  readonly cell: string | null;
  show(row: T): MarkupPart;
  /** The drill's name of the row, where it is another one in each column. */
  rowOf?(row: T): string;
  /** The drill's table, where it is another one than that of the columns beside it. */
  readonly table?: string;
  /** How dark the cell is, from 0 to 4. */
  shade?(row: T): number;
}

export function textColumn<T>(heading: string, show: (row: T) => MarkupPart): TableColumn<T> {
  return { heading, figure: false, cell: null, show };
}

export function figureColumn<T>(
  heading: string,
  show: (row: T) => MarkupPart,
  cell: string | null = null,
): TableColumn<T> {
  return { heading, figure: true, cell, show };
}

export interface TableParts<T> {
  readonly caption: string;
  readonly rows: readonly T[];
  readonly columns: readonly TableColumn<T>[];
  /** The drill's table, and the drill's name of a row. */
  readonly drill?: { readonly table: string; row(row: T): string };
  /** The last line, and where its numbers are found. */
  readonly total?: { readonly row: T; readonly table: string; readonly name: string };
  /** On a narrow screen each row is a block of its own, every cell with its heading before it (class `stacked-rows`). */
  readonly stacks?: boolean;
  /** `matrix`: cells of one kind, no wider than they need to be. */
  readonly kind?: "matrix";
}

/** A table that scrolls by itself on a narrow screen. The first column names the row. */
export function table<T>({ caption, rows, columns, drill, total, stacks = false, kind }: TableParts<T>): Markup {
  if (rows.length === 0) return html`<p class="none">${caption}: none.</p>`;
  const heads = columns.map(
    ({ heading, figure, cell }) =>
      html`<th scope="col"${figureClass(figure)}${cell === null ? html`` : html` data-column="${cell}"`}>${heading}</th>`,
  );
  const foot =
    total === undefined
      ? html``
      : html`<tfoot>${tableRow(columns, total.row, html` data-row="${total.name}" data-table="${total.table}"`, stacks)}</tfoot>`;
  const name =
    drill === undefined && total === undefined ? html`` : html` data-table="${drill?.table ?? total?.table ?? ""}"`;
  const body = rows.map((row) =>
    tableRow(columns, row, drill === undefined ? html`` : html` data-row="${drill.row(row)}"`, stacks),
  );
  const look = stacks ? "stacked-rows" : (kind ?? "");
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table${look === "" ? html`` : html` class="${look}"`}${name}><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${body}</tbody>${foot}</table></div>`;
}

function tableRow<T>(columns: readonly TableColumn<T>[], row: T, attributes: Markup, stacks: boolean): Markup {
  const cells = columns.map((column, index) =>
    index === 0
      ? html`<th scope="row">${rowName(column.show(row))}</th>`
      : html`<td${cellClass(column, row)}${stacks ? html` data-head="${column.heading}"` : html``}${ownCell(column, row)}>${column.show(row)}</td>`,
  );
  return html`<tr${attributes}>${cells}</tr>`;
}

function ownCell<T>({ rowOf, table: name }: TableColumn<T>, row: T): Markup {
  const ofTable = name === undefined ? html`` : html` data-table="${name}"`;
  return rowOf === undefined ? ofTable : html`${ofTable} data-row="${rowOf(row)}"`;
}

/** A number in a sentence, with the cell of the report that it shows. */
export function numberIn(text: string, { table: name, row, column }: CellAddress, label: string): Markup {
  return html`<span data-table="${name}" data-row="${row}" data-column="${column}" data-label="${label}">${text}</span>`;
}

function rowName(name: MarkupPart): MarkupPart {
  return typeof name === "string" ? breakable(name) : name;
}

function cellClass<T>({ figure, shade }: TableColumn<T>, row: T): Markup {
  return shade === undefined ? figureClass(figure) : html` class="figure shade${shade(row)}"`;
}

function figureClass(figure: boolean): Markup {
  return figure ? html` class="figure"` : html``;
}

/** A table folded away behind its chart; open from the start where it says much more than the chart. */
export function folded(summary: string, content: Markup, isOpen = false): Markup {
  return html`<details${isOpen ? html` open` : html``}><summary>${summary}</summary>${content}</details>`;
}
