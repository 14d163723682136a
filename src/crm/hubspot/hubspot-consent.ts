/** Writes that opt a contact out go two ways, their properties in a batch and the opt-out by e-mail address; one outcome tells of both. */
import { RetryLater, StopRun } from "../../core/errors.ts";
import { OPT_OUT_FIELD } from "../../core/model/mapping.ts";
import type { Write, WriteOutcome } from "../../core/model/plan.ts";
import type { HubSpotConnection } from "./hubspot-connection.ts";
import { isOptOutField, type OptOutAnswer, type OptOuts } from "./hubspot-opt-outs.ts";
import { recordsByIds } from "./hubspot-reading.ts";
import { refusedOutcome } from "./hubspot-write-batch.ts";
import { writeRecords } from "./hubspot-writing.ts";

/** One write, taken apart. */
interface Parts {
  readonly write: Write;
  /** All but the opt-out; null when nothing else is written. */
  readonly properties: Write | null;
  /** Where the opt-out goes: to an address, or to the address of a record that is read first. */
  readonly optsOut: boolean;
}

type Outcomes = Map<Write, WriteOutcome>;

/**
 * One outcome per write, in the order given; `written` only when every part of it is. An opt-out is sent even where the other fields of its write were
 * refused, because nothing may hold it up. A write that would opt somebody in again is rejected and nothing of it is sent.
 */
export async function writeWithConsent(
  connection: HubSpotConnection,
  optOuts: OptOuts,
  writes: readonly Write[],
): Promise<readonly WriteOutcome[]> {
  if (!writes.some(touchesConsent)) return writeRecords(connection, writes);
  const outcomes: Outcomes = new Map();
  for (const write of writes.filter(optsIn)) outcomes.set(write, optInRefused(write));
  const parts = writes.filter((write) => !outcomes.has(write)).map(partsOf);
  await writeProperties(connection, parts, outcomes);
  const asking = parts.filter(({ write, optsOut }) => optsOut && mayFollow(write, outcomes.get(write)));
  const stop = await optOutAll(connection, optOuts, asking, outcomes);
  const settled = writes.filter((write) => outcomes.get(write) !== undefined);
  if (stop !== undefined && settled.length === 0) throw stop;
  const message = stop?.message ?? "not sent: the run was stopped first";
  return writes.map((write) => outcomes.get(write) ?? { kind: "deferred", key: write.key, message });
}

function touchesConsent({ object, fields }: Write): boolean {
  return isOptOutField(object, OPT_OUT_FIELD) && fields[OPT_OUT_FIELD] !== undefined;
}

function optsIn(write: Write): boolean {
  return touchesConsent(write) && String(write.fields[OPT_OUT_FIELD]?.to) !== "true";
}

function optInRefused({ key }: Write): WriteOutcome {
  const message = "LeadLoop never opts anybody in to e-mail; the contact can subscribe again in HubSpot";
  return { kind: "rejected", key, code: "OPT_IN_REFUSED", message, fields: [OPT_OUT_FIELD], existingId: null };
}

function partsOf(write: Write): Parts {
  if (!touchesConsent(write)) return { write, properties: write, optsOut: false };
  const { [OPT_OUT_FIELD]: _optOut, ...fields } = write.fields;
  const nothingElse = write.operation === "update" && Object.keys(fields).length === 0;
  return { write, properties: nothingElse ? null : { ...write, fields }, optsOut: true };
}

async function writeProperties(
  connection: HubSpotConnection,
  parts: readonly Parts[],
  outcomes: Outcomes,
): Promise<void> {
  const sending = parts.flatMap(({ write, properties }) => (properties === null ? [] : [{ write, properties }]));
  const answers = await writeRecords(
    connection,
    sending.map(({ properties }) => properties),
  );
  for (const [index, { write, properties }] of sending.entries()) {
    const outcome = answers[index];
    if (outcome === undefined) continue;
    // Whoever reads the refusal must not think that the opt-out was meant.
    const named =
      outcome.kind === "rejected" && outcome.fields.length === 0 ? { fields: Object.keys(properties.fields) } : {};
    outcomes.set(write, { ...outcome, ...named });
  }
}

