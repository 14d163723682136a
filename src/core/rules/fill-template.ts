/** Fills {placeholders} in an admin's text so that a missing value leaves no trace: no "undefined", no empty brackets, no dangling comma. */

/** The value of a placeholder; null or "" when there is none. */
export type PlaceholderValue = (name: string) => string | null;

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const BRACKETED = /\s*(?:\(([^()]*)\)|\[([^[\]]*)\])/g;
const CLAUSE_END = /([,;·|] | [–—-] )/;
const LABEL_END = /(: )/;

/**
 * Fills a template. What speaks only of missing values goes with them: first a bracket, then a clause (up to a comma, semicolon or dash, with
 * its label), then a line. A part without any placeholder stays as long as its line does. Values are put on one line and taken as they are.
 */
export function fillTemplate(template: string, value: PlaceholderValue): string {
  return template
    .split("\n")
    .map((line) => fillLine(line, value))
    .filter((line) => line !== null)
    .join("\n")
    .trim();
}

function fillLine(line: string, value: PlaceholderValue): string | null {
  if (isEmptied(line, value)) return null;
  const bracketed = line.replace(BRACKETED, (part) => (isEmptied(part, value) ? "" : part));
  return keptParts(bracketed, CLAUSE_END, value, (clause) => keptParts(clause, LABEL_END, value, (part) => part))
    .replace(PLACEHOLDER, (_, name: string) => oneLine(value(name)))
    .replace(/[ \t]{2,}/g, " ")
    .trimEnd();
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

function oneLine(value: string | null): string {
  return (value ?? "").replace(/\s+/g, " ").trim();
}
