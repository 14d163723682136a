/** Conditions over a few fields of each type and one segment, compiled as the configuration's are. */
import { type Compiled, conditionCompiler } from "../../src/config/cel-condition.ts";
import type { ValueType } from "../../src/core/model/mapping.ts";
import type { Segment } from "../../src/core/model/rulebook.ts";

export const types: ReadonlyMap<string, ValueType> = new Map([
  ["company", "text"],
  ["jobtitle", "text"],
  ["employees", "number"],
  ["budget", "boolean"],
  ["last_visit", "datetime"],
  ["retry_on", "date"],
  ["product_interest", "set"],
  ["stage", "text"],
  ["package", "text"],
]);
export const segments = new Map<string, Segment>();
export const compile = conditionCompiler({
  names: { types, untyped: new Set(), complete: true },
  segments,
  segmentsComplete: true,
});
segments.set("big", { name: "big", label: "Big", when: compiled("employees > 100").condition, shown: null });

/** Throws where the source is no condition. */
export function compiled(source: string): Extract<Compiled, { ok: true }> {
  const result = compile(source);
  if (!result.ok) throw new Error(`${source}: ${result.message}`);
  return result;
}
