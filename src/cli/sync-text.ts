/** Shows a person what a run did: the counts, why it ended as it did, and what needs a look. */
import type { StateStore } from "../jobs/state-port.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { sentence } from "./command-failure.ts";
import { conflictLine, rejectLine, skipLine } from "./plan-text.ts";
import { COLORS, counted, table, wrapped } from "./terminal.ts";

/** Conflicts and rejects named in the summary; the commands of those names list all. */
const MOST_SHOWN = 5;

export async function syncText(store: StateStore, result: SyncResult): Promise<string> {
  const counts = hasWorked(result) ? [countsTable(result), "", countsLine(result)] : [];
  const lines = [...counts, ...(await attentionLines(store, result))];
  if (result.outcome !== "stopped")
    lines.push(...result.reasons.map((reason) => COLORS.yellow(`Note: ${sentence(reason)}`)));
  lines.push(closingLine(result));
  return lines.map((line) => (line.includes("\n") ? line : wrapped(line, 4))).join("\n");
}

/** A run that was stopped at the door has nothing to count. */
function hasWorked({ outcome, considered, read }: SyncResult): boolean {
  return outcome === "done" || outcome === "needs-attention" || considered.total + read.hubspot + read.salesforce > 0;
}

function countsTable({ read, written, calls }: SyncResult): string {
  const row = (name: string, hubspot: number, salesforce: number): string[] => [
    name,
    hubspot.toLocaleString("en"),
    salesforce.toLocaleString("en"),
  ];
  const rows = [
    row("records read", read.hubspot, read.salesforce),
    row("created", written.hubspot.created, written.salesforce.created),
    row("updated", written.hubspot.updated, written.salesforce.updated),
    ...(written.hubspot.archived + written.salesforce.archived > 0
      ? [row("archived", written.hubspot.archived, written.salesforce.archived)]
      : []),
    row("calls used", calls.hubspot, calls.salesforce),
  ];
  return table(rows, { head: ["", "HubSpot", "Salesforce"], right: [1, 2] });
}

function countsLine(result: SyncResult): string {
  const { written, unchanged, skipped, rejected, deferred, conflicts } = result;
  return [
    counted(written.tasks, "task"),
    `${unchanged.toLocaleString("en")} unchanged`,
    `${skipped} skipped`,
    `${rejected} rejected`,
    `${deferred} deferred`,
    counted(conflicts, "conflict"),
  ].join(" · ");
}

async function attentionLines(
  store: StateStore,
  { plan, conflicts, rejected, skipped }: SyncResult,
): Promise<string[]> {
  const links = await store.links(plan.conflicts.slice(0, MOST_SHOWN).map((entry) => entry.link));
  const names = new Map(links.map((link) => [link.id, link.name]));
  const told = {
    conflicts: plan.conflicts.map((entry) => `conflict: ${conflictLine(entry, names)}`),
    rejects: plan.rejects.map((entry) => COLORS.red(`reject: ${rejectLine(entry)}`)),
    skips: plan.skips.map((entry) => `skip: ${skipLine(entry)}`),
  };
  return [
    ...shown(told.conflicts, conflicts, "leadloop conflicts"),
    ...shown(told.rejects, rejected, "leadloop rejects"),
    ...shown(told.skips, Math.max(skipped, told.skips.length), "leadloop plan --full"),
  ];
}

/** The first few lines of `count`, and where the rest is. */
function shown(lines: readonly string[], count: number, command: string): string[] {
  const first = lines.slice(0, MOST_SHOWN);
  const more = count - first.length;
  return more > 0 && first.length > 0 ? [...first, `… and ${more} more: \`${command}\``] : first;
}

function closingLine({ outcome, run, ms }: SyncResult): string {
  const seconds = `${(ms / 1_000).toFixed(1)} s`;
  const word = outcome === "done" ? COLORS.green(outcome) : COLORS.yellow(outcome.replace("-", " "));
  return `${word} in ${seconds} (run ${run})`;
}
