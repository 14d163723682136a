/** Puts the keys of everything that was packaged into one order: osls writes them as its hashes become ready, and two packages of one source shall be the same bytes. */
import { globSync, readFileSync, writeFileSync } from "node:fs";

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

for (const file of globSync(".serverless/*.json"))
  writeFileSync(file, `${JSON.stringify(sorted(JSON.parse(readFileSync(file, "utf8"))), null, 2)}\n`);
