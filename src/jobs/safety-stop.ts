/** When a run is too dangerous to go on: foreseen while it reads, counted over its writes, kept until a person has looked, and told with a sample. */

import type { SafetyLimits } from "../core/model/connector-settings.ts";
import {
  tally as addToTally,
  checkSafety,
  enoughPeople,
  NOTHING_YET,
  type SafetyTally,
} from "../core/sync/check-safety.ts";
import type { JudgedPlan } from "./ended-people.ts";
import { planName, sampleOf } from "./plan-name.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

/** Where the last safety stop is kept until a plan has been let through or the danger is gone: the next run must not begin its count anew. */
const SAFETY_STOP = "safety-stop";
/** Set once everybody has been looked at: until then records are made by the thousand, and that is what was asked for. */
const FIRST_LOAD = "first-load";

/** Remembers the reason of a stop, or that there is none. */
export async function keepStop({ store }: SyncDependencies, refused: string | null): Promise<void> {
  const kept = await keptStop(store);
  if (kept !== refused) await store.saveSetting(SAFETY_STOP, refused ?? "");
}

/** The reason of the stop that stands, or null. */
export async function keptStop(store: SyncDependencies["store"]): Promise<string | null> {
  const kept = (await store.setting(SAFETY_STOP)) ?? "";
  return kept === "" ? null : kept;
}

/** A run looked at everybody there was: from now on creates are counted. */
export async function endFirstLoad({ store, memory, clock }: SyncDependencies): Promise<void> {
  if (memory.has(FIRST_LOAD)) return;
  if (((await store.setting(FIRST_LOAD)) ?? "") === "") await store.saveSetting(FIRST_LOAD, "done");
  memory.set(FIRST_LOAD, { value: "done", readAt: clock.now() });
}

/**
 * Whether everything must be planned before the first write: what was read could lead to too much, or the last run was stopped. It costs a second read of
 * those people, which ordinary runs are spared. What is foreseen is kept first: a run that dies here must not make the next one blind.
 */
export async function needsRehearsal(dependencies: SyncDependencies, foreseen: SafetyTally): Promise<boolean> {
  if ((await keptStop(dependencies.store)) !== null) return true;
  if ((await tooMuch(dependencies, foreseen, { linked: 0, ahead: 1 })).refused === null) return false;
  await keepStop(dependencies, "a plan was foreseen to be too much, and has not been made yet");
  return true;
}

/** Safety looks at the sum of everything planned so far, so that a danger cut in slices is still one danger. */
export function safetyOf(
  dependencies: SyncDependencies,
  approve?: (part: JudgedPlan) => boolean,
): (part: JudgedPlan) => Promise<string | null> {
  let sum: SafetyTally = NOTHING_YET;
  let counted = 0;
  return async (part) => {
    if (approve?.(part) === true) return null;
    sum = addToTally(sum, part.writes, part.ended.length);
    const { refused, linked } = await tooMuch(dependencies, sum, { linked: counted, ahead: COUNTED_AHEAD });
    counted = linked;
    return refused;
  };
}

/** What a run has planned grows chunk by chunk: more people are counted than it needs now, so that the next chunks need not count again. */
const COUNTED_AHEAD = 2;

/**
 * Counting everybody costs more the more there are: only what would be too much for the smallest company, and for the `linked` people who were counted
 * before, is measured against more of them, and never against more than make it allowed.
 */
async function tooMuch(
  dependencies: SyncDependencies,
  sum: SafetyTally,
  { linked, ahead }: { readonly linked: number; readonly ahead: number },
): Promise<{ readonly refused: string | null; readonly linked: number }> {
  const { rulebook, store } = dependencies;
  if (checkSafety(sum, linked, rulebook.safety) === null) return { refused: null, linked };
  const limits = await limitsNow(dependencies);
  if (checkSafety(sum, linked, limits) === null) return { refused: null, linked };
  const now = await store.linkedPeople(ahead * enoughPeople(sum, limits));
  return { refused: checkSafety(sum, now, limits), linked: now };
}

async function limitsNow({ rulebook, store }: SyncDependencies): Promise<SafetyLimits> {
  const done = ((await store.setting(FIRST_LOAD)) ?? "") !== "";
  const { create } = rulebook.safety;
  return done ? rulebook.safety : { ...rulebook.safety, create: { ...create, atMost: Number.MAX_SAFE_INTEGER } };
}

/** A refused plan's reason, with its name and what to do. */
export function stopReason({ ownFields }: SyncDependencies, refused: string, plan: JudgedPlan): string {
  const name = planName(plan, ownFields);
  return `${refused}. Nothing of it was written; its name is ${name}: look at it with \`leadloop plan\`, let it through once with \`leadloop sync --approve ${name}\`, or mend the cause`;
}

/** Tells people, once for each plan, and gives the reason. */
export async function stopWith(dependencies: SyncDependencies, refused: string, plan: JudgedPlan): Promise<string> {
  const { store, clock, ownFields } = dependencies;
  const reason = stopReason(dependencies, refused, plan);
  await store.saveNotices([
    {
      key: `safety-stop:${planName(plan, ownFields)}`,
      kind: "safety-stop",
      link: null,
      title: `LeadLoop stopped: ${refused}`,
      text: [`${reason}.`, "", "A sample of what it would have done:", ...sampleOf(plan)].join("\n"),
      html: null,
      ownerEmail: null,
      managerEmail: null,
      at: clock.now(),
      state: "due",
      notBefore: null,
      attempts: 0,
      detail: null,
    },
  ]);
  return reason;
}
