/** `leadloop agreement`: the agreement between marketing and sales as one page, with the last period's figure beside each goal. */

import { holdGoals } from "../core/report/agreement-goals.ts";
import { agreementPage } from "../core/report/agreement-page.ts";
import { periodDays } from "../core/report/period-days.ts";
import { countReport } from "../jobs/report-job.ts";
import { figureWords, writeAgreement } from "../report/write-agreement.ts";
import { goalsTable } from "./agreement-text.ts";
import { type CommandContext, withState } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { checkPeriod, type PeriodOptions, windowOf } from "./report-period.ts";
import { heading } from "./terminal.ts";

export interface AgreementOptions extends PeriodOptions {
  readonly out: string;
}

/** Reads configuration and state; neither system is called. */
export function agreementCommand(context: CommandContext, options: AgreementOptions): Promise<ExitCode> {
  checkPeriod(options);
  return withState(context, async ({ store, loaded, clock }) => {
    const { rulebook, agreement: terms } = loaded;
    const { from, to, period } = options;
    const isOpen = from === undefined && to === undefined && period === undefined;
    const window = windowOf(isOpen ? { period: "last-month" } : options, clock.now());
    const { report: settings, lifecycle } = rulebook;
    const report = await countReport({ store, settings, names: lifecycle.names, window });
    const goals = holdGoals(terms.goals, report);
    const words = figureWords(report.currency);
    const page = agreementPage({ rulebook, terms, goals, window, words });
    const files = await writeAgreement(options.out, page);
    context.terminal.printJson({ files, from: window.from, to: window.to, asOf: window.asOf, goals });
    context.terminal.print(
      [
        `${heading(terms.title)}, ${periodDays(window.from, window.to ?? window.asOf)}`,
        goalsTable(goals, words),
        "",
        files.html,
        files.markdown,
      ].join("\n"),
    );
    return EXIT.done;
  });
}
