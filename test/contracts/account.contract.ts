/** The part of the contract about whom we are connected to: login, schema, owners. */
import { describe, expect } from "vitest";
import { RetryLater, StopRun } from "../../src/core/errors.ts";
import { type ContractBench, MINUTE } from "./contract-harness.ts";

export function accountContract(bench: ContractBench): void {
  describe("its login", () => {
    bench.check("tells the account, and asks for it once", async () => {
      expect(await bench.client.account()).toBe(bench.harness.account);
      const { calls } = bench.client;
      expect(await bench.client.account()).toBe(bench.harness.account);
      expect(bench.client.calls).toBe(calls);
    });

    bench.check(
      "stops the run with a sentence about the setting when the login is refused, and never shows the secret",
      async () => {
        const refused = await bench.harness
          .connect({ badLogin: true })
          .account()
          .catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(StopRun);
        expect((refused as StopRun).kind).toBe("stopped");
        expect((refused as StopRun).message).toMatch(/HUBSPOT_|SALESFORCE_/);
        expect((refused as StopRun).message).not.toMatch(/wrong-secret/);
      },
    );

    bench.check("says which host cannot be reached", async () => {
      const failed = await bench.harness
        .connect({ unreachable: true })
        .account()
        .catch((error: unknown) => error);
      expect(failed instanceof RetryLater || failed instanceof StopRun).toBe(true);
      expect((failed as Error).message).toMatch(/127\.0\.0\.1/);
    });
  });

  describe("its schema", () => {
    bench.check("describes the unique key, the choices of a picklist and what may be written", async () => {
      const { system, object, fields } = await bench.client.describe(bench.harness.object);
      expect([system, object]).toEqual([bench.client.system, bench.harness.object]);
      const field = (wanted: string): (typeof fields)[number] | undefined => fields.find((it) => it.name === wanted);
      expect(field(bench.harness.fields.key)).toMatchObject({
        type: "text",
        unique: true,
        externalId: true,
        writable: true,
      });
      expect(field(bench.harness.fields.score)).toMatchObject({ type: "number", writable: true });
      const choice = field(bench.harness.choice.field);
      expect(choice?.values).toContain(bench.harness.choice.value);
      expect(choice?.restricted).toBe(true);
    });

    bench.check("counts the values that records hold beside the expected ones", async () => {
      const { field, value } = bench.harness.choice;
      const ids = bench.people(5);
      await bench.client.write(ids.slice(0, 3).map((id) => bench.update(id, { [field]: value })));
      bench.harness.clock.advance(MINUTE);
      const ask = async (except: readonly string[]) => {
        const used = await bench.client.valuesInUse(bench.harness.object, [{ field, except }]);
        return used.get(field);
      };
      expect((await ask([]))?.counts.get(value)).toBe(3);
      const { calls } = bench.client;
      expect((await ask([value]))?.counts.has(value)).toBe(false);
      expect(bench.client.calls - calls).toBe(1);
      expect((await ask([]))?.others).toBe(0);
    });

    bench.check("lists owners who are active and those who left", async () => {
      const owners = await bench.client.owners();
      expect(owners.filter(({ active, queue }) => active && !queue).length).toBeGreaterThanOrEqual(6);
      expect(owners.some(({ active }) => !active)).toBe(true);
      expect(new Set(owners.map(({ id }) => id)).size).toBe(owners.length);
      expect(owners.find(({ email }) => email !== null)?.name).not.toBe("");
    });
  });
}
