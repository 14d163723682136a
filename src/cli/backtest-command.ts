/** `leadloop backtest`: what another scoring would have changed in the past, with the people by name. */
import { runBacktest } from "../jobs/backtest-job.ts";
import { backtestText } from "./backtest-text.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

export interface BacktestOptions {
  readonly scoring: string;
  readonly days: number;
}

const DAY_MS = 86_400_000;

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
    context.terminal.print(backtestText(result, from, to));
    return EXIT.done;
  });
}
