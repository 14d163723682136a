/** The sections of the report page about the funnel: overall, what became of people at each gate, and by source and other divisions. */
import type { FunnelCells, FunnelRow } from "../core/report/funnel-table.ts";
import type { ClosedLoop } from "../core/report/report-figures.ts";
import { rate } from "../core/report/statistics.ts";
import { countText, intervalText, moneyText, percentText } from "./figure-format.ts";
import { html, type Markup } from "./html-markup.ts";
import { figureColumn, table, textColumn } from "./html-table.ts";
import { legend } from "./page-legend.ts";
import { stageLabel } from "./stage-labels.ts";
import { axis, chart, funnelBar, roundTop, shares, stackedBar, whisker } from "./svg-charts.ts";
import { maturityText } from "./time-sections.ts";

/** Chart rows beyond this many stand in the table only. */
const CHART_ROWS = 12;

export function funnelSection(report: ClosedLoop): Markup {
  const { total } = report;
  const steps = [
    { label: "Leads", count: total.leads },
    { label: "MQL", count: total.mql },
    { label: "SAL", count: total.sal },
    { label: "SQL", count: total.sql },
    { label: "Opportunity", count: total.opportunity },
    { label: "Won", count: total.won },
  ];
  const rows = steps.map((step, index) => {
    const before = steps[index - 1];
    const note =
      before === undefined ? "" : `${percentText(rate(step.count, before.count).percent)} of ${before.label}`;
    const tone = step.label === "Won" ? "won" : "accent";
    const drawing = funnelBar(total.leads === 0 ? 0 : step.count / total.leads, tone);
    return { label: step.label, value: countText(step.count), note, drawing };
  });
  type Row = ClosedLoop["stages"][number];
  const standing = (row: Row): number => report.standing.find((one) => one.stage === row.stage)?.leads ?? 0;
  const stages = table<Row>({
    caption: "Stages entered",
    rows: report.stages,
    drill: { table: "stages", row: (row) => row.stage },
    columns: [
      textColumn("Stage", (row) => stageLabel(row.stage)),
      figureColumn("Entered", (row) => countText(row.entered), "entered"),
      figureColumn("of which skipped", (row) => countText(row.passed), "passed"),
      figureColumn("There now", (row) => countText(standing(row))),
    ],
  });
  return html`<section id="funnel"><h2>Funnel</h2><p class="note">Everyone first in touch in the window, and how far each has come. A person who skipped a stage counts as having passed it.</p>${chart("Funnel", rows, null)}${stages}</section>`;
}

const GATE_PARTS = [
  { label: "Moved on", tone: "won" },
  { label: "Waiting", tone: "soft" },
  { label: "Turned back", tone: "lost" },
];

