/** What of the Salesforce campaigns' costs belongs to a report: of its days, in its currency, and nothing that config/report.yml has said already. */
import type { CampaignCost, CampaignCosts } from "../model/campaign-cost.ts";
import type { ReportCost } from "../model/report-settings.ts";
import { type Days, dayOf, daysOf, daysOfMonth, lengthOf, overlap } from "./cost-days.ts";
import { type Currency, convert } from "./money.ts";
import type { ReportMoments } from "./report-lead.ts";

export interface CampaignSpending {
  /** In the report's currency; of several campaigns with one name each has its own. */
  readonly costs: readonly ReportCost[];
  /** What a reader must know: costs that are in no sum, or that could not be read. */
  readonly notes: readonly string[];
}

const NAMES_TOLD = 3;

const NOTHING: CampaignSpending = { costs: [], notes: [] };

/**
 * A campaign's cost is spread over its days, as far as they had come when it was read: it is a sum of money that was spent by then. A report has those of its
 * period. Without any date it belongs to every report, as a cost without a month does in config/report.yml. `own`: the costs of config/report.yml, which
 * win: for the month they name, or for good. `known`: null where the settings do not ask for it.
 */
export function campaignSpending(
  known: CampaignCosts | null,
  own: readonly ReportCost[],
  moments: ReportMoments,
  currency: Currency,
): CampaignSpending {
  if (known === null) return NOTHING;
  const { costs, readAt, problem } = known;
  const named = Map.groupBy(
    own.filter(({ by }) => by === "campaign"),
    ({ name }) => name,
  );
  const period = daysOf(moments);
  const readDay = dayOf(readAt) ?? period.last;
  const spent: ReportCost[] = [];
  const leftOut = new Map<string, { hundredths: number; readonly names: Set<string> }>();
  for (const cost of costs) {
    const share = shareOf(cost, named.get(cost.name) ?? [], period, readDay);
    if (share === 0) continue;
    const hundredths = Math.round(cost.amount * 100 * share);
    const code = cost.currency ?? "";
    const converted = convert(hundredths, code, currency);
    if (converted !== null) {
      spent.push({ by: "campaign", name: cost.name, month: null, amount: Math.round(converted) / 100 });
      continue;
    }
    const lost = leftOut.get(code) ?? { hundredths: 0, names: new Set<string>() };
    leftOut.set(code, lost);
    lost.hundredths += hundredths;
    lost.names.add(cost.name);
  }
  const notes = [...leftOut].map(
    ([code, { hundredths, names }]) =>
      `${hundredths / 100} ${code} of what ${listed([...names])} cost is in no sum: no rate for ${code} is known. Add it under rates in config/report.yml, or to the currencies of the Salesforce org.`,
  );
  return { costs: spent, notes: [...notes, ...readingNotes(readAt, problem)] };
}

/** From 0 to 1. */
function shareOf({ start, end }: CampaignCost, own: readonly ReportCost[], period: Days, readDay: number): number {
  const first = dayOf(start ?? end);
  if (first === null) return own.length === 0 ? 1 : 0;
  if (own.some(({ month }) => month === null)) return 0;
  const ended = dayOf(end) ?? Math.max(first, readDay);
  // What is booked for days to come is spread over those.
  const last = Math.max(first, first <= readDay ? Math.min(ended, readDay) : ended);
  const ours = overlap({ first, last }, period);
  const months = new Set(own.flatMap(({ month }) => month ?? []));
  const said = [...months].map((month) => lengthOf(overlap(ours, daysOfMonth(month))));
  return (lengthOf(ours) - said.reduce((sum, days) => sum + days, 0)) / (last - first + 1);
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_TOLD;
  return more > 0 ? `${names.slice(0, NAMES_TOLD).join(", ")} and ${more} more` : names.join(", ");
}

function readingNotes(readAt: string | null, problem: string | null): readonly string[] {
  if (problem !== null) {
    const which = readAt === null ? "Not known are" : `As old as ${readAt.slice(0, 10)} are`;
    return [`${which} the costs of the Salesforce campaigns: ${problem}`];
  }
  return readAt === null
    ? ["The costs of the Salesforce campaigns have not been read yet: the next sync reads them."]
    : [];
}
