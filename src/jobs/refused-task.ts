/** A task that Salesforce refused, as the ledger keeps it. */
import type { RejectEntry } from "../core/model/ledger.ts";
import type { Write, WriteOutcome } from "../core/model/plan.ts";
import { type RunFacts, type SyncDependencies, TASK } from "./sync-dependencies.ts";

export function refusedTask(
  dependencies: SyncDependencies,
  facts: RunFacts,
  write: Write,
  outcome: Extract<WriteOutcome, { kind: "rejected" | "gone" }>,
): RejectEntry {
  const { code, fields } = outcome.kind === "rejected" ? outcome : { code: "GONE", fields: [] };
  dependencies.log.warn({ event: "record.rejected", system: "salesforce", object: TASK, id: null, code, fields });
  return {
    id: write.key,
    link: write.link,
    system: "salesforce",
    object: TASK,
    recordId: write.id,
    recordName: write.recordName,
    fields,
    code,
    message: outcome.message,
    at: dependencies.clock.now(),
    run: facts.run,
    attempts: 1,
  };
}
