/** What the people on both sides did to a known stage: moves forward that count, and moves that are put back. */
import type { StageState } from "../model/link.ts";
import type { Instant, RawValue, System } from "../model/record.ts";
import type { Lifecycle } from "../model/rulebook.ts";
import { readEpoch } from "./first-sight.ts";
import { isBlank, type Sighting, sightHubspot } from "./hubspot-sight.ts";
import type { StageClaim } from "./stage-progress.ts";
import { readStage, type StageReading, spellStage } from "./stage-spelling.ts";
import { isExit, rankOf } from "./stages.ts";

/** Something a side said that did not stand. */
export interface StageNote {
  readonly side: System;
  readonly found: string;
  readonly kept: string;
  readonly because: string;
}

export interface SidesSeen {
  /** Forward moves by hand. */
  readonly claims: readonly StageClaim[];
  /** Backward moves and run-over values; said only when the cycle goes on, for a recycle is what the move meant. */
  readonly notes: readonly StageNote[];
}

export interface SidesGround {
  readonly lifecycle: Lifecycle;
  readonly state: StageState;
  readonly hubspot: Sighting | null;
  readonly salesforce: { readonly stage: RawValue; readonly epoch: RawValue; readonly at: Instant } | null;
}

const NAMES: Readonly<Record<System, string>> = { hubspot: "HubSpot", salesforce: "Salesforce" };

/** Reads both sides against the stored state. Order does not matter: neither side's answer depends on the other's. */
export function seeSides(ground: SidesGround): SidesSeen {
  const hubspot = seeHubspot(ground);
  const salesforce = seeSalesforce(ground);
  return { claims: [...hubspot.claims, ...salesforce.claims], notes: [...hubspot.notes, ...salesforce.notes] };
}

function seeHubspot({ lifecycle, state, hubspot }: SidesGround): SidesSeen {
  if (hubspot === null) return { claims: [], notes: [] };
  const sight = sightHubspot(hubspot, state);
  const notes = sight.runOver.map((version) =>
    note(
      lifecycle,
      state,
      "hubspot",
      version.value,
      "it was set just before the new cycle began, without knowing of it",
    ),
  );
  if (sight.human === null) return { claims: [], notes };
  const { value, at } = sight.human;
  const seen = judge(lifecycle, state, "hubspot", value, at);
  // A blank that is not in the history may be one we made; an entry of ours on top means that it was put back already.
  const said = sight.shown && !(isBlank(value) && hubspot.history.length === 0);
  return { claims: seen.claims, notes: said ? [...notes, ...seen.notes] : notes };
}

function seeSalesforce({ lifecycle, state, salesforce }: SidesGround): SidesSeen {
  if (salesforce === null || isBlank(salesforce.stage)) return { claims: [], notes: [] };
  // An earlier cycle is a write of ours that is still to come.
  if ((readEpoch(salesforce.epoch) ?? state.epoch) !== state.epoch) return { claims: [], notes: [] };
  return judge(lifecycle, state, "salesforce", salesforce.stage, salesforce.at);
}

/** A later stage counts; anything else said after the stage was reached is put back. Exits need a reason, so by hand alone they never count. */
function judge(lifecycle: Lifecycle, state: StageState, side: System, value: RawValue, at: Instant): SidesSeen {
  const reading = readStage(lifecycle, side, value, state.stage);
  if (reading.kind === "known") {
    if (reading.stage === state.stage) return { claims: [], notes: [] };
    if (!isExit(reading.stage) && rankOf(reading.stage) > rankOf(state.stage)) {
      return { claims: [{ stage: reading.stage, at, side, reason: `set by hand in ${NAMES[side]}` }], notes: [] };
    }
  }
  if (at <= state.since) return { claims: [], notes: [] };
  return { claims: [], notes: [note(lifecycle, state, side, value, whyKept(reading, side))] };
}

function whyKept(reading: StageReading, side: System): string {
  if (reading.kind === "blank")
    return `it was cleared by hand in ${NAMES[side]}; a stage goes back only as a recycle with a reason`;
  if (reading.kind === "unmapped")
    return `no stage in config/lifecycle.yml is spelt so in ${NAMES[side]}; add the name there, and until then the field is left as it is`;
  if (isExit(reading.stage))
    return `${reading.stage} was set by hand in ${NAMES[side]} without a reason; give the reason and it counts`;
  return `it was moved back by hand in ${NAMES[side]} without a recycle reason; give the reason and it counts`;
}

function note(lifecycle: Lifecycle, state: StageState, side: System, value: RawValue, because: string): StageNote {
  const found = isBlank(value) ? "(blank)" : String(value);
  return { side, found, kept: spellStage(lifecycle, state.stage, side) ?? state.stage, because };
}

/** Forward moves by hand that a further one left behind. */
export function leftBehind(
  lifecycle: Lifecycle,
  state: StageState,
  claims: readonly StageClaim[],
  made: readonly { readonly stage: string; readonly side: string; readonly at: Instant }[],
): StageNote[] {
  return claims.flatMap((claim) => {
    if (claim.side === "leadloop" || made.some((move) => move.stage === claim.stage)) return [];
    const found = spellStage(lifecycle, claim.stage, claim.side) ?? claim.stage;
    return [note(lifecycle, state, claim.side, found, `${state.stage} is further and was reached before`)];
  });
}
