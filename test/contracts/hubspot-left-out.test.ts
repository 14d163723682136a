/** A record of which HubSpot's answer to a batch read says nothing, neither that it is there nor that it is gone: the route for one record says which. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { ContractBench, MINUTE } from "./contract-harness.ts";
import { type HubSpotHarness, hubSpotHarness, marketer } from "./hubspot-harness.ts";

let hubspot: HubSpotHarness;
const bench = new ContractBench([]);

beforeEach(async () => {
  hubspot = await hubSpotHarness();
  bench.begin(hubspot);
});
afterEach(() => hubspot.close());

/** The next batch reads are answered as if the accounts of all who were asked for were empty. */
function leaveOut(times: number): void {
  const body = { status: "COMPLETE", results: [], startedAt: bench.now(), completedAt: bench.now() };
  hubspot.faults.add({ path: "batch/read", times, fault: { kind: "answer", status: 200, body } });
}
const told = () => hubspot.logged.filter(({ event }) => event === "read.left-out");

test("it is found, with its fields and their history, and the log names it", async () => {
  const [id = ""] = bench.people(1);
  hubspot.clock.advance(MINUTE);
  hubspot.people.edit(id, { phone: "+1 415 555 0100" });
  const request = { object: "contacts", ids: [id], fields: ["phone", "email"], history: ["phone"] };
  const usual = await bench.client.readByIds(request);
  leaveOut(1);
  expect(await bench.client.readByIds(request)).toEqual(usual);
  expect(usual.found.get(id)?.history?.["phone"]).toHaveLength(1);
  expect(told()).toEqual([{ event: "read.left-out", system: "hubspot", object: "contacts", id }]);
});

test("it is missing where HubSpot finds none, and nobody stops for it", async () => {
  const [kept = "", gone = ""] = bench.people(2);
  hubspot.people.remove(gone);
  leaveOut(3);
  const { found, missing } = await bench.client.readByIds({ object: "contacts", ids: [kept, gone], fields: ["email"] });
  expect([[...found.keys()], missing]).toEqual([[kept], [gone]]);
  leaveOut(1);
  const archived = { object: "contacts", ids: [gone], fields: [], archived: true };
  expect([...(await bench.client.readByIds(archived)).found.keys()]).toEqual([gone]);
});

test("more fields than an address has room for are read in parts", async () => {
  const names = Array.from({ length: 300 }, (_, index) => `a_rather_long_name_of_a_field_${index}`);
  for (const name of names)
    hubspot.sandbox.defineProperty({
      name,
      type: "string",
      fieldType: "text",
      groupName: "contactinformation",
      label: name,
    });
  const [first = "", last = ""] = [names[0], names.at(-1)];
  const id = hubspot.sandbox.createContact({ email: "wide@example.com", [first]: "one", [last]: "two" }, marketer);
  leaveOut(1);
  const request = { object: "contacts", ids: [id], fields: names, history: names };
  const record = (await bench.client.readByIds(request)).found.get(id);
  expect([record?.fields[first], record?.fields[last], Object.keys(record?.fields ?? {}).length]).toEqual([
    "one",
    "two",
    300,
  ]);
  expect([record?.history?.[first]?.length, record?.history?.[last]?.length]).toEqual([1, 1]);
});

test("a refusal for another reason stops the run and is not taken for an absence", async () => {
  const [id = ""] = bench.people(1);
  leaveOut(1);
  const body = { status: "error", message: "no", category: "MISSING_SCOPES" };
  hubspot.faults.add({ method: "GET", path: `contacts/${id}`, fault: { kind: "answer", status: 403, body } });
  await expect(bench.read([id])).rejects.toThrow(/MISSING_SCOPES/);
});
