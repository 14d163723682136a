/** Runs once around all tests: the folder in which they keep their states, removed when the last test has ended. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder that holds the states of all test files. */
    stateFolders: string;
  }
}

export function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "leadloop-states-"));
  provide("stateFolders", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
