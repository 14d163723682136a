/** The main tables of report.json made a second time: every count from the ids of its own cell, every rate and quantile from its formula. */
import type { PersonLedger } from "../../../../src/core/model/report-row.ts";
import type { ReportSettings } from "../../../../src/core/model/report-settings.ts";
import { STAGES, type StageNames } from "../../../../src/core/model/rulebook.ts";
import { CellShelf, hundredths, quantile, share } from "./cell-shelf.ts";
import { everybodyIn, isExit, isLead, peopleOf, type Span, wonAt } from "./known-person.ts";
import { divisionsOf, recountFunnel } from "./recount-funnel.ts";
import { recountParity, recountQuality } from "./recount-health.ts";
import { Exchange, recountMoney, type Sums } from "./recount-money.ts";
import { type Hours, recountHandoffs, recountTasks, type SalesTimes } from "./recount-sales.ts";
import {
  recountCalibration,
  recountCohorts,
  recountPeriod,
  recountPeriodFigures,
  recountTimes,
} from "./recount-times.ts";

const DAY = 86_400_000;
const WAY = STAGES.filter((stage) => !isExit(stage));
const GATES = WAY.slice(1, 6);
const FUNNEL = ["leads", "mqlEntered", "mqlSkipped", "mql", "sal", "sql", "opportunity", "won", "lost", "open"];
const HANDOFFS = ["given", "accepted", "rejected", "late", "open", "openPastDeadline", "withdrawn"];
const TASKS = ["created", "done", "overdue", "closedByUs", "open", "waiting", "suppressed", "doneLate"];
const NO_HOURS: Hours = { medianHours: null, p90Hours: null };

export interface Recount {
  readonly shelf: CellShelf;
  readonly sums: Sums;
  /** By key of report.json; rows in the order of their names, without money. */
  readonly figures: Readonly<Record<string, unknown>>;
}

