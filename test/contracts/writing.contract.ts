/** The part of the contract about writing: outcomes row by row, in the order of the writes. */
import { describe, expect } from "vitest";
import type { WriteOutcome } from "../../src/core/model/plan.ts";
import { type ContractBench, MINUTE } from "./contract-harness.ts";

export function writingContract(bench: ContractBench): void {
  describe("writing", () => {
    bench.check("creates records and answers in the order of the writes", async () => {
      const writes = Array.from({ length: 230 }, (_, index) => bench.creation(index + 1));
      const outcomes = await bench.client.write(writes);
      expect(outcomes.map(({ key }) => key)).toEqual(writes.map(({ key }) => key));
      expect(bench.kinds(outcomes)).toEqual({ written: 230 });
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.kind !== "written") continue;
        expect(outcome.created).toBe(true);
        expect(bench.harness.people.read(outcome.id, bench.harness.fields.email)).toBe(
          `person${index + 1}@example.com`,
        );
      }
    });

    bench.check("makes nothing twice when the same creates are sent again", async () => {
      const writes = [bench.creation(1), bench.creation(2)];
      const first = await bench.client.write(writes);
      const second = await bench.client.write(writes);
      expect(bench.harness.people.count()).toBe(2);
      const ids = (outcomes: readonly WriteOutcome[]): (string | null)[] =>
        outcomes.map((it) => (it.kind === "written" ? it.id : null));
      expect(ids(second)).toEqual(ids(first));
      expect(second.map((it) => it.kind === "written" && it.created)).toEqual([false, false]);
    });

    bench.check("updates values and clears blanks", async () => {
      const [id = ""] = bench.people(1);
      bench.harness.people.edit(id, { phone: "+1 415 555 0100" });
      const { fields } = bench.harness;
      const outcomes = await bench.client.write([
        bench.update(id, { [fields.firstName]: "Ada", [fields.phone]: null, [fields.score]: 42 }),
      ]);
      expect(outcomes).toMatchObject([{ kind: "written", id, created: false }]);
      const held = [fields.firstName, fields.phone, fields.score].map(
        (field) => bench.harness.people.read(id, field) ?? null,
      );
      expect(held.map((value) => (value === "" || value === null ? null : String(value)))).toEqual(["Ada", null, "42"]);
    });

    bench.check("sends nothing and calls nobody without writes", async () => {
      expect(await bench.client.write([])).toEqual([]);
      expect(bench.client.calls).toBe(0);
    });

    bench.check("rejects the one bad record of a batch and writes the others", async () => {
      const ids = bench.people(100);
      const bad = ids[41] ?? "";
      const { choice, fields } = bench.harness;
      const outcomes = await bench.client.write(
        ids.map((id) =>
          bench.update(id, id === bad ? { [choice.field]: "no such choice" } : { [fields.firstName]: "New" }),
        ),
      );
      expect(bench.kinds(outcomes)).toEqual({ written: 99, rejected: 1 });
      const rejected = outcomes[41];
      expect(rejected).toMatchObject({ kind: "rejected", key: `update-${bad}`, fields: [choice.field] });
      expect(rejected?.kind === "rejected" && rejected.message.length > 0 && rejected.code.length > 0).toBe(true);
    });

    bench.check("names the record that already holds a unique value", async () => {
      const [holder = ""] = bench.people(1);
      const { fields } = bench.harness;
      const [outcome] = await bench.client.write([{ ...bench.creation(2, { [fields.key]: "key-1" }), unique: null }]);
      expect(outcome).toMatchObject({ kind: "rejected" });
      const existing = outcome?.kind === "rejected" ? outcome.existingId : undefined;
      expect([holder, null]).toContain(existing);
      expect(bench.harness.people.count()).toBe(1);
    });

    bench.check("says that a deleted record is gone", async () => {
      const [kept = "", gone = ""] = bench.people(2);
      bench.harness.people.remove(gone);
      const values = { [bench.harness.fields.firstName]: "New" };
      const outcomes = await bench.client.write([bench.update(kept, values), bench.update(gone, values)]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(["written", "gone"]);
    });

    bench.check("archives records row by row, and one that is gone already counts as gone or archived", async () => {
      const ids = bench.people(230);
      const outcomes = await bench.client.write(ids.map((id) => bench.archive(id)));
      expect(outcomes.map((it) => [it.kind, it.key])).toEqual(ids.map((id) => ["written", `archive-${id}`]));
      expect(bench.harness.people.count()).toBe(0);
      const { found } = await bench.read(ids.slice(0, 1));
      expect([...found.values()].filter(({ fate }) => fate.kind === "live")).toEqual([]);
      const [again] = await bench.client.write([bench.archive(ids[0] ?? "")]);
      expect(["written", "gone"]).toContain(again?.kind);
    });

    bench.check("archives beside updates and creates of other records", async () => {
      const [kept = "", left = ""] = bench.people(2);
      const writes = [
        bench.archive(left),
        bench.update(kept, { [bench.harness.fields.firstName]: "New" }),
        bench.creation(3),
      ];
      expect(bench.kinds(await bench.client.write(writes))).toEqual({ written: 3 });
      expect(bench.harness.people.count()).toBe(2);
      expect(bench.harness.people.read(kept, bench.harness.fields.firstName)).toBe("New");
    });

    bench.check("does the steps of one record one after the other", async () => {
      const [id = ""] = bench.people(1);
      const { fields } = bench.harness;
      const outcomes = await bench.client.write([
        bench.update(id, { [fields.phone]: "+1 415 555 0101" }, { key: "second", step: 1 }),
        bench.update(id, { [fields.phone]: null }, { key: "first", step: 0 }),
      ]);
      expect(outcomes.map(({ kind, key }) => [kind, key])).toEqual([
        ["written", "second"],
        ["written", "first"],
      ]);
      expect(bench.harness.people.read(id, fields.phone)).toBe("+1 415 555 0101");
    });

    bench.check("refuses a guarded write to a record that changed meanwhile", async () => {
      const [edited = "", quiet = ""] = bench.people(2);
      bench.harness.clock.advance(MINUTE);
      const ifUnmodifiedSince = bench.now();
      bench.harness.clock.advance(MINUTE);
      bench.harness.people.edit(edited, { firstName: "Theirs" });
      bench.harness.clock.advance(MINUTE);
      const values = { [bench.harness.fields.firstName]: "Ours" };
      const outcomes = await bench.client.write([
        bench.update(edited, values, { ifUnmodifiedSince }),
        bench.update(quiet, values, { ifUnmodifiedSince }),
      ]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(["stale", "written"]);
      expect(bench.harness.people.read(edited, bench.harness.fields.firstName)).toBe("Theirs");
    });
  });
}
