/** A write as the ledger keeps it before it is sent. */
import type { IntentEntry } from "../core/model/ledger.ts";
import type { Write } from "../core/model/plan.ts";
import type { RunFacts } from "./sync-dependencies.ts";

export function intentOf(write: Write, facts: RunFacts, sentAt: string, notBefore: string): IntentEntry {
  return {
    key: write.key,
    run: facts.run,
    link: write.link,
    system: write.system,
    object: write.object,
    recordId: write.id,
    operation: write.operation,
    fields: write.fields,
    reason: write.reason,
    state: "sent",
    sentAt,
    notBefore,
    ifUnmodifiedSince: write.ifUnmodifiedSince,
    detail: null,
  };
}
