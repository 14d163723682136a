/** Sends writes in batches and finds out, row by row, what became of each. */
import { RetryLater, StopRun } from "../../core/errors.ts";
import type { Write, WriteOutcome } from "../../core/model/plan.ts";
import type { CrmRecord } from "../../core/model/record.ts";
import { chunked, sideBySide } from "../side-by-side.ts";
import { type HubSpotConnection, writing } from "./hubspot-connection.ts";
import { type Refusal, RequestRefused } from "./hubspot-errors.ts";
import { HUBSPOT_SIZES } from "./hubspot-paths.ts";
import { recordsByField } from "./hubspot-reading.ts";
import { outcomesOf, refusedOutcome, sendBatch, type WriteBatch } from "./hubspot-write-batch.ts";

/** What is known so far, by write: the same key may come back in another run, but not twice in one. */
type Outcomes = Map<Write, WriteOutcome>;

const NOT_SENT = "not sent: the run was stopped first";

/**
 * One outcome per write, in the order given. A record is in at most one batch at a time, its steps in order, because HubSpot applies the rows of a
 * batch in any order. When the run has to stop in the middle, what is not sent is deferred and the next call throws the StopRun; when nothing was
 * sent it is thrown now.
 */
export async function writeRecords(
  connection: HubSpotConnection,
  writes: readonly Write[],
): Promise<readonly WriteOutcome[]> {
  const outcomes: Outcomes = new Map();
  let stop: StopRun | undefined;
  for (const wave of wavesOf(writes)) {
    const ready = wave.filter((write) => !outcomes.has(write));
    await sideBySide(batchesOf(ready), connection.concurrency, async (batch) => {
      if (stop !== undefined) return;
      try {
        await sendSplitting(connection, batch, outcomes);
      } catch (error) {
        if (!(error instanceof StopRun)) throw error;
        stop ??= error;
      }
    });
    if (stop !== undefined) break;
    holdBackLaterSteps(writes, wave, outcomes);
  }
  if (stop !== undefined && outcomes.size === 0) throw stop;
  return writes.map(
    (write) => outcomes.get(write) ?? { kind: "deferred", key: write.key, message: stop?.message ?? NOT_SENT },
  );
}

/** Step 0 before step 1, and the second write to one record after the first. */
function wavesOf(writes: readonly Write[]): readonly (readonly Write[])[] {
  const waves = new Map<string, Write[]>();
  const seen = new Map<string, number>();
  for (const write of [...writes].sort((left, right) => left.step - right.step)) {
    const record = `${write.step} ${recordOf(write)}`;
    const turn = seen.get(record) ?? 0;
    seen.set(record, turn + 1);
    const name = `${write.step} ${turn}`;
    const wave = waves.get(name) ?? [];
    waves.set(name, wave);
    wave.push(write);
  }
  return [...waves]
    .sort(([left], [right]) => left.localeCompare(right, "en", { numeric: true }))
    .map(([, wave]) => wave);
}

function recordOf(write: Write): string {
  return `${write.object} ${write.id ?? `${write.unique?.field ?? "key"}=${write.unique?.value ?? write.key}`}`;
}

/** A step whose predecessor may still be on its way must not overtake it. */
function holdBackLaterSteps(writes: readonly Write[], wave: readonly Write[], outcomes: Outcomes): void {
  const unsettled = new Set(wave.filter((write) => outcomes.get(write)?.kind !== "written").map(recordOf));
  if (unsettled.size === 0) return;
  for (const write of writes) {
    if (outcomes.has(write) || !unsettled.has(recordOf(write))) continue;
    outcomes.set(write, {
      kind: "deferred",
      key: write.key,
      message: "the write to the same record before it was not confirmed",
    });
  }
}

function batchesOf(writes: readonly Write[]): readonly WriteBatch[] {
  const groups = new Map<string, Write[]>();
  for (const write of writes) {
    const name = `${write.object} ${write.operation} ${write.operation === "create" ? (write.unique?.field ?? "") : ""}`;
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(write);
  }
  return [...groups.values()].flatMap((group) => chunked(group, HUBSPOT_SIZES.batch).flatMap(toBatch));
}

function toBatch(writes: readonly Write[]): readonly WriteBatch[] {
  const [first] = writes;
  if (first === undefined) return [];
  const { object, operation, unique } = first;
  return [{ object, operation, uniqueField: operation === "create" ? (unique?.field ?? null) : null, writes }];
}

/**
 * HubSpot refuses a batch whole for the sake of one row: halves lead to it, at two calls for each halving. When no answer came, updates stay unknown:
 * whoever sent them reads again later. Creates on a unique field are looked up by it, and those that are not there are sent once more: the unique
 * field keeps them from being made twice.
 */
