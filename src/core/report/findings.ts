/** What to do about the figures: a few plain sentences, each with the cell of the report it was read from. */
import type { CellAddress } from "./cell-book.ts";
import type { Problem } from "./data-quality.ts";
import type { FunnelRow } from "./funnel-table.ts";
import type { ClosedLoop } from "./report-figures.ts";
import type { Rate } from "./statistics.ts";

export interface Finding {
  /** What is so. */
  readonly fact: string;
  /** What to do about it. */
  readonly advice: string;
  readonly cell: CellAddress;
}

/** More would be read by nobody. */
const MOST = 5;
/** Shares of fewer than these say too little of anybody. */
const FEWEST = 10;
/** A promise that is kept less often than this is one to talk about. */
const KEPT_ENOUGH = 90;
/** A reason behind at least this share of those turned back is worth a rule. */
const FREQUENT = 0.15;
/** The gates at which sales turns leads back. */
const SALES_GATES: readonly string[] = ["mql", "sal", "sql"];

/** What harms people who wait comes first: the untold, the forgotten, broken promises, then what to learn from. At most five; none where nothing stands out. */
export function findingsOf(report: ClosedLoop): readonly Finding[] {
  const found = [
    untold(report),
    neverTold(report),
    forgotten(report),
    promises(report),
    overdue(report),
    score(report),
    reasons(report),
    source(report),
    undecided(report),
  ];
  return found.filter((finding) => finding !== null).slice(0, MOST);
}

/** Handoffs that were decided and never arrived as a task: nobody in sales was told. */
function untold({ service }: ClosedLoop): Finding | null {
  const running = service.clocks.find(({ clock }) => clock === "notification")?.running ?? 0;
  if (running === 0) return null;
  return {
    fact: `${counted(running, "handoff has", "handoffs have")} no task in Salesforce, and no answer.`,
    advice: `Tell ${running === 1 ? "its owner" : "their owners"}, and see with leadloop explain what became of the ${running === 1 ? "task" : "tasks"}.`,
    cell: { table: "serviceClocks", row: "notification", column: "running" },
  };
}

/** Came back as not answered, and nobody in sales had been told. */
function neverTold({ service }: ClosedLoop): Finding | null {
  const never = service.clocks.find(({ clock }) => clock === "notification")?.never ?? 0;
  if (never === 0) return null;
  return {
    fact: `${counted(never, "handoff", "handoffs")} ended without an answer, and no task had come to Salesforce.`,
    advice: `See with leadloop explain why not, before ${never === 1 ? "its owner is" : "their owners are"} blamed.`,
    cell: { table: "serviceClocks", row: "notification", column: "never" },
  };
}

function forgotten({ openByAge }: ClosedLoop): Finding | null {
  const older = openByAge.find(({ stage }) => stage === "mql")?.older ?? 0;
  if (older === 0) return null;
  return {
    fact: `${counted(older, "MQL has", "MQLs have")} waited for more than 90 days.`,
    advice:
      older === 1
        ? "Have sales decide, or take it back to marketing."
        : "Have sales decide about each, or take them back to marketing.",
    cell: { table: "openByAge", row: "mql", column: "older" },
  };
}

/** Whose promises are broken most: an owner who keeps them less often than all others do, beyond chance; else the team. */
function promises({ handoffs, handoffsByOwner }: ClosedLoop): Finding | null {
  const { answeredInTime: all } = handoffs;
  if (all.of < FEWEST || all.percent === null || all.percent >= KEPT_ENOUGH) return null;
  const [worst] = handoffsByOwner
    .filter(
      ({ owner, answeredInTime: { of, high } }) => of >= FEWEST && isPerson(owner) && (high ?? 0) < (all.percent ?? 0),
    )
    .toSorted(
      (a, b) => (a.answeredInTime.percent ?? 0) - (b.answeredInTime.percent ?? 0) || (a.owner < b.owner ? -1 : 1),
    );
  const whose = worst === undefined ? "" : ` ${worst.owner} answered ${share(worst.answeredInTime)}.`;
  return {
    fact: `The SLA was kept for ${share(all, " handoffs")}.${whose}`,
    advice:
      worst === undefined
        ? "Ask sales what keeps them from answering in time."
        : "Ask what keeps them, or give them fewer.",
    cell: { table: "handoffs", row: worst === undefined ? "all" : `owner ${worst.owner}`, column: "due" },
  };
}

