/** Reads load.yml: which CSV file fills which object, and how its columns become values. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

/** The description, or a file it names, cannot be used. The message names the file and what is wrong. */
export class LoadError extends Error {}

/**
 * A value: a text in which `{column}` stands for the row's column and `{file.column}` for that of the joined row;
 * or the same with a type, a map of whole values, and a default for a blank result.
 */
const valueShape = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.strictObject({
    value: z.string(),
    as: z.enum(["text", "number", "date", "datetime", "boolean"]).default("text"),
    map: z.record(z.string(), z.string()).optional(),
    default: z.string().optional(),
  }),
]);

const joinShape = z.strictObject({
  /** Name of an earlier file. */
  file: z.string(),
  /** Column that both files have. */
  on: z.string(),
});

const hubspotShape = z.strictObject({
  name: z.string(),
  file: z.string(),
  system: z.literal("hubspot"),
  object: z.literal("contact").default("contact"),
  join: joinShape.optional(),
  /** When the contact was created; its values are as old. */
  created: z.string(),
  properties: z.record(z.string(), valueShape),
});

const conversionShape = z.strictObject({
  at: z.string(),
  status: z.string().default("Closed - Converted"),
  /** Fields of the opportunity, set at the same moment; no opportunity without it. */
  opportunity: z.record(z.string(), valueShape).optional(),
});

const salesforceShape = z.strictObject({
  name: z.string(),
  file: z.string(),
  system: z.literal("salesforce"),
  object: z.string(),
  join: joinShape.optional(),
  created: z.string(),
  /** Each different value gets one of the reps in turn; the first rep owns everything without it. */
  owner: z.string().optional(),
  fields: z.record(z.string(), valueShape),
  /** Leads only: converts each one. */
  convert: conversionShape.optional(),
});

const descriptionShape = z.strictObject({
  files: z.array(z.discriminatedUnion("system", [hubspotShape, salesforceShape])).min(1),
});

export type LoadValue = z.infer<typeof valueShape>;
export type HubSpotFile = z.infer<typeof hubspotShape>;
export type SalesforceFile = z.infer<typeof salesforceShape>;
type LoadDescription = z.infer<typeof descriptionShape>;

/** Throws a LoadError when the file is missing, is not YAML, or says something unknown. */
export function readDescription(path: string): LoadDescription {
  const result = descriptionShape.safeParse(parsedYaml(path));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new LoadError(`${path} is not a description of files to load: ${problems.join("; ")}`);
}

function parsedYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError(`${path} cannot be read: ${reason}`, { cause });
  }
}
