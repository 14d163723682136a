/** Several processes call one HubSpot account, each with a limiter of its own that knows nothing of the others: what is over the account's limits is refused, and nothing is lost by it. */
import { afterEach, expect, test } from "vitest";
import { runSync } from "../../src/jobs/sync-job.ts";
import { seededRandom } from "../../src/sandbox/random.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { type SharedCall, SharedTime } from "../support/shared-time.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const PEOPLE = 120;
const database = openMemoryDatabase();
let worlds: SyncWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  worlds = [];
});

/** Connections of one HubSpot account with as many Salesforce orgs; each pairs its own people, whom it finds by address. */
async function openConnections(
  names: readonly string[],
  limits: { readonly hubspotBurst: number },
): Promise<SyncWorld> {
  for (const name of names)
    worlds.push(
      await openSyncWorld(database, {
        seed: name,
        sandbox: { limits },
        // As one process is set by default: four fifths of what the account allows. A contact of another connection is nobody's lead here.
        adjust: (loaded) => {
          const { connector } = loaded.rulebook;
          const hubspot = { ...connector.hubspot, burst: Math.floor(0.8 * limits.hubspotBurst) };
          const mappings = loaded.mappings.map((mapping) => ({ ...mapping, create: [] }));
          return { ...loaded, mappings, rulebook: { ...loaded.rulebook, connector: { ...connector, hubspot } } };
        },
      }),
    );
  const [first] = worlds;
  if (first === undefined) throw new Error("there is no connection");
  for (const [index, name] of names.entries()) {
    const { salesforce } = worlds[index]?.sandbox ?? first.sandbox;
    const rep = salesforce.people.repIds[0] ?? "";
    for (let person = 0; person < PEOPLE; person += 1) {
      const email = `p${person}@${name}.example.com`;
      first.sandbox.hubspot.createContact({ email, lastname: "Lee", jobtitle: `Title ${person}` }, MARKETER);
      salesforce.create("Lead", { Email: email, LastName: "Lee", Company: "Acme" }, rep);
    }
  }
  return first;
}

/** Numbers of a process's own, always the same. */
function randomOf(process: number): () => number {
  const random = seededRandom(`process ${process}`);
  return () => random.next();
}

test.each([
  ["two", 2, 16],
  ["six", 6, 30],
])(
  "%s connections, each with a limiter of its own, share HubSpot's limits: who is told to wait waits, nobody is left out, and few calls are spent on refusals",
  async (_, count, hubspotBurst) => {
    const names = ["one", "two", "three", "four", "five", "six"].slice(0, count);
    const account = await openConnections(names, { hubspotBurst });
    await Promise.all(worlds.map((world) => world.pass(10)));
    const time = new SharedTime(Date.parse(account.clock.now()), (now) => {
      for (const world of worlds) world.sandbox.clock.set(now);
    });
    const { hubspotUrl } = account;
    const runs = await time.during(
      Promise.all(
        names.map((name, index) => {
          const own = { ...time.process(name), hubspotUrl, random: randomOf(index) };
          return runSync((worlds[index] ?? account).dependencies(own));
        }),
      ),
    );
    const toHubSpot = time.calls.filter(({ path }) => path.startsWith("/crm/"));
    const refused = toHubSpot.filter(({ status }) => status === 429);
    expect(runs.map(({ outcome }) => outcome)).toEqual(names.map(() => "done"));
    expect(runs.map(({ written }) => written.salesforce.updated)).toEqual(names.map(() => PEOPLE));
    // Without a refusal nothing was tried.
    expect(refused.length).toBeGreaterThan(0);
    for (const refusal of refused) expect(tooSoon(toHubSpot, refusal)).toEqual([]);
    expect(refused.length / toHubSpot.length).toBeLessThan(0.2);
  },
);

function isSearch({ path }: SharedCall): boolean {
  return path.endsWith("/search");
}

/** Calls of the process that was refused which left before it was over: a second for searches, ten for everything (HubSpot's usage guidelines). */
function tooSoon(calls: readonly SharedCall[], refusal: SharedCall): readonly SharedCall[] {
  const until = refusal.answeredAt + (isSearch(refusal) ? 1_000 : 10_000);
  return calls.filter(
    (call) =>
      call.process === refusal.process &&
      (isSearch(call) || !isSearch(refusal)) &&
      call.sentAt > refusal.answeredAt &&
      call.sentAt < until,
  );
}
