/** How two objects correspond, and who wins for each field. */
import type { RawValue, System, Value } from "./record.ts";
import type { Condition, Stage } from "./rulebook.ts";

/** HubSpot's own four names, their mirrors, and what HubSpot lacks. */
export const SYNC_RULES = [
  "two-way",
  "prefer-salesforce-unless-blank",
  "prefer-hubspot-unless-blank",
  "always-use-salesforce",
  "always-use-hubspot",
  "never-blank",
  "union",
  "highest",
  "lowest",
  "most-restrictive",
  "stage",
  "ask",
  "dont-sync",
] as const;
export type SyncRule = (typeof SYNC_RULES)[number];

export type ValueType = "text" | "number" | "boolean" | "date" | "datetime" | "set";

/** What became of a conversion: a canonical value, or a reason why there is none (the field is parked, never guessed). */
export type Converted = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

/** What to write so that the system holds `value`, or a reason why it cannot. */
export type Encoded = { readonly ok: true; readonly value: RawValue } | { readonly ok: false; readonly reason: string };

/** A named conversion with its inverse. `decode` takes what one system stores to the canonical value; `encode` goes back. */
export interface Transform {
  readonly name: string;
  readonly type: ValueType;
  /** The inverse gives back what was given (or a stated canonical form), so the transform is allowed under `two-way`. */
  readonly invertible: boolean;
  /** `base` is what both sides last agreed on, where that is known: a value that is spelt just so need not be read again. */
  decode(raw: RawValue, system: System, base?: Value): Converted;
  /**
   * `current` is what the system holds now: a finer value that already means the same is kept (law GetPut). `holdsMoment`: its schema says that the field
   * takes a moment, which a blank does not show.
   */
  encode(value: Value, system: System, current: RawValue | undefined, holdsMoment?: boolean): Encoded;
}

/** HubSpot's opt-out: kept for an address, not for a contact, and written by a call of its own. */
export const OPT_OUT_FIELD = "hs_email_optout";

export interface FieldMapping {
  /** The field's name everywhere inside LeadLoop: HubSpot's property name. */
  readonly name: string;
  readonly hubspot: string;
  readonly salesforce: string;
  readonly rule: SyncRule;
  readonly transform: Transform;
  /** Used when a create needs this Salesforce field and no value is known (Salesforce demands LastName and Company of a Lead). */
  readonly whenMissing: RawValue | undefined;
}

export const ON_DELETE = ["unlink", "flag", "archive"] as const;
export type OnDelete = (typeof ON_DELETE)[number];

/** Two objects whose records are the same people. */
export interface ObjectMapping {
  readonly name: string;
  readonly file: string;
  readonly hubspot: string;
  readonly salesforce: string;
  /** Names of mapped fields, in order: the first that finds exactly one record on the other side pairs. */
  readonly matchKeys: readonly string[];
  /** Which people may be created on the other side; links, merges, deletes and consent are followed whatever it says. */
  readonly include: Condition | null;
  readonly create: readonly System[];
  /** What a deletion does to the other side: nothing, a note in LeadLoop's own field there, or that its record is archived too. The link ends, and nobody is created again. */
  readonly onDelete: OnDelete;
  readonly fields: readonly FieldMapping[];
}

/** Names of the fields that carry LeadLoop's own marks in each system. */
export interface OwnFields {
  readonly key: Readonly<Record<System, string>>;
  readonly stage: Readonly<Record<System, string>>;
  /** Only Salesforce carries the cycle: HubSpot could accept it while silently refusing the stage. */
  readonly epoch: string;
  readonly score: Readonly<Record<System, string>>;
  readonly band: Readonly<Record<System, string>>;
  readonly reasons: Readonly<Record<System, string>>;
  readonly cause: string;
  readonly outcome: string;
  readonly outcomeAt: string;
  readonly outcomeAmount: string;
  /** In which currency that amount is (HubSpot); null where the organisation has one currency and nobody needs to be told. */
  readonly outcomeCurrency: string | null;
  readonly recycleReason: string;
  /** The e-mail step that a person is due for (HubSpot). */
  readonly nextStep: string;
  /** The shown segments that the person is in; null where nobody wants to see them. */
  readonly segments: Readonly<Record<System, string>> | null;
  /** That the record on the other side was deleted; null where no mapping flags deletions. */
  readonly deleted: Readonly<Record<System, string>> | null;
  /** When the person last entered a stage; only the stages that have fields for it. */
  readonly entered: Readonly<Partial<Record<Stage, Readonly<Record<System, string>>>>>;
}

/** The fields for the entry times of stages, for segments, for deletions and for the outcome's currency, in one system: those that an admin may do without. */
export function optionalFields(own: OwnFields, system: System): string[] {
  const entered = Object.values(own.entered).map((names) => names[system]);
  const named = [own.segments, own.deleted].flatMap((names) => (names === null ? [] : [names[system]]));
  return system === "hubspot" && own.outcomeCurrency !== null
    ? [...entered, ...named, own.outcomeCurrency]
    : [...entered, ...named];
}
