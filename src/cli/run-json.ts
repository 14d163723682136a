/** The JSON documents of `plan` and `sync` that scripts rely on. */
import type { OwnFields } from "../core/model/mapping.ts";
import type { Write } from "../core/model/plan.ts";
import type { RawValue, System } from "../core/model/record.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { writingCost } from "./plan-cost.ts";

export interface PlannedField {
  readonly from: RawValue;
  readonly to: RawValue;
  readonly rule: string;
}

/** One write as `plan --json` and a plan file show it; `from` is null where the record had nothing or is not there yet. */
export interface PlannedWrite {
  readonly system: System;
  readonly object: string;
  readonly id: string | null;
  readonly operation: Write["operation"];
  readonly name: string;
  readonly fields: Readonly<Record<string, PlannedField>>;
  readonly reason: string;
}

/** Every count of a run; what it wrote is in the ledger. */
export function syncJson(result: SyncResult): Readonly<Record<string, unknown>> {
  const { plan: _plan, run, outcome, read, written, ...rest } = result;
  return { run, outcome, read, written, ...rest };
}

/** The same with `planned` in place of `written`, and every line of the plan. */
export function planJson(result: SyncResult): Readonly<Record<string, unknown>> {
  const { plan, run, outcome, read, written, ...rest } = result;
  return {
    run,
    outcome,
    read,
    planned: written,
    ...rest,
    writingCalls: writingCost(plan.writes),
    writes: plan.writes.map(plannedWrite),
    conflictList: plan.conflicts,
    skips: plan.skips,
    rejects: plan.rejects,
  };
}

export function plannedWrite(write: Write): PlannedWrite {
  const { system, object, id, operation, recordName, reason } = write;
  const fields = Object.entries(write.fields).map(([name, { from, to, rule }]) => [
    name,
    { from: from ?? null, to, rule },
  ]);
  return { system, object, id, operation, name: recordName, fields: Object.fromEntries(fields), reason };
}

/** What two plans must agree on to be the same plan: everything but the keys, which are minted anew for people not stored yet, and the times of stages that are entered by the run itself. */
export function planLine(write: PlannedWrite, ownFields: OwnFields): string {
  const entered = Object.values(ownFields.entered).map((names) => names[write.system]);
  const fresh = new Set([ownFields.key[write.system], ...entered]);
  const fields = Object.entries(write.fields)
    .filter(([name]) => !fresh.has(name))
    .map(([name, { from, to }]) => [name, from, to])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return JSON.stringify([write.system, write.object, write.id ?? write.name, write.operation, fields]);
}
