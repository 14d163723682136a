/** Fills {placeholders} in an admin's text so that a missing value leaves no trace: no "undefined", no empty brackets, no dangling comma. */

/** The value of a placeholder; null or "" when there is none. */
export type PlaceholderValue = (name: string) => string | null;

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const UNEVEN_SPACE = /\s\s|[^\S ]/;
const BRACKETED = /(\s*)(?:\([^()]*\)|\[[^[\]]*\])/g;
const BRACKET_NAME = "bracket_aside_";
/** A character that no text has (Unicode private use). */
const PLAIN_BRACKET = "\u{E000}";
const CLAUSE_END = /([,;·|] | [–—-] )/;
const LABEL_END = /(: )/;

/**
 * Fills a template. What speaks only of missing values goes with them: first a bracket, then a clause (up to a comma, semicolon or dash, with
 * its label), then a line. A part without any placeholder stays as long as its line does. Values are put on one line and taken as they are.
 */
export function fillTemplate(template: string, value: PlaceholderValue): string {
  return fillWhole(template, value) ?? fillAround(template, value);
}

/** The usual case, in one pass: nothing is missing. Null when something is. */
function fillWhole(template: string, value: PlaceholderValue): string | null {
  let isWhole = true;
  const filled = template.replace(PLACEHOLDER, (_, name: string) => {
    const text = oneLine(value(name));
    if (text === "") isWhole = false;
    return text;
  });
  return isWhole ? filled.trim() : null;
}

function fillAround(template: string, value: PlaceholderValue): string {
  return template
    .split("\n")
    .map((line) => fillLine(line, value))
    .filter((line) => line !== null)
    .join("\n")
    .trim();
}

function fillLine(line: string, value: PlaceholderValue): string | null {
  if (isEmptied(line, value)) return null;
  const brackets: string[] = [];
  const known: PlaceholderValue = (name) => bracketOf(name, brackets) ?? value(name);
  // A bracket is set aside, so that a comma within it ends no clause outside: as a value of its own where it has one, else as plain text.
  const flat = line.replace(BRACKETED, (part, space: string) => {
    if (isEmptied(part, value)) return "";
    const bracket = part.slice(space.length);
    brackets.push(`${bracket.charAt(0)}${fillClauses(bracket.slice(1, -1), value)}${bracket.slice(-1)}`);
    const at = brackets.length - 1;
    return hasPlaceholder(part) ? `${space}{${BRACKET_NAME}${at}}` : `${space}${PLAIN_BRACKET}${at};`;
  });
  const plain = new RegExp(`${PLAIN_BRACKET}(\\d+);`, "g");
  return fillClauses(flat, known).replace(plain, (_, at: string) => brackets[Number(at)] ?? "");
}

function fillClauses(text: string, value: PlaceholderValue): string {
  return keptParts(text, CLAUSE_END, value, (clause) => keptParts(clause, LABEL_END, value, (part) => part))
    .replace(PLACEHOLDER, (_, name: string) => oneLine(value(name)))
    .replace(/[ \t]{2,}/g, " ")
    .trimEnd();
}

function bracketOf(name: string, brackets: readonly string[]): string | null {
  return name.startsWith(BRACKET_NAME) ? (brackets[Number(name.slice(BRACKET_NAME.length))] ?? null) : null;
}

/** Splits at a separator and drops each part that lost all it speaks of, with the separator in front of it. */
function keptParts(line: string, end: RegExp, value: PlaceholderValue, keep: (part: string) => string): string {
  const parts = line.split(end);
  let kept = "";
  for (let at = 0; at < parts.length; at += 2) {
    const part = parts[at] ?? "";
    if (isEmptied(part, value)) continue;
    kept += kept === "" ? keep(part) : `${parts[at - 1] ?? ""}${keep(part)}`;
  }
  return kept;
}

/** Speaks of something, and nothing of it is known. */
function isEmptied(part: string, value: PlaceholderValue): boolean {
  const names = [...part.matchAll(PLACEHOLDER)].map((match) => match[1] ?? "");
  return names.length > 0 && names.every((name) => oneLine(value(name)) === "");
}

function hasPlaceholder(part: string): boolean {
  return part.search(PLACEHOLDER) >= 0;
}

function oneLine(value: string | null): string {
  if (value === null) return "";
  return (UNEVEN_SPACE.test(value) ? value.replace(/\s+/g, " ") : value).trim();
}
