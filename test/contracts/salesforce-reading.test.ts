import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RetryLater, StopRun } from "../../src/core/errors.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import { collect, testClient } from "../support/salesforce-test-client.ts";
import { type SalesforceHarness, salesforceHarness } from "./salesforce-harness.ts";

let harness: SalesforceHarness;
let client: CrmClient;

beforeEach(async () => {
  harness = await salesforceHarness();
  client = harness.connect();
});
afterEach(() => harness.close());

const EVERYTHING = [{ from: null, to: null }];

function lead(values: Readonly<Record<string, unknown>> = {}): string {
  return harness.org.create("Lead", { LastName: "Vance", Company: "Northwind", ...values }, harness.rep);
}

function leads(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => lead({ LastName: `Vance ${index}` }));
}

describe("changes", () => {
  test("of five objects cost one call when none has more than a page", async () => {
    const id = lead();
    const objects = ["Lead", "Contact", "Opportunity", "OpportunityContactRole", "Task"];
    const pages = await collect(
      client.readChanges(objects.map((object) => ({ object, fields: [], windows: EVERYTHING }))),
    );
    expect(client.calls).toBe(1);
    expect(pages.map(({ object, last, records }) => [object, last, records.length])).toEqual(
      objects.map((object) => [object, true, object === "Lead" ? 1 : 0]),
    );
    expect(pages[0]?.records[0]?.ref).toEqual({ system: "salesforce", object: "Lead", id });
  });

  test("page by stamp and id through thousands of records of one second, each once", async () => {
    const ids = leads(4_100);
    harness.org.create("Contact", { LastName: "Alone" }, harness.rep);
    const pages = await collect(
      client.readChanges(["Lead", "Contact"].map((object) => ({ object, fields: ["LastName"], windows: EVERYTHING }))),
    );
    const read = pages
      .filter(({ object }) => object === "Lead")
      .flatMap(({ records }) => records.map(({ ref }) => ref.id));
    expect(read.toSorted()).toEqual([...ids].toSorted());
    expect(client.calls).toBe(3);
  });

  test("tell what became of merged, converted and deleted records", async () => {
    const [master, loser, converted, deleted] = [lead(), lead(), lead({ LastName: "Buyer" }), lead()];
    harness.org.merge("Lead", master, [loser], harness.rep);
    const conversion = harness.org.convertLead(
      { leadId: converted, convertedStatus: "Closed - Converted", opportunityName: "Deal" },
      harness.rep,
    );
    harness.org.remove("Lead", deleted, harness.rep);
    const pages = await collect(client.readChanges([{ object: "Lead", fields: [], windows: EVERYTHING }]));
    const fates = new Map(pages.flatMap(({ records }) => records.map(({ ref, fate }) => [ref.id, fate] as const)));
    expect(fates.get(master)).toEqual({ kind: "live" });
    expect(fates.get(loser)).toEqual({ kind: "merged", into: master });
    expect(fates.get(converted)).toEqual({
      kind: "converted",
      into: conversion.contactId,
      account: conversion.accountId,
      opportunity: conversion.opportunityId,
    });
    expect(fates.get(deleted)).toEqual({ kind: "deleted" });
  });

  test("of our own tasks only, where a field marks them", async () => {
    const task = { Subject: "Call", Status: "Not Started", Priority: "Normal" };
    harness.org.create("Task", task, harness.rep);
    const ours = harness.org.create("Task", { ...task, LeadLoop_Cause__c: "cause-1" }, harness.rep);
    const [page] = await collect(
      client.readChanges([
        { object: "Task", fields: ["LeadLoop_Cause__c"], windows: EVERYTHING, onlyWith: "LeadLoop_Cause__c" },
      ]),
    );
    expect(page?.records.map(({ ref, fields }) => [ref.id, fields])).toEqual([
      [ours, { LeadLoop_Cause__c: "cause-1" }],
    ]);
  });

  test("keep arriving without a field that was hidden from us, and the field is absent rather than blank", async () => {
    lead({ Phone: "+1 415 555 0100", Title: null });
    harness.org.hideField("Lead", "Phone");
    const [page] = await collect(
      client.readChanges([{ object: "Lead", fields: ["LastName", "Phone", "Title"], windows: EVERYTHING }]),
    );
    expect(page?.records[0]?.fields).toEqual({ LastName: "Vance", Title: null });
    expect(harness.logged).toContainEqual({
      event: "schema.changed",
      system: "salesforce",
      object: "Lead",
      fields: ["Phone"],
    });
    expect(client.calls).toBe(3);
  });

  test("of an object we may not see stop the run with what to do", async () => {
    const reading = collect(client.readChanges([{ object: "Nope__c", fields: [], windows: EVERYTHING }]));
    await expect(reading).rejects.toThrow(/Nope__c.*leadloop check --live/);
  });

  test("are asked for in smaller pages when the query is too large for the org", async () => {
    leads(600);
    await client.account();
    harness.faults.add({
      path: "/queryAll",
      times: 1,
      fault: {
        kind: "answer",
        status: 400,
        body: [{ message: "Your query request was running for too long.", errorCode: "QUERY_TIMEOUT" }],
      },
    });
    const pages = await collect(client.readChanges([{ object: "Lead", fields: [], windows: EVERYTHING }]));
    expect(pages.map(({ records }) => records.length)).toEqual([500, 100]);
  });
});

