/** Which stored person a newly seen record belongs to: by our key, then by e-mail; more than one candidate is reported, never guessed. */
import type { Link } from "../model/link.ts";
import type { CrmRecord, Instant } from "../model/record.ts";

export type Pairing =
  /** The record joins a person known to the other side only (or to this side, before our answer came). */
  | { readonly kind: "attach"; readonly link: Link }
  | { readonly kind: "new" }
  /** A Contact whose person stands at a Lead with the same e-mail so far: the Contact is the person, whichever came first. */
  | { readonly kind: "replace"; readonly link: Link }
  /** Two candidates: nothing is written until a person decides. */
  | { readonly kind: "ambiguous"; readonly candidates: readonly string[]; readonly reason: string }
  /** A person with this e-mail was deleted on one side: nobody brings them back but a person. */
  | { readonly kind: "tombstoned"; readonly link: Link };

const SETTLED: readonly Link["state"][] = ["superseded", "erased"];

/** `byKey`: the link whose id the record carries as our key. `byEmail`: every link with the record's e-mail. Pure. */
export function pairRecord(record: CrmRecord, byKey: Link | undefined, byEmail: readonly Link[]): Pairing {
  const { system } = record.ref;
  const sideId = (link: Link): string | null => (system === "hubspot" ? link.hubspotId : link.salesforceId);
  if (byKey !== undefined && byKey.state !== "erased") {
    if (sideId(byKey) === null && byKey.state !== "superseded") return { kind: "attach", link: byKey };
    if (sideId(byKey) === record.ref.id) return { kind: "attach", link: byKey };
  }
  const alive = byEmail.filter((link) => !SETTLED.includes(link.state));
  const tombstoned = alive.find((link) => link.state === "tombstoned");
  const open = alive.filter(
    (link) => link.state !== "tombstoned" && link.state !== "ambiguous" && sideId(link) === null,
  );
  const taken = alive.filter((link) => link.state !== "tombstoned" && sideId(link) !== null);
  const [standing] = taken;
  if (standing?.salesforceObject === "Lead" && taken.length + open.length === 1 && record.ref.object === "Contact") {
    return standing.state === "ambiguous" ? { kind: "new" } : { kind: "replace", link: standing };
  }
  if (taken.length > 0) {
    return ambiguous(
      taken,
      `another ${record.ref.object} record of ${system} has the same e-mail address and is already linked or known`,
    );
  }
  // Doubles that were set aside before are candidates too: the one that was seen first is not the person for that.
  const doubles = alive.filter((link) => link.state === "ambiguous" && sideId(link) === null);
  const candidates = open.length === 0 ? [] : contactsFirst([...open, ...doubles]);
  if (candidates.length > 1) return ambiguous(candidates, "several records on the other side have this e-mail address");
  const [only] = candidates;
  if (only !== undefined && only.state !== "ambiguous") return { kind: "attach", link: only };
  return tombstoned === undefined ? { kind: "new" } : { kind: "tombstoned", link: tombstoned };
}

/** What is to become of a record that was set aside because others had its e-mail address, now that one of them has changed. */
export type Claim =
  /** Nobody else claims the address: the record is a person of its own. */
  | { readonly kind: "alone" }
  /** One record of the other side has it, and no other of this side: they are one person. */
  | { readonly kind: "join"; readonly link: Link }
  | { readonly kind: "doubtful" };

/** `rivals`: every other link with the record's e-mail address. Pure. */
export function judgeClaim(record: CrmRecord, rivals: readonly Link[]): Claim {
  const { system } = record.ref;
  const sideId = (link: Link): string | null => (system === "hubspot" ? link.hubspotId : link.salesforceId);
  const alive = rivals.filter((link) => !SETTLED.includes(link.state) && link.state !== "tombstoned");
  const others = contactsFirst(alive.filter((link) => sideId(link) === null));
  const [only] = others;
  if (only !== undefined && others.length === alive.length && others.length === 1) return { kind: "join", link: only };
  if (others.length > 1 || pairRecord(record, undefined, rivals).kind !== "new") return { kind: "doubtful" };
  return { kind: "alone" };
}

/** Salesforce knows one address as a Lead and as a Contact: the Contact is the person. */
function contactsFirst(links: readonly Link[]): readonly Link[] {
  const contacts = links.filter((link) => link.salesforceObject === "Contact");
  return contacts.length > 0 ? contacts : links;
}

function ambiguous(links: readonly Link[], reason: string): Pairing {
  return { kind: "ambiguous", candidates: links.map((link) => link.hubspotId ?? link.salesforceId ?? link.id), reason };
}

/** For an address that several records of one side have: only our key says who is who. */
export function unlessByAddress(pairing: Pairing, byKey: Link | undefined): Pairing {
  if (pairing.kind !== "attach" || pairing.link.id === byKey?.id) return pairing;
  return ambiguous([pairing.link], "several records on one side have this e-mail address");
}

/** A person seen for the first time, from one record. */
export function newLink(id: string, record: CrmRecord, email: string | null, state: Link["state"], now: Instant): Link {
  const { system, object } = record.ref;
  return {
    id,
    state,
    hubspotId: system === "hubspot" ? record.ref.id : null,
    salesforceObject: system === "salesforce" ? object : null,
    salesforceId: system === "salesforce" ? record.ref.id : null,
    email,
    name: email ?? record.ref.id,
    version: 0,
    generation: 1,
    seen: {},
    fields: {},
    stage: null,
    score: null,
    facts: {},
    firstSeenAt: now,
    quarantine: {},
  };
}

/** Puts the record on the free side of the link. */
export function attachRecord(link: Link, record: CrmRecord): Link {
  const state = link.state === "single" || link.state === "pending" ? ("linked" as const) : link.state;
  const fields = link.state === "single" ? withoutHolds(link.fields) : link.fields;
  if (record.ref.system === "hubspot") return { ...link, state, fields, hubspotId: record.ref.id };
  return { ...link, state, fields, salesforceId: record.ref.id, salesforceObject: record.ref.object };
}

/** What held somebody known to one side only was a refused create: the values themselves were never refused, and shall reach the record that is there. */
function withoutHolds(fields: Link["fields"]): Link["fields"] {
  return Object.fromEntries(Object.entries(fields).map(([name, { held: _held, ...rest }]) => [name, rest]));
}

/** Moves a link from a Lead to a Contact that is not its conversion: the two sides meet as if for the first time. */
export function replaceLead(link: Link, contact: CrmRecord): Link {
  const { salesforce: _lead, ...seen } = link.seen;
  return { ...attachRecord(link, contact), seen, fields: {}, generation: link.generation + 1 };
}

/** Salesforce knows one e-mail as a Lead and as a Contact: the Contact is the person, the Lead is left alone. */
export function preferContact(candidates: readonly CrmRecord[]): readonly CrmRecord[] {
  const contacts = candidates.filter((record) => record.ref.object === "Contact");
  return contacts.length > 0 ? contacts : candidates;
}
