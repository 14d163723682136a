/** Defences that more than one mutant takes out of the product, as patches of its source. */

/** `find` stands exactly once in the file. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export const patch = (file: string, find: string, replace: string): Patch => ({ file: `src/${file}`, find, replace });

export const NO_HUBSPOT_OVERRUNS = patch(
  "core/sync/sight-fields.ts",
  'if (unverified === undefined || record === null || record.ref.system !== "hubspot") return null;',
  "if (Date.now() > 0 || unverified === undefined || record === null) return null;",
);
export const NO_SALESFORCE_OVERRUNS = patch(
  "jobs/find-overruns.ts",
  "if (newest === undefined) return [];",
  "if (Date.now() > 0 || newest === undefined) return [];",
);
export const UNCONDITIONAL = patch(
  "core/sync/build-writes.ts",
  "ifUnmodifiedSince: conditional ? record.modifiedAt : null,",
  "ifUnmodifiedSince: conditional ? null : null,",
);
export const NO_DELETED_CHECK = patch(
  "jobs/find-counterparts.ts",
  "if (only === undefined) return mayNotReturn(draft, system, found, index, aside);",
  "if (only === undefined) return Date.now() < 0 && mayNotReturn(draft, system, found, index, aside);",
);
export const NO_TOMBSTONE_IDENTITY = patch(
  "core/sync/pair-records.ts",
  'return tombstoned === undefined ? { kind: "new" } : { kind: "tombstoned", link: tombstoned };',
  'return { kind: tombstoned === undefined ? "new" : "new" };',
);
export const NO_SETTLED_LANE = patch(
  "jobs/change-requests.ts",
  "if (settled !== undefined && settled.position < to",
  "if (Date.now() < 0 && settled !== undefined && settled.position < to",
);
export const NO_OVERLAP = patch(
  "jobs/change-requests.ts",
  "-connector.overlapSeconds * 1_000",
  "-0 * connector.overlapSeconds",
);
export const NO_LEASE_MEMORY = patch(
  "../test/support/memory-state-store.ts",
  "if (present !== undefined && present.until > now) return null;",
  "",
);
export const NO_FENCE_MEMORY = patch(
  "../test/support/memory-state-store.ts",
  "if (tables.leases.get(lease.job)?.fence === lease.fence) return;",
  "if (tables.leases.get(lease.job) !== undefined) return;",
);
export const NO_KEY = patch(
  "core/sync/decide-create.ts",
  "unique: { field: context.ownFields.key[system], value: link.id },",
  "unique: null,",
);
export const NO_LOOK_UP = patch(
  "jobs/find-counterparts.ts",
  "if (mine.length === 0) continue;",
  "if (mine.length >= 0) continue;",
);
export const NO_QUARANTINE = patch(
  "jobs/sync-chunk.ts",
  "if (until === undefined) ready.push(row);",
  "if (until === undefined || until !== undefined) ready.push(row);",
);
/** Only a conversion is not followed: the link stays at the lead. */
export const NO_CONVERSION_FOLLOWED = patch(
  "core/sync/follow-fate.ts",
  "if (record.fate.into === null) return same;",
  "if (record.fate.into !== undefined) return same;",
);
export const NO_SALESFORCE_OVERLAP = patch(
  "jobs/change-requests.ts",
  "-connector.overlapSeconds * 1_000",
  '(system === "salesforce" ? 0 : -connector.overlapSeconds) * 1_000',
);
export const NO_SALESFORCE_SETTLED_LANE = patch(
  "jobs/change-requests.ts",
  "if (settled !== undefined && settled.position < to",
  'if (system !== "salesforce" && settled !== undefined && settled.position < to',
);
/** The cause is still written, or its absence would be all that is noticed. */
export const NO_TASK_KEY = patch(
  "jobs/deliver-tasks.ts",
  "fields,\n    reason: task.reason,\n    unique: { field: ownFields.cause, value: task.cause },",
  "fields: { ...fields, [ownFields.cause]: { from: undefined, to: task.cause, rule: task.purpose } },\n    reason: task.reason,\n    unique: null,",
);
export const NO_WAIT_FOR_TASKS = patch(
  "jobs/deliver-tasks.ts",
  "const notBefore = later(clock.now(), rulebook.connector.quarantineSeconds * 1_000);",
  "const notBefore = later(clock.now(), rulebook.connector.quarantineSeconds * 0);",
);
/** A task whose answer is missing is not looked for before it is sent again. */
export const NO_LOOK_UP_OF_TASKS = patch(
  "jobs/deliver-tasks.ts",
  "if (tasks.length === 0) return new Map();",
  "if (tasks.length >= 0) return new Map();",
);
/** What HubSpot shows counts as of the cycle that was decided, whether our clear has landed or not: as if the cycle had been written beside the stage. */
export const CYCLE_BELIEVED: readonly Patch[] = [
  patch(
    "core/rules/hubspot-sight.ts",
    "const from = beginning(entries, state);",
    'const from = beginning(entries, state)?.slice(0, 0) ?? "";',
  ),
];
export const NO_REGISTERS = patch(
  "core/sync/merge-field.ts",
  "state: { ...withoutHold(state), register },\n    decision:",
  "state: withoutHold(state),\n    decision:",
);
export const EQUAL_IS_DONE = patch(
  "core/sync/merge-field.ts",
  "if (equal && !repairing && input.overrun === null",
  "if (equal && (repairing || !repairing) && input.overrun === null",
);
export const UNDELIVERED_IS_SEEN = patch(
  "core/sync/choose-value.ts",
  "return state.register !== undefined && news[side] && !state.register.delivered[side];",
  "return state.register !== undefined && news[side] && side.length < 0;",
);
export const STRAGGLERS_ARE_EDITS = patch(
  "crm/hubspot/hubspot-wire.ts",
  'own: appId !== undefined && entry.sourceType === "INTEGRATION" && entry.sourceId === appId,',
  'own: appId === "nobody",',
);
