/** What a reader must know before the figures: a period that lies ahead, nobody in it, money that is in no sum. */
import type { PeriodBefore } from "./compared-periods.ts";
import type { LeftOut } from "./data-quality.ts";
import { type Currency, convert, type Sums, toldCode } from "./money.ts";
import type { ReportMoments } from "./report-lead.ts";

/** Sentences in the order of their weight. */
export function notesOf(
  { asOf, from, to }: ReportMoments,
  before: PeriodBefore | null,
  leads: number,
): readonly string[] {
  const notes: string[] = [];
  const isAhead = from !== null && from > asOf;
  if (isAhead) notes.push("The period lies in the future of this report: nothing in it can have happened yet.");
  else if (leads === 0) notes.push("Nobody was first in touch in this period.");
  if (!isAhead && to !== null && to > asOf) {
    const held = before === null ? "" : " It is held against the same part of the period before.";
    notes.push(`The period is not over: its last days are still to come.${held}`);
  }
  return notes;
}

/** Sums of people beyond the cohort, by what they are. */
export type MoneyBeyond = readonly (readonly [what: string, sums: Sums])[];

/** Money that is in no sum: of the cohort, and in other currencies of people beyond it. */
export function moneyNotes(leftOut: readonly LeftOut[], beyond: MoneyBeyond, currency: Currency): readonly string[] {
  const ofCohort = leftOut.map(({ currency: code, deals, amount }) => {
    const many = deals === 1 ? "1 opportunity" : `${deals} opportunities`;
    return `${amount} ${code || "without a currency"} of ${many} is in no sum: ${noRate(code)}`;
  });
  return [...ofCohort, ...beyond.flatMap(([what, sums]) => notesOfSums(what, sums, leftOut, currency))];
}

function notesOfSums(what: string, sums: Sums, told: readonly LeftOut[], currency: Currency): readonly string[] {
  const without = [...sums].filter(([key]) => convert(0, key, currency) === null);
  const byCode = Map.groupBy(without, ([key]) => toldCode(key, currency));
  return [...byCode]
    .filter(([code]) => !told.some((one) => one.currency === code))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, amounts]) => {
      const amount = amounts.reduce((sum, [, hundredths]) => sum + hundredths, 0) / 100;
      return `${amount} ${code} of ${what} is in no sum: ${noRate(code)}`;
    });
}

function noRate(code: string): string {
  return `no rate for ${code} is known. Add it under rates in config/report.yml, or to the currencies of the Salesforce org.`;
}