export function recount(
  rows: readonly PersonLedger[],
  settings: ReportSettings,
  names: readonly StageNames[],
  rates: Readonly<Record<string, number>>,
  span: Span,
): Recount {
  const shelf = new CellShelf();
  const exchange = new Exchange(settings, rates);
  const everybody = everybodyIn(rows, settings.firstContact ?? "", span.asOf);
  const people = peopleOf(everybody, span.asOf);
  recountFunnel(shelf, people, settings, span);
  recountPeriod(shelf, people, span);
  recountPeriodFigures(shelf, everybody, span);
  recountCohorts(shelf, people, span);
  recountCalibration(shelf, people, span);
  recountTasks(shelf, everybody, span);
  const parityDifferences = recountParity(shelf, everybody, names);
  recountQuality(shelf, people, settings, (currency) => exchange.lacksRate(currency), span);
  const sales = recountHandoffs(shelf, everybody, span);
  const sums = recountMoney(shelf, people, settings, exchange, span);
  const { velocity, timeInStage, ...times } = recountTimes(shelf, people, span);
  const everWon = people
    .map((known) => (wonAt(known, span.asOf) - known.first) / DAY)
    .filter((days) => !Number.isNaN(days));
  const maturity = everWon.length < 10 ? null : Math.max(0, quantile(everWon, 0.9) ?? 0);
  const figures = {
    ...Object.fromEntries(Object.keys(divisionsOf(settings, span)).map((table) => [table, funnelRows(shelf, table)])),
    stages: STAGES.map((stage) => ({ stage, ...counts(shelf, "stages", stage, ["entered", "passed"]) })),
    standing: STAGES.map((stage) => ({ stage, leads: shelf.count("standing", stage, "leads") })),
    cohorts: keyed(shelf, "cohorts", (row) => {
      const entered = shelf.count("cohorts", row, "entered");
      const [stage = "", month = ""] = row.split(" ");
      const of = (column: string) => share(shelf.count("cohorts", row, column), entered);
      return { stage, month, entered, next: of("next"), won: of("won") };
    }),
    gates: GATES.map((stage) => {
      const told = counts(shelf, "gates", stage, ["entered", "passed", "movedOn", "turnedBack", "waiting"]);
      return { stage, ...told, movedOnRate: share(told["movedOn"] ?? 0, told["entered"] ?? 0) };
    }),
    gateReasons: keyed(shelf, "gateReasons", (row) => {
      const [stage = "", ...reason] = row.split(": ");
      return { stage, reason: reason.join(": "), leads: shelf.count("gateReasons", row, "leads") };
    }),
    recycled: recycledOf(shelf),
    outcomes: keyed(shelf, "outcomes", (row) => {
      const [outcome = "", ...reason] = row.split(": ");
      return { outcome, reason: reason.join(": "), leads: shelf.count("outcomes", row, "leads") };
    }),
    ...times,
    maturity: { won: everWon.length, days: maturity },
    immature: keyed(shelf, "cohorts", (row) => isImmature(row.split(" ")[1] ?? "", maturity, span.asOf)),
    immatureMonths: keyed(shelf, "byMonth", (month) => isImmature(month, maturity, span.asOf)),
    velocity: [...velocity]
      .sort()
      .map(([step, pace]) => ({ from: step.split(" ")[0], to: step.split(" ")[1], ...pace })),
    timeInStage: [...timeInStage].map(([stage, pace]) => ({ stage, ...pace })),
    openByAge: keyed(shelf, "openByAge", (stage) => ({
      stage,
      ...counts(shelf, "openByAge", stage, ["upTo7", "upTo30", "upTo90", "older"]),
    })),
    period: {
      stages: STAGES.map((stage) => ({ stage, ...periodCells(shelf, "period", stage) })),
      months: keyed(shelf, "periodMonths", (row) => ({
        month: row.split(" ")[1],
        stage: row.split(" ")[0],
        ...periodCells(shelf, "periodMonths", row),
      })),
    },
    tasks: counts(shelf, "tasks", "all", TASKS),
    ...handoffFigures(shelf, sales),
    calibration: keyed(shelf, "calibration", (scores) => {
      const told = counts(shelf, "calibration", scores, ["entries", "won", "sentBack", "open"]);
      return { scores, ...told, winRate: share(told["won"] ?? 0, (told["won"] ?? 0) + (told["sentBack"] ?? 0)) };
    }),
    parity: keyed(shelf, "parity", (stage) => ({
      stage,
      ...counts(shelf, "parity", stage, ["hubspot", "salesforce", "leadloop"]),
    })),
    parityDifferences,
    wonBeforeFirstContact: people
      .filter((known) => isLead(known, span) && wonAt(known, span.asOf) < known.first)
      .map((known) => ({ link: known.id, days: hundredths((wonAt(known, span.asOf) - known.first) / DAY) })),
    parityCauses: keyed(shelf, "parityCauses", (cause) => ({
      cause,
      people: shelf.count("parityCauses", cause, "people"),
    })),
    pipeline: ["sourced", "influenced", "own"].map((part) => ({
      part,
      ...counts(shelf, "pipeline", part, ["deals", "won", "lost", "open"]),
    })),
    attribution: keyed(shelf, "attribution", (campaign) => ({
      campaign,
      deals: shelf.count("attribution", campaign, "deals"),
    })),
    currency: exchange.currency,
    leftOut: sums.leftOut,
  };
  return { shelf, sums, figures };
}

/** Until so many days after the month nobody can compare it. */
function isImmature(month: string, days: number | null, asOf: number): boolean {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return days === null || Date.UTC(year, number, 1) + days * DAY > asOf;
}

function counts(shelf: CellShelf, table: string, row: string, columns: readonly string[]): Record<string, number> {
  return Object.fromEntries(columns.map((column) => [column, shelf.count(table, row, column)]));
}

function keyed<Row>(shelf: CellShelf, table: string, rowOf: (row: string) => Row): readonly Row[] {
  return shelf.rows(table).map(rowOf);
}

function funnelRows(shelf: CellShelf, table: string): readonly object[] {
  return keyed(shelf, table, (name) => {
    const told = counts(shelf, table, name, [...FUNNEL, "mqlToSal", "mqlToSql", "mqlToOpportunity", "mqlToWon"]);
    const number = (column: string): number => told[column] ?? 0;
    const rates = {
      leadToMql: share(number("mqlEntered"), number("leads") - number("mqlSkipped")),
      mqlToSal: share(number("mqlToSal"), number("mqlEntered")),
      salToSql: share(number("mqlToSql"), number("mqlToSal")),
      mqlToSql: share(number("mqlToSql"), number("mqlEntered")),
      sqlToOpportunity: share(number("mqlToOpportunity"), number("mqlToSql")),
      opportunityToWon: share(number("mqlToWon"), number("mqlToOpportunity")),
      mqlToWon: share(number("mqlToWon"), number("mqlEntered")),
    };
    return { name, ...counts(shelf, table, name, FUNNEL), rates };
  });
}

