/** Law 6: what we wrote ourselves is marked by nobody who reads it back; what a person enters right after it always is, in whatever field and on either side. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { otherSystem, SYSTEMS, type System } from "../../src/core/model/record.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { type Couple, couples } from "../support/couple.ts";
import { prepareEverything } from "../support/crash-story.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld(database, { seed: "echo" });
});
afterEach(() => world.close());

/** One run, how many records it read, and those of linked people that it marked to be looked at. Whoever was deleted is looked at each time: they may be back. */
async function marking(dependencies = world.dependencies()): Promise<{
  readonly read: number;
  readonly marked: readonly string[];
  readonly wrote: number;
}> {
  const marked: string[] = [];
  const { store } = dependencies;
  const noting: SyncDependencies["store"] = {
    ...store,
    ingest: async (lease, batch) => {
      // Marks of a link are our own second looks at what we wrote.
      marked.push(...batch.dirty.map(({ key }) => key).filter((key) => !key.startsWith("l:")));
      return store.ingest(lease, batch);
    },
  };
  const result = await world.sync({}, { ...dependencies, store: noting });
  const links = await store.scanLinks(null, 1_000);
  const ended = links.filter(({ state }) => state === "tombstoned");
  const gone = new Set(ended.flatMap(({ hubspotId, salesforceId }) => [hubspotId, salesforceId]));
  return {
    read: result.read.hubspot + result.read.salesforce,
    marked: marked.filter((key) => !gone.has(key.slice(key.lastIndexOf(":") + 1))),
    wrote: writesOf(result),
  };
}

test("Nothing that we wrote is marked by the runs that read it back, soon and when the settled lane comes by", async () => {
  await prepareEverything(world);
  let wrote = 0;
  // Until nobody's edit is unread any more.
  for (let run = 0; run < 4; run += 1) {
    await world.pass(5);
    wrote += (await marking()).wrote;
  }
  expect(wrote).toBeGreaterThan(10);
  let read = 0;
  for (const minutes of [1, 5, 70, 5, 1_500, 5]) {
    await world.pass(minutes);
    const run = await marking();
    read += run.read;
    expect([run.marked, run.wrote], `${minutes} minutes later`).toEqual([[], 0]);
  }
  expect(read).toBeGreaterThan(4);
});

/** A field on both sides; what is entered on one, so that we write it to the other, and what somebody enters there right after that. */
const ENTRIES: readonly (readonly [hubspot: string, salesforce: string, first: Entry, after: Entry])[] = [
  ["firstname", "FirstName", "Anna", "Anne"],
  ["jobtitle", "Title", "Biologist", "Chemist"],
  ["phone", "Phone", "+14155550100", "+14155550199"],
  ["company", "Company", "Acme Ltd", "Acme Inc"],
  ["city", "City", "Berlin", "Bonn"],
  ["employees", "NumberOfEmployees", 20, 30],
  ["budget", "Budget_Known__c", true, false],
  ["product_interest", "Product_Interest__c", "analytics", "reporting"],
  ["do_not_call", "DoNotCall", true, false],
];

type Entry = string | number | boolean;

function enter(ann: Couple, system: System, [hubspot, salesforce]: readonly string[], value: Entry): void {
  if (system === "hubspot") ann.hubspot({ [hubspot ?? ""]: String(value) });
  else ann.salesforce({ [salesforce ?? ""]: value });
}

function keyOf(ann: Couple, system: System): string {
  return system === "hubspot" ? `h:${ann.hubspotId}` : `s:Lead:${ann.leadId}`;
}

/** One couple for each field and the side that we write it to. */
async function written(): Promise<
  readonly { readonly ann: Couple; readonly to: System; readonly entry: (typeof ENTRIES)[number] }[]
> {
  const cases = ENTRIES.flatMap((entry) => SYSTEMS.map((to) => ({ to, entry })));
  const people = await couples(world, cases.length);
  const met = cases.map((one, index) => ({ ...one, ann: people[index] as Couple }));
  for (const { ann, to, entry } of met) enter(ann, otherSystem(to), [entry[0], entry[1]], entry[2]);
  await world.pass(5);
  return met;
}

test("What a person enters right after our write of the same field is marked by the run that reads it", async () => {
  const met = await written();
  expect((await marking()).wrote).toBeGreaterThanOrEqual(met.length);
  for (const { ann, to, entry } of met) enter(ann, to, [entry[0], entry[1]], entry[3]);
  await world.pass(5);
  const { marked } = await marking();
  const missed = met.filter(({ ann, to }) => !marked.includes(keyOf(ann, to)));
  expect(missed.map(({ to, entry }) => `${entry[0]} in ${to}`)).toEqual([]);
});

test("So it is while the answer to our write is still missing", async () => {
  const met = await written();
  const deaf = world.dependencies();
  for (const client of Object.values(deaf.clients)) {
    const write = client.write.bind(client);
    const unheard: CrmClient["write"] = async (writes) => {
      await write(writes);
      return writes.map(({ key }) => ({ kind: "unknown", key, message: "no answer" }));
    };
    Object.assign(client, { write: unheard });
  }
  await marking(deaf);
  expect((await world.store.counts())["unresolvedIntents"]).toBeGreaterThanOrEqual(met.length);
  for (const { ann, to, entry } of met) enter(ann, to, [entry[0], entry[1]], entry[3]);
  await world.pass(1);
  const { marked } = await marking();
  const missed = met.filter(({ ann, to }) => !marked.includes(keyOf(ann, to)));
  expect(missed.map(({ to, entry }) => `${entry[0]} in ${to}`)).toEqual([]);
});

/** What we put on both records ourselves, and what somebody puts in its place. */
const OURS: readonly (readonly [hubspot: string, salesforce: string, instead: Entry])[] = [
  ["leadloop_key", "LeadLoop_Key__c", "mine"],
  ["leadloop_score", "LeadLoop_Score__c", 99],
  ["lifecyclestage", "LeadLoop_Stage__c", ""],
];

test("Whoever changes what is LeadLoop's own on a record is noticed", async () => {
  const cases = OURS.flatMap(([hubspot, salesforce, instead]) =>
    SYSTEMS.map((to) => ({ to, hubspot, salesforce, instead })),
  );
  const people = await couples(world, cases.length);
  for (const [index, { to, hubspot, salesforce, instead }] of cases.entries()) {
    const stage = to === "hubspot" ? "salesqualifiedlead" : "SQL";
    enter(people[index] as Couple, to, [hubspot, salesforce], instead === "" ? stage : instead);
  }
  await world.pass(5);
  const { marked } = await marking();
  const missed = cases.filter(({ to }, index) => !marked.includes(keyOf(people[index] as Couple, to)));
  expect(missed.map(({ hubspot, to }) => `${hubspot} in ${to}`)).toEqual([]);
});
