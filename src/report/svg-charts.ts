/** Small charts as SVG without a fixed width: bars and whiskers in percent, so that text never shrinks with the screen. */
import type { CellAddress } from "../core/report/cell-book.ts";
import { type Rate, rate } from "../core/report/statistics.ts";
import { percentText } from "./figure-format.ts";
import { breakable, html, type Markup } from "./html-markup.ts";

/** One line of a chart: what it is, how it is drawn, what it says. `cell`: where the records behind the value are found. */
export interface ChartRow {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly drawing: Markup;
  readonly cell?: CellAddress;
  /** What is said between this line and the one before. */
  readonly between?: string;
}

/** A chart as a list: the words carry every number, the drawing repeats them for the eye. */
export function chart(title: string, rows: readonly ChartRow[], axis: Markup | null): Markup {
  const lines = rows.map((row) => {
    const between =
      row.between === undefined
        ? html``
        : html`<li class="between"><span></span><span>${row.between}</span><span></span></li>`;
    return html`${between}<li><span class="label">${breakable(row.label)}</span>${row.drawing}<span class="value">${valueMarkup(row)} <small>${row.note}</small></span></li>`;
  });
  const scale =
    axis === null ? html`` : html`<li class="axis" aria-hidden="true"><span></span>${axis}<span></span></li>`;
  return html`<ol class="chart" aria-label="${title}">${lines}${scale}</ol>`;
}

function valueMarkup({ value, cell }: ChartRow): Markup {
  if (cell === undefined) return html`${value}`;
  return html`<span data-table="${cell.table}" data-row="${cell.row}" data-column="${cell.column}">${value}</span>`;
}

/** A thick bar from the left; nothing at all for nothing. */
export function funnelBar(share: number, tone: string): Markup {
  const bar =
    share > 0
      ? html`<rect class="${tone}" x="0" y="0" width="${fixed(Math.min(share, 1) * 100)}%" height="100%" rx="4"/>`
      : html``;
  return html`<svg class="bar tall" aria-hidden="true" focusable="false">${bar}</svg>`;
}

/** Bars from the left, drawn in the order given: put the longer one first. */
export function bars(parts: readonly { readonly share: number; readonly tone: string }[]): Markup {
  const rects = parts
    .filter((part) => part.share > 0)
    .map(
      (part) =>
        html`<rect class="${part.tone}" x="0" y="20%" width="${fixed(Math.min(part.share, 1) * 100)}%" height="60%" rx="3"/>`,
    );
  return html`<svg class="bar" aria-hidden="true" focusable="false"><rect class="track" x="0" y="20%" width="100%" height="60%" rx="3"/>${rects}</svg>`;
}

/** A whole in its parts. */
export interface Part {
  readonly count: number;
  readonly tone: string;
}

/** The share that a part must have for its percentage to fit into it on a phone. */
const ROOM = 0.1;

/** Shares of a whole side by side, with their percentages where there is room. `of`: the whole. */
export function shares(parts: readonly Part[], of: number): Markup {
  return html`<svg class="bar row-stack" aria-hidden="true" focusable="false"><rect class="track" width="100%" height="100%"/>${pieces(parts, of)}</svg>`;
}

/** The same as one bar across the section. */
export function stackedBar(parts: readonly Part[], of: number): Markup {
  return of === 0
    ? html``
    : html`<svg class="bar stacked" aria-hidden="true" focusable="false">${pieces(parts, of)}</svg>`;
}

function pieces(parts: readonly Part[], of: number): readonly Markup[] {
  let start = 0;
  return parts.map(({ count, tone }) => {
    const share = of === 0 ? 0 : count / of;
    const middle = start + share / 2;
    const rect = html`<rect class="${tone}" x="${fixed(start * 100)}%" y="0" width="${fixed(share * 100)}%" height="100%"/>`;
    start += share;
    if (share < ROOM) return rect;
    return html`${rect}<text class="on-${tone}" x="${fixed(middle * 100)}%" y="50%">${percentText(rate(count, of).percent)}</text>`;
  });
}

/** `reference`: a line to compare with; `isHollow`: not yet to be trusted. */
export interface WhiskerLook {
  readonly reference?: number | null;
  readonly isHollow?: boolean;
}

/** A dot with its interval of uncertainty, on a scale from 0 to `top`. */
export function whisker(
  { low, percent, high }: Rate,
  top: number,
  { reference = null, isHollow = false }: WhiskerLook = {},
): Markup {
  const [dot, band] = isHollow ? ["hollow", "whisker young"] : ["dot", "whisker"];
  const place = (value: number | null): string => `${fixed(Math.min(1, (value ?? 0) / top) * 100)}%`;
  const mark =
    reference === null
      ? html``
      : html`<line class="mark" x1="${place(reference)}" x2="${place(reference)}" y1="0" y2="100%"/>`;
  return html`<svg class="bar" aria-hidden="true" focusable="false"><line class="rule" x1="0" x2="100%" y1="50%" y2="50%"/>${mark}<line class="${band}" x1="${place(low)}" x2="${place(high)}" y1="50%" y2="50%"/><circle class="${dot}" cx="${place(percent)}" cy="50%" r="5"/></svg>`;
}

const TICK = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

/** Ticks under a chart at 0, one half and the whole of `top`. */
export function axis(top: number, unit: string): Markup {
  const tick = (share: number, anchor: string): Markup =>
    html`<text x="${fixed(share * 100)}%" y="12" text-anchor="${anchor}">${`${TICK.format(top * share)}${unit}`}</text>`;
  return html`<svg class="bar ticks" aria-hidden="true" focusable="false">${tick(0, "start")}${tick(0.5, "middle")}${tick(1, "end")}</svg>`;
}

/** The next round number at or above: 1, 2, 2.5 or 5 times a power of ten. */
export function roundTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value) ?? 10;
  return Number((step * power).toPrecision(6));
}

/** The end of a scale of percents that holds all of these. */
export function percentTop(values: readonly (number | null)[]): number {
  return Math.min(100, roundTop(Math.max(1, ...values.map((value) => value ?? 0))));
}

function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}
