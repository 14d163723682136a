/** The product with one defence taken out, and the defences beside it that would hide that. A storm that finds none of them finds nothing. */
import {
  NO_DELETED_CHECK,
  NO_FENCE_MEMORY,
  NO_HUBSPOT_OVERRUNS,
  NO_KEY,
  NO_LEASE_MEMORY,
  NO_LOOK_UP,
  NO_OVERLAP,
  NO_QUARANTINE,
  NO_SALESFORCE_OVERRUNS,
  NO_SETTLED_LANE,
  NO_TOMBSTONE_IDENTITY,
  type Patch,
  patch,
  UNCONDITIONAL,
} from "./defences.ts";

export interface Mutant {
  readonly name: string;
  /** Takes a hundred thousand storms to show: only with --long. */
  readonly rare?: true;
  readonly patches: readonly Patch[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "stage: what marketers say does not count",
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
    patches: [NO_DELETED_CHECK, NO_TOMBSTONE_IDENTITY],
  },
  { name: "create without a key, and without looking first", patches: [NO_KEY, NO_LOOK_UP] },
  { name: "create without a key", patches: [NO_KEY] },
  { name: "no overlap and no settled lane", patches: [NO_OVERLAP, NO_SETTLED_LANE] },
  {
    name: "cycle of HubSpot's stage not inferred from our clear",
    patches: [
      patch(
        "core/rules/hubspot-sight.ts",
        "const from = ourClear?.at ?? floor;",
        'const from = ourClear === undefined ? floor : "";',
      ),
    ],
  },
  {
    name: "conversion and merges leave the link where it was",
    patches: [
      patch(
        "core/sync/follow-fate.ts",
        "if (record.fate.into === null) return same;",
        "if (record.fate.into !== undefined) return same;",
      ),
    ],
  },
  {
    name: "no lease, no fence, no condition, no overruns",
    patches: [NO_LEASE_MEMORY, NO_FENCE_MEMORY, UNCONDITIONAL, NO_HUBSPOT_OVERRUNS, NO_SALESFORCE_OVERRUNS],
  },
  { name: "no fence", patches: [NO_FENCE_MEMORY] },
  {
    name: "rows that fail in a 207 count as written",
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
  {
    name: "no registers",
    patches: [
      patch(
        "core/sync/merge-field.ts",
        "state: { ...withoutHold(state), register },\n    decision:",
        "state: withoutHold(state),\n    decision:",
      ),
    ],
  },
  {
    name: "the cursor is stored before the marks, no settled lane",
    patches: [
      NO_SETTLED_LANE,
      patch(
        "jobs/unstored-changes.ts",
        "await dependencies.store.ingest(facts.lease, batch);",
        "await dependencies.store.ingest(facts.lease, { ...batch, dirty: [], seen: [] });\n    await dependencies.store.ingest(facts.lease, { ...batch, cursors: [] });",
      ),
    ],
  },
  { name: "no overruns found", patches: [NO_HUBSPOT_OVERRUNS, NO_SALESFORCE_OVERRUNS] },
  { name: "no deleted check", patches: [NO_DELETED_CHECK] },
  {
    name: "a look-up of tasks does not see deleted ones",
    patches: [patch("jobs/deliver-tasks.ts", "includeDeleted: true,", "includeDeleted: false,")],
  },
  {
    name: "tasks without a key",
    patches: [
      // The cause is still written, or its absence would be all that is noticed.
      patch(
        "jobs/deliver-tasks.ts",
        "fields,\n    reason: task.reason,\n    unique: { field: ownFields.cause, value: task.cause },",
        "fields: { ...fields, [ownFields.cause]: { from: undefined, to: task.cause, rule: task.purpose } },\n    reason: task.reason,\n    unique: null,",
      ),
    ],
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
        "return sent || value === null ? { base: value } : state;",
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
  { name: "no conditional writes", patches: [UNCONDITIONAL] },
  {
    name: "equal means done, also while a repair is pending",
    rare: true,
    patches: [
      patch(
        "core/sync/merge-field.ts",
        "if (equal && !repairing && input.overrun === null",
        "if (equal && (repairing || !repairing) && input.overrun === null",
      ),
    ],
  },
  {
    name: "an undelivered decision counts as seen",
    rare: true,
    patches: [
      patch(
        "core/sync/choose-value.ts",
        "return state.register !== undefined && news[side] && !state.register.delivered[side];",
        "return state.register !== undefined && news[side] && side.length < 0;",
      ),
    ],
  },
  {
    name: "a straggler of ours counts as a person's edit",
    rare: true,
    patches: [
      patch(
        "crm/hubspot/hubspot-wire.ts",
        'own: appId !== undefined && entry.sourceType === "INTEGRATION" && entry.sourceId === appId,',
        'own: appId === "nobody",',
      ),
    ],
  },
];
