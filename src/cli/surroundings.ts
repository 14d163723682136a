/** What the command line takes from the process it runs in: the environment, and where it says things. A test gives its own. */
import process from "node:process";

export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** For answers. */
  readonly stdout: TextStream;
  /** For what is said beside the answer: failures, progress, the log. */
  readonly stderr: TextStream;
}

/** `isTTY`: a person looks at it. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Those of this process. */
export const PROCESS_SURROUNDINGS: Surroundings = {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
};
