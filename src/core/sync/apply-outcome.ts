/** What a write's outcome means for the person: delivered, refused and parked, to be read again, or unknown until the quarantine has passed. */
import { assertNever } from "../errors.ts";
import type { IntentState, RejectEntry } from "../model/ledger.ts";
import type { FieldState, Link, Register } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { Write, WriteOutcome } from "../model/plan.ts";
import { type Instant, type ObjectSchema, otherSystem, type System, type Value } from "../model/record.ts";
import { afterArchive } from "./archive-survivor.ts";
import { isIndispensable } from "./decide-create.ts";
import { rejectId } from "./explain-decision.ts";
import { withFlag } from "./flag-deletion.ts";
import { isAboutKey, withKeyTaken } from "./key-taken.ts";
import { isMerged, saidUnseen } from "./merge-field.ts";
import { refusalWords } from "./refusal-words.ts";
import { ownAmong, refusedOwn, refusedOwnName } from "./refused-own.ts";
import { isGuarded, later } from "./sight-fields.ts";
import { afterAnswer } from "./unshown-stage.ts";

export interface Applied {
  readonly link: Link;
  readonly intent: IntentState | "deferred";
  readonly detail: string | null;
  readonly reject: RejectEntry | null;
  /** When the person must be looked at again, and why; null when all is said. */
  readonly again: { readonly inSeconds: number; readonly reason: string } | null;
}

export interface OutcomeContext {
  readonly mapping: ObjectMapping;
  /** Of the object that was written to; null where it is not known. */
  readonly schema: ObjectSchema | null;
  /** The person's other writes of the same decision that are not known to have arrived. */
  readonly unanswered: readonly Write[];
  /** By system, until when an earlier decision's write that nobody answered for may still arrive. */
  readonly arriving: Link["quarantine"];
  readonly verifyAfterSeconds: number;
  readonly quarantineSeconds: number;
  readonly run: string;
  readonly now: Instant;
}

/** Applies one outcome to the link. Pure; the link's version is the caller's business. */
export function applyOutcome(link: Link, write: Write, outcome: WriteOutcome, context: OutcomeContext): Applied {
  const applied = applyKind(link, write, outcome, context);
  const restFollows = applied.again !== null && !isAboutStage(write, outcome);
  const next = afterAnswer(applied.link, write, outcome, restFollows);
  return next === applied.link ? applied : { ...applied, link: next };
}

/** It was refused for the stage, so whatever else is sent again goes without it. */
function isAboutStage(write: Write, outcome: WriteOutcome): boolean {
  return outcome.kind === "rejected" && outcome.fields.some((name) => write.fields[name]?.rule === "stage");
}

function applyKind(link: Link, write: Write, outcome: WriteOutcome, context: OutcomeContext): Applied {
  switch (outcome.kind) {
    case "written":
      return written(link, write, outcome, context);
    case "rejected":
      if (isAboutKey(write, outcome.fields)) return withoutKey(link, write, outcome.message);
      return rejected(link, write, outcome, context);
    case "stale":
      return {
        link: known(link, write.system),
        intent: "stale",
        detail: null,
        reject: null,
        again: { inSeconds: 0, reason: "changed meanwhile" },
      };
    case "gone":
      if (write.purpose === "archive") return archived(link, write, outcome.message);
      return {
        link: known(link, write.system),
        intent: "moot",
        detail: outcome.message,
        reject: null,
        again: { inSeconds: 0, reason: "gone" },
      };
    case "unknown":
      return {
        link,
        intent: "unknown",
        detail: outcome.message,
        reject: null,
        again: { inSeconds: context.quarantineSeconds, reason: "outcome unknown" },
      };
    case "underway":
      return {
        link,
        intent: "sent",
        detail: null,
        reject: null,
        again: { inSeconds: Math.max(outcome.lookAfterSeconds, context.quarantineSeconds), reason: "in a bulk job" },
      };
    case "deferred":
      return {
        link: known(link, write.system),
        intent: "deferred",
        detail: outcome.message,
        reject: null,
        again: { inSeconds: 0, reason: "not sent" },
      };
    default:
      return assertNever(outcome);
  }
}

