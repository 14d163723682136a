/** Says what changed against the period before, and what made the difference. */
import type { PeriodChange } from "../core/report/period-changes.ts";
import { countText, moneyText } from "./figure-format.ts";

/** "New MQLs: 42, up from 30" and "mostly by source paid search: 24, up from 14". */
export function changeText(
  { figure, unit, before, now, because }: PeriodChange,
  currency: string,
): { readonly title: string; readonly because: string } {
  const text = (value: number): string => (unit === "money" ? moneyText(value, currency) : countText(value));
  const moved = (from: number, to: number): string => `${text(to)}, ${to > from ? "up" : "down"} from ${text(from)}`;
  return {
    title: `${figure}: ${moved(before, now)}`,
    because:
      because === null ? "" : `Most of it: ${because.by} ${because.name}, ${moved(because.before, because.now)}.`,
  };
}
