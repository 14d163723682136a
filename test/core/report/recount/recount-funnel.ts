/** The funnel counted again by hand: totals, divisions, stages, gates, outcomes, ages. One loop over everybody for each number. */
import type { ReportSettings } from "../../../../src/core/model/report-settings.ts";
import { STAGES, type Stage } from "../../../../src/core/model/rulebook.ts";
import { MEMBERSHIP_FACT } from "../../../../src/core/rules/segment-membership.ts";
import type { CellShelf } from "./cell-shelf.ts";
import { furthest, isExit, isLead, type Known, MQL, outcomeOf, type Span, standsIn, wasIn } from "./known-person.ts";

const DAY = 86_400_000;
const WAY = STAGES.filter((stage) => !isExit(stage));

/** By table: the row of a lead, or the rows. */
export function divisionsOf(
  settings: ReportSettings,
  span: Span,
): Readonly<Record<string, (known: Known) => readonly string[]>> {
  return {
    total: () => ["all"],
    bySource: (known) => [named(known, settings.source) ?? settings.blankSource],
    byCampaign: (known) => [named(known, settings.campaign) ?? "(no campaign)"],
    byTerritory: (known) => [named(known, settings.territory) ?? "(no territory)"],
    bySegment: (known) => segmentsOf(known, settings, span),
    byOwner: ownerOf,
    byBand: bandOf,
    byMonth: (known) => [new Date(known.first).toISOString().slice(0, 7)],
  };
}

export function recountFunnel(shelf: CellShelf, people: readonly Known[], settings: ReportSettings, span: Span): void {
  const leads = people.filter((known) => isLead(known, span));
  const divisions = divisionsOf(settings, span);
  for (const [table, rowsOf] of Object.entries(divisions)) division(shelf, table, leads, span, rowsOf);
  // The line about each campaign is of every lead there ever was.
  division(shelf, "campaignSummary", people, span, divisions["byCampaign"] ?? (() => []));
  for (const known of leads) {
    const { outcome, reason } = outcomeOf(known, span.asOf);
    shelf.put("outcomes", reason === "" ? outcome : `${outcome}: ${reason}`, "leads", known.id);
    shelf.put("standing", standsIn(known), "leads", known.id);
  }
  stages(shelf, leads, span);
  gates(shelf, leads, span);
  recycled(shelf, leads, span);
  ages(shelf, people, span);
}

function named({ ledger }: Known, fact: string | null): string | null {
  const text = String(ledger.person.facts[fact ?? ""] ?? "").trim();
  return text === "" ? null : text;
}

function segmentsOf({ ledger }: Known, settings: ReportSettings, span: Span): readonly string[] {
  const joined = String(ledger.person.facts[MEMBERSHIP_FACT] ?? "").split(" ");
  const names: string[] = [];
  for (const segment of settings.segments) {
    for (const one of joined) {
      const [name, since] = one.split("=");
      if (name === segment && Date.parse(since ?? "") <= span.asOf) names.push(segment);
    }
  }
  return names.length === 0 ? ["(no segment)"] : names;
}

/** Of the latest handoff, which is that of the latest cycle; whoever looks after them in HubSpot where there was none. */
function ownerOf(known: Known): readonly string[] {
  let owner: string | null = null;
  let cycle = 0;
  for (const handoff of known.handoffs) {
    if (handoff.epoch < cycle) continue;
    cycle = handoff.epoch;
    owner = handoff.ownerEmail;
  }
  return [owner ?? named(known, "hubspot_owner_id") ?? "(no owner)"];
}

function bandOf({ entries }: Known): readonly string[] {
  const entry = entries.find(({ stage, band }) => stage === "mql" && band !== null);
  return [entry?.band ?? "(not scored)"];
}

