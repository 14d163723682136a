/** Tells what another scoring would have changed: the figures side by side, and the people by name. */
import type { Backtest } from "../jobs/backtest-job.ts";
import { countText, moneyText } from "../report/figure-format.ts";
import { counted, heading, moment, table, wrapped } from "./terminal.ts";

/** Rows of a list on a terminal; `--json` has all. */
const MOST_ROWS = 20;

/** Figures, people gained and lost, and how far the replay is like what happened. */
export function backtestText(result: Backtest, from: string, to: string): string {
  const { people, happened, mqls, gained, lost, moved } = result;
  return [
    `${heading("Backtest")} of ${counted(people, "person", "people")} with a stored history`,
    `  ${moment(from)} to ${moment(to)} UTC`,
    figuresTable(result),
    ...peopleTable("Gained: MQLs under the other rules only", gained, MOST_ROWS),
    ...peopleTable("Lost: MQLs under the present rules only", lost, MOST_ROWS),
    ...(moved.length === 0
      ? []
      : ["", `${counted(moved.length, "MQL")} under both, at another time (--json lists them)`]),
    "",
    wrapped(
      `The present rules, replayed, give ${counted(mqls.before, "MQL")}; really there were ${countText(happened)} in that time. History is what the syncs have seen since LeadLoop first met a person.`,
    ),
  ].join("\n");
}

/** Both scorings side by side; the tasks of each rep below their sum. */
export function figuresTable({ mqls, won, tasks }: Pick<Backtest, "mqls" | "won" | "tasks">, withReps = true): string {
  const reps = withReps ? tasks : [];
  const figures = [
    ["MQLs", mqls.before, mqls.after],
    ["of these won", won.before, won.after],
    ["tasks", sumOf(tasks, "before"), sumOf(tasks, "after")],
    ...reps.map(({ owner, before, after }) => [`  ${owner}`, before, after] as const),
  ] as const;
  const rows = figures.map(([name, before, after]) => [
    name,
    countText(before),
    countText(after),
    signed(after - before),
  ]);
  return table(rows, { head: ["", "present", "other", "difference"], right: [1, 2, 3], indent: 2 });
}

function sumOf(tasks: Backtest["tasks"], side: "before" | "after"): number {
  return tasks.reduce((sum, task) => sum + task[side], 0);
}

function signed(difference: number): string {
  return difference > 0 ? `+${countText(difference)}` : countText(difference);
}

/** The people by name, in order of time, of a longer list the first so many. */
export function peopleTable(title: string, list: Backtest["gained"], most: number): string[] {
  if (list.length === 0) return ["", `${title}: none`];
  const rows = list
    .slice(0, most)
    .map(({ at, name, score, band, won, amount, because, reasons }) => [
      at.slice(0, 10),
      name,
      `${score} ${band}`,
      won ? `won ${moneyText(amount, "")}` : "",
      reasons.length === 0 ? because : reasons.join("; "),
    ]);
  const more = list.length > most ? [`  … ${countText(list.length - most)} more`] : [];
  return [
    "",
    heading(`${title} (${countText(list.length)})`),
    table(rows, { head: ["day", "who", "score", "", "why"], indent: 2 }),
    ...more,
  ];
}
