/** Which names conditions and templates may use, and what kind of value each has. */
import type { ConfigIssue } from "../core/errors.ts";
import type { Transform, ValueType } from "../core/model/mapping.ts";
import { SYSTEMS, type System } from "../core/model/record.ts";
import type { ConnectorFile } from "./connector-file.ts";
import type { MappingFile } from "./mapping-file.ts";
import type { Places } from "./yaml-source.ts";

/** What LeadLoop itself knows of a person, as last decided: the stage in LeadLoop's own ten words, and the score from 0 to 100. */
export const COMPUTED_FACTS: ReadonlyMap<string, ValueType> = new Map([
  ["stage", "text"],
  ["score", "number"],
]);

/** One name, and where it was introduced. */
interface Known {
  readonly type: ValueType;
  readonly from: string;
  readonly system: System | null;
  readonly field: string;
}

/** The names and their kinds. Not `complete` when a file that names some could not be read: then an unknown name is no mistake. */
export interface FactNames {
  readonly types: ReadonlyMap<string, ValueType>;
  readonly complete: boolean;
}

/** A mapping with one transform for each line, and what is needed to point into its file. */
interface PlacedMapping {
  readonly shape: MappingFile;
  readonly transforms: readonly Transform[];
  readonly places: Places;
}

/**
 * Mapped fields by HubSpot name, facts by their own name, and the computed ones. A HubSpot property may be both mapped and a fact (so that it is also read
 * of people whose mapping leaves it out); any other name that stands for two things is an issue.
 */
export function collectFactNames(
  mappings: readonly PlacedMapping[],
  connector: { readonly shape: ConnectorFile; readonly places: Places } | null,
): { readonly types: ReadonlyMap<string, ValueType>; readonly issues: readonly ConfigIssue[] } {
  const known = new Map<string, Known>();
  const issues: ConfigIssue[] = [];
  for (const [name, type] of COMPUTED_FACTS)
    known.set(name, { type, from: "LeadLoop's own facts", system: null, field: name });

  for (const { shape, transforms, places } of mappings) {
    shape.fields.forEach(({ hubspot: name }, index) => {
      const type = transforms[index]?.type ?? "text";
      const earlier = known.get(name);
      if (earlier === undefined) known.set(name, { type, from: places.file, system: "hubspot", field: name });
      else if (earlier.type !== type) {
        const message = `${name} is ${kindWords(type)} here and ${kindWords(earlier.type)} in ${earlier.from}; use the same \`as:\` in both`;
        issues.push(places.issue(["fields", index, "hubspot"], message));
      }
    });
  }

  for (const system of connector === null ? [] : SYSTEMS) {
    connector?.shape.facts[system].forEach((fact, index) => {
      const earlier = known.get(fact.name);
      if (earlier === undefined) {
        known.set(fact.name, { type: fact.type, from: connector.places.file, system, field: fact.field });
        return;
      }
      const path = ["facts", system, index, "name"];
      if (earlier.system !== system || earlier.field !== fact.field || earlier.from === connector.places.file) {
        issues.push(
          connector.places.issue(
            path,
            `${fact.name} already stands for ${earlier.field} (${earlier.from}); choose another name`,
          ),
        );
      } else if (earlier.type !== fact.type) {
        issues.push(
          connector.places.issue(
            path,
            `${fact.name} is ${kindWords(fact.type)} here and ${kindWords(earlier.type)} in ${earlier.from}; write type: ${earlier.type}`,
          ),
        );
      }
    });
  }
  return { types: new Map([...known].map(([name, { type }]) => [name, type])), issues };
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

/** The score cannot depend on itself: it would never settle. */
export function withoutScore(types: FactNames["types"]): FactNames["types"] {
  return new Map([...types].filter(([name]) => name !== "score"));
}
