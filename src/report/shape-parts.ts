/** What the keys of report.json are made of: counts, money, rates, stages, and the cells that several tables share. */
import * as z from "zod";
import { STAGES } from "../core/model/rulebook.ts";
import { FUNNEL } from "../core/report/report-lead.ts";

export const count = z.int().nonnegative();
export const instant = z.iso.datetime();
export const money = z.number().describe("In `currency`.");
export const days = z.number().nullable();
export const percent = z.number().nullable();
export const stage = z.enum(STAGES);
export const funnelStage = z.enum(FUNNEL);
export const month = z.string().describe("As in 2026-03.");

export const rate = z
  .strictObject({ of: count, count, percent, low: percent, high: percent })
  .describe(
    "count of `of` in percent with two decimals, and Wilson's 95 % interval; null where there is nothing to divide by.",
  );
export const cells = {
  leads: count,
  mqlEntered: count.describe("Seen as an MQL."),
  mqlSkipped: count.describe("Past MQL when first seen, or past it at once: in `mql`, and in no rate."),
  mql: count,
  sal: count,
  sql: count,
  opportunity: count,
  won: count,
  lost: count,
  open: count,
  revenue: money.describe("Won amounts, in `currency`."),
  pipeline: money.describe("Amounts of open opportunities, in `currency`."),
  rates: z
    .strictObject({
      leadToMql: rate,
      mqlToSal: rate,
      salToSql: rate,
      mqlToSql: rate,
      sqlToOpportunity: rate,
      opportunityToWon: rate,
      mqlToWon: rate,
    })
    .describe("From MQL on, of people who were seen as an MQL."),
};
export const division = (key: string) => z.array(z.strictObject({ [key]: z.string(), ...cells }));

export const spread = { count, medianDays: days, p90Days: days };
export const periodCells = {
  entries: count,
  forward: count.describe("Stays in the stage that ended in the period with a later stage."),
  back: count.describe("Stays that ended with recycled or disqualified."),
  forwardRate: rate,
};
