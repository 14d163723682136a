/** The JSON Schemas by which an editor completes and checks LeadLoop's YAML files. */
import * as z from "zod";
import { FILE_SHAPES } from "./config-files.ts";

/** File name in schemas/ -> its text. Made from the very shapes that `loadConfig` checks with. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(FILE_SHAPES).map(([name, shape]) => {
      const schema = { title: `LeadLoop ${name}`, ...z.toJSONSchema(shape, { io: "input", unrepresentable: "any" }) };
      return [`${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`];
    }),
  );
}
