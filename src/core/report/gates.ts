/** What became of people at each gate of the funnel, where the open ones wait, and whether those sent back came again. */
import { assertNever } from "../errors.ts";
import type { Moment, StageEntry } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import {
  CUSTOMER,
  DAY_MS,
  FUNNEL,
  type FunnelStage,
  hasReached,
  isClosed,
  MQL,
  OPPORTUNITY,
  placeOf,
  RECYCLED,
  type ReportLead,
} from "./report-lead.ts";
import { type Rate, rate } from "./statistics.ts";

/**
 * A stage that leads on to the next one. `entered` = movedOn + turnedBack + waiting; each lead who was seen in the stage is in one of the three, by how they stand
 * now. Whoever was past it when first seen, or skipped it, tells nothing about the gate: they are `passed` alone.
 */
export interface Gate {
  readonly stage: FunnelStage;
  readonly entered: number;
  readonly passed: number;
  /** Came further than this stage, in whatever cycle. */
  readonly movedOn: number;
  /** Recycled, disqualified or lost without coming further. */
  readonly turnedBack: number;
  readonly waiting: number;
  readonly movedOnRate: Rate;
}

export interface GateReason {
  readonly stage: FunnelStage;
  readonly reason: string;
  readonly leads: number;
}

/** Everybody open by the stage they stand in and for how long, whenever they first came: each in one of the four. */
export interface OpenByAge {
  readonly stage: FunnelStage;
  readonly upTo7: number;
  readonly upTo30: number;
  readonly upTo90: number;
  readonly older: number;
}

/** Leads that were ever recycled, and those among them who came again afterwards. */
export interface Recycled {
  readonly recycled: number;
  readonly qualifiedAgain: number;
  readonly opportunity: number;
  readonly won: number;
  readonly qualifiedAgainRate: Rate;
}

const GATES: readonly FunnelStage[] = ["lead", "mql", "sal", "sql", "opportunity"];
const FIRST_GATE = 1;
const GATE_COLUMNS = ["entered", "movedOn", "turnedBack", "waiting", "passed"] as const;
const PASSED = 1 << GATE_COLUMNS.indexOf("passed");
const NO_REASON = "(no reason given)";
const AGES = ["upTo7", "upTo30", "upTo90", "older"] as const;
const AGE_LIMITS = [7, 30, 90];

export class GateCounter {
  readonly #gates: CellTable;
  readonly #reasons: CellTable;
  readonly #ages: CellTable;
  readonly #recycled: CellTable;
  readonly #book: CellBook;
  readonly #asOf: Moment;
  /** Groups of the cells of those who were not turned back, by the stages they were seen in, the furthest one and the verdict. */
  readonly #groups: (number | undefined)[] = [];

  constructor(book: CellBook, asOf: Moment) {
    this.#book = book;
    this.#asOf = asOf;
    this.#gates = book.table("gates", GATE_COLUMNS);
    this.#reasons = book.table("gateReasons", ["leads"]);
    this.#ages = book.table("openByAge", AGES);
    this.#recycled = book.table("recycled", ["recycled", "qualifiedAgain", "opportunity", "won"]);
  }

