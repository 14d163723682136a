/** Everything the rules may look at about one person, in canonical form. */

import type { FactSource } from "../model/fact-source.ts";
import type { TaskEntry } from "../model/ledger.ts";
import type { Link, ScoreState, StageState } from "../model/link.ts";
import type { CrmRecord, Instant, RawValue, Value } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";
import { countedFact, noteTotal } from "../rules/counted-facts.ts";
import { handoffCause } from "../rules/handoff-task.ts";
import { SALES_FACTS } from "../rules/sales-facts.ts";

/** Facts that LeadLoop derives itself; conditions may use them like any other. */
export const DERIVED_FACTS = [
  "score",
  "band",
  "stage",
  "epoch",
  "handoff_task",
  "stage_reason",
  ...SALES_FACTS,
] as const;

/**
 * Merges what is known with what was read now. A field that could not be read keeps its last known fact; blanks are left out. A mapped field goes before a
 * fact of the same name: a lead has its company itself, a contact over its account.
 */
export function gatherFacts(
  known: Facts,
  values: Readonly<Record<string, Value>>,
  records: readonly { readonly record: CrmRecord | null; readonly sources: readonly FactSource[] }[],
): Facts {
  const facts: Record<string, Value> = { ...known };
  const put = (name: string, value: Value): void => {
    if (value === null) delete facts[name];
    else facts[name] = value;
  };
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value !== undefined) put(name, value);
  }
  for (const { record, sources } of records) {
    if (record === null) continue;
    for (const source of sources) {
      const raw = record.fields[source.field];
      if (raw !== undefined && values[source.name] === undefined) put(source.name, canonicalFact(raw, source.type));
    }
  }
  return facts;
}

/** The facts with each counted total noted under its day; the same object where nothing is counted. */
export function withCounts(facts: Facts, counted: readonly string[], createdAt: Instant, now: Instant): Facts {
  if (counted.length === 0) return facts;
  const noted: Record<string, Value> = { ...facts };
  for (const name of counted)
    noted[countedFact(name)] = noteTotal(noted[countedFact(name)], noted[name], createdAt, now);
  return noted;
}

/** A system's value of a field as a fact of this type; null for a blank, or for what is none. A set is sorted and joined by semicolons. */
export function canonicalFact(raw: RawValue, type: FactSource["type"]): Value {
  if (raw === null || raw === "") return null;
  const text = String(raw);
  if (type === "datetime") {
    const at = Date.parse(text);
    return Number.isNaN(at) ? null : new Date(at).toISOString();
  }
  if (type === "number") return Number.isFinite(Number(text)) ? String(Number(text)) : null;
  if (type === "date") return text.slice(0, 10);
  if (type === "set")
    return text
      .split(";")
      .filter((item) => item !== "")
      .sort()
      .join(";");
  return text;
}

/**
 * Adds the derived facts, for conditions that ask for the score, the stage, or what the rep did with the task of this cycle's handoff. A call of a cadence,
 * or an answer to an e-mail, that a rep has done is no word about a handoff.
 */
export function withDerived(
  facts: Facts,
  score: ScoreState | null,
  stage: StageState | null,
  tasks: readonly TaskEntry[],
): Facts {
  const task = tasks.find(
    ({ cause, link, epoch, state }) =>
      epoch === stage?.epoch && state === "done" && cause === handoffCause(link, epoch),
  );
  return {
    ...facts,
    score: score === null ? null : String(score.total),
    band: score?.band ?? null,
    stage: stage?.stage ?? null,
    epoch: stage === null ? null : String(stage.epoch),
    handoff_task: task?.status ?? null,
    stage_reason: stage?.reason ?? null,
  };
}

/** A person's name as a human would say it, for messages and tasks. */
export function personName(link: Link, facts: Facts): string {
  const parts = [facts["firstname"], facts["lastname"]].filter(
    (part) => part !== null && part !== undefined && part !== "",
  );
  if (parts.length > 0) return parts.join(" ");
  return facts["email"] ?? link.email ?? link.hubspotId ?? link.salesforceId ?? link.id;
}
