/** I11, for the cycles after the first: what somebody said in HubSpot before a cycle began is nothing that they say of it. */
import type { Link } from "../../../src/core/model/link.ts";
import type { Decisions } from "../../../src/jobs/state-port.ts";
import type { Checker, Evidence } from "../evidence.ts";
import { isForgotten, linksStored } from "./naive.ts";
import { personsOf } from "./same-person.ts";

/** What becomes of a stage when records are merged or brought back is the vendor's own business. */
const REMAKING: ReadonlySet<string> = new Set(["merge", "delete", "restore", "erase", "convert"]);

export const cyclesBeginAnew: Checker = (evidence) => {
  const persons = personsOf(evidence);
  return evidence.state.links.flatMap((link) => {
    // A merged contact has a new id, and whoever stepped aside in a merge has none any more.
    const standing = linksStored(evidence, Number.POSITIVE_INFINITY).filter(({ id }) => id === link.id);
    const ids = [link, ...standing].flatMap(({ hubspotId, salesforceId }) => [hubspotId, salesforceId]);
    const names = ids.flatMap((id) => (id === null ? [] : persons(id)));
    const theirs = evidence.humans.filter(({ id }) => names.includes(persons(id)));
    // Whoever stepped aside in a merge has no record left by which anybody could be asked.
    if (names.length === 0 || theirs.some(({ what }) => REMAKING.has(what))) return [];
    const said = theirs.filter(({ system, field }) => system === "hubspot" && field === "lifecyclestage");
    return evidence.state.stages
      .filter((event) => event.link === link.id && event.epoch > 1 && event.reason === "set by hand in HubSpot")
      .flatMap(({ stage, epoch }) => {
        const began = beganAt(evidence, link, epoch);
        if (began === null || said.some(({ at }) => at > began)) return [];
        return [
          `${link.id}: ${stage} of cycle ${epoch} was set by hand in HubSpot, where nobody had set a stage since it began`,
        ];
      });
  });
};

/** When the run set out that began the cycle: what was entered since it had read the contact belongs to the new one. */
function beganAt(evidence: Evidence, { id }: Link, epoch: number): number | null {
  const first = evidence.storeLog.find(({ method, given, at }) => {
    if (method !== "commitDecisions" || isForgotten(evidence, at)) return false;
    const { stageEvents = [] } = given[1] as Partial<Decisions>;
    return stageEvents.some((event) => event.link === id && event.epoch === epoch);
  });
  const run = evidence.invocations.find(({ number }) => number === first?.invocation);
  return first === undefined ? null : (run?.startedAt ?? first.at);
}
