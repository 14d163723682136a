#!/usr/bin/env node
/** The program's entry on any Node: newer ones run it as it is, older ones hand over to the Node that came with the packages, or say what to do. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The oldest Node that runs TypeScript and both vendors' clients. */
const OLDEST = 24;
const root = fileURLToPath(new URL("..", import.meta.url));
const main = join(root, "src", "cli", "main.ts");

if (Number(process.versions.node.split(".")[0]) >= OLDEST) {
  await import(main);
} else {
  const own = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(own)) {
    process.exitCode = spawnSync(own, [main, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
  } else {
    process.stderr.write(
      `LeadLoop needs Node ${OLDEST} or newer and this is ${process.versions.node}. Install Node ${OLDEST}, or run \`npm ci\` in ${root}, which brings it on Linux.\n`,
    );
    process.exitCode = 1;
  }
}
