/** Runs before every test file: laws try the same cases every time, so that nobody's change is stopped by what somebody else left behind. */
import fc from "fast-check";
import { cases, lawSeed } from "./law-cases.ts";

fc.configureGlobal({ numRuns: cases(100), ...(lawSeed === null ? {} : { seed: lawSeed }) });
