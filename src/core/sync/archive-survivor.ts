/** Whether the record that is left of a pair is archived after the other one was deleted, where the mapping asks for it (`on-delete: archive`). */
import type { Link } from "../model/link.ts";
import type { ObjectMapping } from "../model/mapping.ts";
import type { Write } from "../model/plan.ts";
import { otherSystem, type System } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";
import type { PersonInput } from "./person-decision.ts";

/** The facts that say how far a deletion has been followed, and which system told of it; no field of either system has a space in its name. */
const ARCHIVE_FACT = "deletion followed";
const DELETED_IN_FACT = "deleted in";

/**
 * `due`: one side says that it deleted its record, and the other is still to be archived. `done`: it was, or was gone already. `refused`: the other side
 * does not let it go; tried again once somebody clears the reject.
 */
type Following = "due" | "done" | "refused";

export interface ArchivedSurvivor {
  readonly link: Link;
  readonly writes: readonly Write[];
}

/**
 * The link of somebody whose record `system` says was deleted. Only its word counts: a record that merely cannot be found any more may be hidden from us.
 * A link that had ended before says nothing new.
 */
export function deletionKnown(link: Link, before: Link["state"], system: System): Link {
  if (link.state !== "tombstoned" || before === "tombstoned") return link;
  return following({ ...link, facts: { ...link.facts, [DELETED_IN_FACT]: system } }, "due");
}

/** One of the systems said that it deleted the record. */
export function isDeletionKnown(link: Link): boolean {
  return link.facts[ARCHIVE_FACT] !== undefined;
}

/**
 * The write that archives the surviving record of a pair; none under another policy, for a deletion that nobody vouched for, and once it has been done. Only
 * the record across from the deletion is ever archived: where that one is gone and the deleted one is back, a person restored what we had followed. Pure;
 * the link's version is the caller's business.
 */
export function archiveSurvivor(link: Link, input: PersonInput): ArchivedSurvivor {
  if (!isDeletionKnown(link)) return { link, writes: [] };
  const { mapping, hubspot, salesforce } = input;
  const isPair = link.hubspotId !== null && link.salesforceId !== null;
  // A deletion that was noticed under another policy is not followed later, whatever the policy becomes.
  if (mapping.onDelete !== "archive" || !isPair)
    return { link: { ...link, facts: withoutArchive(link.facts) }, writes: [] };
  if (link.state !== "tombstoned" || link.facts[ARCHIVE_FACT] !== "due") return { link, writes: [] };
  const [deleted, record] =
    link.facts[DELETED_IN_FACT] === "salesforce" ? [salesforce, hubspot] : [hubspot, salesforce];
  if (record === null) return { link: following(link, "done"), writes: [] };
  if (deleted !== null) return { link, writes: [] };
  const { system, object, id } = record.ref;
  const write: Write = {
    key: `${link.id}:${link.version}:${system}`,
    link: link.id,
    recordName: link.name,
    system,
    object,
    id,
    operation: "archive",
    fields: {},
    reason: `on-delete: archive (deleted in ${NAMES[otherSystem(system)]})`,
    unique: null,
    ifUnmodifiedSince: null,
    step: 1,
    purpose: "archive",
  };
  return { link, writes: [write] };
}

const NAMES: Readonly<Record<System, string>> = { hubspot: "HubSpot", salesforce: "Salesforce" };

/** The link once the record is archived (or was gone already), or once the system has refused it. */
export function afterArchive(link: Link, outcome: "done" | "refused"): Link {
  return following(link, outcome);
}

/** A refused archive is tried once more. */
export function archiveAgain(link: Link): Link {
  return link.facts[ARCHIVE_FACT] === "refused" ? following(link, "due") : link;
}

/** A refusal that stood before and stands no more. */
export function isArchiveSettled(before: Link | null, after: Link): boolean {
  return before?.facts[ARCHIVE_FACT] === "refused" && after.facts[ARCHIVE_FACT] !== "refused";
}

/** The facts of somebody who is there on every side: another deletion would be followed anew. */
export function withoutArchive(facts: Facts): Facts {
  const { [ARCHIVE_FACT]: _, [DELETED_IN_FACT]: __, ...others } = facts;
  return others;
}

/** What became of a deletion, for a reader; null where none is followed. */
export function archiveInWords({ facts, hubspotId, salesforceId }: Link, mapping: ObjectMapping): string | null {
  const state = facts[ARCHIVE_FACT];
  if (state === undefined || mapping.onDelete !== "archive" || hubspotId === null || salesforceId === null) return null;
  if (state === "done") return "the record on the other side was archived (on-delete: archive)";
  if (state === "refused")
    return "the record on the other side could not be archived: see the rejects (on-delete: archive)";
  return "the record on the other side is to be archived (on-delete: archive)";
}

function following(link: Link, state: Following): Link {
  return { ...link, facts: { ...link.facts, [ARCHIVE_FACT]: state } };
}
