/** Tells the goals of the agreement on a terminal: what was promised, by whom, the figure, and whether it was kept. */
import type { HeldGoal } from "../core/report/agreement-goals.ts";
import { table } from "./terminal.ts";

/** `words` writes a figure in the goal's own unit. */
export function goalsTable(goals: readonly HeldGoal[], words: (goal: HeldGoal, figure: number) => string): string {
  const rows = goals.map((goal) => [
    goal.label,
    goal.by,
    bounds(goal, (figure) => words(goal, figure)),
    goal.figure === null ? "–" : words(goal, goal.figure),
    verdict(goal),
  ]);
  return table(rows, { head: ["goal", "by", "promised", "figure", ""], right: [2, 3], indent: 2 });
}

function bounds({ atLeast, atMost }: HeldGoal, words: (figure: number) => string): string {
  return [atLeast === null ? "" : `≥ ${words(atLeast)}`, atMost === null ? "" : `≤ ${words(atMost)}`].join(" ").trim();
}

function verdict({ kept }: HeldGoal): string {
  if (kept === null) return "no figure";
  return kept ? "kept" : "missed";
}
