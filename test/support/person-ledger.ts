/** A person's entries of the ledger as the report reads them. */
import type { HandoffEntry, OutcomeEntry, StageEvent, TaskEntry } from "../../src/core/model/ledger.ts";
import type { Link, UnshownStage } from "../../src/core/model/link.ts";
import type { Instant } from "../../src/core/model/record.ts";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import { STAGES } from "../../src/core/model/rulebook.ts";
import { momentOf } from "../../src/core/report/moment.ts";

/** What is left out is nothing. */
export interface LedgerParts {
  readonly stages?: readonly StageEvent[];
  readonly handoffs?: readonly HandoffEntry[];
  readonly tasks?: readonly TaskEntry[];
  readonly outcomes?: readonly OutcomeEntry[];
  /** Cycles whose handoff went to another owner, and when. */
  readonly reassigned?: ReadonlyMap<number, Instant>;
  readonly touches?: readonly { readonly at: string; readonly campaign: string }[];
}

const unshownOf = (link: Link): [string, UnshownStage][] => Object.entries(link.unshown ?? {});

/** `facts`: the names of those that are asked for; all where they are left out. */
export function personLedger(
  link: Link,
  parts: LedgerParts,
  facts: readonly string[] = Object.keys(link.facts),
): PersonLedger {
  const {
    stages = [],
    handoffs = [],
    tasks = [],
    outcomes = [],
    touches = [],
    reassigned = new Map<number, Instant>(),
  } = parts;
  const shown = Object.fromEntries(unshownOf(link).map(([system, side]) => [`${system}_stage`, side.shown]));
  return {
    person: {
      id: link.id,
      state: link.state,
      name: link.name,
      hubspotId: link.hubspotId,
      salesforceObject: link.salesforceObject,
      salesforceId: link.salesforceId,
      firstSeenAt: momentOf(link.firstSeenAt),
      stage: link.stage?.stage ?? null,
      clearing: link.stage?.clearing === true,
      unshown: Object.fromEntries(unshownOf(link).map(([system, { shown: _, ...why }]) => [system, why])),
      facts: Object.fromEntries(Object.entries({ ...link.facts, ...shown }).filter(([name]) => facts.includes(name))),
    },
    stages: stages.map(({ epoch, stage, at, reason, score, band }) => ({
      epoch,
      stage,
      place: STAGES.indexOf(stage),
      at: momentOf(at),
      reason: stage === "recycled" || stage === "disqualified" ? reason : "",
      score,
      band,
    })),
    handoffs: handoffs.map((entry) => ({
      ...entry,
      at: momentOf(entry.at),
      deadline: momentOf(entry.deadline),
      endedAt: momentOf(entry.endedAt ?? ""),
      reactedAt: momentOf(entry.reactedAt ?? ""),
      reassignedAt: momentOf(reassigned.get(entry.epoch) ?? ""),
      afterHours: entry.afterHours === true,
    })),
    tasks: tasks.map((entry) => ({
      ...entry,
      createdAt: momentOf(entry.createdAt),
      closedAt: momentOf(entry.closedAt ?? ""),
      deliveredAt: momentOf(entry.deliveredAt ?? ""),
      touchedAt: momentOf(entry.touchedAt ?? ""),
    })),
    deals: outcomes.map((entry) => ({
      ...entry,
      closeDate: entry.closeDate ?? null,
      openedAt: momentOf(entry.openedAt),
      stageAt: momentOf(entry.stageAt),
    })),
    touches: touches.map(({ at, campaign }) => ({ at: momentOf(at), campaign })),
  };
}
