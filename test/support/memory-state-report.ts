/** What the state in memory gives the report: everybody in one page. */

import type { PersonLedger, ReportReading } from "../../src/core/model/report-row.ts";
import { ladderKey } from "../../src/core/rules/handoff-ladder.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { MemoryTables } from "./memory-state-tables.ts";
import { personLedger } from "./person-ledger.ts";

/** Everybody in one page, for one thread. */
export function memoryReport(
  tables: MemoryTables,
): Pick<StateStore, "reportPages" | "reportSections" | "reportSection"> {
  return {
    reportPages: (reading) => pages(tables, reading),
    reportSections: async () => [{ after: "", last: null }],
    reportSection: async () => {
      throw new Error("the state in memory has one section, which is read by reportPages");
    },
  };
}

async function* pages(
  tables: MemoryTables,
  { facts, touches }: ReportReading,
): AsyncGenerator<readonly PersonLedger[]> {
  const links = tables.links.select(
    () => true,
    (link) => [link.id],
  );
  yield links.map((link) => {
    const isOwn = (row: { readonly link: string }): boolean => row.link === link.id;
    const parts = {
      stages: tables.stageEvents.select(isOwn, (event) => [event.sequence]),
      handoffs: tables.handoffs.select(isOwn, (handoff) => [handoff.epoch]),
      tasks: tables.tasks.select(isOwn, (task) => [task.createdAt, task.cause]),
      outcomes: tables.outcomes.select(isOwn, (outcome) => [outcome.openedAt, outcome.opportunityId]),
    };
    const reassigned = new Map(
      parts.handoffs.flatMap(({ epoch }) => {
        const event = tables.followUpEvents.get(ladderKey(link.id, epoch, "reassign"));
        return event?.kind === "reassign" ? [[epoch, event.at] as const] : [];
      }),
    );
    const touched = touches.flatMap(({ at, campaign }) => {
      const moment = link.facts[at] ?? "";
      return moment === "" ? [] : [{ at: moment, campaign: link.facts[campaign] ?? "" }];
    });
    return personLedger(link, { ...parts, reassigned, touches: touched }, facts);
  });
}
