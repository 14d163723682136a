/** Says in an admin's words why a condition cannot be used, and what to write. */
import type { TypeError as CelTypeError, EvaluationError, ParseError } from "@marcbachmann/cel-js";
import { nearestName, writeInstead } from "./nearest-name.ts";

export type CelError = ParseError | CelTypeError | EvaluationError;

/** Names of all functions and methods an admin may use, for suggestions. */
const FUNCTION_NAMES: readonly string[] = [
  ...[
    "known",
    "daysSince",
    "daysUntil",
    "timesWithin",
    "mentions",
    "segment",
    "size",
    "int",
    "double",
    "string",
    "timestamp",
    "duration",
  ],
  ...[
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "lowerAscii",
    "upperAscii",
    "trim",
    "split",
    "substring",
    "indexOf",
  ],
  ...[
    "exists",
    "all",
    "exists_one",
    "filter",
    "map",
    "join",
    "getFullYear",
    "getMonth",
    "getDayOfWeek",
    "getDate",
    "getHours",
  ],
];

const TYPE_WORDS: Readonly<Record<string, string>> = {
  double: "a number",
  int: "a number",
  uint: "a number",
  string: "text",
  bool: "yes or no",
  "google.protobuf.Timestamp": "a date",
  "google.protobuf.Duration": "a length of time",
  "list<string>": "a set",
  null: "null",
};

/** `a number`, `text`, ... for a CEL type. */
export function typeWords(type: string): string {
  if (type.startsWith("list")) return "a set";
  return TYPE_WORDS[type] ?? type;
}

/** One sentence; `names` are the facts a condition may use. */
export function celWords(error: CelError, source: string, names: readonly string[]): string {
  const part = error.range === undefined ? source : source.slice(error.range.start, error.range.end);
  switch (error.code) {
    case "house_words":
      return error.summary;
    case "unknown_variable":
      return unknownName(error.summary.replace("Unknown variable: ", ""), names);
    case "no_such_overload":
      return wrongTypes(error.summary.replace("no such overload: ", ""), part);
    case "no_matching_overload":
      return wrongCall(error.summary, part);
    case "cannot_index_type":
      return `${part}: a field has no parts; write the field's name alone`;
    case "invalid_condition_type":
      return `what stands before ? must be true or false: ${part}`;
    case "unterminated_string":
      return "a closing quote is missing in the condition";
    case "unexpected_character":
    case "unexpected_token":
    case "expected_token":
      return syntaxWords(error.summary, source, error.range?.start ?? 0);
    default:
      return `cannot be used as a condition: ${error.summary}`;
  }
}

/** For a condition that gives something else than true or false. */
export function notABoolean(type: string, source: string): string {
  const example = { double: `${source} > 0`, string: `${source} == "..."` }[type];
  return `a condition must be true or false, this is ${typeWords(type)}${example === undefined ? "" : `; compare it, as in ${example}`}`;
}

/** For a condition that cannot be computed about a person of whom nothing is known. */
export function failsOnBlank(error: CelError): string {
  return `cannot be computed where a field is blank (${error.summary}); ask known(field) && first`;
}

function unknownName(name: string, names: readonly string[]): string {
  if (["score", "band", "stage", "epoch"].includes(name))
    return `${name} is decided from the rules of this file, so they cannot ask for it`;
  const advice = writeInstead(name, names, "map it in mappings/, or list it under facts in config/connector.yml");
  return `"${name}" is not a mapped field or fact; ${advice}`;
}

function wrongTypes(pattern: string, part: string): string {
  const [left = "", sign = "", ...rest] = pattern.split(" ");
  const right = rest.join(" ");
  if (right === "")
    return `${part}: ${left.startsWith("!") ? "! turns true and false around; it" : "it"} does not fit ${typeWords(left.replace(/^[!-]/, ""))}`;
  const verb = ["==", "!=", "<", "<=", ">", ">="].includes(sign)
    ? "cannot be compared with"
    : `does not go with ${sign} and`;
  return `${typeWords(left)} ${verb} ${typeWords(right)}: ${part}${mixHint(left, right)}`;
}

function mixHint(left: string, right: string): string {
  const types = [left, right];
  if (types.includes("null")) return "; ask known(field), or !known(field)";
  if (types.some((type) => type.startsWith("list"))) return '; ask a set with "value" in field';
  if (types.includes("google.protobuf.Timestamp"))
    return '; use daysSince(field), or compare with timestamp("2026-01-31T00:00:00Z")';
  if (types.includes("bool")) return "; a yes-or-no field stands alone, as in do_not_call or !do_not_call";
  if (types.includes("string")) return "; text is written in quotes, numbers without";
  return "";
}

/** The summary names the call with its types: `string.contains(string, int)`. */
function wrongCall(summary: string, part: string): string {
  const call = /'(?:[^']*?\.)?([A-Za-z_]+)\(([^']*)\)'/.exec(summary);
  const name = call?.[1] ?? part;
  if (!FUNCTION_NAMES.includes(name)) {
    const near = nearestName(name, FUNCTION_NAMES);
    return `there is no function ${name}(); ${near === null ? "the functions are listed in docs/admin/conditions.md" : `write ${near}()`}`;
  }
  const types = (call?.[2] ?? "").split(", ").filter((type) => type !== "");
  const given = types.length === 0 ? "nothing" : types.map(typeWords).join(" and ");
  return `${name}() cannot be used like this, with ${given}: ${part}; see docs/admin/conditions.md`;
}

function syntaxWords(summary: string, source: string, start: number): string {
  const before = source.slice(0, start);
  const rest = source.slice(start);
  if (/EOF/.test(summary)) return "the condition ends too early; a value or a closing bracket is missing";
  if (rest.startsWith("=")) return "write == to compare";
  if (/^&/.test(rest)) return "write && for and";
  if (/^\|/.test(rest)) return "write || for or";
  for (const word of [/^[A-Za-z]+/.exec(rest)?.[0], /[A-Za-z]+$/.exec(before.trimEnd())?.[0]]) {
    const sign = { and: "&&", or: "||", not: "!", is: "==" }[word?.toLowerCase() ?? ""];
    if (sign !== undefined) return `write ${sign} for ${word}`;
  }
  return `"${rest.slice(0, 20)}" is not expected here; is &&, || or a bracket missing before it?`;
}
