/** What a reader must know before the figures: a period that lies ahead, nobody in it, money that is in no sum. */
import type { LeftOut } from "./data-quality.ts";
import type { ReportMoments } from "./report-lead.ts";

/** Sentences in the order of their weight. */
export function notesOf(
  { asOf, from, to }: ReportMoments,
  leads: number,
  leftOut: readonly LeftOut[],
): readonly string[] {
  const notes: string[] = [];
  if (from !== null && from > asOf)
    notes.push("The period lies in the future of this report: nothing in it can have happened yet.");
  else if (leads === 0) notes.push("Nobody was first in touch in this period.");
  else if (to !== null && to > asOf) notes.push("The period is not over: its last days are still to come.");
  for (const { currency, deals, amount } of leftOut) {
    const many = deals === 1 ? "1 opportunity" : `${deals} opportunities`;
    notes.push(
      `${amount} ${currency || "without a currency"} of ${many} is in no sum: no rate for ${currency} is known. Add it under rates in config/report.yml, or to the currencies of the Salesforce org.`,
    );
  }
  return notes;
}
