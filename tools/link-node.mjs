/**
 * Runs after an installation: sees to it that npm's scripts find the Node that was installed with the packages. npm 10 removes the link to it again
 * when it leaves out the same program for another processor; npm 11 and later do not.
 */
import { existsSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const programs = resolve(import.meta.dirname, "../node_modules/.bin");
const program = `../node-linux-${process.arch}/bin/node`;
const link = join(programs, "node");

if (process.platform === "linux" && existsSync(join(programs, program)) && !existsSync(link))
  symlinkSync(program, link);
