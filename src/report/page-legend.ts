/** What the colours of a chart stand for, with the numbers beside them. */
import { rate } from "../core/report/statistics.ts";
import { countText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";

export interface LegendPart {
  readonly label: string;
  readonly count: number;
  readonly tone: string;
}

/** Counts and their shares of `of`; without it the colours alone. */
export function legend(parts: readonly LegendPart[], of: number | null): Markup {
  const items = parts.map(({ label, count, tone }) => {
    const figures =
      of === null ? html`` : html` <b>${countText(count)}</b> <small>${percentText(rate(count, of).percent)}</small>`;
    return html`<li><svg class="key" aria-hidden="true" focusable="false"><rect class="${tone}" width="100%" height="100%" rx="3"/></svg>${label}${figures}</li>`;
  });
  return html`<ul class="legend">${items}</ul>`;
}
