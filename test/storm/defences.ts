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
