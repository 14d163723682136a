/** Keeps a plan that a person looked at, and tells what has changed since. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import type { OwnFields } from "../core/model/mapping.ts";
import type { Instant } from "../core/model/record.ts";
import type { SyncResult } from "../jobs/sync-result.ts";
import { UsageError } from "./command-failure.ts";
import { EXIT } from "./exit-code.ts";
import { type PlannedWrite, planLine, plannedWrite } from "./run-json.ts";

const rawValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const valuesShape = z.object({
  name: z.string(),
  reason: z.string(),
  fields: z.record(z.string(), z.object({ from: rawValue, to: rawValue, rule: z.string() })),
});
const writeShape = z.object({
  system: z.enum(["hubspot", "salesforce"]),
  object: z.string(),
  id: z.string().nullable(),
  operation: z.enum(["create", "update", "archive"]),
  fields: z.array(z.string()),
  seal: z.string(),
  values: valuesShape.optional(),
});
const fileShape = z.object({
  leadloop: z.literal("plan"),
  madeAt: z.string(),
  connection: z.string(),
  configuration: z.string(),
  hash: z.string(),
  salt: z.string(),
  writes: z.array(writeShape),
  ended: z.array(z.string()),
});

/**
 * A write as a file keeps it: which record and the names of its fields. `seal` is a salted hash of everything that the write would do, so that another
 * value is another write; the person's name and the values themselves are there only where they were asked for.
 */
export type KeptWrite = z.infer<typeof writeShape>;

/** `configuration` is the fingerprint of mappings and config; the file's `hash` seals all of it against a change by hand. */
export interface PlanFile {
  readonly madeAt: Instant;
  readonly connection: string;
  readonly configuration: string;
  readonly salt: string;
  readonly writes: readonly KeptWrite[];
  /** The links that deletions end, by our own ids. */
  readonly ended: readonly string[];
}

export interface PlanKeeping {
  readonly ownFields: OwnFields;
  /** Keep names and values of people too. */
  readonly values: boolean;
}

/** Writes the plan of a dry run, for the eyes of its owner only. Throws UsageError when the file cannot be written. */
export function savePlan(
  path: string,
  result: SyncResult,
  about: Omit<PlanFile, "salt" | "writes" | "ended">,
  { ownFields, values }: PlanKeeping,
): void {
  const salt = randomBytes(16).toString("hex");
  const writes = result.plan.writes.map((write) => keptWrite(plannedWrite(write), salt, ownFields, values));
  const ended = result.plan.ended.map(({ link }) => link);
  const file = { leadloop: "plan", ...about, hash: hashOf({ salt, writes, ended }), salt, writes, ended };
  try {
    writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new UsageError(`${path} cannot be written (${reasonOf(cause)}); choose another file`, { cause });
  }
}

function keptWrite(write: PlannedWrite, salt: string, ownFields: OwnFields, values: boolean): KeptWrite {
  const { system, object, id, operation, name, reason, fields } = write;
  return {
    system,
    object,
    id,
    operation,
    fields: Object.keys(fields),
    seal: sealOf(write, salt, ownFields),
    ...(values ? { values: { name, reason, fields } } : {}),
  };
}

/** What two plans must agree on to be the same plan, as a hash: it tells no value, and nobody can look it up in a table made beforehand. */
export function sealOf(write: PlannedWrite, salt: string, ownFields: OwnFields): string {
  return createHash("sha256")
    .update(JSON.stringify([salt, planLine(write, ownFields)]))
    .digest("hex");
}

/** Throws UsageError when the file is missing, is no plan, or was changed by hand. */
export function loadPlan(path: string): PlanFile {
  const again = `make one with \`leadloop plan --out ${path}\``;
  const parsed = fileShape.safeParse(parsedFile(path, again));
  if (!parsed.success) throw new UsageError(`${path} is no plan of this LeadLoop; ${again}`, { cause: parsed.error });
  const { madeAt, connection, configuration, salt, writes, ended, hash } = parsed.data;
  if (hash !== hashOf({ salt, writes, ended })) {
    throw new UsageError(`${path} was changed after it was made; ${again} and leave it as it is`, {
      exit: EXIT.attention,
    });
  }
  return { madeAt, connection, configuration, salt, writes, ended };
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

function hashOf({ salt, writes, ended }: Pick<PlanFile, "salt" | "writes" | "ended">): string {
  return createHash("sha256")
    .update(JSON.stringify([salt, writes, ended]))
    .digest("hex");
}

/** What would be written now and was not in the plan, and the other way round; both empty when the plan still holds. */
export interface PlanDifference {
  readonly appeared: readonly PlannedWrite[];
  readonly vanished: readonly KeptWrite[];
}

/** Compares by record, operation and values. Keys minted for new people do not count; a write planned twice counts twice. */
export function differenceOf(
  { salt, writes }: Pick<PlanFile, "salt" | "writes">,
  present: readonly PlannedWrite[],
  ownFields: OwnFields,
): PlanDifference {
  const kept = writes.map((write) => ({ write, seal: write.seal }));
  const now = present.map((write) => ({ write, seal: sealOf(write, salt, ownFields) }));
  return { appeared: withoutThose(now, kept), vanished: withoutThose(kept, now) };
}

function withoutThose<T>(
  writes: readonly { readonly write: T; readonly seal: string }[],
  others: readonly { readonly seal: string }[],
): T[] {
  const counts = new Map<string, number>();
  for (const { seal } of others) counts.set(seal, (counts.get(seal) ?? 0) + 1);
  return writes.flatMap(({ write, seal }) => {
    const left = counts.get(seal) ?? 0;
    counts.set(seal, left - 1);
    return left <= 0 ? [write] : [];
  });
}
