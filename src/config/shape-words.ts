/** Says in an admin's words what does not fit the shape of a file: never the schema library's own wording. */
import * as z from "zod";

/**
 * The words for one mistake, used for every part of a shape that has no sentence of its own (see file-shapes). For unknown keys it answers the known
 * ones, separated by blanks: the reader makes one issue per key of them.
 */
export function sayShapeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(" ") : "";
    case "invalid_type":
      return issue.input === undefined
        ? `is missing; ${whatToWrite(issue.expected)}`
        : `${found(issue.input)}; ${whatToWrite(issue.expected)}`;
    case "invalid_value":
      return `${found(issue.input)}; write one of ${issue.values.join(", ")}`;
    case "too_small":
      return issue.origin === "array" || issue.origin === "string"
        ? "is empty; write at least one"
        : `${found(issue.input)}; write ${issue.minimum} or more`;
    case "too_big":
      return `${found(issue.input)}; write ${issue.maximum} or less`;
    default:
      return `${found(issue.input)} does not fit here; see the shipped file for an example`;
  }
}

/** What stands there now, as far as it can be said in a few words. */
export function found(input: unknown): string {
  if (input === undefined) return "is missing";
  if (input === null) return "is blank";
  if (Array.isArray(input)) return "is a list";
  if (typeof input === "object") return "is a group of keys";
  if (typeof input === "string") return `"${input.length > 60 ? `${input.slice(0, 57)}...` : input}" is text`;
  return `${String(input)} is ${typeof input === "boolean" ? "true or false" : "a number"}`;
}

function whatToWrite(expected: string): string {
  if (expected === "array") return "write a list, such as [a, b]";
  if (expected === "object" || expected === "record") return "write a group of keys";
  if (expected === "string") return "write text";
  if (expected === "boolean") return "write true or false";
  return "write a number";
}