export function gateSection(report: ClosedLoop): Markup {
  const rows = report.gates
    .filter((gate) => gate.entered > 0)
    .map((gate) => {
      const counts = [gate.movedOn, gate.waiting, gate.turnedBack];
      const parts = counts.map((count, index) => ({
        share: count / gate.entered,
        tone: GATE_PARTS[index]?.tone ?? "",
      }));
      return {
        label: stageLabel(gate.stage),
        value: percentText(gate.movedOnRate.percent),
        note: "moved on",
        drawing: shares(parts),
      };
    });
  type Gate = ClosedLoop["gates"][number];
  const gates = table<Gate>({
    caption: "What became of those who entered",
    rows: report.gates,
    drill: { table: "gates", row: (gate) => gate.stage },
    columns: [
      textColumn("Gate", (gate) => stageLabel(gate.stage)),
      figureColumn("Entered", (gate) => countText(gate.entered), "entered"),
      figureColumn("Moved on", (gate) => countText(gate.movedOn), "movedOn"),
      figureColumn("Turned back", (gate) => countText(gate.turnedBack), "turnedBack"),
      figureColumn("Waiting", (gate) => countText(gate.waiting), "waiting"),
      figureColumn("Share moved on", (gate) => percentText(gate.movedOnRate.percent)),
      figureColumn("95 % interval", (gate) => intervalText(gate.movedOnRate)),
    ],
  });
  type Reason = ClosedLoop["gateReasons"][number];
  const reasons = table<Reason>({
    caption: "Why they were turned back",
    rows: report.gateReasons,
    drill: { table: "gateReasons", row: ({ stage, reason }) => `${stage}: ${reason}` },
    columns: [
      textColumn("Gate", (row) => stageLabel(row.stage)),
      textColumn("Reason", (row) => row.reason),
      figureColumn("Leads", (row) => countText(row.leads), "leads"),
    ],
  });
  const { recycled } = report;
  const again = table<ClosedLoop["recycled"]>({
    caption: "Recycled, and what came of it",
    rows: [recycled],
    drill: { table: "recycled", row: () => "all" },
    columns: [
      textColumn("Who", () => "Ever recycled"),
      figureColumn("Leads", (row) => countText(row.recycled), "recycled"),
      figureColumn("Qualified again", (row) => countText(row.qualifiedAgain), "qualifiedAgain"),
      figureColumn("Opportunity", (row) => countText(row.opportunity), "opportunity"),
      figureColumn("Won", (row) => countText(row.won), "won"),
      figureColumn("Share again", (row) => percentText(row.qualifiedAgainRate.percent)),
    ],
  });
  const keys = GATE_PARTS.map((part) => ({ ...part, count: 0 }));
  return html`<section id="gates"><h2>At each gate</h2><p class="note">Each lead who came to a gate is in one of three places: further on, sent back or ruled out, or waiting.</p>${chart("What became of those who entered", rows, null)}${legend(keys, null)}${gates}<div class="pair"><div>${reasons}</div><div>${again}</div></div></section>`;
}

export function outcomeSection(report: ClosedLoop): Markup {
  const { won, open, lost, leads } = report.total;
  const parts = [
    { label: "Won", count: won, tone: "won" },
    { label: "Open", count: open, tone: "soft" },
    { label: "Lost", count: lost, tone: "lost" },
  ];
  const bar = stackedBar(parts.map(({ count, tone }) => ({ share: leads === 0 ? 0 : count / leads, tone })));
  type Row = ClosedLoop["outcomes"][number];
  const rows = table<Row>({
    caption: "Outcomes and reasons",
    rows: report.outcomes,
    drill: { table: "outcomes", row: (row) => (row.reason === "" ? row.outcome : `${row.outcome}: ${row.reason}`) },
    columns: [
      textColumn("Outcome", (row) => row.outcome.charAt(0).toUpperCase() + row.outcome.slice(1)),
      textColumn("Reason", (row) => row.reason || "\u2013"),
      figureColumn("Leads", (row) => countText(row.leads), "leads"),
      figureColumn("Share", (row) => percentText(rate(row.leads, leads).percent)),
    ],
  });
  return html`<section id="outcomes"><h2>Outcomes</h2>${bar}${legend(parts, leads)}${rows}</section>`;
}

interface Division {
  readonly id: string;
  readonly title: string;
  readonly heading: string;
  readonly drillTable: string;
  readonly rows: readonly FunnelRow[];
  /** What must be known before the rows are read. */
  readonly note?: string;
  /** Where the rows are months, the oldest first: those that are immature. */
  readonly immature?: ReadonlySet<string>;
}

export function sourceSection(report: ClosedLoop): Markup {
  const { bySource: rows } = report;
  return divisionSection({ id: "source", title: "By source", heading: "Source", drillTable: "bySource", rows }, report);
}

/** Campaign, territory, owner, segment, band and month; a division that is not configured has no section. */
export function divisionSections(report: ClosedLoop): readonly Markup[] {
  const { byCampaign, byTerritory, byOwner, bySegment, byBand, byMonth } = report;
  const divisions: readonly Division[] = [
    { id: "campaign", title: "By campaign", heading: "Campaign", drillTable: "byCampaign", rows: byCampaign ?? [] },
    {
      id: "territory",
      title: "By territory",
      heading: "Territory",
      drillTable: "byTerritory",
      rows: byTerritory ?? [],
    },
    { id: "owner", title: "By owner", heading: "Owner", drillTable: "byOwner", rows: byOwner },
    {
      id: "segment",
      title: "By segment",
      heading: "Segment",
      drillTable: "bySegment",
      rows: bySegment ?? [],
      note: "Whoever is in several segments is counted in each: these rows overlap and do not add up to all.",
    },
    { id: "band", title: "By score band at MQL", heading: "Band", drillTable: "byBand", rows: byBand },
    {
      id: "month",
      title: "By month of first contact",
      heading: "Month",
      drillTable: "byMonth",
      rows: byMonth,
      note: `${maturityText(report)} Immature months are not to be compared with older ones.`,
      immature: new Set(byMonth.filter((row) => row.immature).map((row) => row.name)),
    },
  ];
  return divisions.filter(({ rows }) => rows.length > 0).map((division) => divisionSection(division, report));
}

