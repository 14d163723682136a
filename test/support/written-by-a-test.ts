/** Marks requests that a test wrote by hand, to see what a stand-in says to them: LeadLoop is not to blame for these. */

export const WRITER_HEADER = "x-written-by";

export const WRITTEN_BY_A_TEST: Readonly<Record<string, string>> = { [WRITER_HEADER]: "test" };