function recycledOf(shelf: CellShelf): object {
  const told = counts(shelf, "recycled", "all", ["recycled", "qualifiedAgain", "opportunity", "won"]);
  return { ...told, qualifiedAgainRate: share(told["qualifiedAgain"] ?? 0, told["recycled"] ?? 0) };
}

function periodCells(shelf: CellShelf, table: string, row: string): object {
  const told = counts(shelf, table, row, ["entries", "forward", "back"]);
  const [forward, back] = [told["forward"] ?? 0, told["back"] ?? 0];
  return { ...told, forwardRate: share(forward, forward + back) };
}

function handoffFigures(shelf: CellShelf, { answers, clocks, reactions }: SalesTimes): object {
  const owners = (table: string): readonly string[] => shelf.rows(table).filter((row) => row !== "all");
  const handoffs = (row: string): object => {
    const told = counts(shelf, "handoffs", row, [...HANDOFFS, "due", "answeredInTime"]);
    const number = (column: string): number => told[column] ?? 0;
    const hours = answers.get(row === "all" ? row : row.slice("owner ".length)) ?? NO_HOURS;
    return {
      ...counts(shelf, "handoffs", row, HANDOFFS),
      answeredInTime: share(number("answeredInTime"), number("due")),
      acceptedRate: share(number("accepted"), number("accepted") + number("rejected") + number("late")),
      medianHoursToAnswer: hours.medianHours,
      p90HoursToAnswer: hours.p90Hours,
    };
  };
  const rules = (table: string, row: string) => {
    const told = counts(shelf, table, row, ["handoffs", "accepted", "rejected"]);
    const [accepted, rejected] = [told["accepted"] ?? 0, told["rejected"] ?? 0];
    return { ...told, rejected, rejectedRate: share(rejected, accepted + rejected) };
  };
  const overall = rules("rulesOverall", "all");
  const followUp = counts(shelf, "followUp", "all", ["given", "touched", "neverTouched"]);
  const breaches = (row: string, columns: readonly string[]) => counts(shelf, "serviceBreaches", row, columns);
  return {
    handoffs: handoffs("all"),
    handoffsByOwner: owners("handoffs").map((row) => ({ owner: row.slice("owner ".length), ...handoffs(row) })),
    service: {
      clocks: ["assignment", "notification", "reaction"].map((clock) => ({
        clock,
        ...counts(shelf, "serviceClocks", clock, ["stopped", "running", "never"]),
        ...(clocks.get(clock) ?? NO_HOURS),
      })),
      ...breaches("all", ["breached", "reassigned", "afterHours"]),
      byOwner: owners("serviceBreaches").map((row) => {
        const owner = row.slice("owner ".length);
        const told = breaches(row, ["breached", "reassigned", "afterHours", "reacted"]);
        return { owner, ...told, ...(reactions.get(owner) ?? NO_HOURS) };
      }),
    },
    followUp: {
      ...followUp,
      touchedRate: share(followUp["touched"] ?? 0, followUp["given"] ?? 0),
      attempts: ["0", "1", "2", "3", "4", "5 or more"].map((attempts) => ({
        attempts,
        handoffs: shelf.count("attempts", attempts, "handoffs"),
      })),
    },
    rules: keyed(shelf, "rules", (rule) => {
      const told = rules("rules", rule);
      const usual = (overall.rejectedRate.percent ?? 0) / 100;
      const reasons = shelf.rows("rejectedRules").filter((row) => row.startsWith(`${rule}: `));
      return {
        rule,
        ...told,
        excess: hundredths(told.rejected - usual * told.rejectedRate.of),
        reasons: reasons.map((row) => ({
          reason: row.slice(rule.length + 2),
          handoffs: shelf.count("rejectedRules", row, "handoffs"),
        })),
      };
    }),
    rulesOverall: overall,
  };
}