/** The outcome is known, so nothing has to wait for it. */
function known(link: Link, system: System): Link {
  const { [system]: _over, ...quarantine } = link.quarantine;
  return { ...link, quarantine };
}

function written(
  link: Link,
  write: Write,
  outcome: Extract<WriteOutcome, { kind: "written" }>,
  context: OutcomeContext,
): Applied {
  const { system } = write;
  let next = known(link, system);
  if (write.operation === "create") next = attached(next, write, outcome.id);
  if (write.purpose === "flag") next = withFlag(next, write);
  if (write.purpose === "archive") next = afterArchive(next, "done");
  const fields: Record<string, FieldState> = { ...next.fields };
  let verify = mayHaveRunOverStage(write);
  const arrivesUntil = firstTryArrivesUntil(write, outcome, context);
  for (const field of context.mapping.fields) {
    const sent = write.fields[field[system]];
    const state = fields[field.name];
    if (write.operation === "create" && state?.register === undefined) {
      fields[field.name] = madeState(next, field, system, sent !== undefined, arrivesUntil);
      continue;
    }
    if (sent === undefined || state?.register === undefined) continue;
    verify ||= state.unverified !== undefined && system === "hubspot";
    const other = otherSystem(system);
    const open = context.unanswered.some((one) => one.system === other && one.fields[field[other]] !== undefined);
    fields[field.name] = open
      ? { ...state, register: deliver(state.register, system) }
      : settled(state, deliver(state.register, system));
  }
  if (outcome.version !== null)
    next = { ...next, seen: { ...next.seen, [system]: { version: outcome.version, at: context.now } } };
  const again = verify
    ? { inSeconds: context.verifyAfterSeconds, reason: "check what the write may have run over" }
    : lateCheck(outcome, context);
  const cleared = write.purpose === "clear-stage" ? { inSeconds: 0, reason: "stage cleared, to be set" } : null;
  return { link: { ...next, fields }, intent: "written", detail: null, reject: null, again: cleared ?? again };
}

/** A create in HubSpot is an upsert: an earlier one, of this run or the one before, sets everything once more when it arrives. Null: there was none. */
function firstTryArrivesUntil(
  { system, operation }: Write,
  { mayArriveAgain }: Extract<WriteOutcome, { kind: "written" }>,
  { arriving, quarantineSeconds, now }: OutcomeContext,
): Instant | null {
  if (system !== "hubspot" || operation !== "create") return null;
  return mayArriveAgain ? later(now, quarantineSeconds * 1_000) : (arriving.hubspot ?? null);
}

function lateCheck(
  { mayArriveAgain }: Extract<WriteOutcome, { kind: "written" }>,
  { quarantineSeconds }: OutcomeContext,
): Applied["again"] {
  return mayArriveAgain ? { inSeconds: quarantineSeconds, reason: "an earlier try may have arrived late" } : null;
}

/** HubSpot may take a stage over one that a person set after we had read it (sources disagree); then its history tells of theirs, and ours looks like an echo. */
function mayHaveRunOverStage({ system, operation, purpose, fields }: Write): boolean {
  const isSet = system === "hubspot" && operation === "update" && purpose !== "clear-stage";
  return isSet && Object.values(fields).some(({ rule }) => rule === "stage");
}

/** Somebody was quicker: what was wanted is so. */
function archived(link: Link, write: Write, message: string): Applied {
  return {
    link: afterArchive(known(link, write.system), "done"),
    intent: "moot",
    detail: message,
    reject: null,
    again: null,
  };
}

function attached(link: Link, write: Write, id: string): Link {
  const state = "linked" as const;
  if (write.system === "hubspot") return { ...link, state, hubspotId: id };
  return { ...link, state, salesforceObject: write.object, salesforceId: id };
}

