/** A transform that cannot be turned back may only be used where one side is never written. */
import { expect, test } from "vitest";
import { checkMapping } from "../../src/config/mapping-checks.ts";
import { mappingShape } from "../../src/config/mapping-file.ts";
import { readYaml } from "../../src/config/yaml-source.ts";
import { SYNC_RULES, type Transform } from "../../src/core/model/mapping.ts";

/** Keeps the length of a text and forgets the text. */
const lengthOnly: Transform = {
  name: "length",
  type: "number",
  invertible: false,
  decode: (raw) => ({ ok: true, value: raw === null ? null : String(String(raw).length) }),
  encode: (value) => ({ ok: true, value }),
};

const oneWay = ["always-use-hubspot", "always-use-salesforce", "dont-sync"];

test.each(SYNC_RULES.map((rule) => [rule, oneWay.includes(rule)] as const))(
  "%s with a transform without an inverse: %s",
  (rule, allowed) => {
    const text = `hubspot: contacts\nsalesforce: Lead\nmatch: [city]\nfields:\n  - { hubspot: city, salesforce: City, rule: ${rule}, as: text }\n`;
    const parsed = readYaml("mappings/a.yml", text, mappingShape);
    if (!parsed.ok) throw new Error("the mapping should be read");
    const issues = checkMapping(parsed.value, [lengthOnly], [], null, parsed.places);
    const found = issues.filter(({ path }) => path === "fields[0].as").map(({ line, message }) => `${line} ${message}`);
    const refusal = `5 text cannot be turned back, so ${rule} could not write both sides; write always-use-hubspot or always-use-salesforce`;
    expect(found).toEqual(allowed ? [] : [refusal]);
  },
);
