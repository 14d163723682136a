/** HubSpot's client against answers that HubSpot really gave, and its error table row by row. */
import { readFileSync } from "node:fs";
import nock from "nock";
import { afterEach, describe, expect, test } from "vitest";
import { RetryLater, StopRun } from "../../src/core/errors.ts";
import { createHubSpotClient } from "../../src/crm/hubspot/hubspot-client.ts";
import { HUBSPOT_ERRORS, hubSpotErrorShape, judge, refusalOf } from "../../src/crm/hubspot/hubspot-errors.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import { ContractBench, clockOn, collected, keepingLog } from "./contract-harness.ts";

interface Recording {
  readonly recordedAt: string;
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: Record<string, unknown>;
  };
}

const HOST = "https://api.hubapi.com";
const OBJECTS = "/crm/v3/objects/contacts";
const START = Date.UTC(2026, 9, 5, 12, 0, 0, 0);

function recorded(name: string): Recording {
  return JSON.parse(readFileSync(new URL(`recorded/hubspot/${name}.json`, import.meta.url), "utf8"));
}

/** HubSpot answers the next POST to the path as it did when it was recorded. */
function replay(path: string, name: string, status?: number): void {
  const { recordedAt, response } = recorded(name);
  nock(HOST)
    .post(`${OBJECTS}${path}`)
    .reply(status ?? response.status, response.body, { ...response.headers, Date: recordedAt });
}

function connect(appId?: string): { client: CrmClient; waited: () => number; retries: () => number } {
  const clock = manualClock(START);
  const { log, logged } = keepingLog();
  const client = createHubSpotClient({
    accessToken: "pat-test",
    ...(appId === undefined ? {} : { appId }),
    clock: clockOn(clock),
    log,
    settings: {
      calls: {
        hubspot: { perRun: 100, perDay: null, dailyReserveShare: 0.2 },
        salesforce: { perRun: 0, perDay: null, dailyReserveShare: 0 },
      },
      hubspot: { burst: 190, burstSeconds: 10, searchPerSecond: 4, concurrency: 4 },
    },
    requestTimeoutMs: 2_000,
    random: () => 0.5,
  });
  return {
    client,
    waited: () => clock.now() - START,
    retries: () => logged.filter(({ event }) => event === "http.retried").length,
  };
}

const everything = [{ from: null, to: null }];
const search = { object: "contacts", fields: ["email", "firstname", "lastname", "number_field"], windows: everything };

afterEach(() => {
  const unused = nock.pendingMocks();
  nock.cleanAll();
  expect(unused).toEqual([]);
});

