/** What a merge, a deletion, a restore or a conversion does to a person's link. Followed for everyone, whatever the scope says. */
import type { Link } from "../model/link.ts";
import { type CrmRecord, otherSystem, type System } from "../model/record.ts";
import { deletionKnown } from "./archive-survivor.ts";
import { isLeftAlone, type SurvivorOf } from "./left-alone.ts";
import { asideFor, isMergedAway } from "./share-objections.ts";

/** What was found when a side of a link was read. `missing`: the system no longer knows the id. */
export type Found =
  | { readonly kind: "record"; readonly record: CrmRecord }
  | { readonly kind: "missing" }
  | { readonly kind: "not-read" };

export interface FateStep {
  readonly link: Link;
  /** Old ids that now lead to a link. */
  readonly aliases: readonly {
    readonly system: System;
    readonly oldId: string;
    readonly link: string;
    readonly cause: "merge" | "convert";
  }[];
  /** Links that this one takes the place of, or that take its place. */
  readonly superseded: readonly Link[];
  /** Said to the admin: what a person still has to do. */
  readonly notes: readonly string[];
  /** The side points to another record now: it must be read before anything is decided. */
  readonly readNext: System | null;
  /** The record became one of somebody who asked to be forgotten: it is not the person's any more, and nobody erased theirs. */
  readonly isLeftAlone: boolean;
}

/** The link that already stands for a record, if any. */
export type LinkOf = (system: System, id: string) => Link | undefined;

/** What a step leaves as it was. */
const STEP = { aliases: [], superseded: [], notes: [], readNext: null, isLeftAlone: false } as const;

/**
 * Follows what one side tells of its record. Pure. The other side is followed by a second call. `survivorOf`: of the records that merges and conversions have
 * left; whose such a record is where one of the two asked to be forgotten is told in `isLeftAlone`.
 */
export function followFate(
  link: Link,
  system: System,
  found: Found,
  linkOf: LinkOf,
  survivorOf: SurvivorOf = () => undefined,
): FateStep {
  const same: FateStep = { ...STEP, link };
  // Whoever was forgotten on request stays so, whatever becomes of the record.
  if (found.kind === "not-read" || link.state === "erased") return same;
  if (found.kind === "missing") return { ...same, link: tombstone(link) };
  const { record } = found;
  const id = idOf(link, system);
  const follow = (to: string, cause: "merge" | "convert", object: string | null): FateStep =>
    moved(link, system, { to, cause, object }, linkOf, survivorOf);
  switch (record.fate.kind) {
    case "deleted":
      return { ...same, link: deletionKnown(tombstone(link), link.state, system) };
    case "merged":
      return follow(record.fate.into, "merge", link.salesforceObject);
    case "converted":
      if (record.fate.into === null) return same;
      return follow(record.fate.into, "convert", "Contact");
    case "live":
      if (id !== null && record.ref.id !== id) return follow(record.ref.id, "merge", link.salesforceObject);
      return absorbed(link, system, record, linkOf);
  }
}

function idOf(link: Link, system: System): string | null {
  return system === "hubspot" ? link.hubspotId : link.salesforceId;
}

function tombstone(link: Link): Link {
  return link.state === "superseded" || link.state === "erased"
    ? link
    : { ...link, state: "tombstoned", fields: withoutPending(link) };
}

function withoutPending(link: Link): Link["fields"] {
  return Object.fromEntries(
    Object.entries(link.fields).map(([name, state]) => [
      name,
      { ...(state.base === undefined ? {} : { base: state.base }) },
    ]),
  );
}

/**
 * A record came back from the recycle bin under its old id, and every record of the link is live again: the two sides meet as if for the first time, and
 * blanks wipe nothing. Asked when both sides have been read: the side that was never deleted says nothing about the other. Whose other record was merged
 * into another person's meanwhile is left beside that one, and nobody is made anew.
 */
export function restored(link: Link, records: Readonly<Record<System, CrmRecord | null>>): Link {
  if (link.state !== "tombstoned") return link;
  const isBack = (system: System): boolean => idOf(link, system) === null || records[system] !== null;
  if (!isBack("hubspot") || !isBack("salesforce")) return link;
  if (isMergedAway(link)) return { ...link, state: "superseded", fields: {} };
  const state = link.hubspotId !== null && link.salesforceId !== null ? "linked" : "single";
  return { ...link, state, generation: link.generation + 1, fields: {} };
}

