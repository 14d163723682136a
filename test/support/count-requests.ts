/** Runs once around all tests: adds up the requests that were held against the vendors' descriptions and prints how many of which operation. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The file to which each test file adds a line with its counts. */
    requestCounts: string;
  }
}

export function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "leadloop-requests-"));
  const file = join(folder, "counts.jsonl");
  writeFileSync(file, "");
  provide("requestCounts", file);
  return () => {
    console.log(summary(readFileSync(file, "utf8")));
    rmSync(folder, { recursive: true });
  };
}

function summary(lines: string): string {
  const total = new Map<string, number>();
  for (const line of lines.split("\n")) {
    if (line === "") continue;
    for (const [operation, count] of Object.entries(JSON.parse(line) as Record<string, number>)) {
      total.set(operation, (total.get(operation) ?? 0) + count);
    }
  }
  const all = [...total.values()].reduce((sum, count) => sum + count, 0);
  const rows = [...total]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${String(count).padStart(8)}  ${name}`);
  return [`\n${all} requests of LeadLoop were held against the vendors' descriptions:`, ...rows].join("\n");
}
