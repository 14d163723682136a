/** Sends the writes of a chunk in their order, and finds out what became of each, until something says stop. */
import { StopRun } from "../core/errors.ts";
import type { Write, WriteOutcome } from "../core/model/plan.ts";
import type { CrmClient } from "./ports.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";
import type { UnansweredWrites } from "./unanswered-writes.ts";
import { stopForUnknownCode } from "./unknown-codes.ts";

/** HubSpot first: it has no conditional write, so as little time as possible may pass since its records were read. */
const SENDING_ORDER = [
  { system: "hubspot", step: 0 },
  { system: "hubspot", step: 1 },
  { system: "salesforce", step: 0 },
  { system: "salesforce", step: 1 },
] as const;

async function sendBatch(client: CrmClient, batch: readonly Write[]): Promise<readonly WriteOutcome[] | StopRun> {
  try {
    return await client.write(batch);
  } catch (error) {
    if (error instanceof StopRun) return error;
    throw error;
  }
}

/** Sends until a client says stop; what was not tried by then is deferred, what was being tried is unknown. */
export async function sendAll(
  { clients }: Pick<SyncDependencies, "clients">,
  writes: readonly Write[],
  unanswered: UnansweredWrites,
): Promise<{ readonly outcomes: ReadonlyMap<string, WriteOutcome>; readonly stop: StopRun | null }> {
  const outcomes = new Map<string, WriteOutcome>();
  let stop: StopRun | null = null;
  for (const { system, step } of SENDING_ORDER) {
    const batch = writes.filter((write) => write.system === system && write.step === step);
    if (batch.length === 0) continue;
    const sent: readonly WriteOutcome[] | StopRun = stop ?? (await sendBatch(clients[system], batch));
    if (!(sent instanceof StopRun)) {
      for (const outcome of sent) outcomes.set(outcome.key, outcome);
      stop = stopForUnknownCode(batch, sent) ?? unanswered.note(system, sent);
      continue;
    }
    if (stop !== null) for (const { key } of batch) outcomes.set(key, { kind: "deferred", key, message: sent.message });
    stop = sent;
  }
  return { outcomes, stop };
}
