/** Keeps a plan that a person looked at, and tells what has changed since. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import type { OwnFields } from "../core/model/mapping.ts";
import type { Instant } from "../core/model/record.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { UsageError } from "./command-failure.ts";
import { EXIT } from "./exit-code.ts";
import { type PlannedWrite, planLine, plannedWrite } from "./run-json.ts";

const rawValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const writeShape = z.object({
  system: z.enum(["hubspot", "salesforce"]),
  object: z.string(),
  id: z.string().nullable(),
  operation: z.enum(["create", "update"]),
  name: z.string(),
  fields: z.record(z.string(), z.object({ from: rawValue, to: rawValue, rule: z.string() })),
  reason: z.string(),
});
const fileShape = z.object({
  leadloop: z.literal("plan"),
  madeAt: z.string(),
  connection: z.string(),
  configuration: z.string(),
  hash: z.string(),
  writes: z.array(writeShape),
});

/** `configuration` is the fingerprint of mappings and config; `hash` seals the writes against a change by hand. */
export interface PlanFile {
  readonly madeAt: Instant;
  readonly connection: string;
  readonly configuration: string;
  readonly writes: readonly PlannedWrite[];
}

/** Writes the plan of a dry run. Throws UsageError when the file cannot be written. */
export function savePlan(path: string, result: SyncResult, about: Omit<PlanFile, "writes">): void {
  const writes = result.plan.writes.map(plannedWrite);
  const file = { leadloop: "plan", ...about, hash: hashOf(writes), writes };
  try {
    writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
  } catch (cause) {
    throw new UsageError(`${path} cannot be written (${reasonOf(cause)}); choose another file`, { cause });
  }
}

/** Throws UsageError when the file is missing, is no plan, or was changed by hand. */
export function loadPlan(path: string): PlanFile {
  const again = `make one with \`leadloop plan --out ${path}\``;
  const parsed = fileShape.safeParse(parsedFile(path, again));
  if (!parsed.success) throw new UsageError(`${path} is no plan of this LeadLoop; ${again}`, { cause: parsed.error });
  const { madeAt, connection, configuration, writes, hash } = parsed.data;
  if (hash !== hashOf(writes)) {
    throw new UsageError(`${path} was changed after it was made; ${again} and leave it as it is`, {
      exit: EXIT.attention,
    });
  }
  return { madeAt, connection, configuration, writes };
}

function parsedFile(path: string, again: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new UsageError(`${path} cannot be read as a plan (${reasonOf(cause)}); ${again}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function hashOf(writes: readonly PlannedWrite[]): string {
  return createHash("sha256").update(JSON.stringify(writes)).digest("hex");
}

/** What would be written now and was not in the plan, and the other way round; both empty when the plan still holds. */
export interface PlanDifference {
  readonly appeared: readonly PlannedWrite[];
  readonly vanished: readonly PlannedWrite[];
}

/** Compares by record, operation and values. Keys minted for new people do not count; a write planned twice counts twice. */
export function differenceOf(
  planned: readonly PlannedWrite[],
  present: readonly PlannedWrite[],
  ownFields: OwnFields,
): PlanDifference {
  return {
    appeared: withoutThose(present, planned, ownFields),
    vanished: withoutThose(planned, present, ownFields),
  };
}

function withoutThose(
  writes: readonly PlannedWrite[],
  others: readonly PlannedWrite[],
  ownFields: OwnFields,
): PlannedWrite[] {
  const counts = new Map<string, number>();
  for (const other of others) {
    const line = planLine(other, ownFields);
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return writes.filter((write) => {
    const line = planLine(write, ownFields);
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}
