/** Every number of report.json by its path: the cells that name the records behind it, or why it needs none. */

/** The row of a table that the number stands in; {} where it stands in none. */
export type Row = Readonly<Record<string, unknown>>;
export type Cell = readonly [table: string, row: string, column: string];

/** The number is how many ids stand in `of`, without those in `without`. */
export interface DrilledNumber {
  readonly of: readonly Cell[];
  readonly without?: readonly Cell[];
}

/** Null: the number is money in this row. */
type Drilled = (row: Row) => DrilledNumber | null;

const text = (row: Row, key: string): string => String(row[key] ?? "");
const cell =
  (table: string, rowOf: (row: Row) => string, ...columns: readonly string[]): Drilled =>
  (row) => ({ of: columns.map((column): Cell => [table, rowOf(row), column]) });
const all = (): string => "all";
const by = (key: string) => (row: Row) => text(row, key);

/** Columns that are called in the drill as in the report. */
function columns(
  path: string,
  table: string,
  rowOf: (row: Row) => string,
  names: readonly string[],
): readonly (readonly [string, Drilled])[] {
  return names.map((name) => [`${path}.${name}`, cell(table, rowOf, name)] as const);
}

const FUNNEL = ["leads", "mqlEntered", "mqlSkipped", "mql", "sal", "sql", "opportunity", "won", "lost", "open"];
/** By rate: the column that it counts, and that of which. */
const RATES: Readonly<Record<string, readonly [string, string]>> = {
  mqlToSal: ["mqlToSal", "mqlEntered"],
  salToSql: ["mqlToSql", "mqlToSal"],
  mqlToSql: ["mqlToSql", "mqlEntered"],
  sqlToOpportunity: ["mqlToOpportunity", "mqlToSql"],
  opportunityToWon: ["mqlToWon", "mqlToOpportunity"],
  mqlToWon: ["mqlToWon", "mqlEntered"],
};

function funnel(path: string, table: string, rowOf: (row: Row) => string): readonly (readonly [string, Drilled])[] {
  const rates = Object.entries(RATES).flatMap(([name, [count, of]]) => [
    [`${path}.rates.${name}.count`, cell(table, rowOf, count)] as const,
    [`${path}.rates.${name}.of`, cell(table, rowOf, of)] as const,
  ]);
  const toMql: Drilled = (row) => ({
    of: [[table, rowOf(row), "leads"]],
    without: [[table, rowOf(row), "mqlSkipped"]],
  });
  return [
    ...columns(path, table, rowOf, FUNNEL),
    [`${path}.rates.leadToMql.count`, cell(table, rowOf, "mqlEntered")],
    [`${path}.rates.leadToMql.of`, toMql],
    ...rates,
  ];
}

const DIVISIONS = ["source", "campaign", "owner", "territory", "segment", "band", "month"].map(
  (key) => [key, `by${key.charAt(0).toUpperCase()}${key.slice(1)}`] as const,
);
const HANDOFFS = ["given", "accepted", "rejected", "late", "withdrawn", "open", "openPastDeadline"];
const PERIOD = ["entries", "forward", "back"];
const BREACHES = ["breached", "reassigned", "afterHours"];
const ANSWERS = ["handoffs", "accepted", "rejected"];
const ownerRow = (row: Row): string => `owner ${text(row, "owner")}`;
const stageAndMonth = (row: Row): string => `${text(row, "stage")} ${text(row, "month")}`;
const stageAndReason = (row: Row): string => `${text(row, "stage")}: ${text(row, "reason")}`;

function handoffs(path: string, rowOf: (row: Row) => string): readonly (readonly [string, Drilled])[] {
  return [
    ...columns(path, "handoffs", rowOf, HANDOFFS),
    [`${path}.answeredInTime.of`, cell("handoffs", rowOf, "due")],
    [`${path}.answeredInTime.count`, cell("handoffs", rowOf, "answeredInTime")],
    [`${path}.acceptedRate.of`, cell("handoffs", rowOf, "accepted", "rejected", "late")],
    [`${path}.acceptedRate.count`, cell("handoffs", rowOf, "accepted")],
  ];
}

