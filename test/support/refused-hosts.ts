/** Where refusals of other machines are written down: a file, so that whoever started a process or thread hears of what it swallowed. */
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";

/** The file's name, for this process and whatever it starts. */
const FILE = "LEADLOOP_REFUSED_HOSTS";

/** `1` in the environment of a process that is looked at itself, so that no guard may be in it: it must be one that has nothing to ask anybody. */
export const UNGUARDED = "LEADLOOP_TEST_UNGUARDED";

export function noteRefusalsIn(file: string): void {
  process.env[FILE] = file;
}

/** What a process that is started with an environment of its own needs of this one's to be held to the same. */
export function guardedEnvironment(): NodeJS.ProcessEnv {
  const file = process.env[FILE];
  return file === undefined ? {} : { [FILE]: file };
}

export function noteRefusal(host: string): void {
  const file = process.env[FILE];
  if (file !== undefined) appendFileSync(file, `${host}\n`);
}

/** Addresses that were asked for and refused, in order, since this was asked last: in this process and in all that it started. */
export function takeRefusals(file = process.env[FILE]): string[] {
  if (file === undefined || !existsSync(file)) return [];
  // Whoever writes meanwhile begins a new file.
  const taken = `${file}-taken`;
  renameSync(file, taken);
  const hosts = readFileSync(taken, "utf8")
    .split("\n")
    .filter((host) => host !== "");
  rmSync(taken);
  return hosts;
}
