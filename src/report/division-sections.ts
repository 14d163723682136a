/** The sections of the report page that divide the people of the window: by source, campaign, territory, owner, segment, score band and month. */
import type { FunnelCells, FunnelRow } from "../core/report/funnel-table.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { countedText, countText, intervalText, moneyHeading, percentText } from "./figure-format.ts";
import { html, type Markup, type MarkupPart } from "./html-markup.ts";
import { figureColumn, folded, table, textColumn } from "./html-table.ts";
import type { PageSection } from "./page-sections.ts";
import { axis, chart, percentTop, whisker } from "./svg-charts.ts";
import { maturityText } from "./time-sections.ts";

interface Division {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly drillTable: string;
  readonly rows: readonly FunnelRow[];
  /** What must be known before the rows are read. */
  readonly note?: MarkupPart;
  /** Where the rows are months, the oldest first: those that are immature. */
  readonly immature?: ReadonlySet<string>;
}

/** A division that is not configured has no section. */
export function divisionSections(report: ClosedLoop): readonly PageSection[] {
  const { bySource, byCampaign, byTerritory, byOwner, bySegment, byBand, byMonth } = report;
  const divisions: readonly Division[] = [
    { id: "source", label: "Source", title: "By source", drillTable: "bySource", rows: bySource },
    { id: "campaign", label: "Campaign", title: "By campaign", drillTable: "byCampaign", rows: byCampaign ?? [] },
    { id: "territory", label: "Territory", title: "By territory", drillTable: "byTerritory", rows: byTerritory ?? [] },
    { id: "owner", label: "Owner", title: "By owner", drillTable: "byOwner", rows: byOwner },
    {
      id: "segment",
      label: "Segment",
      title: "By segment",
      drillTable: "bySegment",
      rows: bySegment ?? [],
      note: "Whoever is in several segments is counted in each: these rows overlap and do not add up to all. Segments are those of now: one that asks for a purchase holds only people who were won.",
    },
    { id: "band", label: "Band", title: "By score band at MQL", drillTable: "byBand", rows: byBand },
    {
      id: "month",
      label: "Month",
      title: "By month of first contact",
      drillTable: "byMonth",
      rows: byMonth,
      note: maturityText(report),
      immature: new Set(byMonth.filter((row) => row.immature).map((row) => row.name)),
    },
  ];
  return divisions
    .filter(({ id, rows }) => rows.length > 0 || id === "source")
    .map((division) => divisionSection(division, report));
}

/** Rows of a division shown on the page; report.json has all. */
const ROWS_SHOWN = 200;
/** Chart rows beyond this many stand in the table only. */
const CHART_ROWS = 12;

function divisionSection(division: Division, report: ClosedLoop): PageSection {
  const { id, label, title, drillTable, rows, note = "", immature } = division;
  const { currency, total } = report;
  type Row = FunnelCells & { readonly name: string };
  const remark =
    immature === undefined ? [] : [textColumn<Row>("Remark", ({ name }) => (immature.has(name) ? "immature" : ""))];
  const shown = table<Row>({
    caption: title,
    rows: shownOf(division, ROWS_SHOWN),
    drill: { table: drillTable, row: (row) => row.name },
    total: { row: { ...total, name: "All" }, table: "total", name: "all" },
    columns: [
      textColumn(label, (row) => row.name),
      figureColumn("Leads", (row) => countText(row.leads), "leads"),
      figureColumn("MQL", (row) => countText(row.mql), "mql"),
      figureColumn("SAL", (row) => countText(row.sal), "sal"),
      figureColumn("SQL", (row) => countText(row.sql), "sql"),
      figureColumn("Opportunity", (row) => countText(row.opportunity), "opportunity"),
      figureColumn("Won", (row) => countText(row.won), "won"),
      figureColumn("Lost", (row) => countText(row.lost), "lost"),
      figureColumn("Open", (row) => countText(row.open), "open"),
      figureColumn("Seen as MQL", (row) => countText(row.mqlEntered), "mqlEntered"),
      figureColumn("of these won", (row) => countText(row.rates.mqlToWon.count), "mqlToWon"),
      figureColumn("MQL to won", (row) => percentText(row.rates.mqlToWon.percent)),
      figureColumn(moneyHeading("Revenue", currency), (row) => countText(row.revenue)),
      figureColumn(moneyHeading("Open pipeline", currency), (row) => countText(row.pipeline)),
      ...remark,
    ],
  });
  const rarer = immature === undefined ? "smaller" : "older";
  const more =
    rows.length <= ROWS_SHOWN
      ? html``
      : html`<p class="note">${countedText(rows.length - ROWS_SHOWN, `${rarer} row stands`, `${rarer} rows stand`)} in report.json.</p>`;
  const drawing = conversionChart(division, report);
  const isDrawn = drawing.text !== "";
  const behind = isDrawn ? folded("All figures", html`${shown}${more}`, id === "source") : html`${shown}${more}`;
  return { id, label, title, kind: "cohort", note, body: html`${drawing}${behind}` };
}

/** The largest rows; of months the newest. */
function shownOf({ rows, immature }: Division, most: number): readonly FunnelRow[] {
  return immature === undefined ? rows.slice(0, most) : rows.slice(-most);
}

/** Of MQLs to won: where the true share of each lies with 95 % confidence, and the share of all to compare with. */
function conversionChart(division: Division, { total }: ClosedLoop): Markup {
  const { title, drillTable, immature } = division;
  const drawn = shownOf({ ...division, rows: division.rows.filter((row) => row.mqlEntered > 0) }, CHART_ROWS);
  if (drawn.length < 2) return html``;
  const { percent: reference } = total.rates.mqlToWon;
  const top = percentTop([...drawn.map((row) => row.rates.mqlToWon.high), reference]);
  const lines = drawn.map((row) => {
    const { mqlToWon } = row.rates;
    const isHollow = immature?.has(row.name) ?? false;
    return {
      label: row.name,
      value: percentText(mqlToWon.percent),
      note: `${countText(mqlToWon.count)} of ${countText(mqlToWon.of)}, ${intervalText(mqlToWon)}${isHollow ? ", immature" : ""}`,
      cell: { table: drillTable, row: row.name, column: "mqlToWon" },
      drawing: whisker(mqlToWon, top, { reference, isHollow }),
    };
  });
  return html`<p class="note">Won, of those who were seen as an MQL. The band is where the true share lies with 95 % confidence; the dashed line is all of them together, ${percentText(reference)}.</p>${chart(`${title}: MQL to won`, lines, axis(top, " %"))}`;
}
