/** The main figures of the period in three lines, for mail and terminal. */
import type { PeriodFigure } from "../core/report/period-figures.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { countedText, countText, moneyText, signedText } from "./figure-format.ts";

/** What was new, what became of deals, each with its change against the period before; and what is open. */
export function periodLines(report: ClosedLoop): readonly string[] {
  const figure = (name: PeriodFigure["figure"]): string => figureText(report, name);
  const now = (name: PeriodFigure["figure"]): number =>
    report.periodFigures.find((one) => one.figure === name)?.now ?? 0;
  const { deals, amount } = report.openPipeline;
  return [
    `New in the period: ${figure("mql")} MQL, ${figure("sal")} SAL, ${figure("sql")} SQL, ${figure("opportunity")} ${now("opportunity") === 1 ? "opportunity" : "opportunities"}; ${figure("turnedBack")} sent back or disqualified`,
    `Deals of the period: ${figure("won")} won for ${figure("revenue")}, ${figure("lost")} lost, ${figure("opened")} opened for ${figure("pipeline")}`,
    `Open now, of everybody: ${countedText(deals, "deal", "deals")} for ${moneyText(amount, report.currency)}`,
  ];
}

/** "42", or "42 (+12)" where there is a period before. */
function figureText({ periodFigures, currency }: ClosedLoop, name: PeriodFigure["figure"]): string {
  const { now = 0, change = null, unit = "people" } = periodFigures.find((one) => one.figure === name) ?? {};
  const text = unit === "money" ? moneyText(now, currency) : countText(now);
  return change === null || change === 0 ? text : `${text} (${signedText(change, countText)})`;
}
