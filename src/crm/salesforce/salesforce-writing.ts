/** Sends writes and finds out what became of each, whatever happens to the calls that carry them. */
import { RetryLater, StopRun } from "../../core/errors.ts";
import type { Write, WriteOutcome } from "../../core/model/plan.ts";
import { toEighteen } from "./eighteen-character-id.ts";
import { type Batch, batchesOf, requestFor, roundsOf, rowsFrom } from "./salesforce-batches.ts";
import type { Answer, SalesforceCalls } from "./salesforce-calls.ts";
import { type Refusal, refusalFrom, stopFor } from "./salesforce-errors.ts";
import { deferred, unknown, type Verdict, verdictOn, verdictOnRefusal, written } from "./salesforce-outcomes.ts";
import { SIZES } from "./salesforce-paths.ts";
import {
  asOfContact,
  mayBePersons,
  type PersonContacts,
  type Redirected,
  towardsAccounts,
} from "./salesforce-person-accounts.ts";
import { readByField } from "./salesforce-record-reading.ts";

/** Sizes of the batches in which locked rows are tried again: fewer together, fewer locks; the last one by one. */
const LOCK_RETRY_SIZES = [50, 10, 1];
const FIRST_LOCK_WAIT_MS = 1_000;
/** A stamp further ahead than this is a wrong clock, not the present second. */
const LONGEST_GUARD_WAIT_MS = 2_000;

/** One `write()` in progress. */
interface Writing {
  readonly calls: SalesforceCalls;
  readonly outcomes: Map<Write, WriteOutcome>;
  /** Surely not written; to be tried again. */
  readonly again: Map<Write, string>;
  stop: StopRun | null;
}

/**
 * One outcome per write, in the order given. Throws StopRun only if not one write got further than being deferred, so that no outcome is lost.
 * `lanes`: batches under way at a time.
 */
export async function writeAll(
  calls: SalesforceCalls,
  writes: readonly Write[],
  lanes: number,
  persons: PersonContacts = new Set(),
): Promise<readonly WriteOutcome[]> {
  const writing: Writing = { calls, outcomes: new Map(), again: new Map(), stop: null };
  for (const round of roundsOf(sendable(writing, writes))) {
    const isKnown = (write: Write): boolean => mayBePersons(write, undefined, persons);
    await sendRound(
      writing,
      round.filter((write) => !isKnown(write)),
      lanes,
    );
    await sendToAccounts(writing, round, lanes, persons);
  }
  const outcomes = writes.map((write) => writing.outcomes.get(write) ?? unknown(write, "Not accounted for"));
  if (writing.stop !== null && outcomes.every(({ kind }) => kind === "deferred")) throw writing.stop;
  return outcomes;
}

async function sendRound(writing: Writing, writes: readonly Write[], lanes: number): Promise<void> {
  await waitOutPresentSecond(writing.calls, writes);
  await eachInLanes(batchesOf(writes, SIZES.collection), lanes, (batch) => sendBatch(writing, batch));
  await retryLocked(writing);
}

/** What contacts of Person Accounts refuse, or are known to, goes to their accounts. */
async function sendToAccounts(
  writing: Writing,
  round: readonly Write[],
  lanes: number,
  persons: PersonContacts,
): Promise<void> {
  const { calls, outcomes } = writing;
  const mine = round.filter((write) => mayBePersons(write, outcomes.get(write), persons));
  if (mine.length === 0) return;
  if (writing.stop !== null) {
    const { message } = writing.stop;
    for (const write of mine) if (!outcomes.has(write)) outcomes.set(write, deferred(write, message));
    return;
  }
  let redirected: ReadonlyMap<Write, Redirected>;
  try {
    redirected = await towardsAccounts(calls, mine, persons);
  } catch (error) {
    if (error instanceof StopRun) writing.stop ??= error;
    else if (!(error instanceof RetryLater)) throw error;
    for (const write of mine) outcomes.set(write, deferred(write, error.message));
    return;
  }
  const sent = [...redirected.values()].flatMap((to) => ("write" in to ? [to.write] : []));
  await sendRound(writing, sent, lanes);
  for (const [write, to] of redirected)
    outcomes.set(write, "write" in to ? asOfContact(write, outcomes.get(to.write)) : to.outcome);
}

/** Without writes whose id is no id: one damaged link must not hold up the others. */
function sendable({ outcomes }: Writing, writes: readonly Write[]): readonly Write[] {
  return writes.filter((write) => {
    if (write.operation === "create" || toEighteen(write.id ?? "") !== null) return true;
    outcomes.set(write, {
      kind: "rejected",
      key: write.key,
      code: "MALFORMED_ID",
      message: `"${write.id}" is not a Salesforce record id; the stored link is damaged`,
      fields: ["Id"],
      existingId: null,
    });
    return false;
  });
}

/**
 * If-Unmodified-Since compares whole seconds: a condition in the second that Salesforce still writes could not tell a later edit in it. One wait for
 * all, not one per record.
 */
async function waitOutPresentSecond(calls: SalesforceCalls, writes: readonly Write[]): Promise<void> {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { ifUnmodifiedSince } of writes) {
    if (ifUnmodifiedSince !== null) latest = Math.max(latest, Date.parse(ifUnmodifiedSince));
  }
  const nextSecond = Math.floor(latest / 1000) * 1000 + 1000;
  const waitMs = nextSecond - calls.serverNow();
  if (waitMs > 0) await calls.clock.sleep(Math.min(waitMs, LONGEST_GUARD_WAIT_MS));
}

