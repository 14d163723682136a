/** Names a plan by the dangerous things in it, so that a person can let exactly those through, and shows a few of them. */
import { createHash } from "node:crypto";
import type { OwnFields } from "../core/model/mapping.ts";
import type { Write } from "../core/model/plan.ts";
import { isDangerous } from "../core/sync/check-safety.ts";
import type { EndedPerson, JudgedPlan } from "./ended-people.ts";

const NAME_LENGTH = 10;
const SAMPLE = 10;

/** The same dangerous writes and deletions have the same name, in whatever order; keys minted for new people and the moments of stages do not count. */
export function planName(plan: JudgedPlan, ownFields: OwnFields): string {
  return createHash("sha256").update(linesOf(plan, ownFields).sort().join("\n")).digest("hex").slice(0, NAME_LENGTH);
}

/** Lets through what a plan of that name holds. `null` when the present plan has another name. */
export function approvalOf(
  name: string,
  plan: JudgedPlan,
  ownFields: OwnFields,
): ((asked: JudgedPlan) => boolean) | null {
  if (planName(plan, ownFields) !== name) return null;
  const lines = new Set(linesOf(plan, ownFields));
  return (asked) => linesOf(asked, ownFields).every((line) => lines.has(line));
}

function linesOf({ writes, ended }: JudgedPlan, ownFields: OwnFields): string[] {
  return [
    ...writes.filter(isDangerous).map((write) => dangerousLine(write, ownFields)),
    ...ended.map(({ link, gone }) => JSON.stringify(["ended", link, gone])),
  ];
}

function dangerousLine(write: Write, ownFields: OwnFields): string {
  // The moment of a stage that the run itself enters is another one in each plan.
  const entered = Object.values(ownFields.entered).map((names) => names[write.system]);
  const fresh = new Set([ownFields.key[write.system], ...entered]);
  const fields = Object.entries(write.fields)
    .filter(([name, { rule }]) => !fresh.has(name) && rule !== "score")
    .map(([name, { to }]) => [name, to])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return JSON.stringify([write.system, write.object, write.id ?? write.recordName, write.operation, fields]);
}

/** Names of people and fields, spread over the whole plan; never values, because a notice travels. */
export function sampleOf({ writes, ended }: JudgedPlan): readonly string[] {
  const followed = new Set(writes.flatMap(({ operation, link }) => (operation === "archive" ? [link] : [])));
  // Whose other record is archived is told by that write.
  const alone = ended.filter(({ link }) => !followed.has(link));
  return [...spread(writes.filter(isDangerous)).map(toldOfWrite), ...spread(alone).map(toldOfEnding)];
}

function spread<T>(all: readonly T[]): readonly T[] {
  const every = Math.max(1, Math.floor(all.length / SAMPLE));
  return all.filter((_one, index) => index % every === 0).slice(0, SAMPLE);
}

function toldOfWrite(write: Write): string {
  const where = `${write.system} ${write.object}${write.id === null ? "" : ` ${write.id}`}`;
  const fields = Object.entries(write.fields).map(([name, { to }]) =>
    to === null || to === "" ? `${name} (blank)` : name,
  );
  const told = write.operation === "archive" ? write.reason : fields.join(", ");
  return `- ${write.recordName}, ${write.operation} of ${where}: ${told}`;
}

function toldOfEnding({ recordName, gone }: EndedPerson): string {
  return `- ${recordName}, whose ${gone.join(" and ")} was deleted: the link ends`;
}