function period(path: string, table: string, rowOf: (row: Row) => string): readonly (readonly [string, Drilled])[] {
  return [
    ...columns(path, table, rowOf, PERIOD),
    [`${path}.forwardRate.of`, cell(table, rowOf, "forward", "back")],
    [`${path}.forwardRate.count`, cell(table, rowOf, "forward")],
  ];
}

function rules(path: string, table: string, rowOf: (row: Row) => string): readonly (readonly [string, Drilled])[] {
  return [
    ...columns(path, table, rowOf, ANSWERS),
    [`${path}.rejectedRate.of`, cell(table, rowOf, "accepted", "rejected")],
    [`${path}.rejectedRate.count`, cell(table, rowOf, "rejected")],
  ];
}

const SCORED = Array.from({ length: 10 }, (_, ten) => `${10 * ten}\u2013${ten === 9 ? 100 : 10 * ten + 9}`);
const scored =
  (column: string): Drilled =>
  () => ({ of: SCORED.map((scores): Cell => ["calibration", scores, column]) });

/** By the name of a figure that changed most; money is not among them. */
const CHANGED: Readonly<Record<string, Cell>> = {
  "New MQLs": ["period", "mql", "entries"],
  "New SALs": ["period", "sal", "entries"],
  "New SQLs": ["period", "sql", "entries"],
  "New opportunities": ["period", "opportunity", "entries"],
  "Sent back or disqualified": ["periodFigures", "turnedBack", "now"],
  "Won deals": ["periodFigures", "won", "now"],
  "Lost deals": ["periodFigures", "lost", "now"],
  "Handoffs not answered in time": ["periodFigures", "late", "now"],
};
const changed: Drilled = (row) => {
  const known = CHANGED[text(row, "figure")];
  if (known !== undefined) return { of: [known] };
  return row["unit"] === "money" ? null : { of: [] };
};

