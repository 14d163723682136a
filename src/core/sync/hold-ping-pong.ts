/** Stops a field that something keeps changing back: LeadLoop and an automation must not write in circles. */
import type { ConflictEntry, EarlierWrite } from "../model/ledger.ts";
import type { FieldState, Link } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { FieldWrite, Skip, Write } from "../model/plan.ts";
import { type CrmRecord, type Instant, otherSystem, type System, type Value } from "../model/record.ts";
import type { PersonDecision, PersonInput } from "./person-decision.ts";
import { later, sightField, sightFields } from "./sight-fields.ts";

/** How far back writes are counted. */
const WINDOW_MS = 24 * 3_600_000;
/** So many writes may follow one another without anybody's edit in between. */
const MOST_IN_A_ROW = 3;
/** So often one field of one person may be written in the window, whoever asks for it: an automation that takes its time looks like a person. */
const MOST_IN_ALL = 20;
/** Writes that are just a day old still count. */
const A_MOMENT_MS = 1_000;
/** An edit that comes this soon after our write to the same side is taken for an automation's answer to it. Clocks may differ by as much. */
const REACTION_MS = 120_000;

/** From when on a person's writes are needed. */
export function pingPongSince(now: Instant): Instant {
  return later(now, -WINDOW_MS);
}

interface Past {
  readonly system: System;
  readonly to: Value;
  readonly at: Instant;
  readonly again: number;
}

/**
 * The decision without the fields that go in circles: each is held for this person until somebody releases it, and told as an open conflict. A field of
 * LeadLoop's own is left alone until the day is over instead. `recent`: the person's writes of the last 24 hours, oldest first. Pure.
 */
export function holdPingPong(
  decision: PersonDecision,
  input: Pick<PersonInput, "link" | "mapping" | "hubspot" | "salesforce">,
  recent: readonly EarlierWrite[],
  at: { readonly run: string; readonly now: Instant },
): PersonDecision {
  // What nobody answered for may never have arrived: repeating it is no circle.
  const arrived = recent.filter(({ state }) => state === "written");
  if (arrived.length === 0) return decision;
  const circling = new Map<string, string>();
  const rests: Rest[] = [];
  const counted = decision.writes.map((write) =>
    isUpdate(write) ? countedWrite(write, decision, input, arrived, circling, rests) : write,
  );
  const rested = {
    skips: [...decision.skips, ...rests.map(({ skip }) => skip)],
    lookAgainAt: rests.map(({ until }) => until).reduce(earlier, decision.lookAgainAt),
  };
  if (circling.size === 0) {
    const writes = rests.length === 0 ? counted : counted.filter((write) => Object.keys(write.fields).length > 0);
    return { ...decision, ...rested, writes };
  }
  const fields: Record<string, FieldState> = { ...decision.link.fields };
  const conflicts: ConflictEntry[] = [];
  for (const [name, reason] of circling) {
    const values = shownValues(name, input);
    fields[name] = { ...input.link.fields[name], held: { reason, values, until: "released" } };
    // An edit that our write ran over is shown by neither side: whoever is to decide must be told of it.
    const decided = decision.conflicts.filter((entry) => entry.field === name);
    const sides = decided.length === 0 ? [values] : decided;
    conflicts.push(
      ...sides.map((told, index) => openConflict(decision.link, input.mapping, name, { reason, index }, told, at)),
    );
  }
  const writes = counted.flatMap((write) => withoutHeld(write, input.mapping, circling));
  return {
    ...decision,
    link: { ...decision.link, fields },
    writes,
    conflicts: [...decision.conflicts.filter((entry) => !circling.has(entry.field)), ...conflicts],
    ...rested,
  };
}

function isUpdate(write: Write): boolean {
  return write.operation === "update" && (write.purpose === "fields" || write.purpose === "meet");
}

/** The write with each field's count of writes in a row, and without LeadLoop's own fields that are to rest. Names circling mapped fields in `circling`. */
function countedWrite(
  write: Write,
  decision: PersonDecision,
  input: Pick<PersonInput, "link" | "mapping" | "hubspot" | "salesforce">,
  recent: readonly EarlierWrite[],
  circling: Map<string, string>,
  rests: Rest[],
): Write {
  const fields: Record<string, FieldWrite> = {};
  for (const [name, field] of Object.entries(write.fields)) {
    const mapped = input.mapping.fields.find((candidate) => candidate[write.system] === name);
    if (mapped === undefined || field.rule !== mapped.rule) {
      const rest = restOf(decision.link, write, name, repeatedOwn(write, name, field, recent));
      if (rest === null) fields[name] = field;
      else rests.push(rest);
      continue;
    }
    const past = pastOf(mapped, recent);
    const again = mapped.rule === "most-restrictive" ? 0 : inARow(write, mapped, field, input, past, recent);
    if (again === null) circling.set(mapped.name, circleReason(past));
    fields[name] = again === null || again === 0 ? field : { ...field, again };
  }
  return { ...write, fields };
}

