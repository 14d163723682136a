/** How every state store keeps marks that nobody has a lease for, and whose turn is first. */
import { expect, test } from "vitest";
import type { DirtyMark, StateStore } from "../../src/jobs/state-port.ts";
import { leased, T } from "./state-samples.ts";

const mark = (key: string, dueAt = T()): DirtyMark => ({ key, reason: "changed", dueAt });

/** `fresh` gives an empty store; stores of one run share a database. */
export function stateMarksContract(fresh: () => StateStore): void {
  test("a hint marks without a lease, also while a run has it, and is found by its key", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.ingest(lease, { dirty: [mark("h:1")], cursors: [], seen: [], now: T() });
    await store.hint([mark("h:1"), mark("s:Lead:2", T(90))], T(5));
    expect(await store.dirtyOf(["h:1", "s:Lead:2", "h:3"])).toMatchObject([
      { key: "h:1", version: 2, firstSeenAt: T() },
      { key: "s:Lead:2", version: 1, dueAt: T(90), firstSeenAt: T(5) },
    ]);
    expect(await store.dirtyDue(10, T())).toMatchObject([{ key: "h:1" }]);
    expect(await store.dirtyOf([])).toEqual([]);
  });

  test("the urgent go first, and a mark that is set again keeps the more urgent", async () => {
    const store = fresh();
    await store.hint(
      [{ ...mark("h:1", T(1)), priority: 2 }, mark("h:2", T(9)), { ...mark("h:3", T(9)), priority: 0 }],
      T(),
    );
    expect((await store.dirtyDue(10, T(9))).map((row) => row.key)).toEqual(["h:3", "h:2", "h:1"]);
    await store.hint(
      [
        { ...mark("h:1", T(5)), priority: 0 },
        { ...mark("h:3", T(9)), priority: 2 },
      ],
      T(),
    );
    expect((await store.dirtyDue(10, T(9))).map((row) => [row.key, row.priority])).toEqual([
      ["h:1", 0],
      ["h:3", 0],
      ["h:2", 1],
    ]);
  });
}
