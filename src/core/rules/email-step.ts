/** Says which e-mail step HubSpot shall know of: the newest one, until it is over or may no longer be sent. */
import type { CadenceRun, FollowUpEvent } from "../model/follow-up.ts";
import { runPrefix } from "./follow-cadences.ts";
import type { FollowUpInput } from "./follow-up-plan.ts";
import { ladderKey } from "./handoff-ladder.ts";
import { suppressedBy } from "./suppression.ts";

/** The value that HubSpot's workflow for the last touch listens to. */
const LAST_TOUCH = "handoff/last-touch";

export interface EmailStep {
  /** A value, null for none any more, absent for a person who never had one. */
  readonly step?: string | null;
  /** Tells, once, that a step was taken back. */
  readonly events: readonly FollowUpEvent[];
}

/**
 * The last touch stays until its handoff is over, and a cadence's step while the cadence goes on. Neither stays with somebody who must not get e-mail any
 * more; and what was taken back does not return when they may again, because a workflow would send an old e-mail then.
 */
export function emailStepOf(
  input: FollowUpInput,
  planned: { readonly events: readonly FollowUpEvent[]; readonly runs: readonly CadenceRun[] },
): EmailStep {
  const { link, stage, rulebook, facts, now } = input;
  const events = [...input.events, ...planned.events];
  const shown = lastTouch(input, events) ?? cadenceStep(events, [...input.runs, ...planned.runs]);
  if (shown === null) return { ...(events.some(wasTouch) ? { step: null } : {}), events: [] };
  if (shown.value === null) return { step: null, events: [] };
  const key = `${shown.key}:taken-back`;
  if (events.some((event) => event.key === key)) return { step: null, events: [] };
  const stop = suppressedBy(rulebook.suppression, "email", facts, now);
  if (stop === null) return { step: shown.value, events: [] };
  const text = `e-mail ${shown.value} taken back: ${stop.because}`;
  return { step: null, events: [{ key, link, epoch: stage.epoch, kind: "skipped", at: now, text }] };
}

interface Shown {
  /** Of the event that it comes from. */
  readonly key: string;
  readonly value: string | null;
}

function wasTouch({ kind, text }: FollowUpEvent): boolean {
  return kind === "last-touch" && !text.includes("left out");
}

function lastTouch({ link, stage, handoffs }: FollowUpInput, events: readonly FollowUpEvent[]): Shown | null {
  const key = ladderKey(link, stage.epoch, "last-touch");
  const open = handoffs.some(({ epoch, outcome }) => epoch === stage.epoch && outcome === "open");
  return open && events.some((event) => event.key === key && wasTouch(event)) ? { key, value: LAST_TOUCH } : null;
}

/** The last e-mail step of all cadences; null for a person who never had one. */
function cadenceStep(events: readonly FollowUpEvent[], runs: readonly CadenceRun[]): Shown | null {
  const last = events
    .filter(({ kind }) => kind === "email")
    .reduce<FollowUpEvent | null>((newest, event) => (newest === null || event.at >= newest.at ? event : newest), null);
  if (last === null) return null;
  const run = runs.findLast((one) => last.key.startsWith(runPrefix(one)));
  return { key: last.key, value: run === undefined || run.state === "running" ? last.text : null };
}
