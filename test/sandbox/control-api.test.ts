import { afterAll, beforeAll, expect, test } from "vitest";
import { createSandbox, type RunningSandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";

const sandbox = createSandbox({ clock: manualClock(Date.UTC(2026, 0, 5, 9)) });
let running: RunningSandbox;

beforeAll(async () => {
  running = await startSandbox(sandbox);
});
afterAll(() => running.close());

async function ask(
  method: string,
  path: string,
  body?: unknown,
  base = running.salesforceUrl,
  // biome-ignore lint/suspicious/noExplicitAny: answers have many shapes
): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${base}/_sandbox/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

test("the clock is read and moved on either port, and the Date header follows", async () => {
  expect((await ask("GET", "clock")).body).toEqual({ now: "2026-01-05T09:00:00.000Z" });
  await ask("POST", "clock", { advanceMs: 90_000 }, running.hubspotUrl);
  expect((await ask("POST", "clock", { now: "2026-02-01T00:00:00Z" })).body).toEqual({
    now: "2026-02-01T00:00:00.000Z",
  });
  const answer = await fetch(`${running.salesforceUrl}/services/data`);
  expect(answer.headers.get("date")).toBe("Sun, 01 Feb 2026 00:00:00 GMT");
  expect((await ask("POST", "clock", { now: "soon" })).status).toBe(400);
});

test("actions do what people do, answer what they made, and a refused one says why", async () => {
  const actions = [
    {
      system: "salesforce",
      do: "create",
      type: "Lead",
      fields: { LastName: "L", Company: "C", Email: "l@example.com" },
    },
    {
      system: "salesforce",
      do: "edit",
      type: "Lead",
      email: "l@example.com",
      fields: { Phone: "1" },
      as: "ben.whitlock@northwind.example.com",
    },
    { system: "salesforce", do: "create", type: "Lead", fields: {} },
    { system: "salesforce", do: "dance" },
    { system: "hubspot", do: "create", properties: { email: "h@example.com" } },
    { system: "hubspot", do: "edit", email: "h@example.com", properties: { firstname: "H" }, as: "form" },
    { system: "hubspot", do: "edit", email: "nobody@example.com" },
    { system: "salesforce", do: "convertLead", email: "l@example.com", conversion: { doNotCreateOpportunity: true } },
  ];
  const { results } = (await ask("POST", "act", { actions })).body;
  expect(results.map((one: { ok: boolean }) => one.ok)).toEqual([true, true, false, false, true, true, false, true]);
  expect(results[2]).toMatchObject({ code: "REQUIRED_FIELD_MISSING" });
  const [lead] = (await ask("GET", "salesforce/records/Lead")).body;
  expect(lead).toMatchObject({
    Id: results[0].result,
    Phone: "1",
    LastModifiedById: sandbox.salesforce.people.repIds[0],
    IsConverted: true,
  });
  const [contact] = (await ask("GET", "hubspot/contacts")).body;
  expect(contact.properties).toMatchObject({ email: "h@example.com", firstname: "H" });
});

test("faults can be asked for and called off", async () => {
  const rule = {
    path: "/services/data",
    fault: { kind: "answer", status: 503, body: [{ errorCode: "SERVER_UNAVAILABLE", message: "x" }] },
    times: 2,
  };
  const versions = async () => (await fetch(`${running.salesforceUrl}/services/data`)).status;
  await ask("POST", "faults", { system: "salesforce", rules: [rule] });
  expect(await versions()).toBe(503);
  await ask("DELETE", "faults");
  expect(await versions()).toBe(200);
  expect((await ask("POST", "faults", { system: "nobody", rules: [] })).status).toBe(400);
});

test("calls are counted by path with ids left out, and control calls are not", async () => {
  const before = (await ask("GET", "calls")).body;
  await fetch(`${running.salesforceUrl}/services/data/v66.0/sobjects/Lead/00Q4S000002sSacUAE`);
  await fetch(`${running.hubspotUrl}/crm/v3/objects/contacts/123`);
  const after = (await ask("GET", "calls")).body;
  expect([after.salesforce - before.salesforce, after.hubspot - before.hubspot]).toEqual([1, 1]);
  expect(after.byPath).toMatchObject({
    "GET /services/data/v66.0/sobjects/Lead/{id}": 1,
    "GET /crm/v3/objects/contacts/{id}": 1,
  });
});

test("play asks whoever has people, and says so when there is nobody", async () => {
  expect((await ask("POST", "play", { until: "2026-03-01T00:00:00Z" })).status).toBe(400);
  sandbox.onPlay = (until) => ({ playedTo: new Date(until).toISOString() });
  expect((await ask("POST", "play", { until: "2026-03-01T00:00:00Z" })).body).toEqual({
    summary: { playedTo: "2026-03-01T00:00:00.000Z" },
  });
});

test("anything else is told apart from the vendors' APIs", async () => {
  expect((await ask("GET", "nope")).status).toBe(404);
  expect((await ask("GET", "salesforce/records/Nope")).status).toBe(400);
});
