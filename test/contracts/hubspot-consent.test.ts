/** An opt-out reaches HubSpot by the contact's address, beside the rest of its write, and nobody is ever opted in. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import type { HubSpotApiVersion } from "../../src/crm/hubspot/hubspot-paths.ts";
import type { Fault } from "../../src/sandbox/faults.ts";
import { ContractBench } from "./contract-harness.ts";
import { type HubSpotHarness, hubSpotHarness, marketer } from "./hubspot-harness.ts";

const OPT_OUT = "hs_email_optout";
const BATCH = "/statuses/batch/unsubscribe-all";
const SINGLE = "/statuses/[^/]+%40[^/]+/unsubscribe-all";

let hubspot: HubSpotHarness;
const bench = new ContractBench([]);

async function begin(apiVersion: HubSpotApiVersion = "v3"): Promise<void> {
  hubspot = await hubSpotHarness({ optOutLagMs: [0, 0] }, { apiVersion });
  bench.begin(hubspot);
}

beforeEach(() => begin());
afterEach(() => hubspot.close());

const optOut = (id: string): unknown => hubspot.people.read(id, OPT_OUT);
const sent = (path: RegExp): number => hubspot.requests.filter((request) => path.test(request.path)).length;
const inputs = (): string[][] =>
  hubspot.requests.filter(({ path }) => path.endsWith(BATCH)).map(({ body }) => JSON.parse(body).inputs);
const fault = (path: string, what: Fault, times = 1): void => hubspot.faults.add({ path, fault: what, times });
const refusal = (status: number, body: Record<string, unknown>): Fault => ({ kind: "answer", status, body });

describe("an opt-out", () => {
  test.each<HubSpotApiVersion>(["v3", "2026-09"])("goes by address and the rest by id, under %s", async (version) => {
    await hubspot.close();
    await begin(version);
    const [id = "", other = ""] = bench.people(2);
    const [outcome] = await bench.client.write([bench.update(id, { [OPT_OUT]: "true", firstname: "New" })]);
    expect(outcome).toMatchObject({ kind: "written", id, returned: { firstname: "New", [OPT_OUT]: "true" } });
    expect([optOut(id), optOut(other), hubspot.people.read(id, "firstname")]).toEqual(["true", undefined, "New"]);
    expect(inputs()).toEqual([["person1@example.com"]]);
    expect(hubspot.requests.find(({ path }) => path.endsWith(BATCH))?.query.get("channel")).toBe("EMAIL");
  });

  test("alone writes no property, and true is as good as its name", async () => {
    const [id = ""] = bench.people(1);
    const outcomes = await bench.client.write([bench.update(id, { [OPT_OUT]: true })]);
    expect(outcomes).toMatchObject([{ kind: "written", id, created: false }]);
    expect(optOut(id)).toBe("true");
    expect(sent(/batch\/update/)).toBe(0);
  });

  test("of 230 people costs three reads of addresses and three calls", async () => {
    const ids = bench.people(230);
    const outcomes = await bench.client.write(ids.map((id) => bench.update(id, { [OPT_OUT]: "true" })));
    expect(bench.kinds(outcomes)).toEqual({ written: 230 });
    expect(outcomes.map(({ key }) => key)).toEqual(ids.map((id) => `update-${id}`));
    expect(ids.filter((id) => optOut(id) !== "true")).toEqual([]);
    expect([sent(/batch\/read$/), sent(/unsubscribe-all$/), bench.client.calls]).toEqual([3, 3, 6]);
  });

  test("goes to the address that the same write sets", async () => {
    const [id = ""] = bench.people(1);
    await bench.client.write([bench.update(id, { email: "new@example.com", [OPT_OUT]: "true" })]);
    expect([inputs(), optOut(id), sent(/batch\/read$/)]).toEqual([[["new@example.com"]], "true", 0]);
  });

  test("follows the creation of a contact", async () => {
    const [outcome] = await bench.client.write([bench.creation(1, { [OPT_OUT]: "true" })]);
    expect(outcome).toMatchObject({ kind: "written", created: true });
    expect(outcome?.kind === "written" && optOut(outcome.id)).toBe("true");
  });

  test("is told as writable, although the property is read-only", async () => {
    const { fields } = await bench.client.describe("contacts");
    expect(fields.find(({ name }) => name === OPT_OUT)).toMatchObject({ writable: true, createable: true });
    expect(fields.find(({ name }) => name === "hs_email_bounce")).toMatchObject({ writable: false });
  });
});

describe("nobody is opted in", () => {
  test.each([false, "false", null, "", "yes"])("%j is rejected and nothing of the write is sent", async (value) => {
    const [id = "", other = ""] = bench.people(2);
    hubspot.sandbox.editContact(id, { [OPT_OUT]: "true" }, { sourceType: "EMAIL", sourceId: "link" });
    const writes = [
      bench.update(id, { [OPT_OUT]: value, firstname: "New" }),
      bench.update(other, { firstname: "New" }),
    ];
    const outcomes = await bench.client.write(writes);
    expect(outcomes).toMatchObject([
      { kind: "rejected", code: "OPT_IN_REFUSED", fields: [OPT_OUT] },
      { kind: "written" },
    ]);
    expect([optOut(id), hubspot.people.read(id, "firstname"), sent(/unsubscribe/)]).toEqual(["true", "First1", 0]);
  });
});

describe("when one part fails", () => {
  test("a refused property holds up no opt-out, and the outcome names the property", async () => {
    const [id = ""] = bench.people(1);
    const [outcome] = await bench.client.write([bench.update(id, { [OPT_OUT]: "true", lifecyclestage: "no such" })]);
    expect(outcome).toMatchObject({ kind: "rejected", fields: ["lifecyclestage"] });
    expect(optOut(id)).toBe("true");
  });

  test("a contact without an address is rejected for that, its properties are written", async () => {
    const id = hubspot.sandbox.createContact({ firstname: "Nobody" }, marketer);
    const [outcome] = await bench.client.write([bench.update(id, { [OPT_OUT]: "true", firstname: "New" })]);
    expect(outcome).toMatchObject({ kind: "rejected", code: "NO_EMAIL_ADDRESS", fields: [OPT_OUT] });
    expect([hubspot.people.read(id, "firstname"), sent(/unsubscribe/)]).toEqual(["New", 0]);
  });

  test("a contact that is gone is gone, with and without other fields", async () => {
    const [gone = "", also = "", kept = ""] = bench.people(3);
    for (const id of [gone, also]) hubspot.people.remove(id);
    const outcomes = await bench.client.write([
      bench.update(gone, { [OPT_OUT]: "true" }),
      bench.update(also, { [OPT_OUT]: "true", firstname: "New" }),
      bench.update(kept, { [OPT_OUT]: "true" }),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["gone", "gone", "written"]);
    expect(inputs()).toEqual([["person3@example.com"]]);
  });

  test("a lost answer leaves the outcome unknown, and sending it again changes nothing", async () => {
    const [id = ""] = bench.people(1);
    fault(BATCH, { kind: "drop-after" });
    const write = bench.update(id, { [OPT_OUT]: "true", firstname: "New" });
    expect(await bench.client.write([write])).toMatchObject([{ kind: "unknown" }]);
    expect(await bench.client.write([write])).toMatchObject([{ kind: "written" }]);
    expect(optOut(id)).toBe("true");
  });

  test("a created contact whose opt-out failed is unknown, so that it is looked into", async () => {
    fault(BATCH, refusal(400, { category: "VALIDATION_ERROR", message: "no" }));
    const write = bench.creation(1, { [OPT_OUT]: "true" });
    expect(await bench.client.write([write])).toMatchObject([{ kind: "unknown" }]);
    expect(await bench.client.write([write])).toMatchObject([{ kind: "written", created: false }]);
    expect(hubspot.people.count()).toBe(1);
  });

  test("one bad address of a batch is rejected, named or not, and the others are opted out", async () => {
    const ids = bench.people(5);
    const named = {
      category: "VALIDATION_ERROR",
      message: "no",
      context: { subscriberIdString: ["person2@example.com"] },
    };
    const rows = [1, 3, 4, 5].map((number) => ({ subscriberIdString: `person${number}@example.com` }));
    fault(BATCH, refusal(207, { status: "COMPLETE", results: rows, errors: [named] }));
    const writes = ids.map((id) => bench.update(id, { [OPT_OUT]: "true" }));
    expect((await bench.client.write(writes)).map(({ kind }) => kind)).toEqual([
      "written",
      "rejected",
      "written",
      "written",
      "written",
    ]);
    const { context: _context, ...unnamed } = named;
    fault(BATCH, refusal(207, { status: "COMPLETE", results: rows, errors: [unnamed] }));
    fault(BATCH, refusal(207, { status: "COMPLETE", results: [], errors: [unnamed] }));
    expect((await bench.client.write(writes)).map(({ kind }) => kind)).toEqual([
      "written",
      "rejected",
      "written",
      "written",
      "written",
    ]);
  });

  test("a batch that is refused whole is halved down to the address that is meant", async () => {
    const ids = bench.people(8);
    hubspot.faults.add({
      path: BATCH,
      body: "person6@",
      times: 10,
      fault: refusal(400, { category: "VALIDATION_ERROR", message: "no" }),
    });
    const outcomes = await bench.client.write(ids.map((id) => bench.update(id, { [OPT_OUT]: "true" })));
    expect(outcomes.map(({ kind }) => kind).indexOf("rejected")).toBe(5);
    expect(bench.kinds(outcomes)).toEqual({ written: 7, rejected: 1 });
  });

  test("an address that the answer leaves out is unknown", async () => {
    const [id = ""] = bench.people(1);
    fault(BATCH, refusal(200, { status: "COMPLETE", results: [] }));
    expect(await bench.client.write([bench.update(id, { [OPT_OUT]: "true" })])).toMatchObject([{ kind: "unknown" }]);
  });
});

describe("an account without the batch call", () => {
  const missing = refusal(403, {
    category: "MISSING_SCOPES",
    message: "This app hasn't been granted all required scopes",
  });

  test("opts out address by address, and is asked for the batch once", async () => {
    const ids = bench.people(3);
    fault(BATCH, missing, 100);
    const writes = ids.map((id) => bench.update(id, { [OPT_OUT]: "true" }));
    expect(bench.kinds(await bench.client.write(writes))).toEqual({ written: 3 });
    expect(bench.kinds(await bench.client.write(writes))).toEqual({ written: 3 });
    expect(ids.filter((id) => optOut(id) !== "true")).toEqual([]);
    expect([sent(new RegExp(`${BATCH}$`)), sent(new RegExp(SINGLE))]).toEqual([1, 6]);
  });

  test("loses no address when one of the single calls fails, and logs nobody's address", async () => {
    const ids = bench.people(3);
    fault(BATCH, missing);
    fault(SINGLE.replace("[^/]+%40", "person2%40"), refusal(503, {}), 10);
    const outcomes = await bench.client.write(ids.map((id) => bench.update(id, { [OPT_OUT]: "true" })));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["written", "unknown", "written"]);
    expect(JSON.stringify([outcomes, hubspot.logged])).not.toMatch(/person2|example\.com/);
  });

  test("without the scope for single calls stops the run and says which scope is missing", async () => {
    const [id = ""] = bench.people(1);
    fault("unsubscribe-all", missing, 10);
    const failed = bench.client.write([bench.update(id, { [OPT_OUT]: "true" })]);
    await expect(failed).rejects.toThrow(StopRun);
    await expect(failed).rejects.toThrow(/communication_preferences\.write/);
    await expect(failed).rejects.not.toThrow(/person1/);
  });
});

test("a budget that runs out before the opt-outs defers them, and what was written stays written", async () => {
  const [id = "", other = ""] = bench.people(2);
  const client = hubspot.connect({ perRun: 1 });
  const outcomes = await client.write([
    bench.update(id, { [OPT_OUT]: "true", firstname: "New" }),
    bench.update(other, { firstname: "New" }),
  ]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(["deferred", "written"]);
  expect([hubspot.people.read(id, "firstname"), optOut(id)]).toEqual(["New", undefined]);
});
