/** A field that a system shall have: what an admin would fill in to make it. */
import type { System } from "./record.ts";

/** `choice` and `choices` carry their values; `text` its length; `number` its digits before and after the point. */
export type NewFieldType =
  | { readonly kind: "text"; readonly length: number }
  | { readonly kind: "number"; readonly precision: number; readonly scale: number }
  | { readonly kind: "boolean" | "date" | "datetime" }
  | { readonly kind: "choice" | "choices"; readonly values: readonly string[]; readonly restricted: boolean };

export interface NewField {
  readonly system: System;
  readonly object: string;
  /** As the system's API spells it. */
  readonly name: string;
  readonly label: string;
  readonly type: NewFieldType;
  /** No two records may hold the same value, and records are found by it. */
  readonly unique: boolean;
  /** What it is for, for whoever meets it in the system's own settings. */
  readonly description: string;
}

/** A missing field that LeadLoop cannot make, and what a person can do about it. */
export interface UnmadeField {
  readonly system: System;
  readonly object: string;
  readonly name: string;
  readonly reason: string;
}
