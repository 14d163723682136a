/** The product with one defence taken out, and the defences beside it that would hide that. A storm that finds none of them finds nothing. */
import {
  CYCLE_BELIEVED,
  EQUAL_IS_DONE,
  NO_CONVERSION_FOLLOWED,
  NO_DELETED_CHECK,
  NO_FENCE_MEMORY,
  NO_HUBSPOT_OVERRUNS,
  NO_KEY,
  NO_LEASE_MEMORY,
  NO_LOOK_UP,
  NO_LOOK_UP_OF_TASKS,
  NO_OVERLAP,
  NO_QUARANTINE,
  NO_REGISTERS,
  NO_SALESFORCE_OVERLAP,
  NO_SALESFORCE_OVERRUNS,
  NO_SALESFORCE_SETTLED_LANE,
  NO_SETTLED_LANE,
  NO_TASK_KEY,
  NO_TOMBSTONE_IDENTITY,
  NO_WAIT_FOR_TASKS,
  type Patch,
  patch,
  STRAGGLERS_ARE_EDITS,
  UNCONDITIONAL,
  UNDELIVERED_IS_SEEN,
} from "./defences.ts";

export interface Mutant {
  readonly name: string;
  /** Its place in the table of section 4.5 of the reference on sync; absent: it is one of ours. */
  readonly row?: number;
  readonly patches: readonly Patch[];
  /** Another defence behind it lets nothing through, so that no storm can tell it is gone; docs/storm.md names the plain test that can. */
  readonly isCovered?: true;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "stage: what marketers say does not count",
    row: 1,
    patches: [
      patch(
        "core/rules/stage-sides.ts",
        "claims: [...hubspot.claims, ...salesforce.claims]",
        "claims: [...salesforce.claims]",
      ),
    ],
  },
  {
    name: "base moved by the plan, no registers",
    row: 2,
    patches: [
      patch(
        "core/sync/merge-field.ts",
        "state: { ...withoutHold(state), register },\n    decision:",
        "state: { ...withoutHold(state), base: register.target, origin: register.origin },\n    decision:",
      ),
    ],
  },
  {
    name: "no clear before a backward stage",
    row: 3,
    patches: [
      patch(
        "core/rules/stage-writes.ts",
        'return { write: { kind: "clear" }, state: { ...state, clearing: true } };',
        'return { write: { kind: "set", value: wanted }, state: settled };',
      ),
    ],
  },
  {
    name: "consent by the newest edit",
    row: 4,
    patches: [
      patch(
        "core/sync/sync-rules.ts",
        'return rule === "union" || rule === "highest" || rule === "lowest" || rule === "most-restrictive";',
        'return rule === "union" || rule === "highest" || rule === "lowest";',
      ),
    ],
  },
  {
    name: "no tombstone, no deleted check, no identity",
    row: 5,
    patches: [NO_DELETED_CHECK, NO_TOMBSTONE_IDENTITY],
  },
  { name: "create without a key, and without looking first", row: 6, patches: [NO_KEY, NO_LOOK_UP] },
  { name: "create without a key", row: 6, patches: [NO_KEY], isCovered: true },
  { name: "no overlap and no settled lane", row: 7, patches: [NO_OVERLAP, NO_SETTLED_LANE] },
  {
    name: "cycle of HubSpot's stage not inferred from our clear",
    row: 8,
    patches: [
      patch(
        "core/rules/hubspot-sight.ts",
        "entry.at > clearedAfter)?.at ?? null;",
        "entry.at > clearedAfter)?.at.slice(0, 0) ?? null;",
      ),
    ],
  },
  {
    name: "what HubSpot shows counts as of the cycle that was decided",
    row: 8,
    patches: CYCLE_BELIEVED,
  },
  { name: "a conversion leaves the link where it was", row: 9, patches: [NO_CONVERSION_FOLLOWED] },
  {
    name: "a conversion leaves the link where it was, no deleted check, no identity",
    row: 9,
    patches: [NO_CONVERSION_FOLLOWED, NO_DELETED_CHECK, NO_TOMBSTONE_IDENTITY],
  },
  {
    name: "no lease, no fence, no condition, no overruns",
    row: 10,
    patches: [NO_LEASE_MEMORY, NO_FENCE_MEMORY, UNCONDITIONAL, NO_HUBSPOT_OVERRUNS, NO_SALESFORCE_OVERRUNS],
  },
  { name: "no fence", patches: [NO_FENCE_MEMORY] },
  {
    name: "rows that fail in a 207 count as written",
    row: 11,
    patches: [
      patch(
        "crm/hubspot/hubspot-write-batch.ts",
        "if (!outcomes.has(write)) outcomes.set(write, refusedOutcome(write, refusal));",
        'if (!outcomes.has(write)) outcomes.set(write, { kind: "written", key: write.key, id: write.id ?? "0", created: false, version: null, returned: null });',
      ),
    ],
  },
  {
    name: "rows that an answer does not mention count as written",
    patches: [
      patch(
        "crm/hubspot/hubspot-write-batch.ts",
        'outcomes.set(write, { kind: "unknown", key: write.key, message: "HubSpot\'s answer does not mention this row" });',
        'outcomes.set(write, { kind: "written", key: write.key, id: write.id ?? "0", created: false, version: null, returned: null });',
      ),
    ],
  },
  { name: "no registers", row: 12, patches: [NO_REGISTERS] },
  {
    name: "the cursor is stored before the marks, no settled lane",
    row: 13,
    patches: [
      NO_SETTLED_LANE,
      patch(
        "jobs/unstored-changes.ts",
        "await dependencies.store.ingest(facts.lease, batch);",
        "await dependencies.store.ingest(facts.lease, { ...batch, dirty: [], seen: [] });\n    await dependencies.store.ingest(facts.lease, { ...batch, cursors: [] });",
      ),
    ],
  },
  { name: "no overruns found", row: 14, patches: [NO_HUBSPOT_OVERRUNS, NO_SALESFORCE_OVERRUNS] },
  { name: "no deleted check", row: 15, patches: [NO_DELETED_CHECK] },
  { name: "no overlap in Salesforce", row: 16, patches: [NO_SALESFORCE_OVERLAP], isCovered: true },
  {
    name: "no overlap and no settled lane in Salesforce",
    row: 16,
    patches: [NO_SALESFORCE_OVERLAP, NO_SALESFORCE_SETTLED_LANE],
  },
  {
    name: "a look-up of tasks does not see deleted ones",
    row: 17,
    patches: [patch("jobs/deliver-tasks.ts", "includeDeleted: true,", "includeDeleted: false,")],
  },
  { name: "tasks without a key", row: 18, patches: [NO_TASK_KEY], isCovered: true },
  {
    name: "tasks without a key, sent again without waiting or looking",
    row: 18,
    patches: [NO_TASK_KEY, NO_WAIT_FOR_TASKS, NO_LOOK_UP_OF_TASKS],
  },
  { name: "a task is sent again without waiting", row: 23, patches: [NO_WAIT_FOR_TASKS] },
  {
    name: "a task is sent again without waiting or looking",
    row: 23,
    patches: [NO_WAIT_FOR_TASKS, NO_LOOK_UP_OF_TASKS],
  },
  {
    name: "a contact that we made without an answer is not looked for among deleted ones",
    patches: [
      patch(
        "jobs/find-counterparts.ts",
        'if (system !== "hubspot" || lost.length === 0) return found;',
        'if (system !== "hubspot" || lost.length >= 0) return found;',
      ),
    ],
  },
  {
    name: "deletions are not followed where the mapping archives",
    patches: [
      patch(
        "core/sync/archive-survivor.ts",
        'link.state !== "tombstoned" || link.facts[ARCHIVE_FACT] !== "due"',
        'link.state !== "tombstoned" || link.facts[ARCHIVE_FACT] !== undefined',
      ),
    ],
  },
  {
    name: "deletions are followed whatever the mapping says",
    patches: [patch("core/sync/archive-survivor.ts", 'if (mapping.onDelete !== "archive" || !isPair)', "if (!isPair)")],
  },
  {
    name: "a stage is written over whatever is there",
    patches: [
      patch(
        "core/sync/build-writes.ts",
        'return Object.values(fields).some(({ rule }) => rule === "stage");',
        "return Object.values(fields).length < 0;",
      ),
    ],
  },
  {
    name: "a create settles also what it could not write",
    patches: [
      patch(
        "core/sync/apply-outcome.ts",
        "if (sent || value === null) return { base: value };",
        "return { base: value };",
      ),
    ],
  },
  {
    name: "Retry-After is not heeded",
    patches: [
      patch(
        "crm/hubspot/hubspot-transport.ts",
        "return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;",
        "return Number.isFinite(seconds) ? 0 : 0;",
      ),
    ],
  },
  {
    name: "blanks win when two records meet",
    patches: [
      patch(
        "core/sync/merge-field.ts",
        "if (base === undefined) return sighting.value !== null;",
        "if (base === undefined) return true;",
      ),
    ],
  },
  { name: "no quarantine for writes without an answer", patches: [NO_QUARANTINE] },
  { name: "no conditional writes", row: 20, patches: [UNCONDITIONAL] },
  { name: "equal means done, also while a repair is pending", row: 19, patches: [EQUAL_IS_DONE] },
  { name: "an undelivered decision counts as seen", row: 21, patches: [UNDELIVERED_IS_SEEN] },
  { name: "a straggler of ours counts as a person's edit", row: 22, patches: [STRAGGLERS_ARE_EDITS] },
];