function pastOf(field: FieldMapping, recent: readonly EarlierWrite[]): Past[] {
  return recent.flatMap(({ system, object, operation, fields, sentAt }) => {
    const written = fields[field[system]];
    if (written === undefined || operation !== "update" || object === "Task") return [];
    const to = field.transform.decode(written.to, system);
    return to.ok ? [{ system, to: to.value, at: sentAt, again: written.again ?? 0 }] : [];
  });
}

/** How many writes came in a row before this one without anybody's edit; null when it must not be written. */
function inARow(
  write: Write,
  field: FieldMapping,
  { to }: FieldWrite,
  input: Pick<PersonInput, "link" | "mapping" | "hubspot" | "salesforce">,
  past: readonly Past[],
  recent: readonly EarlierWrite[],
): number | null {
  const target = field.transform.decode(to, write.system);
  const last = past.at(-1);
  if (last === undefined || !target.ok) return 0;
  if (past.length >= MOST_IN_ALL) return null;
  const lastHere = past.findLast((one) => one.system === write.system);
  // The same value again: this side changed. Another value: the other side did.
  const changed = lastHere?.to === target.value ? write.system : otherSystem(write.system);
  // A record's change time moves with any field, so whatever we wrote to it last is what an answer would follow.
  const since = recent.findLast(({ system }) => system === changed)?.sentAt ?? last.at;
  const editedAt = changedAt(input, field, changed);
  if (editedAt === null || editedAt > later(since, REACTION_MS)) return 0;
  const distinct = past.filter((one, index) => one.to !== past[index + 1]?.to).map((one) => one.to);
  const backAndForth = distinct.at(-1) !== target.value && distinct.at(-2) === target.value;
  const again = last.again + 1;
  return backAndForth || again >= MOST_IN_A_ROW ? null : again;
}

function changedAt(
  input: Pick<PersonInput, "link" | "mapping" | "hubspot" | "salesforce">,
  field: FieldMapping,
  system: System,
): Instant | null {
  const record: CrmRecord | null = input[system];
  return record === null ? null : (sightField(input.link, field, record)?.hi ?? null);
}

/** When a field of LeadLoop's own was given this very value, in a row up to now. */
function repeatedOwn(write: Write, name: string, field: FieldWrite, recent: readonly EarlierWrite[]): Instant[] {
  const given = recent.flatMap(({ system, object, fields, sentAt }) => {
    const written = system === write.system && object === write.object ? fields[name] : undefined;
    return written === undefined ? [] : [{ to: written.to, sentAt }];
  });
  const other = given.findLastIndex(({ to }) => to !== field.to);
  return given.slice(other + 1).map(({ sentAt }) => sentAt);
}

function circleReason(past: readonly Past[]): string {
  const times = past.length === 1 ? "once" : `${past.length} times`;
  return `LeadLoop wrote it ${times} within a day and something changes it back at once; find the automation that does, then \`leadloop release\` the person`;
}

/** A field of LeadLoop's own that is left alone, and until when. */
interface Rest {
  readonly skip: Skip;
  readonly until: Instant;
}

/** Null where it has not been written too often. */
function restOf(link: Link, { system }: Write, name: string, repeated: readonly Instant[]): Rest | null {
  // Once this one is a day old, the others are too few.
  const lastOfTooMany = repeated.at(-MOST_IN_A_ROW);
  if (lastOfTooMany === undefined) return null;
  const reason = `${name} was written ${MOST_IN_A_ROW} times within a day and changed back each time; it is left alone until the day is over`;
  return {
    skip: { link: link.id, recordName: link.name, system, reason },
    until: later(lastOfTooMany, WINDOW_MS + A_MOMENT_MS),
  };
}

function earlier(one: Instant | null, other: Instant): Instant {
  return one !== null && one < other ? one : other;
}

function withoutHeld(write: Write, mapping: ObjectMapping, circling: ReadonlyMap<string, string>): Write[] {
  if (!isUpdate(write)) return [write];
  const held = new Set(mapping.fields.filter((field) => circling.has(field.name)).map((field) => field[write.system]));
  const fields = Object.fromEntries(Object.entries(write.fields).filter(([name]) => !held.has(name)));
  return Object.keys(fields).length === 0 ? [] : [{ ...write, fields }];
}

function shownValues(
  name: string,
  { link, mapping, hubspot, salesforce }: Pick<PersonInput, "link" | "mapping" | "hubspot" | "salesforce">,
): Record<System, Value> {
  const of = (record: CrmRecord | null): Value =>
    record === null ? null : (sightFields(link, mapping, record).values[name] ?? null);
  return { hubspot: of(hubspot), salesforce: of(salesforce) };
}

function openConflict(
  link: Link,
  mapping: ObjectMapping,
  name: string,
  { reason, index }: { readonly reason: string; readonly index: number },
  { hubspot, salesforce }: Readonly<Record<System, Value>>,
  { run, now }: { readonly run: string; readonly now: Instant },
): ConflictEntry {
  const rule = mapping.fields.find((field) => field.name === name)?.rule ?? "two-way";
  const id = `${link.id}:${name}:${link.version}:held${index === 0 ? "" : `:${index}`}`;
  const values = { hubspot, salesforce };
  return {
    id,
    link: link.id,
    field: name,
    rule,
    ...values,
    kept: "neither",
    because: reason,
    at: now,
    run,
    open: true,
  };
}