/** A contact that is not there cannot be opted out, nor one whose making is uncertain: it is read first. */
function mayFollow(write: Write, properties: WriteOutcome | undefined): boolean {
  if (properties === undefined) return true;
  return properties.kind === "written" || (write.operation === "update" && properties.kind !== "gone");
}

/** Gives the StopRun that ended it; what is then without an outcome was not sent. */
async function optOutAll(
  connection: HubSpotConnection,
  optOuts: OptOuts,
  asking: readonly Parts[],
  outcomes: Outcomes,
): Promise<StopRun | undefined> {
  if (asking.length === 0) return undefined;
  try {
    const addresses = await addressesOf(connection, asking, outcomes);
    const answers = await optOuts.unsubscribe([...addresses.values()]);
    for (const [write, address] of addresses) {
      const answer = answers.get(address);
      if (answer !== undefined) outcomes.set(write, together(write, outcomes.get(write), answer));
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof StopRun) && !(error instanceof RetryLater)) throw error;
    const deferred = { kind: "deferred", message: error.message } as const;
    for (const { write } of asking) {
      const properties = outcomes.get(write);
      if (properties !== undefined) outcomes.set(write, together(write, properties, deferred));
      else if (error instanceof RetryLater) outcomes.set(write, { ...deferred, key: write.key });
    }
    return error instanceof StopRun ? error : undefined;
  }
}

/** The address that each contact has now: from the write that set it just now, else read. Those without one get their outcome here. */
async function addressesOf(
  connection: HubSpotConnection,
  asking: readonly Parts[],
  outcomes: Outcomes,
): Promise<ReadonlyMap<Write, string>> {
  const addresses = new Map<Write, string>();
  const unread = new Map<Write, string>();
  for (const { write } of asking) {
    const properties = outcomes.get(write);
    const written = properties?.kind === "written" ? properties : undefined;
    const own = written === undefined ? undefined : write.fields["email"]?.to;
    const id = written?.id ?? write.id;
    if (typeof own === "string" && own.trim() !== "") addresses.set(write, own.trim());
    else if (id !== null) unread.set(write, id);
  }
  if (unread.size === 0) return addresses;
  const { found } = await recordsByIds(connection, {
    object: "contacts",
    ids: [...unread.values()],
    fields: ["email"],
  });
  for (const [write, id] of unread) {
    const record = found.get(id);
    const email = record?.fields["email"];
    if (typeof email === "string") addresses.set(write, email);
    else if (record === undefined)
      outcomes.set(write, { kind: "gone", key: write.key, message: `contact ${id} is not there` });
    else outcomes.set(write, together(write, outcomes.get(write), NO_ADDRESS));
  }
  return addresses;
}

const NO_ADDRESS: OptOutAnswer = {
  kind: "refused",
  refusal: {
    action: "reject",
    code: "NO_EMAIL_ADDRESS",
    message: "HubSpot keeps opt-outs by e-mail address and the contact has none; it is opted out once it has one",
    fields: [],
    existingId: null,
    ids: [],
    known: true,
  },
};

/** One outcome out of two: the first that is not `written`. */
function together(write: Write, properties: WriteOutcome | undefined, optOut: OptOutAnswer): WriteOutcome {
  if (properties !== undefined && properties.kind !== "written") return properties;
  const { key } = write;
  if (optOut.kind === "done") {
    const returned = { ...properties?.returned, [OPT_OUT_FIELD]: "true" };
    const update = { kind: "written", key, id: write.id ?? "", created: false, version: null } as const;
    return { ...(properties ?? update), returned };
  }
  // The contact is there without its opt-out. Only an outcome that has to be looked into says so of a create: it is then found by its key.
  if (write.operation === "create") {
    return { kind: "unknown", key, message: "the contact was created, but its opt-out is not confirmed" };
  }
  if (optOut.kind !== "refused") return { kind: optOut.kind, key, message: optOut.message };
  const outcome = refusedOutcome(write, optOut.refusal);
  return outcome.kind === "rejected" ? { ...outcome, fields: [OPT_OUT_FIELD] } : outcome;
}
