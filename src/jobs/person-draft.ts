/** One person while a chunk is being worked on: the link as it stands now, the two records as read, and the marks that led here. */
import type { FieldState, Link } from "../core/model/link.ts";
import type { ObjectMapping } from "../core/model/mapping.ts";
import type { CrmRecord, System } from "../core/model/record.ts";
import { archiveAgain } from "../core/sync/archive-survivor.ts";
import { type Arrivals, NO_ARRIVALS } from "../core/sync/find-arrivals.ts";
import type { Alias, DirtyRow } from "./state-port.ts";

export interface PersonDraft {
  link: Link;
  /** As stored before this chunk, or null when it is new. */
  readonly before: Link | null;
  readonly records: Record<System, CrmRecord | null>;
  /** Sides whose present record has been read (and may be null because it is gone). */
  readonly read: Record<System, boolean>;
  readonly rows: DirtyRow[];
  readonly aliases: Alias[];
  readonly notes: string[];
  /** Where their record is missing because it is part of one of somebody who asked to be forgotten: nobody has deleted or erased it. */
  readonly leftAlone: Set<System>;
  /** Where their record cannot be found, and nothing says that it was deleted: Salesforce leaves out of its answers what it hides from us. */
  readonly unfound: Set<System>;
  rescore: boolean;
  /** Somebody cleared this person's rejects, to have them tried again. */
  retry: boolean;
  /** What field history tells of writes to Salesforce that nobody answered for. */
  arrivals: Arrivals;
  /** As in `PersonInput`. */
  objections: ReadonlySet<string>;
}

export function draftOf(link: Link, before: Link | null, rows: readonly DirtyRow[]): PersonDraft {
  return {
    link,
    before,
    records: { hubspot: null, salesforce: null },
    read: { hubspot: false, salesforce: false },
    rows: [...rows],
    aliases: [],
    notes: [],
    leftAlone: new Set(),
    unfound: new Set(),
    rescore: rows.some((row) => row.reason === "rescore"),
    retry: rows.some((row) => row.reason === "retry"),
    arrivals: NO_ARRIVALS,
    objections: new Set(),
  };
}

/** The link with refused fields held no longer. A question to a person still waits for its answer. */
export function withoutRefusals(link: Link, mapping: ObjectMapping): Link {
  const asked = new Set(mapping.fields.flatMap((field) => (field.rule === "ask" ? [field.name] : [])));
  const fields = Object.entries(link.fields).map(([name, { held, unreadable: _, ...rest }]): [string, FieldState] => [
    name,
    held === undefined || (held.until !== "released" && !asked.has(name)) ? rest : { ...rest, held },
  ]);
  return archiveAgain({ ...link, fields: Object.fromEntries(fields) });
}

/** What a dirty key names. */
export type DirtyTarget =
  | { readonly kind: "record"; readonly system: System; readonly object: string; readonly id: string }
  | { readonly kind: "link"; readonly id: string }
  | { readonly kind: "opportunity"; readonly id: string };

/** Reads `h:<id>`, `s:<object>:<id>`, `l:<link>` or `o:<id>`. */
export function parseKey(key: string): DirtyTarget {
  const [kind = "", ...rest] = key.split(":");
  if (kind === "h") return { kind: "record", system: "hubspot", object: "contacts", id: rest.join(":") };
  if (kind === "s") return { kind: "record", system: "salesforce", object: rest[0] ?? "", id: rest.slice(1).join(":") };
  if (kind === "o") return { kind: "opportunity", id: rest.join(":") };
  if (kind === "l") return { kind: "link", id: rest.join(":") };
  throw new Error(`unknown dirty key ${key}`);
}
