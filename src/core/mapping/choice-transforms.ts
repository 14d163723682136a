/** Transforms for values out of a list: yes or no, one of several, some of several. */
import type { Converted, Encoded, Transform } from "../model/mapping.ts";
import type { RawValue, System } from "../model/record.ts";
import { buildTransform, converted, encoded, quoted, refused } from "./build-transform.ts";
import type { TransformOptions } from "./transform-options.ts";

/** Yes, no or blank. A Salesforce checkbox is never blank, so a blank is written there as false. */
export function booleanTransform(): Transform {
  return buildTransform({
    name: "boolean",
    type: "boolean",
    read: (text) => {
      const word = text.toLowerCase();
      return word === "true" || word === "false"
        ? converted(word)
        : refused(`${quoted(text)} is neither true nor false`);
    },
    write: (text, system) => {
      if (text !== "true" && text !== "false") return refused(`${quoted(text)} is neither true nor false`);
      return encoded(system === "hubspot" ? text : text === "true");
    },
    writeBlank: (system) => encoded(system === "hubspot" ? null : false),
  });
}

/**
 * One value of a list. Canonical is Salesforce's spelling. With a `values` map, a value on neither side of it is refused: there is no default bucket.
 * Where several HubSpot values share a Salesforce one, the finer one stays until the Salesforce value really changes.
 */
export function picklistTransform(options: TransformOptions): Transform {
  const choices = new Choices(options.values);
  return buildTransform({
    name: "picklist",
    type: "text",
    read: (text, system) => choices.read(text, system),
    write: (text, system) => choices.write(text, system),
  });
}

/** Some values of a list, in no order. Both systems join them with ";"; canonical is sorted, each once, in Salesforce's spelling. */
export function setTransform(options: TransformOptions): Transform {
  const choices = new Choices(options.values);
  const read = (text: string, system: System): Converted => {
    const members = new Set<string>();
    for (const part of membersOf(text)) {
      const choice = choices.read(part, system);
      if (!choice.ok) return choice;
      if (choice.value !== null) members.add(choice.value);
    }
    return converted(joined(members));
  };
  const write = (text: string, system: System, current: RawValue | undefined): Encoded => {
    const wanted = new Set(membersOf(text));
    const kept = new Map<string, string[]>();
    for (const part of membersOf(current === undefined || current === null ? "" : String(current))) {
      const choice = choices.read(part, system);
      if (choice.ok && choice.value !== null) kept.set(choice.value, [...(kept.get(choice.value) ?? []), part]);
    }
    const parts = new Set<string>();
    for (const member of wanted) {
      const choice = choices.write(member, system);
      if (!choice.ok) return choice;
      for (const part of kept.get(member) ?? [String(choice.value)]) parts.add(part);
    }
    return encoded(joined(parts));
  };
  return buildTransform({ name: "set", type: "set", read, write });
}

function membersOf(text: string): readonly string[] {
  return text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function joined(members: ReadonlySet<string>): string | null {
  return members.size === 0 ? null : [...members].sort().join(";");
}

/** The two spellings of each value, or every value as it is when there is no map. */
class Choices {
  readonly #salesforceOf: ReadonlyMap<string, string> | null;
  readonly #hubspotOf: ReadonlyMap<string, string>;

  constructor(values: Readonly<Record<string, string>> | undefined) {
    const pairs = Object.entries(values ?? {});
    this.#salesforceOf = values === undefined ? null : new Map(pairs);
    this.#hubspotOf = new Map(pairs.toReversed().map(([hubspot, salesforce]) => [salesforce, hubspot]));
  }

  read(text: string, system: System): Converted {
    if (this.#salesforceOf === null) return converted(text);
    const choice = system === "hubspot" ? this.#salesforceOf.get(text) : text;
    if (choice !== undefined && this.#hubspotOf.has(choice)) return converted(choice);
    return refused(`${quoted(text)} is not in the values map; add the pair to the mapping, or correct the record`);
  }

  write(text: string, system: System): Encoded {
    if (this.#salesforceOf === null) return encoded(text);
    const hubspot = this.#hubspotOf.get(text);
    if (hubspot === undefined) return refused(`${quoted(text)} is not in the values map; add the pair to the mapping`);
    return encoded(system === "hubspot" ? hubspot : text);
  }
}
