/** What each system says of everybody, and what makes figures doubtful: counted again by hand. */

import type { ReportSettings } from "../../../../src/core/model/report-settings.ts";
import type { StageNames } from "../../../../src/core/model/rulebook.ts";
import type { CellShelf } from "./cell-shelf.ts";
import {
  furthest,
  isClosed,
  isLead,
  isLost,
  isWon,
  type Known,
  MQL,
  outcomeOf,
  type Span,
  wasIn,
  wonAt,
} from "./known-person.ts";

const GONE = ["superseded", "tombstoned", "erased"];

export interface Named {
  readonly link: string;
  readonly cause: string;
}

/** Everybody alive now, whatever the period: of three columns each in one row. Gives those who are named: who is only unknown to a system is not. */
export function recountParity(
  shelf: CellShelf,
  everybody: readonly Known[],
  names: readonly StageNames[],
): readonly Named[] {
  const named: Named[] = [];
  for (const { id, ledger } of everybody) {
    const { person, deals } = ledger;
    if (GONE.includes(person.state)) continue;
    const truth = person.stage ?? "(none)";
    const hubspot = shownStage(person.hubspotId, person.facts["hubspot_stage"], (name) => name.hubspot, names);
    const field = shownStage(person.salesforceId, person.facts["salesforce_stage"], (name) => name.salesforce, names);
    const hasWon = deals.some((deal) => deal.closed && deal.won);
    const salesforce = hasWon ? ofBuyer(field) : ofNoBuyer(field);
    shelf.put("parity", truth, "leadloop", id);
    shelf.put("parity", hubspot, "hubspot", id);
    shelf.put("parity", salesforce, "salesforce", id);
    const causes: string[] = [];
    if (isApart(hubspot, truth)) causes.push(`HubSpot: ${causeOf(person.state, hubspot)}`);
    const because = salesforceCause(person.state, { truth, field, salesforce });
    if (because !== null) causes.push(`Salesforce: ${because}`);
    if (causes.length === 0) continue;
    const cause = causes.join("; ");
    shelf.put("parityCauses", cause, "people", id);
    const seen = [hubspot, field, salesforce].filter((stage) => !isUnknown(stage));
    if (seen.some((stage) => isApart(stage, truth))) named.push({ link: id, cause });
  }
  return named;
}

/** Where the record shows nothing that differs, the opportunities may. */
function salesforceCause(
  state: string,
  says: Readonly<Record<"truth" | "field" | "salesforce", string>>,
): string | null {
  const { truth, field, salesforce } = says;
  const isQuiet = isUnknown(field) || !isApart(field, truth);
  if (isQuiet && salesforce !== field && isApart(salesforce, truth))
    return salesforce === "customer" ? "has a won opportunity" : "shows a customer who has no won opportunity";
  return isApart(field, truth) ? causeOf(state, field) : null;
}

const isUnknown = (shown: string): boolean => shown === "(no record)" || shown === "(not read)";

const ofBuyer = (field: string): string => (field === "(no record)" || field === "evangelist" ? field : "customer");
const ofNoBuyer = (field: string): string =>
  field === "customer" || field === "evangelist" ? "(no won opportunity)" : field;

function shownStage(
  record: string | null,
  value: string | null | undefined,
  nameOf: (names: StageNames) => string,
  names: readonly StageNames[],
): string {
  if (record === null) return "(no record)";
  if (value === undefined) return "(not read)";
  if (value === null || value === "") return "(blank)";
  return names.find((one) => nameOf(one) === value)?.stage ?? `other: ${value}`;
}

/** To have no stage and to show none is the same. */
const isApart = (shown: string, truth: string): boolean =>
  shown !== truth && !(truth === "(none)" && shown === "(blank)");

function causeOf(state: string, shown: string): string {
  if (state === "ambiguous") return "two candidates, a person must choose";
  if (shown === "(no record)") return state === "pending" ? "record is being created" : "person is not known there";
  if (shown === "(not read)") return "stage could not be read";
  if (shown.startsWith("other: ")) return "a stage the configuration does not name";
  return shown === "(blank)" ? "stage is blank" : "shows another stage";
}

/** `lacksRate`: of a currency. */
export function recountQuality(
  shelf: CellShelf,
  people: readonly Known[],
  settings: ReportSettings,
  lacksRate: (currency: string | null) => boolean,
  span: Span,
): void {
  const { asOf } = span;
  for (const known of people) {
    if (!isLead(known, span)) continue;
    const { person } = known.ledger;
    const own = known.deals.filter((deal) => deal.counts);
    const source = String(person.facts[settings.source] ?? "").trim();
    const campaign = String(person.facts[settings.campaign ?? ""] ?? "").trim();
    const times = known.entries.map(({ at }) => at);
    const problems: Readonly<Record<string, boolean>> = {
      "won before first contact": wonAt(known, asOf) < known.first,
      "no source": source === "",
      "no first contact": !known.firstIsSaid,
      "customer without a won opportunity":
        outcomeOf(known, asOf).outcome === "won" && !known.deals.some((deal) => isWon(deal, asOf)),
      "won without an amount": own.some((deal) => isWon(deal, asOf) && deal.amount === null),
      "negative amount": own.some((deal) => !isLost(deal, asOf) && (deal.amount ?? 0) < 0),
      "currency without a rate": own.some(
        (deal) => !isLost(deal, asOf) && deal.amount !== null && lacksRate(deal.currency),
      ),
      "closed before it was opened": own.some((deal) => isClosed(deal, asOf) && deal.stageAt < deal.openedAt),
      "first contact in the future": known.first > asOf,
      "stages out of order": times.some((at, place) => at < (times[place - 1] ?? at)),
      "answered before it was given": known.handoffs.some(({ at, endedAt }) => endedAt < at && endedAt <= asOf),
      "skipped MQL": furthest(known, asOf) > MQL && !wasIn(known, "mql"),
      "odd source or campaign": /^[=+\-@]|[<>]/.test(source) || /^[=+\-@]|[<>]/.test(campaign),
      "two candidates": person.state === "ambiguous",
      "deleted record": person.state === "tombstoned",
    };
    for (const [problem, holds] of Object.entries(problems))
      if (holds) shelf.put("dataQuality", problem, "people", known.id);
  }
}