async function sendSplitting(
  connection: HubSpotConnection,
  batch: WriteBatch,
  outcomes: Outcomes,
  again = false,
): Promise<void> {
  try {
    const lost = await sendOnce(connection, batch, outcomes);
    if (again) noteFirstTry(batch, outcomes);
    if (!lost || again || batch.uniqueField === null) return;
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    await sendParts(connection, batch, outcomes, error.refusal, again);
    return;
  }
  const missing = await withoutThoseThere(connection, batch, outcomes);
  if (missing.writes.length > 0) await sendSplitting(connection, missing, outcomes, true);
}

/** The first try may still be under way, also where the second one did nothing. */
function noteFirstTry({ writes }: WriteBatch, outcomes: Outcomes): void {
  for (const write of writes) {
    const outcome = outcomes.get(write);
    if (outcome?.kind === "written") outcomes.set(write, { ...outcome, mayArriveAgain: true });
    if (outcome?.kind === "deferred") outcomes.set(write, { ...outcome, kind: "unknown" });
  }
}

async function sendParts(
  connection: HubSpotConnection,
  batch: WriteBatch,
  outcomes: Outcomes,
  refusal: Refusal,
  again: boolean,
): Promise<void> {
  const [only] = batch.writes;
  if (batch.writes.length === 1 && only !== undefined) {
    outcomes.set(only, refusedOutcome(only, refusal));
    // It may be about more than this record: the others are not held for it one by one.
    if (!refusal.known)
      throw new StopRun(
        `HubSpot refused a record with the code ${refusal.code}, which LeadLoop does not know; nothing more is sent in this run`,
      );
    return;
  }
  connection.log.warn({ event: "batch.split", system: "hubspot", size: batch.writes.length, reason: refusal.code });
  for (const part of partsOf(batch, refusal)) await sendSplitting(connection, part, outcomes, again);
}

/** The rows that the refusal names apart from the others, where it names some but not all; else two halves. */
function partsOf(batch: WriteBatch, { ids }: Refusal): readonly WriteBatch[] {
  const named = batch.writes.filter(({ key, id }) => ids.includes(key) || (id !== null && ids.includes(id)));
  const others = batch.writes.filter((write) => !named.includes(write));
  const half = Math.ceil(batch.writes.length / 2);
  const parts =
    named.length > 0 && others.length > 0 ? [named, others] : [batch.writes.slice(0, half), batch.writes.slice(half)];
  return parts.map((writes) => ({ ...batch, writes }));
}

/** True when the answer was lost; all rows are noted as unknown then, so that whatever comes next cannot forget that they were sent. */
async function sendOnce(connection: HubSpotConnection, batch: WriteBatch, outcomes: Outcomes): Promise<boolean> {
  try {
    const answer = await writing(`a batch ${batch.operation} of ${batch.object}`, () => sendBatch(connection, batch));
    for (const [write, outcome] of outcomesOf(batch, answer)) outcomes.set(write, outcome);
    return false;
  } catch (error) {
    if (!(error instanceof RetryLater)) throw error;
    const kind = error.outcomeUnknown ? "unknown" : "deferred";
    for (const write of batch.writes) {
      if (outcomes.get(write)?.kind !== "unknown")
        outcomes.set(write, { kind, key: write.key, message: error.message });
    }
    return error.outcomeUnknown;
  }
}

/** Notes as written what is there by now, and gives the rest. */
async function withoutThoseThere(
  connection: HubSpotConnection,
  batch: WriteBatch,
  outcomes: Outcomes,
): Promise<WriteBatch> {
  const there = await recordsByUniqueValue(connection, batch);
  // They stay unknown; without a look-up they may not be sent again.
  if (there === undefined) return { ...batch, writes: [] };
  const missing: Write[] = [];
  for (const write of batch.writes) {
    const record = there.get(write.unique?.value.toLowerCase() ?? "");
    if (record === undefined) {
      missing.push(write);
      continue;
    }
    const returned = Object.fromEntries(Object.entries(record.fields).filter(([name]) => name in write.fields));
    outcomes.set(write, {
      kind: "written",
      key: write.key,
      id: record.ref.id,
      created: true,
      version: record.version,
      returned,
    });
  }
  return { ...batch, writes: missing };
}

async function recordsByUniqueValue(
  connection: HubSpotConnection,
  { object, uniqueField, writes }: WriteBatch,
): Promise<ReadonlyMap<string, CrmRecord> | undefined> {
  const field = uniqueField ?? "";
  const fields = [...new Set(writes.flatMap((write) => Object.keys(write.fields)))];
  const values = writes.flatMap(({ unique }) => (unique === null ? [] : [unique.value]));
  try {
    const records = await recordsByField(connection, { object, field, values, fields }, new Set());
    return new Map(records.map((record) => [String(record.fields[field] ?? "").toLowerCase(), record]));
  } catch (error) {
    if (error instanceof RetryLater) return undefined;
    throw error;
  }
}
