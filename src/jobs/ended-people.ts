/** Whose link a deletion ends in a plan: they count against the safety limit on deletions, are named in its sample, and an approval covers exactly them. */
import type { Write } from "../core/model/plan.ts";
import type { DecidedPerson } from "./decide-people.ts";

/** Somebody who was deleted on one side. The plan may hold no write for it: with `on-delete: unlink` the other record is left as it is. */
export interface EndedPerson {
  readonly link: string;
  readonly recordName: string;
  /** The records that are gone, as `Salesforce Lead 00Q…`. */
  readonly gone: readonly string[];
}

/** What a safety stop judges: the writes of a plan, and the people whose link it ends. */
export interface JudgedPlan {
  readonly writes: readonly Write[];
  readonly ended: readonly EndedPerson[];
}

/** Those whom a deletion ends now, or whose deletion, noticed before, is only now followed to the other side. */
export function endedAmong(decided: readonly DecidedPerson[]): readonly EndedPerson[] {
  return decided.filter(isEnded).map(({ draft, decision }) => {
    const { id, name, hubspotId, salesforceId, salesforceObject } = decision.link;
    const gone = [
      ...(draft.records.hubspot === null && hubspotId !== null ? [`HubSpot contact ${hubspotId}`] : []),
      ...(draft.records.salesforce === null && salesforceId !== null
        ? [`Salesforce ${salesforceObject} ${salesforceId}`]
        : []),
    ];
    return { link: id, recordName: name, gone };
  });
}

function isEnded({ draft, decision }: DecidedPerson): boolean {
  if (decision.writes.some(({ operation }) => operation === "archive")) return true;
  return decision.link.state === "tombstoned" && draft.before?.state === "linked";
}