function division(
  shelf: CellShelf,
  table: string,
  leads: readonly Known[],
  { asOf }: Span,
  rowsOf: (known: Known) => readonly string[],
): void {
  const put = (column: string, holds: (known: Known) => boolean): void => {
    for (const known of leads)
      if (holds(known)) for (const row of rowsOf(known)) shelf.put(table, row, column, known.id);
  };
  const reached = (stage: Stage) => (known: Known) => furthest(known, asOf) >= STAGES.indexOf(stage);
  const both = (one: (known: Known) => boolean, other: (known: Known) => boolean) => (known: Known) =>
    one(known) && other(known);
  const seen = (known: Known): boolean => wasIn(known, "mql");
  put("leads", () => true);
  for (const stage of ["mql", "sal", "sql", "opportunity"] as const) put(stage, reached(stage));
  for (const outcome of ["won", "lost", "open"] as const)
    put(outcome, (known) => outcomeOf(known, asOf).outcome === outcome);
  put("mqlEntered", seen);
  put(
    "mqlSkipped",
    both(reached("mql"), (known) => !seen(known)),
  );
  put("mqlToSal", both(seen, reached("sal")));
  put("mqlToSql", both(seen, reached("sql")));
  put("mqlToOpportunity", both(seen, reached("opportunity")));
  put("mqlToWon", both(seen, reached("customer")));
}

function stages(shelf: CellShelf, leads: readonly Known[], { asOf }: Span): void {
  for (const stage of STAGES) {
    for (const known of leads) {
      const past = !isExit(stage) && furthest(known, asOf) >= STAGES.indexOf(stage);
      if (wasIn(known, stage) || past) shelf.put("stages", stage, "entered", known.id);
      if (!wasIn(known, stage) && past) shelf.put("stages", stage, "passed", known.id);
    }
  }
}

function gates(shelf: CellShelf, leads: readonly Known[], { asOf }: Span): void {
  for (const stage of WAY.slice(1, -2)) {
    for (const known of leads) {
      const came = furthest(known, asOf) - STAGES.indexOf(stage);
      if (wasIn(known, stage)) {
        shelf.put("gates", stage, "entered", known.id);
        shelf.put("gates", stage, came > 0 ? "movedOn" : placeAtGate(known, asOf), known.id);
      } else if (came >= 0) shelf.put("gates", stage, "passed", known.id);
      if (!wasIn(known, stage) || came > 0 || placeAtGate(known, asOf) === "waiting") continue;
      const { reason } = outcomeOf(known, asOf);
      shelf.put("gateReasons", `${stage}: ${reason === "" ? "(no reason given)" : reason}`, "leads", known.id);
    }
  }
}

/** Of one who came no further. */
function placeAtGate(known: Known, asOf: number): "turnedBack" | "waiting" {
  return outcomeOf(known, asOf).outcome === "lost" || standsIn(known) === "recycled" ? "turnedBack" : "waiting";
}

function recycled(shelf: CellShelf, leads: readonly Known[], { asOf }: Span): void {
  for (const known of leads) {
    const back = known.entries.findIndex(({ stage }) => stage === "recycled");
    if (back < 0) continue;
    const when = Math.min(...known.entries.filter(({ stage }) => stage === "recycled").map(({ at }) => at));
    const later = known.entries.slice(back + 1).filter(({ stage }) => !isExit(stage));
    const came = Math.max(0, ...later.map(({ place }) => place));
    const opened = known.deals.some((deal) => deal.openedAt > when);
    const won = known.deals.some((deal) => deal.won && deal.closed && deal.stageAt > when && deal.stageAt <= asOf);
    shelf.put("recycled", "all", "recycled", known.id);
    if (came >= MQL || opened || won) shelf.put("recycled", "all", "qualifiedAgain", known.id);
    if (came >= STAGES.indexOf("opportunity") || opened || won) shelf.put("recycled", "all", "opportunity", known.id);
    if (came >= STAGES.indexOf("customer") || won) shelf.put("recycled", "all", "won", known.id);
  }
}

function ages(shelf: CellShelf, people: readonly Known[], span: Span): void {
  for (const known of people) {
    if (isExit(standsIn(known)) || outcomeOf(known, span.asOf).outcome !== "open") continue;
    const days = (span.asOf - (known.entries.at(-1)?.at ?? known.first)) / DAY;
    let age = "older";
    if (days <= 90) age = "upTo90";
    if (days <= 30) age = "upTo30";
    if (days <= 7) age = "upTo7";
    shelf.put("openByAge", standsIn(known), age, known.id);
  }
}
