/** One line on each Salesforce campaign about what became of its leads: counted when a report is made, written by the next sync as lines of its plan. */
import type { IntentState, RejectEntry } from "../core/model/ledger.ts";
import type { Skip, Write, WriteOutcome } from "../core/model/plan.ts";
import {
  CAMPAIGN,
  type CampaignSummary,
  type SummaryWrites,
  summaryFieldProblem,
  summaryWrites,
} from "../core/report/campaign-summary.ts";
import { later } from "../core/sync/sight-fields.ts";
import { intentOf } from "./intended-write.ts";
import { NOTHING_DECIDED, NOTHING_TOLD, type Outcomes, type StateStore } from "./state-port.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";
import { stopForUnknownCode } from "./unknown-codes.ts";

const SETTING = "campaign summaries";
const NAMES_AT_ONCE = 200;

interface Kept {
  readonly summaries: readonly CampaignSummary[];
  /** Salesforce has them all. */
  readonly delivered: boolean;
}

/** Keeps the lines for the next sync. */
export async function keepCampaignSummaries(
  store: Pick<StateStore, "saveSetting">,
  summaries: readonly CampaignSummary[],
): Promise<void> {
  const kept: Kept = { summaries, delivered: false };
  await store.saveSetting(SETTING, JSON.stringify(kept));
}

/**
 * Sends what differs, each write stored as an intent first. After a lost answer or a crash the next run reads the campaigns and compares again: the same
 * text written twice is the same text.
 */
export async function deliverCampaignSummaries(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
): Promise<void> {
  const kept = await waiting(dependencies);
  if (kept === null) return;
  const { store } = dependencies;
  let isOpen = false;
  for await (const wanted of wantedWrites(dependencies, kept)) {
    const outcomes = await sendStored(dependencies, facts, wanted);
    const rejects: RejectEntry[] = [];
    const intents: Outcomes["intents"][number][] = wanted.unneeded.map((key) => closed(key, "moot", null));
    for (const write of wanted.writes) {
      const outcome = outcomes.find(({ key }) => key === write.key);
      if (outcome?.kind === "written") {
        tally.wrote(write, false);
        intents.push(closed(write.key, "written", null));
      } else if (outcome?.kind === "rejected" || outcome?.kind === "gone") {
        rejects.push(refused(dependencies, facts, write, outcome));
        intents.push(closed(write.key, "rejected", outcome.message));
      } else {
        isOpen = true;
        if (outcome?.kind === "deferred") intents.push(closed(write.key, "moot", outcome.message));
      }
    }
    tally.plan({ writes: wanted.writes, conflicts: [], skips: wanted.skips, rejects });
    await store.commitOutcomes(facts.lease, { ...NOTHING_TOLD, intents, rejects });
    const stop = stopForUnknownCode(wanted.writes, outcomes);
    if (stop !== null) throw stop;
  }
  if (!isOpen) await store.saveSetting(SETTING, JSON.stringify({ ...kept, delivered: true } satisfies Kept));
}

/** Nothing is sent that is not stored; a refusal that an earlier report met is over once its campaign is tried again, or needs nothing. */
async function sendStored(
  { store, clients, clock, rulebook }: SyncDependencies,
  facts: RunFacts,
  { writes, unneeded }: SummaryWrites,
): Promise<readonly WriteOutcome[]> {
  const sentAt = clock.now();
  const notBefore = later(sentAt, rulebook.connector.quarantineSeconds * 1_000);
  await store.commitDecisions(facts.lease, {
    ...NOTHING_DECIDED,
    // A campaign is nobody's record: nobody waits for the answer.
    intents: writes.map((write) => ({ ...intentOf(write, facts, sentAt, notBefore), link: null })),
    settled: { conflicts: [], rejects: [...unneeded, ...writes.map(({ key }) => key)], writes: [] },
  });
  return writes.length === 0 ? [] : clients.salesforce.write(writes);
}

function closed(key: string, state: IntentState, detail: string | null): Outcomes["intents"][number] {
  return { key, state, recordId: null, detail };
}

/** What a real run would send. */
export async function planCampaignSummaries(dependencies: SyncDependencies, tally: RunTally): Promise<void> {
  const kept = await waiting(dependencies);
  if (kept === null) return;
  for await (const { writes, skips } of wantedWrites(dependencies, kept)) {
    tally.plan({ writes, conflicts: [], skips, rejects: [] });
    tally.countAsWritten(writes);
  }
}

async function waiting({ store, rulebook }: SyncDependencies): Promise<Kept | null> {
  if (rulebook.report.campaignSummary === null) return null;
  const stored = await store.setting(SETTING);
  const kept = stored === null ? null : (JSON.parse(stored) as Kept);
  return kept === null || kept.delivered || kept.summaries.length === 0 ? null : kept;
}

/** As many campaigns at once as fit a call. A field that cannot be written is told as a skip: a report must not stop the sync. */
async function* wantedWrites(
  { clients, rulebook }: SyncDependencies,
  { summaries }: Kept,
): AsyncGenerator<SummaryWrites> {
  const field = rulebook.report.campaignSummary ?? "";
  const schema = await clients.salesforce.describe(CAMPAIGN);
  const known = schema.fields.find(({ name }) => name === field);
  const problem = summaryFieldProblem(field, known);
  if (problem !== null) {
    const skip: Skip = { link: null, recordName: CAMPAIGN, system: "salesforce", reason: problem };
    yield { writes: [], skips: [skip], unneeded: [] };
    return;
  }
  for (let start = 0; start < summaries.length; start += NAMES_AT_ONCE) {
    const some = summaries.slice(start, start + NAMES_AT_ONCE);
    const campaigns = await clients.salesforce.readByField({
      object: CAMPAIGN,
      field: "Name",
      values: some.map(({ campaign }) => campaign),
      fields: ["Name", field],
    });
    yield summaryWrites(some, campaigns, field, known?.length ?? null);
  }
}

function refused(
  dependencies: SyncDependencies,
  facts: RunFacts,
  write: Write,
  outcome: Extract<WriteOutcome, { kind: "rejected" | "gone" }>,
): RejectEntry {
  const { code, fields } = outcome.kind === "rejected" ? outcome : { code: "GONE", fields: [] };
  dependencies.log.warn({
    event: "record.rejected",
    system: "salesforce",
    object: CAMPAIGN,
    id: write.id,
    code,
    fields,
  });
  return {
    id: write.key,
    link: null,
    system: "salesforce",
    object: CAMPAIGN,
    // No record of a person: there is nobody to mark when it is tried again.
    recordId: null,
    recordName: write.recordName,
    fields,
    code,
    message: outcome.message,
    at: dependencies.clock.now(),
    run: facts.run,
    attempts: 1,
  };
}
