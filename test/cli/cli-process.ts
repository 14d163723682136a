/** Runs the real command line as a program of its own, in a folder and an environment of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const MAIN = `${REPOSITORY}/src/cli/main.ts`;

export type Environment = Readonly<Record<string, string>>;

export interface CliAnswer {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts it. */
export function startCli(words: readonly string[], folder: string, environment: Environment): ChildProcess {
  const env = environmentIn(folder, environment);
  return spawn(process.execPath, [MAIN, ...words], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Nothing of this process's environment but what a shell always has. */
export function environmentIn(folder: string, environment: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: folder, LEADLOOP_LOG: "error", ...environment };
}

/** Runs it to its end. */
export async function runCli(words: readonly string[], folder: string, environment: Environment): Promise<CliAnswer> {
  return ended(startCli(words, folder, environment));
}

export async function ended(child: ChildProcess): Promise<CliAnswer> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exit = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exit, stdout, stderr };
}

/** The one document on stdout. Fails when there is anything else. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever the document holds.
export function documentOf(answer: CliAnswer): any {
  return JSON.parse(answer.stdout);
}

/** What the command says, with line breaks as blanks, so that wrapping does not matter. */
export function words(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

/** Waits until the child has said it, and gives all it said so far. */
export function untilSaid(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (part: string) => {
      text += part;
      if (pattern.test(text)) resolve(text);
    });
    child.once("close", () => reject(new Error(`it ended before it said ${String(pattern)}: ${text}`)));
  });
}