describe("recorded answers", () => {
  test("a hit becomes a record, its blanks null, and the answer's date our server time", async () => {
    replay("/search", "01-search-contact-hit.200");
    const { client } = connect();
    const [page] = await collected(client.readChanges([search]));
    expect(page).toEqual({
      object: "contacts",
      serverTime: "2022-02-17T19:22:42.000Z",
      last: true,
      position: "2022-02-17T19:22:42.000Z 286101",
      records: [
        {
          ref: { system: "hubspot", object: "contacts", id: "286101" },
          fate: { kind: "live" },
          fields: { email: "grouparoo@example.com", firstname: "John", lastname: null, number_field: null },
          createdAt: "2022-02-14T21:36:07.649Z",
          modifiedAt: "2022-02-14T21:36:16.420Z",
          version: "2022-02-14T21:36:16.420Z",
        },
      ],
    });
    expect(await client.limits()).toEqual({ daily: { limit: 250_000, remaining: 248_578 } });
  });

  test.each([
    ["02-search-contact-empty.200", 0],
    ["03-search-index-lag-total-without-results.200", 0],
    ["04-search-stale-hit-does-not-match-filter.200", 1],
    ["06-search-multi-filtergroups.200", 5],
  ])("%s is one last page", async (name, hits) => {
    replay("/search", name);
    const pages = await collected(connect().client.readChanges([search]));
    expect(pages.map(({ last }) => last)).toEqual([true]);
    expect(pages[0]?.records.length).toBe(hits);
  });

  test("a rate-limited search is repeated after a second", async () => {
    replay("/search", "05-search-rate-limited.429");
    replay("/search", "01-search-contact-hit.200");
    const { client, waited, retries } = connect();
    expect(await collected(client.readChanges([search]))).toHaveLength(1);
    expect(retries()).toBe(1);
    expect(waited()).toBeGreaterThanOrEqual(1_000);
    expect(client.calls).toBe(2);
  });

  test("ten creates whose answers come in another order are told apart", async () => {
    const { client } = connect();
    const bench = new ContractBench([]);
    bench.begin({ connect: () => client, object: "contacts", fields: {}, required: {} } as unknown as Parameters<
      ContractBench["begin"]
    >[0]);
    // Recorded for a create; an upsert by e-mail is answered alike.
    replay("/batch/upsert", "08-batch-create-contacts-order-differs.201", 200);
    const writes = Array.from({ length: 10 }, (_, index) => ({
      ...bench.update("", { firstname: `Fist Name ${index}` }),
      key: `row-${index}`,
      id: null,
      operation: "create" as const,
      unique: { field: "email", value: `user${index}@example.com` },
    }));
    const outcomes = await client.write(writes);
    expect(outcomes.map((outcome) => outcome.kind === "written" && outcome.id)).toEqual([
      "290402",
      "290701",
      "290501",
      "290751",
      "290601",
      "290451",
      "290801",
      "290551",
      "290651",
      "290401",
    ]);
  });

  test.each([
    ["09-batch-update-contact.200", { lastname: "Doe", number_field: "3039" }],
    ["10-batch-update-clear-with-empty-string.200", { lastname: null, number_field: null }],
  ])("%s tells what HubSpot holds now", async (name, returned) => {
    const { client } = connect();
    const bench = new ContractBench([]);
    bench.begin({ connect: () => client, object: "contacts" } as unknown as Parameters<ContractBench["begin"]>[0]);
    replay("/batch/update", name);
    const [outcome] = await client.write([bench.update("290201", { lastname: "x", number_field: 1 })]);
    expect(outcome).toMatchObject({ kind: "written", id: "290201", created: false, returned });
  });
});

