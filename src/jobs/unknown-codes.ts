/** Decides that a run has to stop because a system refused a record with a code that nobody has told us about. */
import { StopRun } from "../core/errors.ts";
import type { Write, WriteOutcome } from "../core/model/plan.ts";

const SYSTEM_NAMES = { hubspot: "HubSpot", salesforce: "Salesforce" } as const;

/**
 * The stop, or null where every code is known. The record is held like any rejected one, so the next run goes on without it: an unknown code costs
 * one run and somebody's look, not the sync.
 */
export function stopForUnknownCode(writes: readonly Write[], outcomes: Iterable<WriteOutcome>): StopRun | null {
  for (const outcome of outcomes) {
    if (outcome.kind !== "rejected" || outcome.unknownCode !== true) continue;
    const write = writes.find(({ key }) => key === outcome.key);
    if (write === undefined) continue;
    const record = `${write.recordName} (${write.object}${write.id === null ? "" : ` ${write.id}`})`;
    return new StopRun(
      `${SYSTEM_NAMES[write.system]} refused ${record} with the code ${outcome.code}, which LeadLoop does not know: "${outcome.message}" Nothing more is sent in this run; the record is held, and the next run goes on without it. Look at \`leadloop rejects\`, and report the code so that it gets a rule.`,
    );
  }
  return null;
}
