/** What the jobs themselves must keep to. */
import type { Checker } from "../evidence.ts";

/** A job ends with a result, or says that a system or the state is out of reach; anything else that is thrown is a bug. */
export const noErrors: Checker = ({ invocations }) =>
  invocations.flatMap(({ number, job, error }) =>
    error === null
      ? []
      : [`invocation ${number} (${job}) threw ${error instanceof Error ? error.stack : String(error)}`],
  );
