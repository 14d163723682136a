/** What only HubSpot has: shared searches, history, merges under a new id, refused batches, stages that do not go back. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import type { Write } from "../../src/core/model/plan.ts";
import { ContractBench, collected, MINUTE } from "./contract-harness.ts";
import { type HubSpotHarness, hubSpotHarness, marketer, OUR_APP } from "./hubspot-harness.ts";

let hubspot: HubSpotHarness;
const bench = new ContractBench([]);

beforeEach(async () => {
  hubspot = await hubSpotHarness();
  bench.begin(hubspot);
});
afterEach(() => hubspot.close());

const bodiesOf = (path: RegExp): Record<string, unknown>[] =>
  hubspot.requests.filter((request) => path.test(request.path)).map(({ body }) => JSON.parse(body));

describe("searching", () => {
  test("a value of any characters stays one value of one filter", async () => {
    const values = ['a"b@x.example', "a\\@x.example", "a'b\n@x.example", '"}],"limit":1,"x":[{"', "\u2028\u{1f600}"];
    await bench.client.readByField({ object: "contacts", field: "lastname", values, fields: [] });
    const bodies = bodiesOf(/search$/);
    expect(bodies.length).toBe(1);
    const filters = [
      { propertyName: "lastname", operator: "IN", values },
      { propertyName: "hs_object_id", operator: "GT", value: "0" },
    ];
    expect(bodies[0]).toMatchObject({ limit: 200, filterGroups: [{ filters }] });
  });

  test("all windows of a request go in one search, sorted and paged by id", async () => {
    bench.people(3);
    const from = bench.now();
    await bench.changes([
      { from, to: null },
      { from: "2026-10-01T00:00:00.000Z", to: "2026-10-02T00:00:00.000Z" },
    ]);
    expect(bodiesOf(/search$/)).toMatchObject([
      {
        limit: 200,
        sorts: ["hs_object_id"],
        filterGroups: [
          {
            filters: [
              { propertyName: "lastmodifieddate", operator: "GTE", value: String(Date.parse(from)) },
              { propertyName: "hs_object_id", operator: "GT", value: "0" },
            ],
          },
          {
            filters: [
              { propertyName: "lastmodifieddate", operator: "GTE" },
              { propertyName: "lastmodifieddate", operator: "LT" },
              { propertyName: "hs_object_id", operator: "GT" },
            ],
          },
        ],
      },
    ]);
    expect(bodiesOf(/search$/)[0]).not.toHaveProperty("after");
  });

  test("a thousand changes cost five searches, ten reads, twenty with history, and ten writes", async () => {
    const ids = bench.people(1_000);
    const spent = async (work: () => Promise<unknown>): Promise<number> => {
      const before = bench.client.calls;
      await work();
      return bench.client.calls - before;
    };
    expect(await spent(() => bench.changes([{ from: null, to: null }]))).toBe(5);
    expect(await spent(() => bench.read(ids))).toBe(10);
    const request = { object: "contacts", ids, fields: ["phone"], history: ["phone"] };
    expect(await spent(() => bench.client.readByIds(request))).toBe(20);
    expect(await spent(() => bench.client.write(ids.map((id) => bench.update(id, { firstname: "New" }))))).toBe(10);
  });

  test("more windows than one search may hold are spread over several", async () => {
    const [id = ""] = bench.people(1);
    const windows = Array.from({ length: 9 }, (_, hour) => ({
      from: new Date(hubspot.clock.now() - (hour + 1) * 60 * MINUTE).toISOString(),
      to: new Date(hubspot.clock.now() - hour * 60 * MINUTE + 1).toISOString(),
    }));
    const pages = await bench.changes(windows);
    expect(bench.idsOf(pages)).toEqual([id]);
    expect(pages.filter(({ last }) => last)).toHaveLength(1);
    expect(bodiesOf(/search$/)).toHaveLength(3);
  });

  test("fields for which the request has no room are unknown, not blank", async () => {
    bench.people(1);
    const names = Array.from({ length: 200 }, (_, index) => `a_property_with_a_long_name_${index}`);
    const fields = ["email", ...names, "lastname"];
    const request = { object: "contacts", fields, windows: [{ from: null, to: null }] };
    const [page] = await collected(bench.client.readChanges([request]));
    expect(page?.records[0]?.fields).toEqual({ email: "person1@example.com" });
    expect(hubspot.requests.every(({ body }) => body.length <= 3_000)).toBe(true);
  });

  test("only records that hold a field can be asked for", async () => {
    const [, second = ""] = bench.people(2);
    hubspot.people.edit(second, { phone: "+1 415 555 0100" });
    const request = { object: "contacts", fields: ["email"], windows: [{ from: null, to: null }], onlyWith: "phone" };
    expect(bench.idsOf(await collected(bench.client.readChanges([request])))).toEqual([second]);
  });

  test("a burst of searches stays under the limit of the account", async () => {
    bench.people(1);
    const answers = await Promise.all(Array.from({ length: 30 }, () => bench.changes([{ from: null, to: null }])));
    expect(answers.map((pages) => bench.idsOf(pages).length)).toEqual(answers.map(() => 1));
    expect(hubspot.logged.filter(({ event }) => event === "http.retried")).toEqual([]);
  });
});

describe("reading", () => {
  test("history is newest first and tells our own entries from everybody else's", async () => {
    const [id = ""] = bench.people(1);
    hubspot.clock.advance(MINUTE);
    await bench.client.write([bench.update(id, { phone: "+1 415 555 0101" })]);
    hubspot.clock.advance(MINUTE);
    hubspot.sandbox.editContact(id, { phone: "" }, { sourceType: "INTEGRATION", sourceId: "999" });
    const request = { object: "contacts", ids: [id], fields: ["phone"], history: ["phone"] };
    const { found } = await bench.client.readByIds(request);
    expect(found.get(id)?.history?.["phone"]?.map(({ value, own }) => [value, own])).toEqual([
      [null, false],
      ["+1 415 555 0101", true],
    ]);
    expect(OUR_APP).not.toBe("999");
  });

  test("a survivor names the ids that were merged into it, also when it is read as a change", async () => {
    const [one = "", two = ""] = bench.people(2);
    hubspot.clock.advance(MINUTE);
    const survivor = hubspot.people.merge(one, two);
    expect([one, two]).not.toContain(survivor);
    const { found } = await bench.read([one, two, ...bench.people(1, 3)]);
    expect(bench.client.calls).toBe(1);
    expect([...(found.get(two)?.mergedIds ?? [])].sort()).toEqual([one, two].sort());
    const since = new Date(hubspot.clock.now() - MINUTE / 2).toISOString();
    const changed = (await bench.changes([{ from: since, to: null }]))
      .flatMap(({ records }) => records)
      .filter(({ ref }) => ref.id === survivor);
    expect(changed.map(({ ref, mergedIds }) => [ref.id, [...(mergedIds ?? [])].sort()])).toEqual([
      [survivor, [one, two].sort()],
    ]);
  });

  test("a contact is found by a further e-mail address, which its fields then show", async () => {
    const [one = "", two = ""] = bench.people(2);
    const survivor = hubspot.people.merge(one, two);
    const found = await bench.byField("email", ["person2@example.com"]);
    expect(found.map(({ ref }) => ref.id)).toEqual([survivor]);
    expect(found[0]?.fields).toMatchObject({
      email: "person1@example.com",
      hs_additional_emails: "person2@example.com",
    });
  });

  test("the archived list is walked to its end and leaves out what is older", async () => {
    const ids = bench.people(205);
    for (const id of ids.slice(0, 50)) hubspot.people.remove(id);
    hubspot.clock.advance(60 * MINUTE);
    const since = bench.now();
    for (const id of ids.slice(50, 203)) hubspot.people.remove(id);
    const archived = (await collected(bench.client.readArchived("contacts", since, []))).flat();
    expect(archived.map(({ ref }) => ref.id).sort()).toEqual(ids.slice(50, 203).sort());
    expect((await collected(bench.client.readArchived("contacts", null, []))).flat()).toHaveLength(203);
  });
});

describe("writing", () => {
  test("a stage that HubSpot silently refuses to put back shows in what came back", async () => {
    const id = hubspot.sandbox.createContact({ email: "stage@example.com", lifecyclestage: "customer" }, marketer);
    const [outcome] = await bench.client.write([bench.update(id, { lifecyclestage: "lead" })]);
    expect(outcome).toMatchObject({ kind: "written", returned: { lifecyclestage: "customer" } });
  });

  test("a stage is put back by clearing it in a call before", async () => {
    const id = hubspot.sandbox.createContact({ email: "stage@example.com", lifecyclestage: "customer" }, marketer);
    const clear = bench.update(id, { lifecyclestage: null }, { key: "clear", step: 0, purpose: "clear-stage" });
    const set = bench.update(id, { lifecyclestage: "lead" }, { key: "set", step: 1 });
    expect((await bench.client.write([set, clear])).map(({ kind }) => kind)).toEqual(["written", "written"]);
    expect(hubspot.people.read(id, "lifecyclestage")).toBe("lead");
  });

  test("a step is held back when the one before it may still be under way", async () => {
    const [id = ""] = bench.people(1);
    hubspot.faults.add({ path: "batch/update", fault: { kind: "drop-before" } });
    const outcomes = await bench.client.write([
      bench.update(id, { phone: null }, { key: "first", step: 0 }),
      bench.update(id, { phone: "+1 415 555 0100" }, { key: "second", step: 1 }),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["unknown", "deferred"]);
  });

  test.each([
    ["was put off", "RATE_LIMITS", { kind: "unknown" }],
    ["is refused", "VALIDATION_ERROR", { kind: "rejected" }],
  ])("a create without an answer may still arrive, also where its repetition %s", async (_how, category, expected) => {
    const create = bench.creation(7);
    hubspot.faults.add({ path: "batch/upsert", fault: { kind: "drop-before" } });
    const errors = [{ status: "error", category, message: "no", context: { objectWriteTraceId: [create.key] } }];
    const body = {
      status: "COMPLETE",
      results: [],
      numErrors: 1,
      errors,
      startedAt: bench.now(),
      completedAt: bench.now(),
    };
    hubspot.faults.add({ path: "batch/upsert", fault: { kind: "answer", status: 207, body } });
    expect(await bench.client.write([create])).toMatchObject([expected]);
    // Once nothing is under way any more, it is made.
    expect(await bench.client.write([create])).toMatchObject([{ kind: "written", created: true }]);
  });

  test("the outcome carries the version after the write", async () => {
    const [id = ""] = bench.people(1);
    hubspot.clock.advance(MINUTE);
    const [outcome] = await bench.client.write([bench.update(id, { firstname: "Ada" })]);
    const { found } = await bench.read([id]);
    expect(outcome).toMatchObject({ version: found.get(id)?.version });
  });

  test("a write to a merged record reaches the survivor and says so", async () => {
    const [one = "", two = ""] = bench.people(2);
    const survivor = hubspot.people.merge(one, two);
    expect(await bench.client.write([bench.update(two, { firstname: "Ada" })])).toMatchObject([
      { kind: "written", id: survivor },
    ]);
  });

  const conflict = { status: "error", message: "Contact already exists. Existing ID: 4711", category: "CONFLICT" };

  test("a batch that is refused whole is split down to the bad row", async () => {
    hubspot.faults.add({
      path: "batch/upsert",
      body: '"key-37"',
      times: 99,
      fault: { kind: "answer", status: 409, body: conflict },
    });
    const writes = Array.from({ length: 100 }, (_, index) => bench.creation(index + 1));
    const outcomes = await bench.client.write(writes);
    expect(bench.kinds(outcomes)).toEqual({ written: 99, rejected: 1 });
    expect(outcomes[36]).toMatchObject({ kind: "rejected", code: "CONFLICT", existingId: "4711" });
    expect(hubspot.people.count()).toBe(99);
    expect(hubspot.logged.filter(({ event }) => event === "batch.split").length).toBeGreaterThan(3);
    expect(bench.client.calls).toBeLessThanOrEqual(15);
  });

  test("a property that HubSpot does not have stops the run and is named", async () => {
    const [id = ""] = bench.people(1);
    const message = `Property values were not valid: [{"isValid":false,"message":"Property \\"nix\\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"nix"}]`;
    hubspot.faults.add({
      path: "batch/update",
      fault: { kind: "answer", status: 400, body: { status: "error", message, category: "VALIDATION_ERROR" } },
    });
    const stopped = await bench.client.write([bench.update(id, { nix: "1" })]).catch((error: unknown) => error);
    expect(stopped).toBeInstanceOf(StopRun);
    expect((stopped as StopRun).message).toMatch(/nix/);
  });

  test("a row that the answer forgets is unknown", async () => {
    const ids = bench.people(2);
    const body = { status: "COMPLETE", results: [], startedAt: bench.now(), completedAt: bench.now() };
    hubspot.faults.add({ path: "batch/update", fault: { kind: "answer", status: 200, body } });
    const writes: Write[] = ids.map((id) => bench.update(id, { firstname: "New" }));
    expect(bench.kinds(await bench.client.write(writes))).toEqual({ unknown: 2 });
  });

  test("half a good answer to a write leaves its outcome unknown", async () => {
    const [id = ""] = bench.people(1);
    hubspot.faults.add({ path: "batch/update", fault: { kind: "answer", status: 200, body: { unexpected: true } } });
    expect(await bench.client.write([bench.update(id, { firstname: "New" })])).toMatchObject([{ kind: "unknown" }]);
  });

  test("a create is answered with any good status, also one that the client package would refuse", async () => {
    const create = { ...bench.creation(1), unique: null };
    const result = {
      id: "1",
      properties: { email: "person1@example.com" },
      createdAt: bench.now(),
      updatedAt: bench.now(),
    };
    const body = {
      status: "COMPLETE",
      results: [{ ...result, objectWriteTraceId: create.key }],
      startedAt: bench.now(),
      completedAt: bench.now(),
    };
    hubspot.faults.add({ path: "batch/create", fault: { kind: "answer", status: 200, body } });
    expect(await bench.client.write([create])).toMatchObject([{ kind: "written", id: "1", created: true }]);
  });
});
