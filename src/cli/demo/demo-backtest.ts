/** Tries another scoring on the demo's days: a file beside the report that differs from the present one in two places, and what it would have changed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOtherScoring } from "../../app/open-state.ts";
import type { Loaded } from "../../config/load-config.ts";
import { type Backtest, runBacktest } from "../../jobs/backtest-job.ts";
import type { StateStore } from "../../jobs/state-port.ts";
import { figuresTable, peopleTable } from "../backtest-text.ts";
import { wrapped } from "../terminal.ts";

export interface DemoBacktest {
  readonly file: string;
  readonly mqls: { readonly before: number; readonly after: number };
  readonly text: string;
}

/** Rules of the shipped scoring and the points that they get instead: the size of a company counts for more, a private address against somebody. */
const OTHER_POINTS: readonly (readonly [rule: string, points: number])[] = [
  ["large-company", 20],
  ["private-address", -15],
];

/** Names that are told of those gained, and as many of those lost. */
const NAMES = 3;

/** Reads the state alone, and writes the other scoring into the folder. */
export async function demoBacktest(
  store: StateStore,
  { rulebook }: Loaded,
  folders: { readonly mappingsFolder: string; readonly configFolder: string; readonly out: string },
  { from, to }: { readonly from: string; readonly to: string },
): Promise<DemoBacktest> {
  const file = join(folders.out, "other-scoring.yml");
  const changes: string[] = [];
  let text = readFileSync(join(folders.configFolder, "scoring.yml"), "utf8");
  for (const [rule, points] of OTHER_POINTS) {
    text = text.replace(new RegExp(`(name: ${rule},.*? points: )(-?\\d+)`), (_, before: string, present: string) => {
      changes.push(`${rule} ${present} → ${points} points`);
      return `${before}${points}`;
    });
  }
  writeFileSync(file, text);
  const { scoring } = readOtherScoring(folders, file).rulebook;
  const result = await runBacktest(store, { rulebook, scoring, from, to });
  const lines = [
    wrapped(`${changes.join(", ")}: what if that had held all along?`, 2, 2),
    figuresTable(result, false),
    ...peopleTable("Gained", wonFirst(result.gained), NAMES),
    ...peopleTable("Lost", wonFirst(result.lost), NAMES),
  ];
  return { file, mqls: result.mqls, text: lines.join("\n") };
}

function wonFirst(people: Backtest["gained"]): Backtest["gained"] {
  return people.toSorted((a, b) => Number(b.won) - Number(a.won));
}
