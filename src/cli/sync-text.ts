/** Shows a person what a run did: the counts, why it ended as it did, and what needs a look. */
import type { StateStore } from "../jobs/state-port.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { conflictLine, rejectLine } from "./plan-text.ts";
import { COLORS, counted, table } from "./terminal.ts";

/** Conflicts and rejects named in the summary; the commands of those names list all. */
const MOST_SHOWN = 5;

export async function syncText(store: StateStore, result: SyncResult): Promise<string> {
  const lines = [countsTable(result), "", countsLine(result), ...(await attentionLines(store, result))];
  if (result.outcome !== "stopped") lines.push(...result.reasons.map((reason) => COLORS.yellow(`Note: ${reason}.`)));
  lines.push(closingLine(result));
  return lines.join("\n");
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

async function attentionLines(store: StateStore, result: SyncResult): Promise<string[]> {
  const conflicts = result.conflicts === 0 ? [] : (await store.conflicts({ limit: 100 })).filter((entry) => entry.run === result.run);
  const rejects = result.rejected === 0 ? [] : (await store.rejects({ limit: 100 })).filter((entry) => entry.run === result.run);
  const links = await store.links(conflicts.slice(0, MOST_SHOWN).map((entry) => entry.link));
  const names = new Map(links.map((link) => [link.id, link.name]));
  return [
    ...shown(conflicts.map((entry) => `conflict: ${conflictLine(entry, names)}`), "leadloop conflicts"),
    ...shown(rejects.map((entry) => COLORS.red(`reject: ${rejectLine(entry)}`)), "leadloop rejects"),
  ];
}

function shown(lines: readonly string[], command: string): string[] {
  const more = lines.length - MOST_SHOWN;
  return more > 0 ? [...lines.slice(0, MOST_SHOWN), `… and ${more} more: \`${command}\``] : [...lines];
}

function closingLine({ outcome, run, ms }: SyncResult): string {
  const seconds = `${(ms / 1_000).toFixed(1)} s`;
  const word = outcome === "done" ? COLORS.green(outcome) : COLORS.yellow(outcome.replace("-", " "));
  return `${word} in ${seconds} (run ${run})`;
}
