/** An opt-out outlives the link it was stored on: when two people become one, what either of them objected to holds for the one who goes on. */
import type { FieldState, Link, Register } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { Instant, Value } from "../model/record.ts";

/** A person whose link steps aside in a merge. `shown`: what is left of them on the other side, as far as it was read just now. */
export interface MergedAway {
  readonly fields: Link["fields"];
  readonly shown: Readonly<Record<string, Value>>;
}

/**
 * The link that goes on, with every opt-out of the person who was merged into it as a decision that is still to arrive on both sides: nobody is told that
 * a side was loosened by hand, and a lost write is repeated. Pure. Nothing changes for whoever is deleted, set aside or forgotten.
 */
export function keepOptOuts(kept: Link, away: MergedAway, mapping: ObjectMapping, now: Instant): Link {
  if (kept.state !== "linked" && kept.state !== "single" && kept.state !== "pending") return kept;
  const inherited = mapping.fields.filter(
    (field) =>
      field.rule === "most-restrictive" &&
      (isOut(away.fields[field.name]) || away.shown[field.name] === "true") &&
      !isOut(kept.fields[field.name]),
  );
  if (inherited.length === 0) return kept;
  const states = inherited.map((field): [string, FieldState] => [field.name, optedOut(kept, away, field, now)]);
  return { ...kept, fields: { ...kept.fields, ...Object.fromEntries(states) } };
}

/** Agreed on, or decided and on its way. */
function isOut(state: FieldState | undefined): boolean {
  return state?.base === "true" || state?.register?.target === "true";
}

function optedOut(kept: Link, away: MergedAway, { name }: FieldMapping, now: Instant): FieldState {
  const before = kept.fields[name];
  const { register, origin } = away.fields[name] ?? {};
  const unsaid = [null, "false"];
  const decided: Register = {
    target: "true",
    origin: register?.origin ?? origin ?? { side: "salesforce", lo: now, hi: now },
    noNews: { hubspot: unsaid, salesforce: unsaid },
    sent: before?.register?.sent ?? { hubspot: [], salesforce: [] },
    delivered: { hubspot: false, salesforce: false },
  };
  return { ...before, register: decided };
}
