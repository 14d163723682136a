/** What each system must be told so that it shows the stage. */
import type { StageState } from "../model/link.ts";
import type { Instant, RawValue } from "../model/record.ts";
import type { Lifecycle } from "../model/rulebook.ts";
import { readEpoch } from "./first-sight.ts";
import { isBlank } from "./hubspot-sight.ts";
import { readStage, spellingRank, spellStage } from "./stage-spelling.ts";

/** Nothing, a clear (before a backward move), or the value. */
export type HubspotStageWrite =
  | { readonly kind: "none" }
  | { readonly kind: "clear" }
  | { readonly kind: "set"; readonly value: string };

const NONE: HubspotStageWrite = { kind: "none" };

/**
 * What HubSpot is told, and the state that remembers a clear. HubSpot takes a later stage, drops an earlier one without a word, and takes any
 * after a clear in a request of its own (HubSpot developer community, thread 1333, on `lifecyclestage`). So whatever is not surely forward is
 * cleared first. A value that no stage is spelt like stays as it is.
 */
export function tellHubspot(
  lifecycle: Lifecycle,
  state: StageState,
  value: RawValue,
): { readonly write: HubspotStageWrite; readonly state: StageState } {
  const { clearing: _, ...kept } = state;
  const settled = withoutAwaited(kept);
  const wanted = spellStage(lifecycle, state.stage, "hubspot");
  if (wanted === null) return { write: NONE, state: settled };
  if (isBlank(value)) return { write: { kind: "set", value: wanted }, state: settled };
  const shown = String(value).trim();
  if (shown === wanted) return { write: NONE, state: settled };
  if (readStage(lifecycle, "hubspot", shown, null).kind === "unmapped") return { write: NONE, state };
  const from = spellingRank(lifecycle, "hubspot", shown);
  const to = spellingRank(lifecycle, "hubspot", wanted);
  if (from !== null && to !== null && to > from) return { write: { kind: "set", value: wanted }, state: settled };
  return { write: { kind: "clear" }, state: { ...state, clearing: true } };
}

/** No clear is needed any more for the cycle to begin in HubSpot. */
function withoutAwaited(state: StageState): StageState {
  const { clearedAt, ...others } = state;
  return clearedAt === "awaited" ? others : state;
}

/** What Salesforce must hold, stage and cycle in one write; null when it does, or holds a value that no stage is spelt like. */
export function tellSalesforce(
  lifecycle: Lifecycle,
  state: StageState,
  seen: { readonly stage: RawValue; readonly epoch: RawValue; readonly at: Instant },
): { readonly stage: string; readonly epoch: number } | null {
  const wanted = spellStage(lifecycle, state.stage, "salesforce");
  if (wanted === null) return null;
  const reading = readStage(lifecycle, "salesforce", seen.stage, state.stage);
  if (reading.kind === "unmapped") return null;
  const holds = reading.kind === "known" && reading.stage === state.stage && readEpoch(seen.epoch) === state.epoch;
  return holds ? null : { stage: wanted, epoch: state.epoch };
}
