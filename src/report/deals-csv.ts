/** Prints report-deals.csv: one line per opportunity, with its touches and what each attribution model makes of them. */

import type { DealRow } from "../core/model/report-row.ts";
import { type Credit, type DealCredit, MODELS } from "../core/report/attribution.ts";
import type { CountedDeal } from "../core/report/deal-figures.ts";
import { instantCell, textCell } from "./csv-line.ts";

const COLUMNS = [
  "opportunity",
  "name",
  "link",
  "status",
  "stage",
  "amount",
  "currency",
  "opened",
  "closed",
  "marketing_part",
  "touches",
  ...MODELS,
];

export const DEALS_HEADER = `${COLUMNS.join(",")}\r\n`;

export function dealLine({ deal, lead, part, status, credit }: CountedDeal): string {
  const touches = credit.touches.map(({ at, campaign }) => `${instantCell(at).slice(0, 10)} ${campaign || "?"}`);
  const cells = [
    textCell(lead.id),
    status,
    textCell(deal.stageName),
    deal.amount === null ? "" : String(deal.amount),
    textCell(deal.currency ?? ""),
    instantCell(deal.openedAt),
    status === "open" ? "" : instantCell(deal.stageAt),
    part,
    textCell(touches.join(" > ")),
    ...creditCells(credit),
  ];
  return `${dealCells(deal)}${cells.join(",")}\r\n`;
}

/** The first two cells of a deal's line. */
export function dealCells({ opportunityId, name }: Pick<DealRow, "opportunityId" | "name">): string {
  return `${textCell(opportunityId)},${textCell(name)},`;
}

const CELL = `("(?:[^"]|"")*"|[^,]*),`;
const FIRST_CELLS = new RegExp(`^${CELL}${CELL}`);

/** What stands in them, for whoever has the line alone. */
export function dealNameIn(line: string): { readonly id: string; readonly name: string } {
  const [, id = "", name = ""] = FIRST_CELLS.exec(line) ?? [];
  return { id: textIn(id), name: textIn(name) };
}

function textIn(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

/** Models that agree share one credit, as all do where there is one touch. */
function creditCells({ credit }: DealCredit): readonly string[] {
  const { first } = credit;
  const cell = textCell(creditText(first));
  return MODELS.map((model) => (credit[model] === first ? cell : textCell(creditText(credit[model]))));
}

/** "Spring fair 40 %; (no campaign) 60 %". */
function creditText(credit: Credit): string {
  // Nearly every credit is all of it for one campaign.
  if (credit.size === 1) for (const [campaign, share] of credit) return `${campaign} ${percentOf(share)} %`;
  return [...credit]
    .sort(([a, these], [b, those]) => those - these || (a < b ? -1 : 1))
    .map(([campaign, share]) => `${campaign} ${percentOf(share)} %`)
    .join("; ");
}

function percentOf(share: number): number {
  return Math.round(share * 10_000) / 100;
}
