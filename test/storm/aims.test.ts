/** An aim hits the first call that it means, once, and the next one is taken after it. */
import { expect, test } from "vitest";
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import { type Aim, Aims, nameOfRequest } from "./aims.ts";
import { THIRD_FAMILY } from "./families.ts";
import { partialAnswer } from "./partial-answer.ts";
import { shrink } from "./shrink.ts";
import { playStorm, type StormResult } from "./storm.ts";
import { planOfSeed, type StormPlan } from "./storm-plan.ts";

const AIM: Aim = { from: 100, until: 200, on: "hubspot update", who: 3, fault: { kind: "kill-before" } };
const CALL = { name: "hubspot update", body: '{"id":"77003"}' };

function aimsOf(...aims: Aim[]): Aims {
  return new Aims(aims, (who) => [`7700${who}`]);
}

test("the first call is hit, and no other", () => {
  const aims = aimsOf(AIM);
  expect(aims.hit(CALL, 150)).toBe(AIM);
  expect(aims.hit(CALL, 151)).toBeUndefined();
});

test.each([
  ["too early", CALL, 99],
  ["too late", CALL, 200],
  ["another call", { ...CALL, name: "hubspot create" }, 150],
  ["about somebody else", { ...CALL, body: '{"id":"77004"}' }, 150],
])("%s: it is not hit", (_, call, at) => {
  expect(aimsOf(AIM).hit(call, at)).toBeUndefined();
});

test("a call of the store is about nobody", () => {
  const aim: Aim = { ...AIM, on: "store saveTasks" };
  expect(aimsOf(aim).hit({ name: "store saveTasks", body: "" }, 150)).toBe(aim);
});

test("the next one is taken once the first has hit", () => {
  const next: Aim = { ...AIM, fault: { kind: "hang-before" } };
  const first: Aim = { ...AIM, next };
  const aims = aimsOf(first);
  expect([150, 160, 170].map((at) => aims.hit(CALL, at))).toEqual([first, next, undefined]);
});

function request(method: string, path: string, body = "{}"): SandboxRequest {
  return { method, path, query: new URLSearchParams(), headers: {}, body };
}

test.each([
  ["hubspot", request("POST", "/crm/v3/objects/contacts/batch/upsert"), "hubspot create"],
  ["hubspot", request("POST", "/crm/v3/objects/contacts/batch/update"), "hubspot update"],
  ["salesforce", request("PATCH", "/services/data/v66.0/composite/sobjects"), "salesforce update"],
  ["salesforce", request("POST", "/services/data/v66.0/composite", '{"method":"PATCH"}'), "salesforce update"],
  ["salesforce", request("POST", "/services/data/v66.0/composite/sobjects", '{"type":"Task"}'), "task create"],
  ["salesforce", request("POST", "/services/data/v66.0/composite/sobjects", '{"type":"Lead"}'), "salesforce create"],
] as const)("%s: %o is a %s", (system, asked, name) => {
  expect(nameOfRequest(system, asked)).toBe(name);
});

test("reading is aimed at by nobody", () => {
  const path = "/services/data/v66.0/composite";
  expect(nameOfRequest("salesforce", request("POST", path, '{"method":"GET"}'))).toBe(path);
});

test("rows that are not done are not mentioned either", () => {
  const asked = request("POST", "/batch/update", '{"inputs":[{"objectWriteTraceId":"a"}]}');
  const partly = { share: 1, told: false, undone: true, salt: 1 } as const;
  let reached = 0;
  const answer = partialAnswer("hubspot", asked, partly, () => {
    reached += 1;
    return { status: 200, headers: {}, body: "{}" };
  });
  expect(reached).toBe(0);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ results: [] });
});

test("what aims did is in the list of a storm that is made small, and the aims are not", async () => {
  const plans: StormPlan[] = [];
  const ends: string[] = [];
  const play = async (plan: StormPlan): Promise<StormResult> => {
    const result = await playStorm(plan);
    plans.push(plan);
    ends.push(result.end);
    return { ...result, violations: [{ invariant: "I3 quiet", what: "made up" }] };
  };
  await shrink(planOfSeed(THIRD_FAMILY + 1), "I3 quiet", { play, until: performance.now() });
  const [whole, listed] = plans;
  expect(whole?.aims?.length).toBeGreaterThan(0);
  expect(listed?.aims).toBeUndefined();
  expect(Object.keys(listed?.faults ?? {}).length).toBeGreaterThan(0);
  expect(ends[1]).toBe(ends[0]);
});
