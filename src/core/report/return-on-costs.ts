/** What a source or a campaign cost, and what that bought, where the settings tell the cost. */
import type { ReportCost } from "../model/report-settings.ts";
import { type Days, daysOf, daysOfMonth, lengthOf, overlap } from "./cost-days.ts";
import type { FunnelRow } from "./funnel-table.ts";
import type { ReportMoments } from "./report-lead.ts";
import { hundredths } from "./statistics.ts";

/** Costs of the days of the report, as far as they had come, and of what runs all the time. Null where there is nothing to divide by. */
export interface ReturnRow {
  readonly by: ReportCost["by"];
  readonly name: string;
  /** Who told the cost: config/report.yml, the Salesforce campaigns of that name, or each of them a part. */
  readonly costFrom: "report.yml" | "salesforce" | "both";
  readonly cost: number;
  readonly revenue: number;
  /** (revenue - cost) / cost, in percent. */
  readonly returnPercent: number | null;
  readonly costPerLead: number | null;
  readonly costPerMql: number | null;
  readonly costPerWon: number | null;
}

/** What was spent, by who told it. */
export interface KnownCosts {
  readonly file: readonly ReportCost[];
  readonly salesforce: readonly ReportCost[];
}

interface Sum extends Pick<ReturnRow, "by" | "name"> {
  costFrom: ReturnRow["costFrom"];
  cost: number;
}

/** One row for each source and campaign with a cost, also where nobody came from it; sources first, then by cost. */
export function returnOnCosts(
  { file, salesforce }: KnownCosts,
  rows: Readonly<Record<ReportCost["by"], readonly FunnelRow[]>>,
  moments: ReportMoments,
): readonly ReturnRow[] {
  const period = daysOf(moments);
  const sums = new Map<string, Sum>();
  const add = ({ by, name, amount }: ReportCost, costFrom: "report.yml" | "salesforce"): void => {
    const key = `${by} ${name}`;
    const sum = sums.get(key) ?? { by, name, costFrom, cost: 0 };
    sums.set(key, sum);
    sum.cost += amount;
    if (sum.costFrom !== costFrom) sum.costFrom = "both";
  };
  for (const cost of file) {
    const share = cost.month === null ? 1 : shareOf(cost.month, period);
    if (share > 0) add({ ...cost, amount: hundredths(cost.amount * share) }, "report.yml");
  }
  for (const cost of salesforce) add(cost, "salesforce");
  const rowOf = { source: byName(rows.source), campaign: byName(rows.campaign) };
  const order = ["source", "campaign"];
  return [...sums.values()]
    .map(({ by, name, costFrom, cost }): ReturnRow => {
      const row = rowOf[by].get(name);
      const revenue = row?.revenue ?? 0;
      const each = (count: number | undefined): number | null =>
        count === undefined || count === 0 ? null : hundredths(cost / count);
      return {
        by,
        name,
        costFrom,
        cost: hundredths(cost),
        revenue,
        returnPercent: cost <= 0 ? null : hundredths(((revenue - cost) / cost) * 100),
        costPerLead: each(row?.leads),
        costPerMql: each(row?.mql),
        costPerWon: each(row?.won),
      };
    })
    .sort((a, b) => order.indexOf(a.by) - order.indexOf(b.by) || b.cost - a.cost || (a.name < b.name ? -1 : 1));
}

function byName(rows: readonly FunnelRow[]): ReadonlyMap<string, FunnelRow> {
  return new Map(rows.map((row) => [row.name, row]));
}

/** What the days of the period make of those of the month. */
function shareOf(month: string, period: Days): number {
  const days = daysOfMonth(month);
  return lengthOf(overlap(days, period)) / lengthOf(days);
}
