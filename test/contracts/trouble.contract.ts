/** The part of the contract about a network that fails and calls that run out. */
import { describe, expect } from "vitest";
import { RetryLater, StopRun } from "../../src/core/errors.ts";
import type { ContractBench } from "./contract-harness.ts";

export function troubleContract(bench: ContractBench): void {
  describe("when the network fails", () => {
    const lost = ["drop-after", "hang-after"] as const;
    for (const kind of lost) {
      bench.check(`makes no record twice when the answer to a create is lost (${kind})`, async () => {
        const impatient = bench.harness.connect({ requestTimeoutMs: 300 });
        await impatient.account();
        bench.harness.faults.add({ path: bench.harness.paths.write, fault: { kind } });
        const outcomes = await impatient.write([bench.creation(1), bench.creation(2)]);
        expect(bench.kinds(outcomes)).toEqual({ written: 2 });
        expect(bench.harness.people.count()).toBe(2);
      });
    }

    bench.check("sends a create again that never arrived", async () => {
      await bench.client.account();
      bench.harness.faults.add({ path: bench.harness.paths.write, fault: { kind: "drop-before" } });
      expect(bench.kinds(await bench.client.write([bench.creation(1), bench.creation(2)]))).toEqual({ written: 2 });
      expect(bench.harness.people.count()).toBe(2);
    });

    bench.check("calls a create unknown when its answer is lost twice", async () => {
      await bench.client.account();
      bench.harness.faults.add({ path: bench.harness.paths.write, times: 2, fault: { kind: "drop-before" } });
      expect(bench.kinds(await bench.client.write([bench.creation(1)]))).toEqual({ unknown: 1 });
    });

    bench.check("calls an update unknown when its answer is lost, and does not send it again", async () => {
      const [id = ""] = bench.people(1);
      await bench.client.account();
      const { calls } = bench.client;
      bench.harness.faults.add({ path: bench.harness.paths.write, fault: { kind: "drop-after" } });
      const outcomes = await bench.client.write([bench.update(id, { [bench.harness.fields.firstName]: "New" })]);
      expect(outcomes).toMatchObject([{ kind: "unknown", key: `update-${id}` }]);
      expect(bench.client.calls - calls).toBe(1);
    });

    bench.check("calls an archiving unknown when its answer is lost, and does not send it again", async () => {
      const [id = ""] = bench.people(1);
      await bench.client.account();
      const { calls } = bench.client;
      bench.harness.faults.add({ path: bench.harness.paths.write, fault: { kind: "drop-after" } });
      const outcomes = await bench.client.write([bench.archive(id)]);
      expect(outcomes).toMatchObject([{ kind: "unknown", key: `archive-${id}` }]);
      expect([bench.client.calls - calls, bench.harness.people.count()]).toEqual([1, 0]);
    });

    bench.check("repeats a read that fails, counts each attempt, and waits on our clock", async () => {
      const [id = ""] = bench.people(1);
      await bench.client.account();
      const { calls } = bench.client;
      const before = bench.harness.clock.now();
      bench.harness.faults.add({ path: bench.harness.paths.read, times: 2, fault: { kind: "html", status: 503 } });
      expect((await bench.read([id])).found.size).toBe(1);
      expect(bench.client.calls - calls).toBe(3);
      expect(bench.harness.clock.now()).toBeGreaterThan(before);
      expect(bench.harness.logged.filter(({ event }) => event === "http.retried")).toHaveLength(2);
    });

    bench.check("gives a read up for the next run when it keeps failing", async () => {
      const [id = ""] = bench.people(1);
      await bench.client.account();
      bench.harness.faults.add({ path: bench.harness.paths.read, times: 1_000, fault: { kind: "drop-before" } });
      const failed = await bench.read([id]).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(RetryLater);
    });

    bench.check("bounds a call that never ends", async () => {
      const [id = ""] = bench.people(1);
      const impatient = bench.harness.connect({ requestTimeoutMs: 200 });
      await impatient.account();
      bench.harness.faults.add({ path: bench.harness.paths.read, fault: { kind: "hang-before" } });
      expect((await bench.read([id], impatient)).found.size).toBe(1);
    });

    bench.check("stops with a sentence when a web page answers instead of the API", async () => {
      const [id = ""] = bench.people(1);
      await bench.client.account();
      bench.harness.faults.add({ path: bench.harness.paths.read, times: 9, fault: { kind: "html", status: 200 } });
      const failed = await bench.read([id]).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(StopRun);
      expect((failed as StopRun).message).toMatch(/web page/);
    });

    bench.check("stops at an error that it does not know", async () => {
      const [id = ""] = bench.people(1);
      await bench.client.account();
      bench.harness.faults.add({
        path: bench.harness.paths.read,
        times: 9,
        fault: { kind: "answer", status: 418, body: { message: "teapot" } },
      });
      const failed = await bench.read([id]).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(StopRun);
      expect((failed as StopRun).message).toMatch(/418/);
    });
  });

  describe("its budget", () => {
    bench.check("pauses when the run's calls are spent", async () => {
      const ids = bench.people(3);
      const poor = bench.harness.connect({ perRun: 3 });
      const spend = async (): Promise<void> => {
        for (;;) await bench.read(ids, poor);
      };
      const paused = await spend().catch((error: unknown) => error);
      expect(paused).toBeInstanceOf(StopRun);
      expect((paused as StopRun).kind).toBe("paused");
      expect(poor.calls).toBe(3);
    });

    bench.check("defers what the budget does not reach, and loses nothing that was written", async () => {
      const poor = bench.harness.connect({ perRun: 3 });
      await poor.account();
      const writes = Array.from({ length: 900 }, (_, index) => bench.creation(index + 1));
      const outcomes = await poor.write(writes);
      expect(outcomes).toHaveLength(900);
      expect(bench.kinds(outcomes)["written"]).toBe(bench.harness.people.count());
      expect(bench.harness.people.count()).toBeGreaterThan(0);
      expect((bench.kinds(outcomes)["written"] ?? 0) + (bench.kinds(outcomes)["deferred"] ?? 0)).toBe(900);
      await expect(poor.write(writes.slice(800))).rejects.toBeInstanceOf(StopRun);
    });

    bench.check("pauses at the reserve that is left for others", async () => {
      const [id = ""] = bench.people(1);
      const modest = bench.harness.connect({ dailyReserveShare: 1 });
      const spend = async (): Promise<void> => {
        for (let call = 0; call < 5; call += 1) await bench.read([id], modest);
      };
      const paused = await spend().catch((error: unknown) => error);
      expect(paused).toBeInstanceOf(StopRun);
      expect((paused as StopRun).message).toMatch(/reserve/);
    });

    bench.check("tells the daily limit and what is left of it", async () => {
      const { daily } = await bench.client.limits();
      expect(daily?.limit).toBeGreaterThan(1_000);
      expect(daily?.remaining).toBeLessThanOrEqual(daily?.limit ?? 0);
    });
  });
}
