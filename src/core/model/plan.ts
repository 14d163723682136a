/** What one run intends: writes, conflicts, skips and rejects, each with its reason. */
import type { ConflictEntry, RejectEntry } from "./ledger.ts";
import type { Instant, RawValue, System } from "./record.ts";

/** One field of a write: what the side holds, what it shall hold, and the rule that asked for it. */
export interface FieldWrite {
  readonly from: RawValue | undefined;
  readonly to: RawValue;
  readonly rule: string;
  /** How many writes of this field came in a row before this one, without anybody's edit in between; absent for none. */
  readonly again?: number;
}

/** One create, update or archiving in one system, with a stable key. */
export interface Write {
  /** Stable across retries of one decision: link, system and purpose; also the trace id sent along. */
  readonly key: string;
  readonly link: string;
  readonly recordName: string;
  readonly system: System;
  readonly object: string;
  readonly id: string | null;
  /** `archive` names no field: HubSpot archives the record, Salesforce moves it to the recycle bin; both can give it back for a while. */
  readonly operation: "create" | "update" | "archive";
  readonly fields: Readonly<Record<string, FieldWrite>>;
  readonly reason: string;
  /** A create is an upsert on this unique field, so that a lost answer cannot make a duplicate. */
  readonly unique: { readonly field: string; readonly value: string } | null;
  /** Refuse if the record changed after this instant (Salesforce, fields that people edit too). */
  readonly ifUnmodifiedSince: Instant | null;
  /** 0 first: a stage is cleared in one call before it is set in another. */
  readonly step: 0 | 1;
  /** `meet`: the first write to somebody whose two records have just been found to be one person. `flag`: says that the other record was deleted; `archive`: follows it. */
  readonly purpose: "fields" | "meet" | "create" | "task" | "clear-stage" | "flag" | "archive";
}

/** A write we decided against. */
export interface Skip {
  readonly link: string | null;
  readonly recordName: string;
  readonly system: System | null;
  readonly reason: string;
}

export interface Plan {
  readonly writes: readonly Write[];
  readonly conflicts: readonly ConflictEntry[];
  readonly skips: readonly Skip[];
  readonly rejects: readonly RejectEntry[];
}

/** What became of one write. `unknown`: sent, but no answer tells; it is resolved by reading after the quarantine. */
export type WriteOutcome =
  | {
      readonly kind: "written";
      readonly key: string;
      readonly id: string;
      readonly created: boolean;
      /** The record's version after the write, where the system says so (HubSpot does). */
      readonly version: string | null;
      /** Values as the system gave them back; a stage that was silently refused shows here. */
      readonly returned: Readonly<Record<string, RawValue>> | null;
      /** It was sent again after a try without an answer, which may still arrive, and run over whatever is entered until then. */
      readonly mayArriveAgain?: true;
    }
  | {
      readonly kind: "rejected";
      readonly key: string;
      readonly code: string;
      readonly message: string;
      readonly fields: readonly string[];
      /** The record that already holds the unique value, when the system names it. */
      readonly existingId: string | null;
      /** No rule of ours knows the code: once this is stored the run stops, so that somebody looks. */
      readonly unknownCode?: true;
    }
  /** The record changed since it was read. */
  | { readonly kind: "stale"; readonly key: string }
  /** The record is deleted, merged away or converted: find out which, then follow it. */
  | { readonly kind: "gone"; readonly key: string; readonly message: string }
  | { readonly kind: "unknown"; readonly key: string; readonly message: string }
  /** Handed over, or about to be, with many others: what became of it is told later, and looked up if it is not. */
  | { readonly kind: "underway"; readonly key: string; readonly lookAfterSeconds: number }
  /** Not sent: quota, time or a stop came first. */
  | { readonly kind: "deferred"; readonly key: string; readonly message: string };
