/** The demo's agreement page, with the figures of the played days: written beside the report, and its goals told. */
import type { Loaded } from "../../config/load-config.ts";
import { holdGoals } from "../../core/report/agreement-goals.ts";
import { agreementPage } from "../../core/report/agreement-page.ts";
import type { ReportWindow } from "../../core/report/report-figures.ts";
import { countReport } from "../../jobs/report-job.ts";
import type { StateStore } from "../../jobs/state-port.ts";
import { figureWords, writeAgreement } from "../../report/write-agreement.ts";
import { goalsTable } from "../agreement-text.ts";

export interface DemoAgreement {
  readonly files: { readonly html: string; readonly markdown: string };
  readonly text: string;
}

/** Reads the state alone. */
export async function demoAgreement(
  store: StateStore,
  { rulebook, agreement: terms }: Loaded,
  folder: string,
  window: ReportWindow,
): Promise<DemoAgreement> {
  const { report: settings, lifecycle } = rulebook;
  const report = await countReport({ store, settings, names: lifecycle.names, window });
  const goals = holdGoals(terms.goals, report);
  const words = figureWords(report.currency);
  const files = await writeAgreement(folder, agreementPage({ rulebook, terms, goals, window, words }));
  return { files, text: goalsTable(goals, words) };
}
