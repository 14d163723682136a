/** Two time-driven passes at once count people ahead of the report: one of them does, the other leaves it to that one and is no failure. */
import { expect, test } from "vitest";
import { SYSTEM_CLOCK } from "../../src/app/clocks.ts";
import { countAhead } from "../../src/jobs/count-ahead-job.ts";
import { leased, NO_DECISIONS, personLink } from "../contracts/state-samples.ts";
import { NAMES, SETTINGS } from "../core/report/ledger-rows.ts";
import { openMemoryState } from "../support/memory-state-store.ts";

test("of two passes at once one counts people ahead, and the other does not fail", async () => {
  const { store } = openMemoryState();
  const links = ["a", "b"].map((id) => personLink(id, { facts: {}, quarantine: {} }));
  await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links });
  await store.beginCountingAhead("rules");
  const pass = (word: string): Promise<number> =>
    countAhead({
      store,
      clock: SYSTEM_CLOCK,
      rulebook: { report: SETTINGS, lifecycle: { names: NAMES } },
      writers: { key: () => "rules", open: () => ({ line: () => word, wordsFrom: () => [word] }) },
      worth: 0,
    });
  expect((await Promise.all([pass("first"), pass("second")])).toSorted()).toEqual([0, 2]);
  expect((await store.countedAhead())?.words).toEqual(["first"]);
});
