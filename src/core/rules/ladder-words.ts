/** Says what a step of the ladder tells people: about a lead that an owner has, and about one that waits in a queue. */
import type { HandoffEntry } from "../model/ledger.ts";
import type { NoticeKind } from "../model/notice.ts";
import type { Instant, Owner } from "../model/record.ts";
import { localText } from "./business-hours.ts";

export interface LadderWords {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly text: string;
}

export function reminderWords(name: string, handoff: HandoffEntry, owner: Owner | null): LadderWords {
  const until = localText(handoff.deadline, owner?.timeZone ?? "UTC");
  if (owner?.queue !== true)
    return { kind: "sla-reminder", title: `${name} waits for you`, text: `Accept or reject by ${until}.` };
  return {
    kind: "queue-reminder",
    title: `${name} waits in the queue ${owner.name}`,
    text: `Nobody has taken this lead yet. Take it, and accept or reject by ${until}.`,
  };
}

export function escalationWords(name: string, handoff: HandoffEntry, owner: Owner | null): LadderWords {
  const since = shown(handoff.at);
  const text =
    owner?.queue === true
      ? `It is in the queue ${owner.name} since ${since}, and nobody has taken it.`
      : `${handoff.ownerEmail} got this lead ${since} and has not reacted.`;
  return { kind: "sla-escalation", title: `${name} has waited too long`, text };
}

function shown(instant: Instant): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
