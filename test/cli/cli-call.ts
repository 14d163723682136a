/** Runs the real command line inside this process, in a folder and an environment of its own: all of the program but its start. */
import { runCommandLine } from "../../src/cli/command-line.ts";
import { CollectedText } from "../support/collected-text.ts";
import { type CliAnswer, type Environment, environmentIn } from "./cli-process.ts";

/** Runs it to its end. Throws when a command under way is in another folder. */
export async function callCli(words: readonly string[], folder: string, environment: Environment): Promise<CliAnswer> {
  const stdout = new CollectedText();
  const stderr = new CollectedText();
  const leave = enter(folder);
  try {
    const exit = await runCommandLine(words, { environment: environmentIn(folder, environment), stdout, stderr });
    return { exit, stdout: stdout.text, stderr: stderr.text };
  } finally {
    leave();
  }
}

/** The folder in which commands are under way, how many, and where this process was before. */
let entered: { readonly folder: string; readonly before: string; count: number } | null = null;

/** A process is in one folder at a time; commands name files as from there. */
function enter(folder: string): () => void {
  if (entered !== null && entered.folder !== folder)
    throw new Error(`a command is still under way in ${entered.folder}`);
  const place = entered ?? { folder, before: process.cwd(), count: 0 };
  entered = place;
  place.count += 1;
  process.chdir(folder);
  return () => {
    place.count -= 1;
    if (place.count > 0) return;
    process.chdir(place.before);
    entered = null;
  };
}