/** The link moves to another record of the same system; a link that stood there already is joined with this one. */
function moved(
  link: Link,
  system: System,
  { to, cause, object }: { readonly to: string; readonly cause: "merge" | "convert"; readonly object: string | null },
  linkOf: LinkOf,
  survivorOf: SurvivorOf,
): FateStep {
  const from = idOf(link, system);
  const alias = (owner: string): FateStep["aliases"] =>
    from === null || from === to ? [] : [{ system, oldId: from, link: owner, cause }];
  const standing = linkOf(system, to);
  if (isLeftAlone(link, standing, survivorOf(system, to)))
    return { ...STEP, link: tombstone(link), notes: lostTo(link, from, system, to), isLeftAlone: true };
  const point = (target: Link): Link =>
    system === "hubspot" ? { ...target, hubspotId: to } : { ...target, salesforceId: to, salesforceObject: object };
  if (standing === undefined || standing.id === link.id) {
    return { ...STEP, link: point(link), aliases: alias(link.id), readNext: system };
  }
  const other = otherSystem(system);
  if (idOf(standing, other) === null || standing.state === "erased") {
    // The newcomer at the new record knows nothing that we do not: it steps aside. Nor does anybody go on as one who was forgotten.
    const aside = retire(standing, system, link.id);
    return { ...STEP, link: point(link), aliases: alias(link.id), superseded: [aside], readNext: system };
  }
  const left = idOf(link, other);
  // Whoever was deleted on the other side stays deleted there: the one who goes on is somebody else, and only the tombstone remembers the address. Should
  // that record come back, it is one that a merge has left beside.
  if (link.state === "tombstoned" && left !== null)
    return { ...STEP, link: asideFor(without(link, system), standing.id), aliases: alias(standing.id) };
  const retired = retire(link, system, standing.id);
  const notes =
    left === null
      ? []
      : [`two people became one in ${system}; merge ${left} and ${idOf(standing, other)} in ${other} too`];
  return { ...STEP, link: retired, aliases: alias(standing.id), notes };
}

/** Said once, and without a word of who was forgotten. */
function lostTo({ state }: Link, from: string | null, system: System, to: string): readonly string[] {
  if (state === "tombstoned" || state === "superseded") return [];
  return [
    `${system} ${from} is part of ${to} now, which belongs to somebody who asked to be forgotten and is left alone: the link ends; it goes on when ${to} has this person's own e-mail address`,
  ];
}

/** Whoever was forgotten on request only loses the record: they step aside for nobody, and nothing of theirs goes on with anybody. */
function retire(link: Link, system: System, keeper: string): Link {
  if (link.state === "erased") return without(link, system);
  return asideFor({ ...without(link, system), state: "superseded", fields: {} }, keeper);
}

function without(link: Link, system: System): Link {
  return system === "hubspot" ? { ...link, hubspotId: null } : { ...link, salesforceId: null };
}

/** A link whose record of `system` is another one's now. One that was deleted on the other side goes on remembering whom nobody brings back. */
function takenIn(standing: Link, system: System, keeper: Link): Pick<FateStep, "link" | "notes"> {
  const other = otherSystem(system);
  const [left, kept] = [idOf(standing, other), idOf(keeper, other)];
  if (standing.state === "tombstoned" && left !== null) return { link: without(standing, system), notes: [] };
  const notes =
    left === null || kept === null || standing.state === "erased"
      ? []
      : [`two people became one in ${system}; merge ${left} and ${kept} in ${other} too`];
  return { link: retire(standing, system, keeper.id), notes };
}

/** HubSpot mints a new id for a merge: links that stood for the merged ids come together here. */
function absorbed(link: Link, system: System, record: CrmRecord, linkOf: LinkOf): FateStep {
  const superseded: Link[] = [];
  const aliases: FateStep["aliases"][number][] = [];
  const notes: string[] = [];
  for (const oldId of record.mergedIds ?? []) {
    if (oldId === record.ref.id) continue;
    const standing = linkOf(system, oldId);
    if (
      standing !== undefined &&
      standing.id !== link.id &&
      standing.state !== "superseded" &&
      idOf(standing, system) === oldId
    ) {
      const aside = takenIn(standing, system, link);
      superseded.push(aside.link);
      notes.push(...aside.notes);
    }
    if (standing === undefined || standing.id !== link.id)
      aliases.push({ system, oldId, link: link.id, cause: "merge" });
  }
  return { ...STEP, link, aliases, superseded, notes };
}