describe("documented refusals", () => {
  const answer = (status: number, body: Record<string, unknown>, headers: Record<string, string> = {}): void => {
    nock(HOST)
      .post(`${OBJECTS}/batch/read`)
      .query(true)
      .reply(status, body, { "Content-Type": "application/json", ...headers });
  };
  const readOne = (client: CrmClient): Promise<unknown> =>
    client.readByIds({ object: "contacts", ids: ["1"], fields: ["email"] }).catch((error: unknown) => error);
  const times = { createdAt: "2026-10-01T10:00:00.000Z", updatedAt: "2026-10-01T10:00:00.000Z" };
  const good = {
    status: "COMPLETE",
    results: [{ id: "1", properties: { email: "ann@example.com" }, ...times }],
    startedAt: "2026-10-05T12:00:00Z",
    completedAt: "2026-10-05T12:00:00Z",
  };

  test.each([
    [
      429,
      { policyName: "TEN_SECONDLY_ROLLING", message: "You have reached your ten_secondly_rolling limit." },
      {},
      10_000,
    ],
    [423, { message: "locked" }, {}, 2_000],
    [477, { message: "migration" }, { "Retry-After": "7" }, 7_000],
    [503, { message: "sorry" }, { "Retry-After": "3" }, 3_000],
    [524, { message: "time-out" }, {}, 100],
  ])("%i is repeated after the wait that is asked for", async (status, body, headers, leastMs) => {
    answer(status, body, headers as Record<string, string>);
    answer(200, good);
    const { client, waited, retries } = connect();
    await readOne(client);
    expect(retries()).toBe(1);
    expect(waited()).toBeGreaterThanOrEqual(leastMs);
  });

  test.each([
    [401, { category: "INVALID_AUTHENTICATION", message: "…" }, "stopped", /HUBSPOT_ACCESS_TOKEN/],
    [401, { category: "EXPIRED_AUTHENTICATION", message: "…" }, "stopped", /HUBSPOT_ACCESS_TOKEN/],
    [403, { category: "MISSING_SCOPES", message: "…" }, "stopped", /scopes/],
    [404, { message: "resource not found" }, "stopped", /HUBSPOT_BASE_URL/],
    [429, { policyName: "DAILY", message: "You have reached your daily limit." }, "paused", /midnight/],
    [414, { message: "too long" }, "stopped", /fewer fields/],
    [418, { message: "teapot", correlationId: "abc" }, "stopped", /abc/],
  ])("%i %o ends the run with a sentence for an admin", async (status, body, kind, words) => {
    answer(status, body);
    const stopped = await readOne(connect().client);
    expect(stopped).toBeInstanceOf(StopRun);
    expect((stopped as StopRun).kind).toBe(kind);
    expect((stopped as StopRun).message).toMatch(words);
  });

  test("a wait of an hour is left to the next run", async () => {
    answer(477, { message: "migration" }, { "Retry-After": "3600" });
    const { client, waited } = connect();
    expect(await readOne(client)).toBeInstanceOf(RetryLater);
    expect(waited()).toBe(0);
  });

  test("without our app's id no history entry is taken for our own", async () => {
    const entry = {
      value: "lead",
      timestamp: "2026-10-01T10:00:00.000Z",
      sourceType: "INTEGRATION",
      sourceId: "18221010",
    };
    const record = { id: "1", properties: {}, propertiesWithHistory: { lifecyclestage: [entry] }, ...times };
    const own = async (appId?: string): Promise<boolean | undefined> => {
      answer(200, { ...good, results: [record] });
      const request = { object: "contacts", ids: ["1"], fields: [], history: ["lifecyclestage"] };
      return (await connect(appId).client.readByIds(request)).found.get("1")?.history?.["lifecyclestage"]?.[0]?.own;
    };
    expect([await own(), await own("18221010"), await own("1")]).toEqual([false, true, false]);
  });

  test("an id that the answer does not mention is asked for alone, and belongs to whom it finds", async () => {
    const record = (id: string): Record<string, unknown> => ({ id, properties: {}, ...times });
    answer(200, { ...good, results: [record("3"), record("9")] });
    answer(200, { ...good, results: [record("9")] });
    const { found } = await connect().client.readByIds({ object: "contacts", ids: ["1", "3"], fields: [] });
    expect([...found].map(([asked, { ref }]) => [asked, ref.id])).toEqual([
      ["3", "3"],
      ["1", "9"],
    ]);
  });

  test("every row of the table can be reached, and names where it comes from", () => {
    for (const rule of HUBSPOT_ERRORS) {
      const status = typeof rule.status === "number" ? rule.status : rule.status[0];
      for (const word of rule.words ?? [undefined]) {
        const error = hubSpotErrorShape.parse({ message: "", ...(word === undefined ? {} : { category: word }) });
        expect(judge(status, error, rule.call)).toEqual({ rule, action: rule.action, unknown: null });
      }
      expect(rule.source).toMatch(/^https:/);
    }
  });

  test("a refusal names fields and codes in both forms, and the record that is in the way", () => {
    const quoted = `Property values were not valid: [{"isValid":false,"message":"m","error":"INVALID_OPTION","name":"stage"}]`;
    expect(refusalOf(hubSpotErrorShape.parse({ message: quoted, category: "VALIDATION_ERROR" }))).toMatchObject({
      action: "reject",
      code: "INVALID_OPTION",
      fields: ["stage"],
    });
    const listed = {
      message: "m",
      category: "VALIDATION_ERROR",
      errors: [{ message: "m", code: "INVALID_EMAIL", context: { propertyName: ["email"] } }],
    };
    expect(refusalOf(hubSpotErrorShape.parse(listed))).toMatchObject({ code: "INVALID_EMAIL", fields: ["email"] });
    const taken = { message: "Contact already exists. Existing ID: 37765128953", category: "CONFLICT" };
    expect(refusalOf(hubSpotErrorShape.parse(taken))).toMatchObject({ action: "duplicate", existingId: "37765128953" });
    expect(refusalOf(hubSpotErrorShape.parse({ message: "?", category: "NEVER_SEEN" })).message).toMatch(
      /does not know/,
    );
  });
});
