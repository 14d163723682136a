/** `serve` with more to do than one run has time for, and with ticks that come faster than runs end. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { documentOf, ended, REPOSITORY, startCli, untilSaid } from "./cli-process.ts";
import { type CliWorld, openCliWorld, PERSON } from "./cli-world.ts";

const NEVER = "0 0 29 2 *";
const EACH_SECOND = "* * * * * *";
const PEOPLE = 6;
let world: CliWorld;
let people = 0;

beforeAll(async () => {
  world = await openCliWorld();
  const config = join(world.folder, "config");
  cpSync(join(REPOSITORY, "config"), config, { recursive: true });
  const file = join(config, "connector.yml");
  const hurried = readFileSync(file, "utf8")
    .replace(/time-budget-seconds: \d+/, "time-budget-seconds: 5")
    .replace(/^chunk-size: \d+/m, "chunk-size: 2");
  writeFileSync(file, hurried);
});
beforeEach(() => {
  for (const last = people + PEOPLE; people < last; people += 1) {
    const names = { email: `lead-${people}@example.com`, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" };
    world.sandbox.hubspot.createContact(names, PERSON);
  }
  world.pass(10);
});
afterAll(() => world.close());

/** Serves until it has said so, and gives all that it said. */
async function serve(sync: string, until: RegExp): Promise<string> {
  const line = ["serve", "--config", "config", "--sync", sync, "--follow-up", NEVER];
  const child = startCli(line, world.folder, world.environment);
  const answer = ended(child);
  await untilSaid(child, until);
  child.kill("SIGTERM");
  const { exit, stdout, stderr } = await answer;
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return stdout;
}

interface Run {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcome: string;
}

/** In the order in which they began. */
async function runs(): Promise<readonly Run[]> {
  const status = documentOf(await world.run(["status", "--json"])) as { readonly runs: readonly Run[] };
  return [...status.runs].reverse();
}

const leads = (): number => world.sandbox.salesforce.records("Lead").length;

test("a run whose time was up is followed by the next one at once, with no tick between them", async () => {
  // Two chunks of two people take longer than a run of five seconds has.
  const fault = { kind: "delay", ms: 2_600 } as const;
  world.sandbox.salesforceFaults.add({
    method: "POST",
    path: "/composite/sobjects$",
    body: "LeadLoop_Key__c",
    fault,
    times: 2,
  });
  const said = await serve(NEVER, / sync {5} {2}done/);
  expect(said).toMatch(/ sync {5} {2}paused;.*the time budget is spent[\s\S]* sync {5} {2}done/);
  expect((await runs()).map(({ outcome }) => outcome)).toEqual(["paused", "done"]);
  expect(leads()).toBe(people);
}, 30_000);

test("ticks that come while a run is under way are answered by one run after it, never beside it", async () => {
  const fault = { kind: "delay", ms: 2_600 } as const;
  world.sandbox.salesforceFaults.add({
    method: "POST",
    path: "/composite/sobjects$",
    body: "LeadLoop_Key__c",
    fault,
    times: 1,
  });
  const said = await serve(EACH_SECOND, /( sync {5} {2}done[\s\S]*){2}/);
  expect(said).not.toContain("another run of the sync is under way");
  const all = await runs();
  for (const [index, { startedAt }] of all.entries()) {
    const before = all[index - 1];
    if (before !== undefined) expect(startedAt >= before.endedAt).toBe(true);
  }
  expect(leads()).toBe(people);
}, 30_000);