/** Rows of a division shown on the page; report.json has all. */
const ROWS_SHOWN = 200;

function divisionSection(division: Division, report: ClosedLoop): Markup {
  const { id, title, heading, drillTable, rows, note, immature } = division;
  type Row = FunnelCells & { readonly name: string };
  const remark =
    immature === undefined
      ? []
      : [textColumn<Row>("Remark", ({ name }) => (immature.has(name) ? "\u25cb immature" : ""))];
  const shown = table<Row>({
    caption: title,
    rows: shownOf(division, ROWS_SHOWN),
    drill: { table: drillTable, row: (row) => row.name },
    total: { row: { ...report.total, name: "All" }, table: "total", name: "all" },
    columns: [
      textColumn(heading, (row) => row.name),
      figureColumn("Leads", (row) => countText(row.leads), "leads"),
      figureColumn("MQL", (row) => countText(row.mql), "mql"),
      figureColumn("SAL", (row) => countText(row.sal), "sal"),
      figureColumn("SQL", (row) => countText(row.sql), "sql"),
      figureColumn("Opportunity", (row) => countText(row.opportunity), "opportunity"),
      figureColumn("Won", (row) => countText(row.won), "won"),
      figureColumn("Lost", (row) => countText(row.lost), "lost"),
      figureColumn("Open", (row) => countText(row.open), "open"),
      figureColumn("MQL to won", (row) => percentText(row.rates.mqlToWon.percent)),
      figureColumn("95 % interval", (row) => intervalText(row.rates.mqlToWon)),
      figureColumn("Revenue", (row) => moneyText(row.revenue, report.currency)),
      figureColumn("Open pipeline", (row) => moneyText(row.pipeline, report.currency)),
      ...remark,
    ],
  });
  const more =
    rows.length <= ROWS_SHOWN
      ? html``
      : html`<p class="note">${countText(rows.length - ROWS_SHOWN)} ${immature === undefined ? "smaller" : "older"} rows stand in report.json.</p>`;
  const before = note === undefined ? html`` : html`<p class="note">${note}</p>`;
  return html`<section id="${id}"><h2>${title}</h2>${before}${conversionChart(division)}${shown}${more}</section>`;
}

/** The largest rows; of months the newest. */
function shownOf({ rows, immature }: Division, most: number): readonly FunnelRow[] {
  return immature === undefined ? rows.slice(0, most) : rows.slice(-most);
}

function conversionChart(division: Division): Markup {
  const { title, immature } = division;
  const rows = division.rows.filter((row) => row.mql > 0);
  const drawn = shownOf({ ...division, rows }, CHART_ROWS);
  if (drawn.length < 2) return html``;
  const top = Math.min(100, roundTop(Math.max(...drawn.map((row) => row.rates.mqlToWon.high ?? 0))));
  const lines = drawn.map((row) => {
    const { percent, low, high } = row.rates.mqlToWon;
    const isImmature = immature?.has(row.name) ?? false;
    return {
      label: isImmature ? `${row.name} \u25cb` : row.name,
      value: percentText(percent),
      note: `${countText(row.won)} of ${countText(row.mql)}`,
      drawing: whisker(low ?? 0, percent ?? 0, high ?? 0, top, isImmature),
    };
  });
  return html`<p class="note">MQL to won; the band is where the true share lies with 95 % confidence.</p>${chart(`${title}: MQL to won`, lines, axis(top, " %"))}`;
}