  /** Everybody who is open now, whenever they first came: who waits longest came before most periods. */
  addStanding({ id, stage, outcome, since }: ReportLead): void {
    const place = placeOf(stage);
    if (outcome !== "open" || place >= FUNNEL.length) return;
    if (this.#book.recording === null) this.addOpen(place, since, id);
    else this.#book.recording.standsSince(place, since);
  }

  add(lead: ReportLead, stages: readonly StageEntry[]): void {
    if (hasReached(lead, FIRST_GATE)) this.#addGates(lead);
    const recycledAt = lead.entered[RECYCLED] ?? Number.NaN;
    if (!Number.isNaN(recycledAt)) this.#addRecycled(lead, stages, recycledAt);
  }

  /** Counts an open lead by how long it has stood in the stage of that place. */
  addOpen(place: number, since: Moment, id: string): void {
    const days = (this.#asOf - since) / DAY_MS;
    const age = AGE_LIMITS.findIndex((limit) => days <= limit);
    this.#ages.add(FUNNEL[place] ?? "", age < 0 ? AGE_LIMITS.length : age, id);
  }

  gates(): readonly Gate[] {
    return GATES.map((stage) => {
      const [entered = 0, movedOn = 0, turnedBack = 0, waiting = 0, passed = 0] =
        this.#gates.rows.get(stage)?.counts ?? [];
      return { stage, entered, passed, movedOn, turnedBack, waiting, movedOnRate: rate(movedOn, entered) };
    });
  }

  /** By gate, the most frequent first. */
  reasons(): readonly GateReason[] {
    const rows = [...this.#reasons.rows].map(([name, row]) => {
      const [stage = "", ...reason] = name.split(": ");
      return { stage: stage as FunnelStage, reason: reason.join(": "), leads: row.count(0) };
    });
    return rows.sort(
      (a, b) => placeOf(a.stage) - placeOf(b.stage) || b.leads - a.leads || (a.reason < b.reason ? -1 : 1),
    );
  }

  openByAge(): readonly OpenByAge[] {
    return FUNNEL.flatMap((stage) => {
      const row = this.#ages.rows.get(stage);
      if (row === undefined) return [];
      const [upTo7 = 0, upTo30 = 0, upTo90 = 0, older = 0] = row.counts;
      return [{ stage, upTo7, upTo30, upTo90, older }];
    });
  }

  recycled(): Recycled {
    const [recycled = 0, qualifiedAgain = 0, opportunity = 0, won = 0] = this.#recycled.rows.get("all")?.counts ?? [];
    return { recycled, qualifiedAgain, opportunity, won, qualifiedAgainRate: rate(qualifiedAgain, recycled) };
  }

  #addGates(lead: ReportLead): void {
    const verdict = verdictOf(lead);
    if (verdict === "turnedBack") this.#addTurnedBack(lead);
    else {
      const index = (seenIn(lead) * FUNNEL.length + lead.reached) * GATE_COLUMNS.length + GATE_COLUMNS.indexOf(verdict);
      this.#book.add(this.#groups[index] ?? this.#group(index, lead, verdict), lead.id);
    }
  }

  #group(index: number, lead: ReportLead, verdict: Verdict): number {
    const gates = GATES.filter((stage) => hasReached(lead, placeOf(stage)));
    const group = this.#book.group(
      gates.map((stage) => this.#gates.row(stage).cellsIn(gateColumns(stage, lead, verdict))),
    );
    this.#groups[index] = group;
    return group;
  }

  /** At the gate where they were turned back there is a reason to be counted. */
  #addTurnedBack(lead: ReportLead): void {
    for (const stage of GATES) {
      if (!hasReached(lead, placeOf(stage))) break;
      this.#gates.row(stage).addToAll(gateColumns(stage, lead, "turnedBack"), lead.id);
      if (lead.reached === placeOf(stage) && isSeenIn(lead, stage))
        this.#reasons.add(`${stage}: ${lead.reason || NO_REASON}`, 0, lead.id);
    }
  }

  #addRecycled(lead: ReportLead, stages: readonly StageEntry[], recycledAt: Moment): void {
    const row = this.#recycled.row("all");
    row.add(0, lead.id);
    let furthest = 0;
    let isAfter = false;
    for (const entry of stages) {
      if (entry.stage === "recycled") isAfter = true;
      if (isAfter && entry.place < FUNNEL.length) furthest = Math.max(furthest, entry.place);
    }
    const won =
      furthest >= CUSTOMER ||
      lead.allDeals.some((deal) => deal.won && isClosed(deal, this.#asOf) && deal.stageAt > recycledAt);
    const opened = furthest >= OPPORTUNITY || lead.allDeals.some((deal) => deal.openedAt > recycledAt);
    if (furthest >= MQL || opened || won) row.add(1, lead.id);
    if (opened || won) row.add(2, lead.id);
    if (won) row.add(3, lead.id);
  }
}

type Verdict = "turnedBack" | "waiting" | "movedOn";

function isSeenIn({ entered }: ReportLead, stage: FunnelStage): boolean {
  return !Number.isNaN(entered[placeOf(stage)] ?? Number.NaN);
}

/** The gates that the ledger has seen them come to, as the bits of a number. */
function seenIn(lead: ReportLead): number {
  let seen = 0;
  for (const [place, stage] of GATES.entries()) if (isSeenIn(lead, stage)) seen |= 1 << place;
  return seen;
}

/** Whoever came further than a gate has moved on there, whatever became of them. */
function gateColumns(stage: FunnelStage, lead: ReportLead, verdict: Verdict): number {
  const { reached } = lead;
  if (!isSeenIn(lead, stage)) return PASSED;
  return 1 | (1 << GATE_COLUMNS.indexOf(reached > placeOf(stage) ? "movedOn" : verdict));
}

function verdictOf(lead: ReportLead): Verdict {
  switch (lead.outcome) {
    case "lost":
      return "turnedBack";
    case "open":
      return lead.stage === "recycled" ? "turnedBack" : "waiting";
    case "won":
      return "movedOn";
    default:
      return assertNever(lead.outcome);
  }
}
