/** Prints the mistakes of an admin's files: one aligned line each, and how many there are. */
import type { ConfigIssue } from "../core/errors.ts";

/** `file:line:column  path: what is wrong; what to write` for each issue, then a blank line and the count. Issues keep their order. */
export function formatIssues(issues: readonly ConfigIssue[]): string {
  const places = issues.map(({ file, line, column }) => `${file}:${line}:${column}`);
  const width = Math.max(0, ...places.map((place) => place.length));
  const lines = issues.map(({ path, message }, index) => `${(places[index] ?? "").padEnd(width)}  ${path}: ${message}`);
  return [...lines, "", closingLine(issues)].join("\n");
}

/** `4 problems in 1 file. Nothing was changed.` */
function closingLine(issues: readonly ConfigIssue[]): string {
  const files = new Set(issues.map(({ file }) => file)).size;
  return `${counted(issues.length, "problem")} in ${counted(files, "file")}. Nothing was changed.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
