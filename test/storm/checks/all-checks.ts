/** Every law and its checker. Naive on purpose, and sharing no code with the engine. */
import type { Checker } from "../evidence.ts";
import { consentsAgree, fieldsAgree } from "./agreement.ts";
import { noErrors } from "./jobs.ts";
import { consentNeverLoosened, noDuplicates, noDuplicateTasks, quiet } from "./writes.ts";

export const CHECKERS: Readonly<Record<string, Checker>> = {
  "I0 no error escapes": noErrors,
  "I1 agreement": fieldsAgree,
  "I3 quiet": quiet,
  "I7 no duplicate record": noDuplicates,
  "I8 no duplicate task": noDuplicateTasks,
  "I13 consent": (evidence) => [...consentNeverLoosened(evidence), ...consentsAgree(evidence)],
};
