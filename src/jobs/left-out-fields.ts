/** Says which lines of the mappings a run leaves out, because a system does not show their fields: renamed, deleted, or hidden from LeadLoop's user. */
import { type ObjectSchema, SYSTEMS, type System } from "../core/model/record.ts";
import { type RunFacts, type SyncDependencies, schemaKey } from "./sync-dependencies.ts";

/** One sentence, or none where every mapped field is there. Fields that are left out for having another type now are told elsewhere. */
export function leftOutInWords(
  { mappings }: Pick<SyncDependencies, "mappings">,
  { schemas }: Pick<RunFacts, "schemas">,
): readonly string[] {
  const lacking = mappings.flatMap((mapping) =>
    SYSTEMS.flatMap((system) => {
      const object = system === "hubspot" ? mapping.hubspot : mapping.salesforce;
      const schema = schemas.get(schemaKey(system, object));
      const names = mapping.fields.flatMap((field) => (field.rule === "dont-sync" ? [] : [field[system]]));
      const unseen = schema === undefined ? [] : names.filter((name) => !isShown(schema, name));
      return unseen.map((name) => `${name} of ${WORDS[system]} ${object} (${mapping.file})`);
    }),
  );
  const fields = [...new Set(lacking)];
  if (fields.length === 0) return [];
  return [
    `left out of the sync, because the system does not show ${fields.length === 1 ? "it" : "them"}: ${fields.join(", ")}; nothing is created or blanked for that, and \`leadloop check --live\` says what to write instead`,
  ];
}

const WORDS: Readonly<Record<System, string>> = { hubspot: "HubSpot", salesforce: "Salesforce" };

function isShown({ fields, converted = [] }: ObjectSchema, name: string): boolean {
  return fields.some((field) => field.name === name) || converted.some((field) => field.name === name);
}
