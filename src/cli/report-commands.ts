/** Commands that show figures and rules: the report, what the teams agreed on, what other rules would have done. */
import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import type { ExitCode } from "./exit-code.ts";

type Work<Options> = (context: CommandContext, options: Options) => Promise<ExitCode>;
type Act = <Options>(work: Work<Options>) => (...given: unknown[]) => Promise<void>;

type ReportOptions = Parameters<typeof import("./report-command.ts").reportCommand>[1];
type BacktestOptions = Parameters<typeof import("./backtest-command.ts").backtestCommand>[1];
type AgreementOptions = Parameters<typeof import("./agreement-command.ts").agreementCommand>[1];

export function addReports(program: Command, act: Act, wholeNumber: (text: string) => number): void {
  program
    .command("backtest")
    .description("replay the stored history under another scoring file, and show what it would have changed")
    .requiredOption("--scoring <file>", "the other scoring.yml")
    .option("--days <number>", "how far back", wholeNumber, 180)
    .action(
      act(async (context, options: BacktestOptions) =>
        (await import("./backtest-command.ts")).backtestCommand(context, options),
      ),
    );
  program
    .command("report")
    .description("write the closed-loop report as HTML, CSV and JSON")
    .option("--from <date>", "first moment of the period; 90 days before its end when left out")
    .option("--to <date>", "end of the period, itself not part of it; the present when left out")
    .option("--as-of <instant>", "look at nothing that happened later")
    .option("--period <name>", "last-week or last-month, instead of --from and --to")
    .option("--show <cell>", 'print the ids behind one number instead, such as "bySource/organic search/won"')
    .option("--out <folder>", "folder of the files", "report-output")
    .action(
      act(async (context, options: ReportOptions) =>
        (await import("./report-command.ts")).reportCommand(context, options),
      ),
    );
  program
    .command("agreement")
    .description("write what marketing and sales agreed on as Markdown and HTML, with the last period's figures")
    .option("--from <date>", "first moment of the period; 90 days before its end when left out")
    .option("--to <date>", "end of the period, itself not part of it; the present when left out")
    .option("--period <name>", "last-week or last-month; last-month when nothing is said")
    .option("--out <folder>", "folder of the files", "agreement-output")
    .action(
      act(async (context, options: AgreementOptions) =>
        (await import("./agreement-command.ts")).agreementCommand(context, options),
      ),
    );
}
