/** Runs once around all tests: the folder in which each process notes whom it was not let to, and what stands there when no test is left to be blamed. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { takeRefusals } from "./refused-hosts.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder for what `refuse-other-hosts.ts` refuses. */
    refusedHosts: string;
  }
}

export function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "leadloop-refused-"));
  provide("refusedHosts", folder);
  return () => {
    const asked = readdirSync(folder).flatMap((file) => takeRefusals(join(folder, file)));
    rmSync(folder, { recursive: true, force: true });
    if (asked.length > 0) throw new Error(`something that the tests left behind asked for ${asked.join(", ")}`);
  };
}