export const DRILLED: ReadonlyMap<string, Drilled> = new Map<string, Drilled>([
  ["leads", cell("total", all, "leads")],
  ["changes[].now", changed],
  ["leftOut[].deals", cell("leftOut", by("currency"), "deals")],
  ...funnel("total", "total", all),
  ...DIVISIONS.flatMap(([key, table]) => funnel(`${table}[]`, table, by(key))),
  ...columns("stages[]", "stages", by("stage"), ["entered", "passed"]),
  ...columns("standing[]", "standing", by("stage"), ["leads"]),
  ["maturity.won", cell("maturity", all, "won")],
  ["cohorts[].entered", cell("cohorts", stageAndMonth, "entered")],
  ["cohorts[].next.of", cell("cohorts", stageAndMonth, "entered")],
  ["cohorts[].next.count", cell("cohorts", stageAndMonth, "next")],
  ["cohorts[].won.of", cell("cohorts", stageAndMonth, "entered")],
  ["cohorts[].won.count", cell("cohorts", stageAndMonth, "won")],
  ...columns("gates[]", "gates", by("stage"), ["entered", "passed", "movedOn", "turnedBack", "waiting"]),
  ["gates[].movedOnRate.of", cell("gates", by("stage"), "entered")],
  ["gates[].movedOnRate.count", cell("gates", by("stage"), "movedOn")],
  ["gateReasons[].leads", cell("gateReasons", stageAndReason, "leads")],
  ...columns("recycled", "recycled", all, ["recycled", "qualifiedAgain", "opportunity", "won"]),
  ["recycled.qualifiedAgainRate.of", cell("recycled", all, "recycled")],
  ["recycled.qualifiedAgainRate.count", cell("recycled", all, "qualifiedAgain")],
  [
    "outcomes[].leads",
    cell("outcomes", (row) => [row["outcome"], row["reason"]].filter((word) => word !== "").join(": "), "leads"),
  ],
  ["timeToWon.count", cell("velocity", () => "first contact to won", "people")],
  ["velocity[].count", cell("velocity", (row) => `${text(row, "from")} to ${text(row, "to")}`, "people")],
  ["timeInStage[].count", cell("timeInStage", by("stage"), "stays")],
  ...columns("openByAge[]", "openByAge", by("stage"), ["upTo7", "upTo30", "upTo90", "older"]),
  ...period("period.stages[]", "period", by("stage")),
  ...period("period.months[]", "periodMonths", stageAndMonth),
  ...columns("tasks", "tasks", all, [
    "created",
    "done",
    "overdue",
    "closedByUs",
    "open",
    "waiting",
    "suppressed",
    "doneLate",
  ]),
  ...handoffs("handoffs", all),
  ...handoffs("handoffsByOwner[]", ownerRow),
  ...columns("service.clocks[]", "serviceClocks", by("clock"), ["stopped", "running", "never"]),
  ...columns("service", "serviceBreaches", all, BREACHES),
  ...columns("service.byOwner[]", "serviceBreaches", ownerRow, [...BREACHES, "reacted"]),
  ...columns("followUp", "followUp", all, ["given", "touched", "neverTouched"]),
  ["followUp.touchedRate.of", cell("followUp", all, "given")],
  ["followUp.touchedRate.count", cell("followUp", all, "touched")],
  ["followUp.attempts[].handoffs", cell("attempts", by("attempts"), "handoffs")],
  ...columns("openPipeline", "openPipeline", all, ["deals", "withoutAmount"]),
  ...columns("openPipeline.bySource[]", "openPipeline", (row) => `source ${text(row, "source")}`, [
    "deals",
    "withoutAmount",
  ]),
  ...columns("pipeline[]", "pipeline", by("part"), ["deals", "won", "lost", "open"]),
  ["attribution[].deals", cell("attribution", by("campaign"), "deals")],
  ...columns("calibration[]", "calibration", by("scores"), ["entries", "won", "sentBack", "open"]),
  ["calibration[].winRate.of", cell("calibration", by("scores"), "won", "sentBack")],
  ["calibration[].winRate.count", cell("calibration", by("scores"), "won")],
  ["threshold.won", scored("won")],
  ["threshold.others", scored("sentBack")],
  ...rules("rules[]", "rules", by("rule")),
  [
    "rules[].reasons[].handoffs",
    cell("rejectedRules", (row) => `${text(row, "rule")}: ${text(row, "reason")}`, "handoffs"),
  ],
  ...rules("rulesOverall", "rulesOverall", all),
  ...columns("parity[]", "parity", by("stage"), ["hubspot", "salesforce", "leadloop"]),
  ["parityCauses[].people", cell("parityCauses", by("cause"), "people")],
  ["dataQuality[].count", cell("dataQuality", by("problem"), "people")],
]);

const MEASURE = "is no count: the count beside it has a cell";
const BEFORE = "is of the period before, whose own report names the records";

/** Why a number has no cell, by the end of its path. */
export const WITHOUT_CELL: readonly (readonly [end: RegExp, because: string])[] = [
  [/\.(percent|low|high)$/, MEASURE],
  [/\.(medianDays|p90Days|days|medianHours|p90Hours|medianHoursToAnswer|p90HoursToAnswer)$/, MEASURE],
  [/\.(revenue|pipeline|amount|cost|costPer\w+|returnPercent|first|last|linear|u|w)$/, "is money, or made of it"],
  [/^periodFigures\[\]\.now$/, "names its cell itself, which closed-loop-laws.test.ts holds it against"],
  [/^periodFigures\[\]\.(before|change|changePercent)$/, BEFORE],
  [/^changes\[\]\.(before|because\.before)$/, BEFORE],
  [/^changes\[\]\.because\.now$/, "is the part of one source, owner or reason in the number before it"],
  [/^changes\[\]\.weight$/, "is a distance from chance"],
  [/^threshold\.(threshold|from|to|separation)$/, "is a score, or a measure of one"],
  [
    /^threshold\.winRate(Above|Below)\.(of|count)$/,
    "parts threshold.won and threshold.others, which have cells, at a score that is found last",
  ],
  [/^rules\[\]\.excess$/, MEASURE],
];
