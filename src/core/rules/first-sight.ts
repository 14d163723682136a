/** Opens the stage state of a person seen for the first time: what the two sides already say is history, not a move. */
import type { Instant, RawValue } from "../model/record.ts";
import type { Lifecycle, Stage } from "../model/rulebook.ts";
import { entriesOf, type Sighting } from "./hubspot-sight.ts";
import { climbOf, eventOf, type ScoreAtEntry, type StageClaim, type StageProgress } from "./stage-progress.ts";
import { readStage } from "./stage-spelling.ts";
import { isExit, MQL_RANK, rankOf } from "./stages.ts";

/** The first cycle's number. */
const FIRST_EPOCH = 1;

export interface FirstGround {
  readonly lifecycle: Lifecycle;
  readonly hubspot: Sighting | null;
  readonly salesforce: { readonly stage: RawValue; readonly epoch: RawValue; readonly at: Instant } | null;
  readonly createdAt: Instant;
  /** The stage of whom neither side has a stage for. */
  readonly blank: { readonly stage: Stage; readonly reason: string };
}

/** A cycle number as Salesforce holds it, or null when there is none that makes sense. */
export function readEpoch(raw: RawValue): number | null {
  const epoch = raw === null || raw === "" ? Number.NaN : Number(raw);
  return Number.isSafeInteger(epoch) && epoch >= FIRST_EPOCH ? epoch : null;
}

/** The further of both sides' stages, with the entries that HubSpot's history tells of on the way there. */
export function openFirstCycle(ground: FirstGround, entry: ScoreAtEntry): StageProgress {
  const salesforce = salesforceClaim(ground);
  const salesforceEpoch = readEpoch(ground.salesforce?.epoch ?? null);
  const epoch = salesforce === null ? FIRST_EPOCH : (salesforceEpoch ?? FIRST_EPOCH);
  // Our own write beside a stored cycle: the state was lost, and the value may be one of the cycle before.
  const ownLeftover = salesforce !== null && salesforceEpoch !== null && hubspotIsOurs(ground.hubspot);
  const claims = [...(ownLeftover ? [] : hubspotClaims(ground)), ...(salesforce === null ? [] : [salesforce])];
  const top = claims.reduce<StageClaim | null>(
    (best, one) => (best === null || isFurther(one, best) ? one : best),
    null,
  );
  const { createdAt, blank } = ground;
  const first = top ?? { stage: blank.stage, at: createdAt, side: "leadloop" as const, reason: blank.reason };
  const below = claims.filter(({ stage }) => rankOf(stage) < rankOf(first.stage));
  const moves = climbOf([...below, first], -1);
  return {
    state: {
      epoch,
      stage: first.stage,
      since: first.at,
      reason: first.reason,
      armed: rankOf(first.stage) < MQL_RANK && !isExit(first.stage),
    },
    events: moves.map((move) => eventOf(epoch, move, entry)),
  };
}

function salesforceClaim({ salesforce, lifecycle }: FirstGround): StageClaim | null {
  if (salesforce === null) return null;
  const reading = readStage(lifecycle, "salesforce", salesforce.stage, null);
  if (reading.kind !== "known") return null;
  return { stage: reading.stage, at: salesforce.at, side: "salesforce", reason: "found in Salesforce" };
}

/** The value HubSpot shows, and the lower ones that its history shows before it. */
function hubspotClaims({ hubspot, lifecycle }: FirstGround): StageClaim[] {
  if (hubspot === null) return [];
  const claims: StageClaim[] = [];
  for (const version of entriesOf(hubspot)) {
    const reading = readStage(lifecycle, "hubspot", version.value, null);
    const [shown] = claims;
    if (shown === undefined && reading.kind !== "known") return [];
    if (reading.kind !== "known" || (shown !== undefined && (isExit(reading.stage) || isExit(shown.stage)))) continue;
    claims.push({ stage: reading.stage, at: version.at, side: "hubspot", reason: "found in HubSpot" });
  }
  const [shown] = claims;
  return claims.filter((claim) => claim === shown || rankOf(claim.stage) < rankOf(shown?.stage ?? "subscriber"));
}

function hubspotIsOurs(hubspot: Sighting | null): boolean {
  return hubspot !== null && entriesOf(hubspot)[0]?.own === true;
}

/** Like the rank, but an exit weighs more than the stages from which nobody was handed over. */
function isFurther(a: StageClaim, b: StageClaim): boolean {
  const weight = ({ stage }: StageClaim): number => (isExit(stage) ? rankOf("lead") + 0.5 : rankOf(stage));
  return weight(a) > weight(b);
}
