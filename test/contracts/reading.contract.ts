/** The part of the contract about reading: changes, known records, deleted and merged ones. */
import { describe, expect } from "vitest";
import { type ContractBench, collected, MINUTE } from "./contract-harness.ts";

export function readingContract(bench: ContractBench): void {
  describe("reading changes", () => {
    bench.check("reads everything there is, each record once, over several pages", async () => {
      const ids = bench.people(450);
      const pages = await bench.changes([{ from: null, to: null }]);
      expect(bench.idsOf(pages)).toEqual([...ids].sort());
      expect(pages.map(({ last }) => last)).toEqual(pages.map((_page, index) => index === pages.length - 1));
    });

    bench.check("gives the wanted fields, the times and a live fate", async () => {
      const [id = ""] = bench.people(1);
      const [record] = (await bench.changes([{ from: null, to: null }])).flatMap(({ records }) => records);
      expect(record).toMatchObject({
        ref: { system: bench.client.system, object: bench.harness.object, id },
        fate: { kind: "live" },
        fields: { [bench.harness.fields.email]: "person1@example.com", [bench.harness.fields.lastName]: "Last1" },
      });
      for (const at of [record?.createdAt, record?.modifiedAt])
        expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    bench.check("reads only what changed since the start of the window", async () => {
      const [quiet = "", edited = ""] = bench.people(2);
      bench.harness.clock.advance(60 * MINUTE);
      const start = bench.now();
      bench.harness.clock.advance(MINUTE);
      bench.harness.people.edit(edited, { lastName: "Married" });
      bench.harness.clock.advance(MINUTE);
      const ids = bench.idsOf(await bench.changes([{ from: start, to: null }]));
      expect(ids).toEqual([edited]);
      expect(ids).not.toContain(quiet);
    });

    bench.check("joins several windows, and gives a record that is in two of them once", async () => {
      const [first = "", second = "", third = ""] = bench.people(3);
      const edit = (id: string): string => {
        bench.harness.clock.advance(60 * MINUTE);
        bench.harness.people.edit(id, { phone: `+1 415 555 ${id.slice(-4).replace(/\D/g, "1")}` });
        return bench.now();
      };
      const [early, middle, late] = [edit(first), edit(second), edit(third)];
      bench.harness.clock.advance(MINUTE);
      const around = (at: string): { from: string; to: string } => ({
        from: new Date(Date.parse(at) - MINUTE).toISOString(),
        to: new Date(Date.parse(at) + MINUTE).toISOString(),
      });
      expect(bench.idsOf(await bench.changes([around(early), { from: late, to: null }, around(late)]))).toEqual(
        [first, third].sort(),
      );
      expect(bench.idsOf(await bench.changes([around(middle)]))).toEqual([second]);
    });

    bench.check("reads nothing and calls nobody without windows", async () => {
      expect(bench.idsOf(await bench.changes([]))).toEqual([]);
      expect(bench.client.calls).toBe(0);
    });

    bench.check("spends one call on a window in which nothing happened", async () => {
      bench.people(3);
      await bench.client.account();
      const { calls } = bench.client;
      bench.harness.clock.advance(60 * MINUTE);
      const pages = await bench.changes([{ from: bench.now(), to: null }]);
      expect(bench.idsOf(pages)).toEqual([]);
      expect(pages.at(-1)?.last).toBe(true);
      expect(bench.client.calls - calls).toBe(1);
    });

    bench.check("tells the system's own time, not ours", async () => {
      const before = Math.floor(bench.harness.clock.now() / 1_000) * 1_000;
      const [page] = await bench.changes([{ from: null, to: null }]);
      const told = Date.parse(page?.serverTime ?? "");
      expect(told).toBeGreaterThanOrEqual(before);
      expect(told).toBeLessThanOrEqual(bench.harness.clock.now());
    });

    bench.check("tells of a record that was deleted, by its changes or among the archived", async () => {
      const [kept = "", gone = ""] = bench.people(2);
      bench.harness.clock.advance(60 * MINUTE);
      const since = bench.now();
      bench.harness.clock.advance(MINUTE);
      bench.harness.people.remove(gone);
      bench.harness.clock.advance(MINUTE);
      const changed = (await bench.changes([{ from: since, to: null }])).flatMap(({ records }) => records);
      const archived = (await collected(bench.client.readArchived(bench.harness.object, since, []))).flat();
      const deleted = [...changed, ...archived].filter(({ fate }) => fate.kind === "deleted").map(({ ref }) => ref.id);
      expect(deleted).toEqual([gone]);
      expect(deleted).not.toContain(kept);
    });
  });

  describe("reading known records", () => {
    bench.check("finds live records by id, in batches, and says which are missing", async () => {
      const ids = bench.people(210);
      const removed = ids[3] ?? "";
      bench.harness.people.remove(removed);
      const { found, missing } = await bench.read([...ids, ...ids]);
      const live = [...found].filter(([, { fate }]) => fate.kind === "live").map(([id]) => id);
      expect(live.sort()).toEqual(ids.filter((id) => id !== removed).sort());
      expect(found.get(removed)?.fate.kind ?? (missing.includes(removed) ? "missing" : "forgotten")).toMatch(
        /deleted|missing/,
      );
    });

    bench.check("finds a merged record under its old id, with the survivor's id", async () => {
      const [one = "", two = "", other = ""] = bench.people(3);
      const survivor = bench.harness.people.merge(one, two);
      const { found, missing } = await bench.read([one, two, other]);
      expect(missing).toEqual([]);
      const livesOnAs = (id: string): string | null | undefined => {
        const record = found.get(id);
        return record?.fate.kind === "merged" ? record.fate.into : record?.ref.id;
      };
      expect([one, two, other].map(livesOnAs)).toEqual([survivor, survivor, other]);
    });

    bench.check("finds records by e-mail address, whatever its case, and by the unique key", async () => {
      const ids = bench.people(120);
      const emails = ids.map((_id, index) => `Person${index + 1}@example.com`);
      const found = await bench.byField("email", [...emails, "nobody@example.com"]);
      expect(found.map(({ ref }) => ref.id).sort()).toEqual([...ids].sort());
      expect((await bench.byField("key", ["key-7", "key-none"])).map(({ ref }) => ref.id)).toEqual([ids[6]]);
      expect(await bench.byField("email", [])).toEqual([]);
    });

    bench.check("finds records by a field that is not unique", async () => {
      const ids = bench.people(3);
      bench.harness.people.create({ ...bench.person(4), lastName: "Last2" });
      bench.harness.clock.advance(60 * MINUTE);
      const found = await bench.byField("lastName", ["Last2", "Nobody"]);
      expect(found).toHaveLength(2);
      expect(found.map(({ ref }) => ref.id)).toContain(ids[1]);
    });
  });
}
