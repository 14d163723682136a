/** Whether somebody whose lead was deleted still had a contact when we last looked: then one that is gone without a trace was erased, and is to be forgotten. */
import type { Link } from "../model/link.ts";
import type { CrmRecord } from "../model/record.ts";

/** No field of either system has a space in its name. The state looks for it by this name too. */
const LEFT_FACT = "contact left";

/** The link of somebody who was deleted, with what was seen of the contact just now. */
export function withContactSeen(link: Link, hubspot: CrmRecord | null): Link {
  if (link.state !== "tombstoned" || (hubspot !== null) === isContactLeft(link)) return link;
  const { [LEFT_FACT]: _, ...others } = link.facts;
  return { ...link, facts: hubspot === null ? others : { ...others, [LEFT_FACT]: "yes" } };
}

export function isContactLeft({ facts }: Pick<Link, "facts">): boolean {
  return facts[LEFT_FACT] !== undefined;
}
