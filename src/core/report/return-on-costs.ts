/** What a source or a campaign cost, and what that bought, where the settings tell the cost. */
import type { ReportCost } from "../model/report-settings.ts";
import type { FunnelRow } from "./funnel-table.ts";
import { instantAt } from "./moment.ts";
import type { ReportMoments } from "./report-lead.ts";
import { hundredths } from "./statistics.ts";

/** Costs of the months of the report and of what runs all the time. Null where there is nothing to divide by. */
export interface ReturnRow {
  readonly by: ReportCost["by"];
  readonly name: string;
  readonly cost: number;
  readonly revenue: number;
  /** (revenue - cost) / cost, in percent. */
  readonly returnPercent: number | null;
  readonly costPerLead: number | null;
  readonly costPerMql: number | null;
  readonly costPerWon: number | null;
}

/** One row for each source and campaign with a cost, also where nobody came from it; sources first, then by cost. */
export function returnOnCosts(
  costs: readonly ReportCost[],
  rows: Readonly<Record<ReportCost["by"], readonly FunnelRow[]>>,
  { asOf, from, to }: ReportMoments,
): readonly ReturnRow[] {
  const first = from === null ? "" : monthOf(from);
  const last = monthOf(to === null ? asOf : Math.min(to - 1, asOf));
  const sums = new Map<string, { readonly by: ReportCost["by"]; readonly name: string; cost: number }>();
  for (const { by, name, month, amount } of costs) {
    if (month !== null && (month < first || month > last)) continue;
    const key = `${by} ${name}`;
    const sum = sums.get(key) ?? { by, name, cost: 0 };
    sums.set(key, sum);
    sum.cost += amount;
  }
  const order = ["source", "campaign"];
  return [...sums.values()]
    .map(({ by, name, cost }): ReturnRow => {
      const row = rows[by].find((one) => one.name === name);
      const revenue = row?.revenue ?? 0;
      const each = (count: number | undefined): number | null =>
        count === undefined || count === 0 ? null : hundredths(cost / count);
      return {
        by,
        name,
        cost: hundredths(cost),
        revenue,
        returnPercent: cost === 0 ? null : hundredths(((revenue - cost) / cost) * 100),
        costPerLead: each(row?.leads),
        costPerMql: each(row?.mql),
        costPerWon: each(row?.won),
      };
    })
    .sort((a, b) => order.indexOf(a.by) - order.indexOf(b.by) || b.cost - a.cost || (a.name < b.name ? -1 : 1));
}

function monthOf(moment: number): string {
  return instantAt(moment).slice(0, 7);
}
