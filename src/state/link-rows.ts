/** Turns links into rows and back: scalars that are searched stand in columns, the rest in JSON. */
import type { FieldState, Link, LinkState, ScoreState, Seen, StageState, UnshownStage } from "../core/model/link.ts";
import type { Instant, System } from "../core/model/record.ts";
import type { Facts } from "../core/model/rulebook.ts";
import { RowTable } from "./row-table.ts";

/** One person. `stage`, `epoch`, `scoreTotal` and `scoreDueAt` repeat what the JSON says, for searches. */
export interface LinkRow {
  readonly id: string;
  readonly state: LinkState;
  readonly hubspotId: string | null;
  readonly salesforceObject: string | null;
  readonly salesforceId: string | null;
  readonly email: string | null;
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly hubspotVersion: string | null;
  readonly hubspotSeenAt: Instant | null;
  readonly salesforceVersion: string | null;
  readonly salesforceSeenAt: Instant | null;
  readonly stage: string | null;
  readonly epoch: number | null;
  readonly scoreTotal: number | null;
  readonly scoreDueAt: Instant | null;
  readonly firstSeenAt: Instant;
  readonly fields: Readonly<Record<string, FieldState>>;
  readonly facts: Facts;
  readonly stageState: StageState | null;
  readonly score: ScoreState | null;
  readonly quarantine: Readonly<Partial<Record<System, Instant>>>;
  readonly followUpAt: Instant | null;
  readonly unshown: Readonly<Partial<Record<System, UnshownStage>>>;
}

export const LINKS = new RowTable<LinkRow>("link", ["id"], {
  id: "text",
  state: "text",
  hubspotId: "text",
  salesforceObject: "text",
  salesforceId: "text",
  email: "text",
  name: "text",
  version: "integer",
  generation: "integer",
  hubspotVersion: "text",
  hubspotSeenAt: "instant",
  salesforceVersion: "text",
  salesforceSeenAt: "instant",
  stage: "text",
  epoch: "integer",
  scoreTotal: "number",
  scoreDueAt: "instant",
  firstSeenAt: "instant",
  fields: "json",
  facts: "json",
  stageState: "json",
  score: "json",
  quarantine: "json",
  followUpAt: "instant",
  unshown: "json",
});

const NOTHING_UNSHOWN = {};
const SCORED: ReadonlySet<LinkState> = new Set(["single", "pending", "linked", "ambiguous"]);

/** The row that holds this link. */
export function rowOfLink(link: Link): LinkRow {
  const { seen, stage, ...rest } = link;
  return {
    ...rest,
    hubspotVersion: seen.hubspot?.version ?? null,
    hubspotSeenAt: seen.hubspot?.at ?? null,
    salesforceVersion: seen.salesforce?.version ?? null,
    salesforceSeenAt: seen.salesforce?.at ?? null,
    stage: stage?.stage ?? null,
    epoch: stage?.epoch ?? null,
    stageState: stage,
    scoreTotal: link.score?.total ?? null,
    scoreDueAt: SCORED.has(link.state) ? (link.score?.nextChangeAt ?? null) : null,
    followUpAt: SCORED.has(link.state) ? (link.followUpAt ?? null) : null,
    unshown: link.unshown ?? NOTHING_UNSHOWN,
  };
}

/** The link that this row holds. */
export function linkOfRow(row: LinkRow): Link {
  return {
    id: row.id,
    state: row.state,
    hubspotId: row.hubspotId,
    salesforceObject: row.salesforceObject,
    salesforceId: row.salesforceId,
    email: row.email,
    name: row.name,
    version: row.version,
    generation: row.generation,
    seen: seenOfRow(row),
    fields: row.fields,
    stage: row.stageState,
    score: row.score,
    facts: row.facts,
    firstSeenAt: row.firstSeenAt,
    quarantine: row.quarantine,
    ...(row.followUpAt === null ? {} : { followUpAt: row.followUpAt }),
    ...(Object.keys(row.unshown).length === 0 ? {} : { unshown: row.unshown }),
  };
}

function seenOfRow(row: LinkRow): Partial<Record<System, Seen>> {
  const seen: Partial<Record<System, Seen>> = {};
  if (row.hubspotVersion !== null && row.hubspotSeenAt !== null)
    seen.hubspot = { version: row.hubspotVersion, at: row.hubspotSeenAt };
  if (row.salesforceVersion !== null && row.salesforceSeenAt !== null) {
    seen.salesforce = { version: row.salesforceVersion, at: row.salesforceSeenAt };
  }
  return seen;
}