describe("records by id", () => {
  const read = (ids: readonly string[]) =>
    client.readByIds({ object: "Lead", ids, fields: ["LastName", "CreatedDate"] });

  test("two thousand of them cost one call, and ids of 15 characters are welcome", async () => {
    const ids = leads(1_500);
    const asked = ids.map((id, index) => (index % 2 === 0 ? id.slice(0, 15) : id));
    const { found, missing } = await read(asked);
    expect(missing).toEqual([]);
    expect(asked.map((id) => found.get(id)?.ref.id)).toEqual(ids);
    expect(client.calls).toBe(1);
  });

  test("a merged record is found as its survivor, over a chain of merges", async () => {
    const [first, second, third] = [lead(), lead(), lead({ LastName: "Survivor" })];
    harness.org.merge("Lead", second, [first], harness.rep);
    harness.org.merge("Lead", third, [second], harness.rep);
    const { found } = await read([first]);
    expect(found.get(first)).toMatchObject({
      ref: { id: third },
      fate: { kind: "live" },
      fields: { LastName: "Survivor" },
    });
    expect(found.get(first)?.mergedIds?.toSorted()).toEqual([first, second].toSorted());
  });

  test("what is no id is missing, and nobody is asked about it", async () => {
    const { found, missing } = await read(["not an id", "00Q' OR Id != '"]);
    expect([found.size, missing]).toEqual([0, ["not an id", "00Q' OR Id != '"]]);
    expect(client.calls).toBe(0);
  });

  test("times are Instants", async () => {
    const id = lead();
    const record = (await read([id])).found.get(id);
    expect(record).toMatchObject({
      createdAt: "2026-10-05T12:00:00.000Z",
      version: "2026-10-05T12:00:00.000Z",
      fields: { CreatedDate: "2026-10-05T12:00:00.000Z" },
    });
  });
});

describe("field history", () => {
  test("tells what changed from what to what, by whom, of tracked fields alone", async () => {
    const [id = ""] = leads(1);
    harness.clock.advance(60_000);
    harness.org.edit("Lead", id, { Title: "CTO", Fax: "1", DoNotCall: true }, harness.rep);
    harness.clock.advance(60_000);
    const since = new Date(harness.clock.now() - 60_000).toISOString();
    const changes = await client.readFieldChanges({ object: "Lead", ids: [id], since });
    expect(changes.map(({ field, from, to, own }) => [field, from, to, own])).toEqual(
      expect.arrayContaining([
        ["Title", null, "CTO", false],
        ["DoNotCall", false, true, false],
      ]),
    );
    expect(changes).toHaveLength(2);
    expect(
      await client.readFieldChanges({
        object: "Lead",
        ids: [id],
        since: new Date(harness.clock.now() + 60_000).toISOString(),
      }),
    ).toEqual([]);
  });

  test("is empty where the org keeps none of the object", async () => {
    expect(
      await client.readFieldChanges({
        object: "Nothing",
        ids: leads(1),
        since: new Date(harness.clock.now() + 60_000).toISOString(),
      }),
    ).toEqual([]);
  });
});

describe("the session", () => {
  const logins = () => harness.requests.filter(({ path }) => path === "/services/oauth2/token").length;

  test("ends for many calls at once, and they share one new login", async () => {
    const ids = leads(20);
    await client.account();
    harness.org.expireSessions();
    const answers = await Promise.all(ids.map((id) => client.readByIds({ object: "Lead", ids: [id], fields: [] })));
    expect(answers.map(({ found }) => found.size)).toEqual(ids.map(() => 1));
    expect(logins()).toBe(2);
  });

  test("is opened by a signed assertion too", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await harness.close();
    harness = await salesforceHarness({ jwtPublicKey: publicKey.export({ type: "spki", format: "pem" }).toString() });
    const credentials = {
      kind: "jwt" as const,
      clientId: "sandbox-client",
      username: "leadloop.integration@northwind.example.com",
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
    expect(await harness.connect({ credentials }).account()).toBe(harness.account);
    const spoilt = harness.connect({ credentials: { ...credentials, privateKey: "-----BEGIN nonsense" } });
    await expect(spoilt.account()).rejects.toThrow(/SALESFORCE_PRIVATE_KEY is not an RSA private key/);
  });
});

describe("the currency of an org that has only one", () => {
  test("costs one call", async () => {
    expect([await client.ownCurrency(), client.calls]).toEqual(["EUR", 1]);
  });

  test.each([
    ["a refusal instead", 403, [{ errorCode: "API_DISABLED_FOR_ORG", message: "no" }], /API_DISABLED_FOR_ORG/],
    [
      "an answer of another form",
      200,
      { name: "Northwind" },
      /the currency of the org has a form that LeadLoop does not know/,
    ],
  ])("%s stops whoever asks", async (_what, status, body, said) => {
    harness.faults.add({ path: "/connect/organization", fault: { kind: "answer", status, body } });
    const refused = await client.ownCurrency().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StopRun);
    expect((refused as StopRun).message).toMatch(said);
  });
});

test("an answer that breaks off in the middle is asked for again and ends no process", async () => {
  const { port, close } = await breakingServer();
  const { client: broken } = testClient({ loginUrl: `http://127.0.0.1:${port}`, attempts: 2 });
  await expect(broken.limits()).rejects.toBeInstanceOf(RetryLater);
  expect(broken.calls).toBe(2);
  await close();
});

/** Logs everybody in and then never finishes a sentence. */
async function breakingServer(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    const url = `http://${request.headers.host}`;
    const token = JSON.stringify({
      access_token: "t",
      instance_url: url,
      id: `${url}/id/00D000000000001EAA/005000000000001AAA`,
    });
    if (request.url === "/services/oauth2/token") {
      response.writeHead(200, { "content-type": "application/json" }).end(token);
      return;
    }
    response
      .writeHead(200, { "content-type": "application/json", "content-length": "1000" })
      .write('{"DailyApi', () => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
