/** `leadloop backtest`: what another scoring would have changed in the past, with the people by name. */
import { type Backtest, runBacktest } from "../jobs/backtest-job.ts";
import { countText, moneyText } from "../report/figure-format.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { counted, heading, moment, table, wrapped } from "./terminal.ts";

export interface BacktestOptions {
  readonly scoring: string;
  readonly days: number;
}

const DAY_MS = 86_400_000;
/** Rows of a list on a terminal; `--json` has all. */
const MOST_ROWS = 20;

/** Reads configuration and state; neither system is called, and nothing is changed. */
export async function backtestCommand(context: CommandContext, options: BacktestOptions): Promise<ExitCode> {
  const { readOtherScoring } = await import("../app/open-state.ts");
  // First, so that a mistake in the file is told without opening the state.
  const { scoring } = readOtherScoring(context.settings, options.scoring).rulebook;
  return withState(context, async ({ store, loaded, clock }) => {
    const to = clock.now();
    const from = new Date(Date.parse(to) - options.days * DAY_MS).toISOString();
    const result = await runBacktest(store, { rulebook: loaded.rulebook, scoring, from, to });
    context.terminal.printJson({ scoring: options.scoring, from, to, ...result });
    context.terminal.print(textOf(result, from, to));
    return EXIT.done;
  });
}

function textOf(result: Backtest, from: string, to: string): string {
  const { people, happened, mqls, won, gained, lost, moved, tasks } = result;
  const figures = [
    ["MQLs", mqls.before, mqls.after],
    ["of these won", won.before, won.after],
    ["tasks", sumOf(tasks, "before"), sumOf(tasks, "after")],
    ...tasks.map(({ owner, before, after }) => [`  ${owner}`, before, after] as const),
  ] as const;
  const rows = figures.map(([name, before, after]) => [
    name,
    countText(before),
    countText(after),
    signed(after - before),
  ]);
  return [
    `${heading("Backtest")} of ${counted(people, "person", "people")} with a stored history`,
    `  ${moment(from)} to ${moment(to)} UTC`,
    table(rows, { head: ["", "present", "other", "difference"], right: [1, 2, 3], indent: 2 }),
    ...listOf("Gained: MQLs under the other rules only", gained),
    ...listOf("Lost: MQLs under the present rules only", lost),
    ...(moved.length === 0
      ? []
      : ["", `${counted(moved.length, "MQL")} under both, at another time (--json lists them)`]),
    "",
    wrapped(
      `Present rules, replayed, give ${counted(mqls.before, "MQL")}; LeadLoop's rules really made ${countText(happened)} in that time. History is what the syncs have seen since LeadLoop first met a person.`,
    ),
  ].join("\n");
}

function sumOf(tasks: Backtest["tasks"], side: "before" | "after"): number {
  return tasks.reduce((sum, task) => sum + task[side], 0);
}

function signed(difference: number): string {
  return difference > 0 ? `+${countText(difference)}` : countText(difference);
}

function listOf(title: string, list: Backtest["gained"]): string[] {
  if (list.length === 0) return ["", `${title}: none`];
  const rows = list
    .slice(0, MOST_ROWS)
    .map(({ at, name, score, band, won, amount, because, reasons }) => [
      at.slice(0, 10),
      name,
      `${score} ${band}`,
      won ? `won ${moneyText(amount, "")}` : "",
      reasons.length === 0 ? because : reasons.join("; "),
    ]);
  const more = list.length > MOST_ROWS ? [`  … ${countText(list.length - MOST_ROWS)} more`] : [];
  return [
    "",
    heading(`${title} (${countText(list.length)})`),
    table(rows, { head: ["day", "who", "score", "", "why"], indent: 2 }),
    ...more,
  ];
}