/** A record that was created from the other side agrees with it in everything that was sent; what could not be sent, or written there, stays open. */
function createdState(link: Link, { name, rule }: FieldMapping, system: System, sent: boolean): FieldState {
  const state = link.fields[name] ?? {};
  if (state.held !== undefined) return state;
  const value: Value = link.facts[name] ?? null;
  if (sent || value === null) return { base: value };
  return isMerged(rule) ? saidUnseen(state, otherSystem(system)) : state;
}

/** Nothing had been read of a record before it was made: as long as a first try may arrive, what stands unread between two entries of ours was run over. */
function madeState(
  link: Link,
  field: FieldMapping,
  system: System,
  sent: boolean,
  arrivesUntil: Instant | null,
): FieldState {
  const state = createdState(link, field, system, sent);
  if (arrivesUntil === null || !isGuarded(field) || state.base === undefined) return state;
  return { ...state, unverified: { value: state.base, readUpTo: "", arrivesUntil } };
}

function deliver(register: Register, system: System): Register {
  return { ...register, delivered: { ...register.delivered, [system]: true } };
}

/** Both sides are known to hold the target: it is the new base, and nothing is pending. */
function settled(state: FieldState, register: Register): FieldState {
  if (!register.delivered.hubspot || !register.delivered.salesforce) return { ...state, register };
  const { register: _done, ...rest } = state;
  return { ...rest, base: register.target, origin: register.origin };
}

/** Nothing is wrong with what was to be written: it is sent again at once, without our key. */
function withoutKey(link: Link, write: Write, message: string): Applied {
  return {
    link: withKeyTaken(known(link, write.system), write, message),
    intent: "moot",
    detail: message,
    reject: null,
    again: { inSeconds: 0, reason: "the rest of a refused write" },
  };
}

function rejected(
  link: Link,
  write: Write,
  outcome: Extract<WriteOutcome, { kind: "rejected" }>,
  context: OutcomeContext,
): Applied {
  const { system } = write;
  const blamed = context.mapping.fields.filter((field) => write.fields[field[system]] !== undefined);
  const named = blamed.filter((field) => outcome.fields.includes(field[system]));
  const own = ownAmong(write, outcome.fields, context.mapping);
  const isNamed = named.length + own.length > 0;
  const parked = isNamed ? named : blamed;
  const names = [...parked.map((field) => field[system]), ...own];
  const message = refusalWords(outcome, write, names, context.schema);
  const fields: Record<string, FieldState> = { ...link.fields, ...refusedOwn(write, own, message) };
  for (const field of parked) {
    const state = fields[field.name] ?? {};
    const target = state.register?.target ?? link.facts[field.name] ?? null;
    const { register: _refused, ...rest } = state;
    fields[field.name] = { ...rest, held: { reason: message, values: { [otherSystem(system)]: target } } };
  }
  const reject: RejectEntry = {
    id: rejectId(link.id, system, parked[0]?.name ?? own.map(refusedOwnName)[0] ?? write.purpose),
    link: link.id,
    system,
    object: write.object,
    recordId: write.id,
    recordName: write.recordName,
    fields: names,
    code: outcome.code,
    message,
    at: context.now,
    run: context.run,
    attempts: 1,
  };
  // A create that was refused leaves the person on one side, held until something changes there.
  const state = write.operation === "create" ? ("single" as const) : link.state;
  const settled = { ...known(link, system), fields, state };
  const next = write.purpose === "archive" ? afterArchive(settled, "refused") : settled;
  // Without its address, or what the system insists on, nobody is made anywhere: there is no rest to write.
  const isNobody = write.operation === "create" && named.some(isIndispensable);
  const others = Object.keys(write.fields).length > names.length && isNamed && !isNobody;
  return {
    link: next,
    intent: "rejected",
    detail: message,
    reject,
    again: others ? { inSeconds: 0, reason: "the rest of a refused write" } : null,
  };
}
