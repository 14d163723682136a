/** Small charts as SVG without a fixed width: bars and whiskers in percent, so that text never shrinks with the screen. */
import { breakable, html, type Markup } from "./html-markup.ts";

/** One line of a chart: what it is, how it is drawn, what it says. */
export interface ChartRow {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly drawing: Markup;
}

/** A chart as a list: the words carry every number, the drawing repeats them for the eye. */
export function chart(title: string, rows: readonly ChartRow[], axis: Markup | null): Markup {
  const lines = rows.map(
    (row) =>
      html`<li><span class="label">${breakable(row.label)}</span>${row.drawing}<span class="value">${row.value} <small>${row.note}</small></span></li>`,
  );
  const scale =
    axis === null ? html`` : html`<li class="axis" aria-hidden="true"><span></span>${axis}<span></span></li>`;
  return html`<ol class="chart" aria-label="${title}">${lines}${scale}</ol>`;
}

/** A bar in the middle, as wide as its share of the widest. */
export function funnelBar(share: number, tone: string): Markup {
  const width = Math.max(share * 100, 0.4);
  return html`<svg class="bar tall" aria-hidden="true" focusable="false"><rect class="${tone}" x="${fixed((100 - width) / 2)}%" y="0" width="${fixed(width)}%" height="100%" rx="4"/></svg>`;
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

/** Shares of a whole side by side. */
export function stackedBar(parts: readonly { readonly share: number; readonly tone: string }[]): Markup {
  let start = 0;
  const rects = parts.map((part) => {
    const rect = html`<rect class="${part.tone}" x="${fixed(start * 100)}%" y="0" width="${fixed(part.share * 100)}%" height="100%"/>`;
    start += part.share;
    return rect;
  });
  return html`<svg class="bar stacked" aria-hidden="true" focusable="false">${rects}</svg>`;
}

/** Shares of a whole in one line of a chart, small ones still to be seen. */
export function shares(parts: readonly { readonly share: number; readonly tone: string }[]): Markup {
  let start = 0;
  const rects = parts.map((part) => {
    const rect = html`<rect class="${part.tone}" x="${fixed(start * 100)}%" y="0" width="${fixed(part.share * 100)}%" height="100%"/>`;
    start += part.share;
    return rect;
  });
  return html`<svg class="bar row-stack" aria-hidden="true" focusable="false"><rect class="track" width="100%" height="100%"/>${rects}</svg>`;
}

/** A dot with its interval of uncertainty, on a scale from 0 to `top`; hollow where it is not yet to be trusted. */
export function whisker(low: number, middle: number, high: number, top: number, isHollow = false): Markup {
  const dot = isHollow ? "hollow" : "dot";
  const place = (value: number): string => `${fixed((value / top) * 100)}%`;
  return html`<svg class="bar" aria-hidden="true" focusable="false"><line class="rule" x1="0" x2="100%" y1="50%" y2="50%"/><line class="whisker" x1="${place(low)}" x2="${place(high)}" y1="50%" y2="50%"/><circle class="${dot}" cx="${place(middle)}" cy="50%" r="5"/></svg>`;
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

function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}