async function sendBatch(writing: Writing, batch: Batch, repeated = false): Promise<void> {
  const { calls, outcomes } = writing;
  if (writing.stop !== null) return putOff(writing, batch, writing.stop.message);
  let answer: Answer;
  try {
    answer = await calls.send(requestFor(batch, calls.paths));
  } catch (error) {
    if (error instanceof StopRun) {
      writing.stop = error;
      return putOff(writing, batch, error.message);
    }
    if (!(error instanceof RetryLater)) throw error;
    if (!error.outcomeUnknown) return putOff(writing, batch, error.message);
    if (batch.route === "keyed" && !repeated) return lookUpThenRepeat(writing, batch, error.message);
    for (const write of batch.writes) outcomes.set(write, unknown(write, error.message));
    return;
  }
  if (!answer.ok) return refusedWhole(writing, batch, answer.refusal);
  const rows = rowsFrom(batch, answer.body);
  batch.writes.forEach((write, index) => {
    const row = rows[index];
    if (row?.ok === false) calls.noteUnknown(refusalFrom(row.errors, row.status, "row"));
    settle(writing, write, verdictOn(write, row));
  });
}

function settle(writing: Writing, write: Write, verdict: Verdict): void {
  switch (verdict.kind) {
    case "done":
      writing.outcomes.set(write, verdict.outcome);
      return;
    case "again":
      writing.again.set(write, verdict.code);
      return;
    case "stop":
      writing.stop ??= stopFor(verdict.refusal, `a record of ${write.object}`);
      writing.outcomes.set(write, deferred(write, writing.stop.message));
  }
}

function putOff({ outcomes }: Writing, { writes }: Batch, message: string): void {
  for (const write of writes) outcomes.set(write, deferred(write, message));
}

/** Halves a batch that was refused as a whole, down to the row that is at fault. What no row can be at fault for ends the run. */
async function refusedWhole(writing: Writing, batch: Batch, refusal: Refusal): Promise<void> {
  const { calls } = writing;
  const [first] = batch.writes;
  const aboutRows = refusal.action !== "stop" && refusal.status !== 404;
  if (!aboutRows || first === undefined) {
    writing.stop ??= stopFor(refusal, `a batch for ${first?.object}`);
    return putOff(writing, batch, writing.stop.message);
  }
  if (batch.writes.length === 1) return settle(writing, first, verdictOnRefusal(first, refusal));
  calls.log.warn({ event: "batch.split", system: "salesforce", size: batch.writes.length, reason: refusal.code });
  const middle = Math.ceil(batch.writes.length / 2);
  await sendBatch(writing, { ...batch, writes: batch.writes.slice(0, middle) });
  await sendBatch(writing, { ...batch, writes: batch.writes.slice(middle) });
}

/** The answer to a create was lost. What is there under its key, or was and has been deleted, was written; the rest is sent once more, which the key makes harmless. */
async function lookUpThenRepeat(writing: Writing, batch: Batch, reason: string): Promise<void> {
  const { calls, outcomes } = writing;
  const keys = batch.writes.flatMap(({ unique }) => (unique === null ? [] : [unique]));
  const [key] = keys;
  const [first] = batch.writes;
  if (key === undefined || first === undefined) return;
  const idByKey = new Map<string, string>();
  try {
    const request = {
      object: first.object,
      field: key.field,
      values: keys.map(({ value }) => value),
      fields: [key.field],
      // Who deleted it meanwhile wants no second one: its key is free again, and a second one would be made.
      includeDeleted: true,
    };
    for (const record of await readByField(calls, request)) {
      idByKey.set(String(record.fields[key.field]).toLowerCase(), record.ref.id);
    }
  } catch (error) {
    if (error instanceof StopRun) writing.stop ??= error;
    else if (!(error instanceof RetryLater)) throw error;
    for (const write of batch.writes) outcomes.set(write, unknown(write, reason));
    return;
  }
  const lost: Write[] = [];
  for (const write of batch.writes) {
    const id = idByKey.get(write.unique?.value.toLowerCase() ?? "");
    if (id === undefined) lost.push(write);
    else outcomes.set(write, written(write, id, true));
  }
  if (lost.length === 0) return;
  if (writing.stop === null) return sendBatch(writing, { ...batch, writes: lost }, true);
  for (const write of lost) outcomes.set(write, unknown(write, reason));
}

/** One after the other, in smaller and smaller batches, each after a longer wait (Salesforce itself has already waited 10 s for the lock). */
async function retryLocked(writing: Writing): Promise<void> {
  const { calls, again } = writing;
  for (const [attempt, size] of LOCK_RETRY_SIZES.entries()) {
    if (again.size === 0 || writing.stop !== null) break;
    const waitMs = Math.round(FIRST_LOCK_WAIT_MS * 2 ** attempt * (0.5 + calls.random() / 2));
    const reason = [...new Set(again.values())].join(", ");
    calls.log.warn({ event: "http.retried", system: "salesforce", attempt: attempt + 1, waitMs, reason });
    await calls.clock.sleep(waitMs);
    const batches = batchesOf([...again.keys()], size);
    again.clear();
    for (const batch of batches) await sendBatch(writing, batch);
  }
  for (const [write, code] of again)
    writing.outcomes.set(write, deferred(write, `Another change held the record (${code})`));
  again.clear();
}

async function eachInLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: Math.min(lanes, items.length) }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}
