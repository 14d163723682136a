/** Which names conditions and templates may use, and what kind of value each has. */
import type { ConfigIssue } from "../core/errors.ts";
import type { Transform, ValueType } from "../core/model/mapping.ts";
import { SYSTEMS } from "../core/model/record.ts";
import type { DERIVED_FACTS } from "../core/sync/gather-facts.ts";
import type { ConnectorFile } from "./connector-file.ts";
import type { MappingFile } from "./mapping-file.ts";
import type { Path } from "./yaml-position.ts";
import type { Places } from "./yaml-source.ts";

/** What LeadLoop itself knows of a person, as last decided: score from 0 to 100, band (A1 to C3), stage in LeadLoop's own ten words, number of the cycle, status of its handoff task, why it is in its stage. */
const DERIVED_TYPES: Readonly<Record<(typeof DERIVED_FACTS)[number], ValueType>> = {
  score: "number",
  band: "text",
  stage: "text",
  epoch: "number",
  handoff_task: "text",
  purchases: "number",
  spend_year: "number",
  last_purchase_at: "datetime",
  lost_deals: "number",
  customer_class: "text",
  products_bought: "set",
  stage_reason: "text",
};

/** The names and their kinds. */
export interface FactNames {
  readonly types: ReadonlyMap<string, ValueType>;
  /** Introduced by a line with a mistake: nothing more is known of them. */
  readonly untyped: ReadonlySet<string>;
  /** False when a file, or a name in it, could not be read: then an unknown name is no mistake. */
  readonly complete: boolean;
  /** Number facts whose totals are noted by day, because something asks how often lately; filled while the files are read. */
  readonly counted?: Set<string>;
}

/** A mapping with one transform for each line, and what is needed to point into its file. */
interface PlacedMapping {
  readonly shape: MappingFile;
  readonly transforms: readonly Transform[];
  readonly places: Places;
}

interface Introduced {
  /** Null where the file's own word for it is wrong. */
  readonly type: ValueType | null;
  readonly by: string;
  /** By a mapping: a fact over a relation may stand in for it where another mapping does not have it. */
  readonly mapped?: boolean;
}

/**
 * Mapped fields by HubSpot name, facts by their own name, and the derived ones, which win over a mapped field that is called the same. A name that would
 * stand for two things, or for two kinds of values, is an issue.
 */
export function collectFactNames(
  mappings: readonly PlacedMapping[],
  connector: { readonly shape: ConnectorFile; readonly places: Places } | null,
): Pick<FactNames, "types" | "untyped" | "complete"> & { readonly issues: readonly ConfigIssue[] } {
  const known = new Map<string, Introduced>();
  const issues: ConfigIssue[] = [];
  let complete = true;
  for (const { shape, transforms, places } of mappings) {
    complete &&= places.isSure([], ["fields"]);
    shape.fields.forEach(({ hubspot: name }, index) => {
      if (!places.isOwn(["fields", index, "hubspot"])) {
        complete = false;
        return;
      }
      const type = places.isSure(["fields", index], ["as"]) ? (transforms[index]?.type ?? "text") : null;
      const earlier = known.get(name);
      if (earlier === undefined || earlier.type === null)
        known.set(name, { type, by: `the mapped field of ${places.file}`, mapped: true });
      else if (type !== null && earlier.type !== type) {
        const message = `${name} is ${kindWords(type)} here and ${kindWords(earlier.type)} as ${earlier.by}; use the same \`as:\` in both`;
        issues.push(places.issue(["fields", index, "hubspot"], message));
      }
    });
  }
  for (const [name, type] of Object.entries(DERIVED_TYPES)) known.set(name, { type, by: "LeadLoop's own fact" });
  for (const system of connector === null ? [] : SYSTEMS) {
    complete &&=
      connector?.places.isSure([], ["facts"]) !== false && connector?.places.isSure(["facts"], [system]) !== false;
    connector?.shape.facts[system].forEach((fact, index) => {
      const path = ["facts", system, index];
      if (!connector.places.isOwn([...path, "name"])) complete = false;
      else issues.push(...introduce(fact, path, connector.places, known));
    });
  }
  const types = new Map([...known].flatMap(([name, { type }]) => (type === null ? [] : [[name, type] as const])));
  return { types, untyped: new Set([...known.keys()].filter((name) => !types.has(name))), complete, issues };
}

/** Notes a fact among the known names. One over a relation may bear the name of a mapped field of its kind; any other name must be new. */
function introduce(
  { name, type, field }: ConnectorFile["facts"]["hubspot"][number],
  path: Path,
  places: Places,
  known: Map<string, Introduced>,
): readonly ConfigIssue[] {
  const isOwn = (key: string): boolean => places.isOwn([...path, key]);
  const own = isOwn("type") ? type : null;
  const by = isOwn("field") ? `the fact ${field}` : "a fact";
  const earlier = known.get(name);
  if (earlier === undefined) {
    known.set(name, { type: own, by });
    return [];
  }
  if (earlier.mapped !== true || !isOwn("field") || !field.includes(".")) {
    return [
      places.issue([...path, "name"], `${name} is already ${earlier.by}; remove this line, or choose another name`),
    ];
  }
  known.set(name, { type: earlier.type, by });
  if (own === null || earlier.type === null || own === earlier.type) return [];
  const message = `${name} is ${kindWords(own)} here and ${kindWords(earlier.type)} as ${earlier.by}; write type: ${earlier.type}`;
  return [places.issue([...path, "type"], message)];
}

/** Without what is decided from the score: a score that depended on it would never settle. */
export function withoutDerived(names: FactNames): FactNames {
  return { ...names, types: new Map([...names.types].filter(([name]) => !Object.hasOwn(DERIVED_TYPES, name))) };
}

/** `text`, `a number`, ... for a kind of value. */
export function kindWords(type: ValueType): string {
  const words: Readonly<Record<ValueType, string>> = {
    text: "text",
    number: "a number",
    boolean: "yes or no",
    date: "a date",
    datetime: "a date-time",
    set: "a set",
  };
  return words[type];
}
