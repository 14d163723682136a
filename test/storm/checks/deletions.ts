/** I14, its other half: what becomes of the record that is left when a person deletes one of a pair. */
import type { Link } from "../../../src/core/model/link.ts";
import type { Checker, Evidence } from "../evidence.ts";
import { ARCHIVED, type ChangeRow } from "../stand-ins.ts";
import { isForgotten } from "./naive.ts";

const PEOPLE: ReadonlySet<string> = new Set(["contacts", "Lead", "Contact"]);

function deletes({ object, created, field, after }: ChangeRow): boolean {
  if (!PEOPLE.has(object) || created) return false;
  return (field === "IsDeleted" && after === true) || (field === ARCHIVED && after !== undefined);
}

/** Nothing of ours deletes a record, unless the mapping says so and a person had deleted the other one of the pair. */
export const nothingIsDeletedUnasked: Checker = ({ plan, systems, humans, state, storeLog }) =>
  systems.changes.filter(deletes).flatMap((change) => {
    // A lead that was converted meanwhile is another record in the end.
    const stored = storeLog.flatMap(({ at, given }) =>
      at > change.at ? [] : ((given[1] as { links?: readonly Link[] } | undefined)?.links ?? []),
    );
    const links = [...state.links, ...stored].filter(({ hubspotId, salesforceId }) =>
      [hubspotId, salesforceId].includes(change.id),
    );
    const present = links.map((link) => (change.system === "hubspot" ? link.salesforceId : link.hubspotId));
    // A lead that was deleted, brought back and converted is a contact by now.
    const before = humans.filter(({ field, after }) => field === "(converted)" && present.includes(String(after)));
    const others = [...present, ...before.map(({ id }) => id)];
    const asked = humans.some(
      (row) => ["delete", "merge"].includes(row.what) && others.includes(row.id) && row.at < change.at,
    );
    if (plan.setting.onDelete === "archive" && asked) return [];
    return [`${change.object} ${change.id} was deleted by us, and nobody asked for it`];
  });

/** Where the mapping archives, the record that is left of a pair goes too. */
export const deletionsAreFollowed: Checker = (evidence) => {
  const { plan, humans, state } = evidence;
  if (plan.setting.onDelete !== "archive") return [];
  return state.links.flatMap((link) => {
    const { hubspotId, salesforceId } = link;
    if (link.state !== "tombstoned" || hubspotId === null || salesforceId === null) return [];
    const deleted = humans.find((row) => row.what === "delete" && [hubspotId, salesforceId].includes(row.id));
    if (deleted === undefined || !wasPair(evidence, link, deleted.at)) return [];
    // Whoever is brought back, merged or converted afterwards is a story of its own; what was refused has been told.
    const touched = ["restore", "merge", "convert", "erase"];
    if (humans.some((row) => row.who === deleted.who && touched.includes(row.what))) return [];
    if (state.rejects.some((reject) => reject.link === link.id)) return [];
    const left = isLive(evidence, link, deleted.system === "hubspot" ? "salesforce" : "hubspot");
    return left
      ? [`${link.id} (${link.email}) was deleted in ${deleted.system}, and its other record is still there`]
      : [];
  });
};

/** A pair that the state had stored as one by then, and remembers. */
function wasPair(evidence: Evidence, link: Link, until: number): boolean {
  return evidence.storeLog.some(
    ({ at, given }) =>
      at < until &&
      !isForgotten(evidence, at) &&
      ((given[1] as { links?: readonly Link[] } | undefined)?.links ?? []).some(
        (one) => one.id === link.id && one.state === "linked" && one.hubspotId !== null && one.salesforceId !== null,
      ),
  );
}

function isLive({ systems }: Evidence, link: Link, system: "hubspot" | "salesforce"): boolean {
  if (system === "hubspot") return systems.hubspot.contact(link.hubspotId ?? "")?.archived === false;
  const record = systems.salesforce.record(link.salesforceObject ?? "Lead", link.salesforceId ?? "");
  return record !== undefined && record["IsDeleted"] !== true;
}
