/** Stores what became of writes that were under way: from the intents that were stored before they were sent, so that any later run can do it. */
import type { StopRun } from "../core/errors.ts";
import type { IntentEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { Write, WriteOutcome } from "../core/model/plan.ts";
import type { Instant } from "../core/model/record.ts";
import type { DecidedPerson } from "./decide-people.ts";
import type { BulkAnswers } from "./ports.ts";
import { applyWrites, OutcomeBatch, reportPart, storeBatch, verdictOf } from "./record-outcomes.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";
import { stopForUnknownCode } from "./unknown-codes.ts";

/** People settled in one transaction. */
const PAGE = 500;

export interface UnsettledWrites {
  /** The run that decided them, and the moment of its first intent among them. */
  readonly run: string;
  readonly since: Instant;
  readonly writes: readonly { readonly key: string; readonly link: string }[];
  readonly answers: BulkAnswers;
  /** How many marks of each person this run has counted as deferred. */
  readonly counted: ReadonlyMap<string, number>;
}

/** Settles each once, however often it is begun. Gives the reason to stop, if one of the answers is one. */
export async function settleWrites(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  unsettled: UnsettledWrites,
): Promise<StopRun | null> {
  let stop: StopRun | null = null;
  for (let start = 0; start < unsettled.writes.length; start += PAGE) {
    const page = unsettled.writes.slice(start, start + PAGE);
    stop = (await settlePage(dependencies, facts, tally, { ...unsettled, writes: page })) ?? stop;
  }
  return stop;
}

async function settlePage(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  { run, since, writes, answers, counted }: UnsettledWrites,
): Promise<StopRun | null> {
  const { store, clock } = dependencies;
  const ids = writes.map(({ link }) => link);
  const links = new Map((await store.links(ids)).map((link) => [link.id, link]));
  const intents = (await store.recentWrites(ids, since)).filter((intent) => intent.run === run);
  const byKey = new Map(intents.map((intent) => [`${intent.key} ${intent.system}`, intent]));
  const batch = new OutcomeBatch();
  let stop: StopRun | null = null;
  for (const { key, link: id } of writes) {
    const link = links.get(id);
    const intent = byKey.get(`${key} salesforce`);
    if (link === undefined || intent === undefined || intent.state !== "sent") continue;
    const write = writeOf(dependencies, intent, link);
    const answer = answers.of(write);
    stop ??= answer.stop ?? stopForUnknownCode([write], [answer.outcome]);
    if (hasMovedOn(link, intent)) {
      closeOnly(batch, tally, write, answer.outcome, clock.now());
      continue;
    }
    const applied = applyWrites(dependencies, facts, tally, {
      link,
      writes: [write],
      unanswered: unansweredOf(intents, link),
      arriving: {},
      outcomes: new Map([[key, answer.outcome]]),
    });
    // Set once, when the write was handed over; a mark that was set since then stays, and so does one that was set for another reason too.
    batch.add([{ key: `l:${id}`, version: 1 }], applied, clock.now());
    if (isToBeLookedAt(intents, link))
      batch.mark({ key: `l:${id}`, reason: "written on one side", dueAt: clock.now() });
    count(tally, counted.get(id) ?? 0, verdictOf(applied.parts));
    for (const part of applied.parts) reportPart(dependencies, part);
  }
  await storeBatch(dependencies, facts, tally, batch);
  return stop;
}

/** By link, the marks of people of whom nothing has been written or refused yet. */
export function deferredMarks(
  people: readonly DecidedPerson[],
  outcomes: ReadonlyMap<string, WriteOutcome>,
): ReadonlyMap<string, number> {
  const isTold = ({ key }: Write): boolean => ["written", "rejected"].includes(outcomes.get(key)?.kind ?? "");
  const untold = people.filter(({ decision }) => !decision.writes.some(isTold));
  return new Map(untold.map(({ draft, decision }) => [decision.link.id, draft.rows.length]));
}

/** What this run has counted as deferred has become something else. */
function count(tally: RunTally, marks: number, verdict: ReturnType<typeof verdictOf>): void {
  tally.verdict("deferred", -marks);
  tally.verdict(verdict, marks);
}

function closeOnly(batch: OutcomeBatch, tally: RunTally, write: Write, outcome: WriteOutcome, now: Instant): void {
  const isWritten = outcome.kind === "written";
  const recordId = isWritten ? outcome.id : write.id;
  batch.intents.push({ key: write.key, state: isWritten ? "written" : "moot", recordId, detail: null });
  batch.mark({ key: `l:${write.link}`, reason: "moved on meanwhile", dueAt: now });
  if (recordId !== null) batch.mark({ key: `s:${write.object}:${recordId}`, reason: "written", dueAt: now });
  if (isWritten) tally.wrote(write, outcome.created);
}

/**
 * Another decision about the person was made meanwhile (the record came to be, and was met by its key): it has read what the job wrote, and what the job
 * tells of itself is history. The key of a write names the version of its decision; storing what was known when it was handed over made the next one.
 */
function hasMovedOn({ version }: Link, { key }: IntentEntry): boolean {
  return version !== Number(key.split(":").at(-2)) + 1;
}

/** The mark that said where the write is may have stood for more: a HubSpot write without an answer, in two steps, or to be verified. */
function isToBeLookedAt(intents: readonly IntentEntry[], link: Link): boolean {
  const others = intents.filter(({ link: id, system }) => id === link.id && system === "hubspot");
  if (others.length > 1 || others.some(({ state }) => state !== "written")) return true;
  return Object.values(link.fields).some(({ unverified }) => unverified !== undefined);
}

function unansweredOf(intents: readonly IntentEntry[], link: Link): readonly Write[] {
  return intents
    .filter(({ link: id, system, state }) => id === link.id && system === "hubspot" && state !== "written")
    .map((intent) => asWrite(intent, link, null));
}

function writeOf({ ownFields }: SyncDependencies, intent: IntentEntry, link: Link): Write {
  return asWrite(
    intent,
    link,
    intent.operation === "create" ? { field: ownFields.key.salesforce, value: link.id } : null,
  );
}

/** A write as it was decided, as far as its intent tells: only plain updates and creates travel this way. */
function asWrite(intent: IntentEntry, link: Link, unique: Write["unique"]): Write {
  return {
    key: intent.key,
    link: link.id,
    recordName: link.name,
    system: intent.system,
    object: intent.object,
    id: intent.operation === "create" ? null : intent.recordId,
    operation: intent.operation,
    fields: intent.fields,
    reason: intent.reason,
    unique,
    ifUnmodifiedSince: null,
    step: 1,
    purpose: intent.operation === "create" ? "create" : "fields",
  };
}
