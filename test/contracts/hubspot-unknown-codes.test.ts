/** What HubSpot's client does about a code that nobody has told us about: the record is found and held, the others wait, and it is told whatever its status asks for. */
import nock from "nock";
import { afterEach, expect, test } from "vitest";
import type { Write } from "../../src/core/model/plan.ts";
import { createHubSpotClient } from "../../src/crm/hubspot/hubspot-client.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import { write } from "../support/salesforce-test-client.ts";
import { clockOn, collected, keepingLog } from "./contract-harness.ts";

const HOST = "https://api.hubapi.com";
const JSON_TYPE = { "Content-Type": "application/json" };
const REFUSED = { status: "error", message: "No.", category: "NEVER_SEEN_CATEGORY" };
const TIMES = { createdAt: "2026-10-01T10:00:00.000Z", updatedAt: "2026-10-01T10:00:00.000Z" };
const search = { object: "contacts", fields: ["email"], windows: [{ from: null, to: null }] };

function connect(): { client: CrmClient; logged: ReturnType<typeof keepingLog>["logged"] } {
  const { log, logged } = keepingLog();
  const client = createHubSpotClient({
    accessToken: "pat-test",
    clock: clockOn(manualClock(Date.UTC(2026, 9, 5))),
    log,
    settings: {
      calls: { hubspot: { perRun: 100, dailyReserveShare: 0 }, salesforce: { perRun: 0, dailyReserveShare: 0 } },
      hubspot: { burst: 190, burstSeconds: 10, searchPerSecond: 4, concurrency: 1 },
    },
    requestTimeoutMs: 2_000,
    random: () => 0.5,
  });
  return { client, logged };
}

const change = (id: string): Write => ({
  ...write({ key: `row${id}`, object: "contacts", id, fields: { firstname: "A" } }),
  system: "hubspot",
});

/** Answers one batch of exactly these records, with a refusal where the record 3 is among them, as HubSpot does for one row's sake. */
function answerBatch(ids: readonly string[], status: number, refused: object): void {
  const results = ids.map((id) => ({ id, properties: { firstname: "A" }, ...TIMES }));
  const isMeant = (sent: { inputs: { id: string }[] }) => sent.inputs.map(({ id }) => id).join() === ids.join();
  nock(HOST)
    .post("/crm/v3/objects/contacts/batch/update", isMeant as (sent: unknown) => boolean)
    .reply(ids.includes("3") ? status : 200, ids.includes("3") ? refused : { status: "COMPLETE", results }, JSON_TYPE);
}

afterEach(() => {
  const unused = nock.pendingMocks();
  nock.cleanAll();
  expect(unused).toEqual([]);
});

test.each([400, 409, 422])(
  "a batch that is refused with %i and an unknown category leads to one record, which is held; whatever was not sent by then waits",
  async (status) => {
    for (const ids of [["1", "2", "3", "4", "5"], ["1", "2", "3"], ["1", "2"], ["3"]])
      answerBatch(ids, status, REFUSED);
    const outcomes = await connect().client.write(["1", "2", "3", "4", "5"].map(change));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["written", "written", "rejected", "deferred", "deferred"]);
    expect(outcomes[2]).toMatchObject({ code: "NEVER_SEEN_CATEGORY", unknownCode: true });
    expect(outcomes[3]).toMatchObject({ message: expect.stringContaining("NEVER_SEEN_CATEGORY, which LeadLoop does") });
  },
);

test("a refusal without any category is judged by its status, and holds nobody else", async () => {
  const refused = { status: "error", message: "No." };
  for (const ids of [["1", "2", "3", "4"], ["1", "2"], ["3", "4"], ["3"], ["4"]]) answerBatch(ids, 400, refused);
  const outcomes = await connect().client.write(["1", "2", "3", "4"].map(change));
  expect(outcomes.map(({ kind }) => kind)).toEqual(["written", "written", "rejected", "written"]);
  expect(outcomes[2]).not.toHaveProperty("unknownCode");
});

test("a look-up by a field that is refused with an unknown category is not taken for a field that is not unique", async () => {
  nock(HOST).post("/crm/v3/objects/contacts/batch/read?archived=false").reply(400, REFUSED, JSON_TYPE);
  const asked = { object: "contacts", field: "leadloop_key", values: ["k1"], fields: [] };
  await expect(connect().client.readByField(asked)).rejects.toThrow(
    /NEVER_SEEN_CATEGORY, which LeadLoop does not know/,
  );
});

test.each([429, 423, 500, 503])(
  "%i is waited out whatever stands beside it, and an unknown word is told",
  async (status) => {
    const refused = { status: "error", message: "Later.", policyName: "NEVER_SEEN_POLICY" };
    nock(HOST).post("/crm/v3/objects/contacts/search").reply(status, refused, JSON_TYPE);
    nock(HOST).post("/crm/v3/objects/contacts/search").reply(200, { total: 0, results: [] }, JSON_TYPE);
    const { client, logged } = connect();
    expect(await collected(client.readChanges([search]))).toHaveLength(1);
    expect(logged).toMatchObject([
      { event: "code.unknown", system: "hubspot", status, code: "NEVER_SEEN_POLICY" },
      {
        event: "http.retried",
        reason: expect.stringContaining("NEVER_SEEN_POLICY, a code that LeadLoop does not know"),
      },
    ]);
  },
);

test.each([
  [401, /NEVER_SEEN_CATEGORY, a code that LeadLoop does not know.*HUBSPOT_ACCESS_TOKEN/],
  [403, /NEVER_SEEN_CATEGORY, a code that LeadLoop does not know.*scopes/],
  [404, /NEVER_SEEN_CATEGORY, a code that LeadLoop does not know.*HUBSPOT_BASE_URL/],
  [418, /NEVER_SEEN_CATEGORY, which LeadLoop does not know/],
])("%i stops the run, and an unknown category is told", async (status, message) => {
  nock(HOST).post("/crm/v3/objects/contacts/search").reply(status, REFUSED, JSON_TYPE);
  await expect(collected(connect().client.readChanges([search]))).rejects.toThrow(message);
});
