/** The part of report.json about the work (tasks, handoffs, follow-up) and about the score that led to it. */
import * as z from "zod";
import { CLOCKS } from "../core/report/service-clocks.ts";
import { count, days, rate } from "./shape-parts.ts";

const clockCells = {
  clock: z.enum(CLOCKS),
  stopped: count,
  running: count,
  never: count,
  medianHours: days,
  p90Hours: days,
};
const handoffCells = {
  given: count,
  accepted: count,
  rejected: count,
  late: count,
  withdrawn: count,
  open: count,
  openPastDeadline: count,
  answeredInTime: rate.describe(
    "The SLA: accepted or rejected by the deadline, of those that were answered or whose deadline has passed; withdrawn ones are left out, and one taken from its owner is not kept.",
  ),
  acceptedRate: rate.describe("Of those accepted, rejected or late."),
  medianHoursToAnswer: z.number().nullable(),
  p90HoursToAnswer: z.number().nullable(),
};

export const workShape = {
  tasks: z
    .strictObject({
      created: count,
      done: count,
      overdue: count,
      closedByUs: count,
      open: count,
      waiting: count.describe("Decided, and not in Salesforce yet."),
      suppressed: count,
      doneLate: count.describe("Of those done: closed after their day."),
    })
    .describe("created = done + overdue + closedByUs + open."),
  handoffs: z
    .strictObject(handoffCells)
    .describe("given = accepted + rejected + late + open + withdrawn. Hours by the clock on the wall."),
  handoffsByOwner: z
    .array(z.strictObject({ owner: z.string(), ...handoffCells }))
    .describe("By who has it now; answeredInTime by whose promise it was: see service.byOwner."),
  service: z
    .strictObject({
      clocks: z
        .array(z.strictObject(clockCells))
        .describe(
          "assignment: from becoming an MQL to having an owner; notification: from there to the task in Salesforce; reaction: from the task to the owner's first sign.",
        ),
      breached: count.describe(
        "No sign of the owner by the deadline, or taken from an owner who gave none; no withdrawn ones.",
      ),
      reassigned: count.describe("Taken from an owner who gave no sign, and given to another."),
      afterHours: count.describe("Given outside the owner's working hours."),
      byOwner: z
        .array(
          z.strictObject({
            owner: z.string(),
            breached: count,
            reassigned: count,
            afterHours: count,
            reacted: count.describe("Gave a sign."),
            medianHours: days,
            p90Hours: days,
          }),
        )
        .describe(
          "By whose promise it was, each handoff in one row; (taken from its owner) stands for the owners of those given to another.",
        ),
    })
    .describe("Of handoffs given in the period. Hours by the clock on the wall."),
  followUp: z
    .strictObject({
      given: count,
      touched: count,
      neverTouched: count,
      touchedRate: rate,
      attempts: z
        .array(z.strictObject({ attempts: z.string(), handoffs: count }))
        .describe("Tasks that were done up to the answer."),
    })
    .describe(
      "Handoffs of the period, without withdrawn ones. given = touched + neverTouched; touched by the first sign of the owner, or by a done task of its cycle.",
    ),
};

const answerCells = {
  handoffs: count,
  accepted: count,
  rejected: count,
  rejectedRate: rate.describe("Of those accepted or rejected."),
};

export const scoreShape = {
  calibration: z
    .array(
      z.strictObject({
        scores: z.string(),
        entries: count,
        won: count,
        sentBack: count.describe("Recycled, disqualified or lost."),
        open: count.describe("Not decided, and in no rate."),
        winRate: rate.describe("Of those decided."),
      }),
    )
    .describe(
      "Every time a lead of the window became an MQL, by the score of that moment. entries = won + sentBack + open.",
    ),
  threshold: z
    .strictObject({
      verdict: z
        .enum(["suggested", "no difference", "too few"])
        .describe(
          "no difference: the score does not tell won from lost (a separation below 0.2, or win rates whose intervals overlap).",
        ),
      won: count,
      others: count,
      threshold: count.nullable(),
      from: count.nullable().describe("95 % interval of the threshold: a bootstrap with a fixed seed."),
      to: count.nullable(),
      winRateAbove: rate,
      winRateBelow: rate,
      separation: z.number().nullable().describe("Youden's J of the best threshold: 1 is perfect, 0 is chance."),
    })
    .describe("The score that parts won MQLs best from those sent back; null figures where none is suggested."),
  rules: z
    .array(
      z.strictObject({
        rule: z.string(),
        ...answerCells,
        excess: z.number().describe("Rejections beyond those that the rate of `rulesOverall` explains."),
        reasons: z.array(z.strictObject({ reason: z.string(), handoffs: count })),
      }),
    )
    .describe(
      "Scoring rules that had given points to handoffs of the period, and what sales made of those; most excess first.",
    ),
  rulesOverall: z.strictObject(answerCells).describe("All handoffs of the period."),
};
