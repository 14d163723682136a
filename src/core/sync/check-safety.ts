/** Stops a plan that would do great damage before its first write. */

import type { SafetyLimit, SafetyLimits } from "../model/connector-settings.ts";
import type { Link } from "../model/link.ts";
import type { ObjectMapping, OwnFields } from "../model/mapping.ts";
import type { Write } from "../model/plan.ts";
import type { CrmRecord } from "../model/record.ts";
import type { Rulebook } from "../model/rulebook.ts";
import { readStage } from "../rules/stage-spelling.ts";
import { isExit, rankOf } from "../rules/stages.ts";

/** How many of each danger: see config/safety.yml for what they are. */
export type SafetyTally = Readonly<Record<keyof SafetyLimits, number>>;

/** Rules of values that are LeadLoop's own and follow from others: a score fades on hundreds of people each morning, and no person's word is lost. */
const OWN_UPKEEP: ReadonlySet<string> = new Set(["our key", "score"]);

/** A checkbox that nobody ever touched is blank in HubSpot, which says the same as unticked. */
const UNTICKED = "false";

export const NOTHING_YET: SafetyTally = { blank: 0, delete: 0, regress: 0, change: 0, create: 0 };

/** Adds a chunk's writes, and the people whom a deletion ends or whose other record is to be archived for one, to what the run has already planned. */
export function tally(before: SafetyTally, writes: readonly Write[], deleted = 0): SafetyTally {
  const sum = { ...before, delete: before.delete + deleted };
  for (const write of writes) {
    if (write.purpose === "clear-stage") sum.regress += 1;
    if (write.purpose === "create") sum.create += 1;
    if (!changesWhatWasThere(write)) continue;
    sum.change += 1;
    sum.blank += Object.values(write.fields).filter(becomesBlank).length;
  }
  return sum;
}

/** The writes that a safety stop is about: those that a person has to look at. */
export function isDangerous(write: Write): boolean {
  return (
    write.purpose === "clear-stage" ||
    write.purpose === "create" ||
    write.operation === "archive" ||
    changesWhatWasThere(write)
  );
}

function changesWhatWasThere(write: Write): boolean {
  if (write.operation !== "update" || write.purpose !== "fields") return false;
  return Object.values(write.fields).some((field) => !OWN_UPKEEP.has(field.rule));
}

function becomesBlank({ from, to }: Write["fields"][string]): boolean {
  return !isBlank(from) && from !== false && (to === null || to === "");
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** What foreseeing looks at of the rules. */
type ForeseeingRules = Pick<Rulebook, "lifecycle" | "facts">;

/**
 * What a record that was just read may lead to at most, before anybody is decided: a change that will turn out harmless counts too. It costs no call, so
 * an ordinary run need not be planned twice.
 */
export function foresee(
  before: SafetyTally,
  record: CrmRecord,
  link: Link | undefined,
  rules: { readonly mapping: ObjectMapping; readonly rulebook: ForeseeingRules; readonly ownFields: OwnFields },
): SafetyTally {
  if (link === undefined) return { ...before, create: before.create + 1 };
  const sum = { ...before, change: before.change + 1 };
  const { system } = record.ref;
  if (record.fate.kind === "deleted") sum.delete += 1;
  for (const field of rules.mapping.fields) {
    const now = record.fields[field[system]];
    if (now !== null && now !== "") continue;
    const base = link.fields[field.name]?.base;
    if (!isBlank(base) && base !== UNTICKED) sum.blank += 1;
  }
  const stage = link.stage?.stage ?? null;
  const read = readStage(rules.rulebook.lifecycle, system, record.fields[rules.ownFields.stage[system]] ?? null, stage);
  if (stage !== null && read.kind === "known" && !isExit(read.stage) && !isExit(stage)) {
    if (rankOf(read.stage) < rankOf(stage)) sum.regress += 1;
  }
  if (stage !== null && !isExit(stage) && isRejectedNow(record, link, rules)) sum.regress += 1;
  return sum;
}

/** A rep gave a reason that recycles, where there was none: the stage goes back on the other side. */
function isRejectedNow(
  { ref, fields }: CrmRecord,
  link: Link,
  { mapping, rulebook }: { readonly mapping: ObjectMapping; readonly rulebook: ForeseeingRules },
): boolean {
  const reason = rulebook.lifecycle.recycle?.reason;
  if (reason === undefined || !isBlank(link.facts[reason])) return false;
  const mapped = mapping.fields.find(({ name }) => name === reason)?.[ref.system];
  const field = mapped ?? rulebook.facts[ref.system].find(({ name }) => name === reason)?.field;
  return field !== undefined && !isBlank(fields[field]);
}

/** A record that its system's list of deleted ones names, and no change tells. */
export function foreseeDeletion(before: SafetyTally): SafetyTally {
  return { ...before, delete: before.delete + 1 };
}

/** How many of a danger one run may do; `known` is the number of linked people. */
function mostOf(limit: SafetyLimit, known: number): number {
  return Math.max(limit.atMost, Math.floor(known * limit.share));
}

/** How many linked people certainly make this allowed; infinity where no number of them would. */
export function enoughPeople(sum: SafetyTally, limits: SafetyLimits): number {
  const needed = (["delete", "blank", "regress", "create", "change"] as const)
    .filter((danger) => sum[danger] > limits[danger].atMost)
    .map((danger) => Math.ceil(sum[danger] / limits[danger].share) + 1);
  return Math.max(0, ...needed);
}

/** What would be too much, in words that say the limit; null when all is well. `known` is the number of linked people. */
export function checkSafety(sum: SafetyTally, known: number, limits: SafetyLimits): string | null {
  for (const danger of ["delete", "blank", "regress", "create", "change"] as const) {
    const most = mostOf(limits[danger], known);
    if (sum[danger] > most) {
      return `the plan would ${WORDS[danger](sum[danger])}, and config/safety.yml allows ${most} (${danger})`;
    }
  }
  return null;
}

const WORDS: Readonly<Record<keyof SafetyLimits, (count: number) => string>> = {
  blank: (count) => `blank ${count} values`,
  delete: (count) => `end the links of ${count} people who were deleted on one side`,
  regress: (count) => `move ${count} people back a stage`,
  change: (count) => `change ${count} records of people who are linked already`,
  create: (count) => `make ${count} records`,
};
