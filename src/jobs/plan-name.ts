/** Names a plan by the dangerous things in it, so that a person can let exactly those through, and shows a few of them. */
import { createHash } from "node:crypto";
import type { OwnFields } from "../core/model/mapping.ts";
import type { Write } from "../core/model/plan.ts";
import { isDangerous } from "../core/sync/check-safety.ts";

const NAME_LENGTH = 10;
const SAMPLE = 10;

/** The same dangerous writes have the same name, in whatever order; keys minted for new people do not count. */
export function planName(writes: readonly Write[], ownFields: OwnFields): string {
  const lines = writes.filter(isDangerous).map((write) => dangerousLine(write, ownFields));
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex").slice(0, NAME_LENGTH);
}

/** Lets through what a plan of that name holds. `null` when the present plan has another name. */
export function approvalOf(
  name: string,
  writes: readonly Write[],
  ownFields: OwnFields,
): ((asked: readonly Write[]) => boolean) | null {
  if (planName(writes, ownFields) !== name) return null;
  const lines = new Set(writes.filter(isDangerous).map((write) => dangerousLine(write, ownFields)));
  return (asked) => asked.filter(isDangerous).every((write) => lines.has(dangerousLine(write, ownFields)));
}

function dangerousLine(write: Write, ownFields: OwnFields): string {
  const fields = Object.entries(write.fields)
    .filter(([name, { rule }]) => name !== ownFields.key[write.system] && rule !== "score")
    .map(([name, { to }]) => [name, to])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return JSON.stringify([write.system, write.object, write.id ?? write.recordName, write.operation, fields]);
}

/** Names of people and fields, spread over the whole plan; never values, because a notice travels. */
export function sampleOf(writes: readonly Write[]): readonly string[] {
  const dangerous = writes.filter(isDangerous);
  const every = Math.max(1, Math.floor(dangerous.length / SAMPLE));
  return dangerous
    .filter((_write, index) => index % every === 0)
    .slice(0, SAMPLE)
    .map((write) => {
      const where = `${write.system} ${write.object}${write.id === null ? "" : ` ${write.id}`}`;
      const fields = Object.entries(write.fields).map(([name, { to }]) =>
        to === null || to === "" ? `${name} (blank)` : name,
      );
      const told = write.operation === "archive" ? write.reason : fields.join(", ");
      return `- ${write.recordName}, ${write.operation} of ${where}: ${told}`;
    });
}
