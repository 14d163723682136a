#!/usr/bin/env node
/** Starts the command line; on a Node that is too old it says what to do instead. */
import { enableCompileCache } from "node:module";
import process from "node:process";
import { nodeAdvice } from "./node-version.ts";

const advice = nodeAdvice(process.version);
if (advice === null) {
  // The next command starts in two thirds of the time.
  enableCompileCache();
  const { runCommandLine } = await import("./command-line.ts");
  process.exitCode = await runCommandLine(process.argv.slice(2));
} else {
  process.stderr.write(`${advice}\n`);
  process.exitCode = 1;
}
