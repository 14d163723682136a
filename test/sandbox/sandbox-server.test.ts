import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { json, type SandboxHandler, type SandboxRequest } from "../../src/sandbox/exchange.ts";
import { type Fault, FaultBox } from "../../src/sandbox/faults.ts";
import { seededRandom } from "../../src/sandbox/random.ts";
import { manualClock, realClock } from "../../src/sandbox/sandbox-clock.ts";
import { type RunningServer, startServer } from "../../src/sandbox/sandbox-server.ts";

const clock = manualClock(Date.UTC(2026, 9, 5, 12, 0, 0, 789));
const open: RunningServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** A server that answers with what it was asked, and a list of the requests it handled. */
async function echo(fault?: Fault, handler?: SandboxHandler): Promise<{ url: string; handled: SandboxRequest[] }> {
  const faults = new FaultBox();
  if (fault !== undefined) faults.add({ path: "^/x", fault });
  const handled: SandboxRequest[] = [];
  const answering: SandboxHandler = (request) => {
    handled.push(request);
    return json(200, { method: request.method, path: request.path, query: [...request.query], body: request.body });
  };
  const server = await startServer({ handler: handler ?? answering, clock, faults });
  open.push(server);
  return { url: server.url, handled };
}

test("a request arrives as it was sent and the answer carries the sandbox's date in whole seconds", async () => {
  const { url, handled } = await echo();
  const response = await fetch(`${url}/x/a%2Fb?p=1&p=2`, { method: "POST", body: "grüß", headers: { "X-Odd": "Yes" } });
  expect(await response.json()).toEqual({
    method: "POST",
    path: "/x/a%2Fb",
    query: [
      ["p", "1"],
      ["p", "2"],
    ],
    body: "grüß",
  });
  expect(response.headers.get("date")).toBe("Mon, 05 Oct 2026 12:00:00 GMT");
  expect(handled[0]?.headers["x-odd"]).toBe("Yes");
});

test("a 204 has no body and no length", async () => {
  const { url } = await echo(undefined, () => ({ status: 204, headers: {}, body: "" }));
  const response = await fetch(`${url}/`);
  expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([204, null, ""]);
});

test("a handler that throws is answered with 500 and the reason", async () => {
  const { url } = await echo(undefined, () => {
    throw new Error("lost my keys");
  });
  const response = await fetch(`${url}/x`);
  expect([response.status, await response.text()]).toEqual([500, expect.stringContaining("lost my keys")]);
});

describe("faults", () => {
  test("an answer in place of the handler's", async () => {
    const { url, handled } = await echo({
      kind: "answer",
      status: 503,
      body: { message: "later" },
      headers: { "Retry-After": "3" },
    });
    const response = await fetch(`${url}/x`);
    expect([response.status, await response.json(), response.headers.get("retry-after")]).toEqual([
      503,
      { message: "later" },
      "3",
    ]);
    expect(handled).toEqual([]);
    expect((await fetch(`${url}/x`)).status).toBe(200);
  });

  test("an HTML error page", async () => {
    const { url } = await echo({ kind: "html", status: 502 });
    const response = await fetch(`${url}/x`);
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(await response.text()).toMatch(/^<html>/);
  });

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("a connection dropped %s the effect", async (when, effects) => {
    const { url, handled } = await echo({ kind: `drop-${when}` });
    await expect(fetch(`${url}/x`)).rejects.toThrow();
    expect(handled).toHaveLength(effects);
  });

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("an answer that never comes, %s the effect", async (when, effects) => {
    const { url, handled } = await echo({ kind: `hang-${when}` });
    const patience = new AbortController();
    const answer = fetch(`${url}/x`, { signal: patience.signal });
    const outcome = await Promise.race([answer.then(() => "answered"), pause(100, "silence")]);
    patience.abort();
    await expect(answer).rejects.toThrow();
    expect([outcome, handled.length]).toEqual(["silence", effects]);
  });

  test("a delay comes before the effect", async () => {
    const { url, handled } = await echo({ kind: "delay", ms: 60 });
    const answer = fetch(`${url}/x`);
    await pause(20);
    expect(handled).toEqual([]);
    expect((await answer).status).toBe(200);
  });

  test("rules match method, path with query and body, skip first, and are used up", () => {
    const box = new FaultBox();
    const fault: Fault = { kind: "drop-after" };
    box.add({ method: "post", path: "/batch/create\\?x=1", body: '"email"', skip: 1, times: 2, fault });
    const request = (overrides: Partial<SandboxRequest> = {}): SandboxRequest => ({
      method: "POST",
      path: "/batch/create",
      query: new URLSearchParams("x=1"),
      headers: {},
      body: '{"email":1}',
      ...overrides,
    });
    expect(box.next(request({ method: "GET" }))).toBeUndefined();
    expect(box.next(request({ path: "/batch/read" }))).toBeUndefined();
    expect(box.next(request({ query: new URLSearchParams() }))).toBeUndefined();
    expect(box.next(request({ body: "{}" }))).toBeUndefined();
    expect([1, 2, 3, 4].map(() => box.next(request()))).toEqual([undefined, fault, fault, undefined]);
    box.add({ path: "", fault });
    box.clear();
    expect(box.next(request())).toBeUndefined();
  });
});

describe("time and chance", () => {
  test("a manual clock stands still, a real one runs on from where it was set", () => {
    const manual = manualClock(5);
    manual.advance(10);
    expect([manual.now(), manual.now()]).toEqual([15, 15]);
    const real = realClock();
    real.set(1_000_000);
    expect(real.now()).toBeGreaterThanOrEqual(1_000_000);
    expect(real.now()).toBeLessThan(1_000_000 + 60_000);
    real.advance(3_600_000);
    expect(real.now()).toBeGreaterThanOrEqual(4_600_000);
  });

  test("a seed decides every number, and a fork does not disturb its parent", () => {
    const draw = (fork: boolean): number[] => {
      const random = seededRandom("seed");
      if (fork) random.fork("side").next();
      return [random.next(), random.integer(1, 6), random.next()];
    };
    expect(draw(true)).toEqual(draw(false));
    expect(seededRandom("seed").fork("a").next()).not.toBe(seededRandom("seed").fork("b").next());
    const thrown = Array.from(
      { length: 6000 },
      (
        (random) => () =>
          random.integer(1, 6)
      )(seededRandom("dice")),
    );
    for (const face of [1, 2, 3, 4, 5, 6]) expect(thrown.filter((each) => each === face).length).toBeGreaterThan(850);
    expect(seededRandom("x").shuffle([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
  });
});
