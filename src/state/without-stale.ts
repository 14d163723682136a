/** Leaves out everything that was decided about people who must be read again. */
import type { Decisions } from "../jobs/state-port.ts";
import type { StoredClaim } from "./link-claims.ts";

/** `stale` links and all their rows go; their marks are not done, under whichever id they were set. What was settled stays: see `settle`. */
export function withoutStale(
  decisions: Decisions,
  stale: ReadonlySet<string>,
  before: readonly StoredClaim[],
): Decisions {
  if (stale.size === 0) return decisions;
  const fresh = (entry: { readonly link: string | null }) => entry.link === null || !stale.has(entry.link);
  const marks = marksOf(decisions, stale, before);
  return {
    links: decisions.links.filter((link) => !stale.has(link.id)),
    aliases: decisions.aliases.filter(fresh),
    intents: decisions.intents.filter(fresh),
    conflicts: decisions.conflicts.filter(fresh),
    stageEvents: decisions.stageEvents.filter(fresh),
    handoffs: decisions.handoffs.filter(fresh),
    tasks: decisions.tasks.filter(fresh),
    rejects: decisions.rejects.filter(fresh),
    outcomes: decisions.outcomes.filter(fresh),
    notices: decisions.notices.filter(fresh),
    cadenceRuns: decisions.cadenceRuns.filter(fresh),
    followUpEvents: decisions.followUpEvents.filter(fresh),
    factChanges: decisions.factChanges.filter(fresh),
    dirty: decisions.dirty,
    done: decisions.done.filter((mark) => !marks.has(withoutObject(mark.key))),
    routed: routedToFresh(decisions, stale),
    settled: decisions.settled,
  };
}

/** `s:<object>:<id>` as `s:<id>`: an id is known here without its object. */
function withoutObject(key: string): string {
  return key.startsWith("s:") ? `s:${key.slice(key.lastIndexOf(":") + 1)}` : key;
}

function marksOf(
  decisions: Decisions,
  stale: ReadonlySet<string>,
  before: readonly StoredClaim[],
): ReadonlySet<string> {
  const marks = new Set<string>();
  for (const holder of [...decisions.links, ...before]) {
    if (!stale.has(holder.id)) continue;
    marks.add(`l:${holder.id}`).add(`h:${holder.hubspotId}`).add(`s:${holder.salesforceId}`);
  }
  for (const alias of decisions.aliases) {
    if (stale.has(alias.link)) marks.add(`${alias.system === "hubspot" ? "h" : "s"}:${alias.oldId}`);
  }
  return marks;
}

/** Route counters name no link: one count goes for each handoff that goes. */
function routedToFresh(decisions: Decisions, stale: ReadonlySet<string>): Decisions["routed"] {
  const withdrawn = decisions.handoffs.filter((handoff) => stale.has(handoff.link));
  const routed = [...decisions.routed];
  for (const handoff of withdrawn) {
    const index = routed.findIndex(
      (entry) => entry.rule === handoff.routedBy && entry.ownerEmail === handoff.ownerEmail,
    );
    if (index !== -1) routed.splice(index, 1);
  }
  return routed;
}
