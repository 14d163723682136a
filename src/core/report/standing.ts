/** Where every lead stands: the stages they came through, the one they are in, and what became of them. */
import { STAGES, type Stage } from "../model/rulebook.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import type { ClosedLoop } from "./report-figures.ts";
import { FUNNEL, hasReached, type LeadOutcome, OUTCOMES, type ReportLead } from "./report-lead.ts";

export class StandingCounter {
  readonly #book: CellBook;
  readonly #standing: CellTable;
  readonly #outcomes: CellTable;
  readonly #stages: CellTable;
  /** Groups of the cells of `#stages` by the stages that were entered and the furthest one. */
  readonly #groups: (number | undefined)[] = [];

  constructor(book: CellBook) {
    this.#book = book;
    this.#standing = book.table("standing", ["leads"]);
    this.#outcomes = book.table("outcomes", ["leads"]);
    this.#stages = book.table("stages", ["entered", "passed"]);
  }

  add(lead: ReportLead): void {
    this.#standing.add(lead.stage, 0, lead.id);
    this.#outcomes.add(lead.reason === "" ? lead.outcome : `${lead.outcome}: ${lead.reason}`, 0, lead.id);
    let entered = 0;
    for (let place = 0; place < STAGES.length; place += 1)
      if (!Number.isNaN(lead.entered[place] ?? Number.NaN)) entered |= 1 << place;
    const index = entered * FUNNEL.length + lead.reached;
    this.#book.add(this.#groups[index] ?? this.#group(index, entered, lead), lead.id);
  }

  stages(): ClosedLoop["stages"] {
    return STAGES.map((stage) => ({
      stage,
      entered: this.#stages.count(stage, 0),
      passed: this.#stages.count(stage, 1),
    }));
  }

  standing(): readonly { readonly stage: Stage; readonly leads: number }[] {
    return STAGES.map((stage) => ({ stage, leads: this.#standing.count(stage, 0) }));
  }

  outcomes(): ClosedLoop["outcomes"] {
    const rows = [...this.#outcomes.rows].map(([key, row]) => {
      const [outcome = "", ...reason] = key.split(": ");
      return { outcome: outcome as LeadOutcome, reason: reason.join(": "), leads: row.count(0) };
    });
    return rows.sort(
      (a, b) =>
        OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) ||
        b.leads - a.leads ||
        (a.reason < b.reason ? -1 : 1),
    );
  }

  #group(index: number, entered: number, lead: ReportLead): number {
    const rows = STAGES.flatMap((stage, place) => {
      const isOwn = (entered & (1 << place)) !== 0;
      const isPast = place < FUNNEL.length && hasReached(lead, place);
      return isOwn || isPast ? [this.#stages.row(stage).cellsIn(isOwn ? 0b01 : 0b11)] : [];
    });
    const group = this.#book.group(rows);
    this.#groups[index] = group;
    return group;
  }
}
