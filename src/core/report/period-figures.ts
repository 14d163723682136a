/** The main figures of the period: by what name, in what unit, and which cell of the report names the records behind each. */
import type { CellAddress } from "./cell-book.ts";
import { hundredths } from "./statistics.ts";

interface Named {
  readonly name: string;
  readonly unit: "people" | "handoffs" | "money" | "deals";
  /** What tells apart what made the difference. */
  readonly by: "source" | "reason" | "owner";
}

export const FIGURES = {
  mql: { name: "New MQLs", unit: "people", by: "source" },
  sal: { name: "New SALs", unit: "people", by: "source" },
  sql: { name: "New SQLs", unit: "people", by: "source" },
  opportunity: { name: "New opportunities", unit: "people", by: "source" },
  turnedBack: { name: "Sent back or disqualified", unit: "people", by: "reason" },
  won: { name: "Won deals", unit: "deals", by: "source" },
  lost: { name: "Lost deals", unit: "deals", by: "reason" },
  revenue: { name: "Revenue", unit: "money", by: "source" },
  opened: { name: "Opened deals", unit: "deals", by: "source" },
  pipeline: { name: "New pipeline", unit: "money", by: "source" },
  late: { name: "Handoffs not answered in time", unit: "handoffs", by: "owner" },
} as const satisfies Readonly<Record<string, Named>>;
export type FigureKey = keyof typeof FIGURES;
export type MoneyFigure = "revenue" | "pipeline";

/** Those that stand for themselves at the top of the report, in this order. */
export const PERIOD_FIGURES = [
  "mql",
  "sal",
  "sql",
  "opportunity",
  "turnedBack",
  "won",
  "lost",
  "revenue",
  "opened",
  "pipeline",
] as const satisfies readonly FigureKey[];
type PeriodFigureKey = (typeof PERIOD_FIGURES)[number];

/** One figure of the period, of everybody, whenever they first came. */
export interface PeriodFigure {
  readonly figure: PeriodFigureKey;
  readonly unit: Named["unit"];
  readonly now: number;
  /** Of the period before, up to the same point where the period is still running; null where there is none. */
  readonly before: number | null;
  readonly change: number | null;
  /** Of `before`; null where that is 0. */
  readonly changePercent: number | null;
  /** Where the records behind `now` are; of money, the opportunities. */
  readonly cell: CellAddress;
}

/** A count of the period and of the one before it. */
export interface Pair {
  before: number;
  now: number;
}

export function periodFigure(
  figure: PeriodFigureKey,
  { before, now }: Readonly<Pair>,
  isCompared: boolean,
): PeriodFigure {
  const { unit } = FIGURES[figure];
  const cell = CELLS[figure];
  if (!isCompared) return { figure, unit, now, before: null, change: null, changePercent: null, cell };
  const change = hundredths(now - before);
  const changePercent = before <= 0 ? null : hundredths((change / before) * 100);
  return { figure, unit, now, before, change, changePercent, cell };
}

/** Whoever entered a stage in the period is counted there anyhow. */
const CELLS: Readonly<Record<PeriodFigureKey, CellAddress>> = {
  mql: entries("mql"),
  sal: entries("sal"),
  sql: entries("sql"),
  opportunity: entries("opportunity"),
  turnedBack: ownCell("turnedBack"),
  won: ownCell("won"),
  lost: ownCell("lost"),
  revenue: ownCell("won"),
  opened: ownCell("opened"),
  pipeline: ownCell("opened"),
};

function entries(stage: string): CellAddress {
  return { table: "period", row: stage, column: "entries" };
}

function ownCell(row: string): CellAddress {
  return { table: "periodFigures", row, column: "now" };
}
