/** Holds the stand-in against exchanges recorded from the real service. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Caller, hubSpot, marketer } from "./hubspot-caller.ts";

const folder = new URL("../contracts/recorded/hubspot/", import.meta.url);

interface Exchange {
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown };
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown };
}

const recordings = readdirSync(folder)
  .filter((name) => /^\d/.test(name))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Exchange] as const);
const recorded = (start: string): Exchange => recordings.find(([name]) => name.startsWith(start))![1];

/** The recorded portal had three fields of its own. */
function portal(): Caller {
  const hub = hubSpot({}, { limits: { burst: 100, search: 1000, daily: 250_000 } });
  const own = { groupName: "contactinformation" };
  hub.account.defineProperty({ ...own, name: "text_field", label: "text_field", type: "string", fieldType: "text" });
  hub.account.defineProperty({
    ...own,
    name: "number_field",
    label: "number_field",
    type: "number",
    fieldType: "number",
  });
  hub.account.defineProperty({ ...own, name: "date_field", label: "date_field", type: "date", fieldType: "date" });
  return hub;
}

/** Keys and kinds of values, with the shape of the first element for a list. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

const rateNames = (headers: Readonly<Record<string, string>>): string[] =>
  Object.keys(headers)
    .filter((name) => name.startsWith("X-HubSpot-"))
    .sort();

describe("what was recorded is answered in the recorded shape", () => {
  const setUps: Record<string, (hub: Caller) => unknown> = {
    "01": (hub) => hub.account.createContact({ email: "grouparoo@example.com", firstname: "John" }, marketer),
    "03": (hub) => {
      hub.account.setTimes({ lagMs: [5000, 5000] });
      const id = hub.account.createContact({ email: "grouparoo@example.com" }, marketer);
      hub.clock.advance(5000);
      hub.account.archiveContact(id);
    },
    "06": (hub) => {
      for (let n = 0; n < 5; n += 1) {
        hub.account.createContact({ email: `user${n}@example.com`, firstname: "F", lastname: "L" }, marketer);
      }
    },
  };
  test.each(recordings.filter(([name]) => /^0[12367]|^08/.test(name)))("%s", (name, { request, response }) => {
    const hub = portal();
    setUps[name.slice(0, 2)]?.(hub);
    const answer = hub.call(request.method, request.path, request.body);
    expect(answer.status).toBe(response.status);
    expect(shape(answer.body)).toEqual(shape(response.body));
    expect(rateNames(answer.headers)).toEqual(rateNames(response.headers));
  });

  test.each(["09", "10"])("%s: a batch update", (start) => {
    const hub = portal();
    const id = hub.account.createContact({ email: "grouparoo@example.com" }, marketer);
    const { request, response } = recorded(start);
    const answer = hub.call(
      request.method,
      request.path,
      JSON.parse(JSON.stringify(request.body).replace("290201", id)),
    );
    expect(answer.status).toBe(response.status);
    expect(shape(answer.body)).toEqual(shape(response.body));
    expect(rateNames(answer.headers)).toEqual(rateNames(response.headers));
  });

  test("05: search over its limit", () => {
    const hub = hubSpot({}, { limits: { burst: 100, search: 0, daily: 250_000 } });
    const { request, response } = recorded("05");
    const answer = hub.call(request.method, request.path, request.body);
    expect(answer.status).toBe(response.status);
    expect({ ...answer.body, correlationId: "" }).toEqual({ ...(response.body as object), correlationId: "" });
    expect(rateNames(answer.headers)).toEqual(rateNames(response.headers));
  });

  test("12: a batch archive has no body", () => {
    const { request, response } = recorded("12");
    const answer = portal().call(request.method, request.path, request.body);
    expect([answer.status, answer.body]).toEqual([response.status, response.body]);
    expect(rateNames(answer.headers)).toEqual(rateNames(response.headers));
  });
});

test("04: a hit found by a value it no longer has", () => {
  const hub = portal();
  hub.account.setTimes({ lagMs: [5000, 5000] });
  const id = hub.account.createContact(
    { email: "grouparoo@example.com", firstname: "John", lastname: "Test" },
    marketer,
  );
  hub.clock.advance(5000);
  hub.account.editContact(id, { email: "notgrouparoo@example.com" }, marketer);
  const { request, response } = recorded("04");
  const answer = hub.call(request.method, request.path, request.body);
  expect(Object.keys(answer.body.results[0].properties)).toEqual(
    Object.keys((response.body as { results: { properties: object }[] }).results[0]!.properties),
  );
  expect(answer.body.results[0].properties.email).toBe("notgrouparoo@example.com");
});