function overdue({ tasks }: ClosedLoop): Finding | null {
  if (tasks.overdue === 0) return null;
  return {
    fact: `${counted(tasks.overdue, "task is", "tasks are")} past ${tasks.overdue === 1 ? "its" : "their"} day and not done.`,
    advice: `Have ${tasks.overdue === 1 ? "it" : "them"} done, or closed.`,
    cell: { table: "tasks", row: "all", column: "overdue" },
  };
}

/** No threshold parts those who are won from the others. */
function score({ threshold, calibration }: ClosedLoop): Finding | null {
  const largest = calibration.toSorted((a, b) => b.entries - a.entries)[0];
  if (threshold.verdict !== "no difference" || largest === undefined) return null;
  const { winRateAbove: above, winRateBelow: below } = threshold;
  const isParted = above.of > 0 && below.of > 0;
  const parts = `: at or above the score that tells best ${share(above)} were won, and ${share(below)} below`;
  return {
    fact: `The score hardly tells who will buy${isParted ? parts : ""}.`,
    advice: "Try another scoring with leadloop backtest.",
    cell: { table: "calibration", row: largest.scores, column: "entries" },
  };
}

/** Why sales turns leads back, where one reason stands out. */
function reasons({ gateReasons }: ClosedLoop): Finding | null {
  const ofSales = gateReasons.filter(({ stage, reason }) => SALES_GATES.includes(stage) && !reason.startsWith("("));
  const all = ofSales.reduce((sum, { leads }) => sum + leads, 0);
  const sums = [...Map.groupBy(ofSales, ({ reason }) => reason)].map(([reason, rows]) => ({
    reason,
    leads: rows.reduce((sum, row) => sum + row.leads, 0),
    stage: rows.toSorted((a, b) => b.leads - a.leads)[0]?.stage ?? "",
  }));
  const [most] = sums.sort((a, b) => b.leads - a.leads || (a.reason < b.reason ? -1 : 1));
  if (most === undefined || all < FEWEST || most.leads < all * FREQUENT) return null;
  return {
    fact: `Sales turned back ${number(all)} leads, most often for \u201c${most.reason}\u201d (${number(most.leads)}).`,
    advice: "See whether a rule of the scoring could have told before.",
    cell: { table: "gateReasons", row: `${most.stage}: ${most.reason}`, column: "leads" },
  };
}

/** The largest source whose MQLs are won less often than all, beyond chance. */
function source({ bySource, total }: ClosedLoop): Finding | null {
  const all = total.rates.mqlToWon;
  const isWorse = ({ rates: { mqlToWon } }: FunnelRow): boolean =>
    mqlToWon.of >= FEWEST && (mqlToWon.high ?? 0) < (all.percent ?? 0);
  const [worst] = bySource.filter(isWorse).toSorted((a, b) => b.mql - a.mql || (a.name < b.name ? -1 : 1));
  if (worst === undefined) return null;
  return {
    fact: `Of the MQLs from ${worst.name}, ${share(worst.rates.mqlToWon)} were won; of all, ${share(all)}.`,
    advice: "Look at what they asked for, and at what they cost.",
    cell: { table: "bySource", row: worst.name, column: "mqlToWon" },
  };
}

function undecided({ dataQuality }: ClosedLoop): Finding | null {
  const problem: Problem = "two candidates";
  const people = dataQuality.find((finding) => finding.problem === problem)?.count ?? 0;
  if (people === 0) return null;
  return {
    fact: `${counted(people, "person has", "people have")} two candidates on the other side.`,
    advice: `Choose one${people === 1 ? "" : " for each"}: until then nothing is written.`,
    cell: { table: "dataQuality", row: problem, column: "people" },
  };
}

/** Rows in brackets stand for nobody: (no owner), (taken from its owner). */
function isPerson(owner: string): boolean {
  return !owner.startsWith("(");
}

function counted(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** "97 of 217 (45 %)", or "97 of 217 handoffs (45 %)". */
function share({ percent, count, of }: Rate, what = ""): string {
  return `${number(count)} of ${number(of)}${what} (${WHOLE.format(percent ?? 0)}\u00a0%)`;
}

const WHOLE = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });

function number(count: number): string {
  return new Intl.NumberFormat("en-US").format(count);
}
