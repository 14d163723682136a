/** Everybody is read by runs that are killed or out of time in the middle: the next one goes on where it stopped, nobody is missed, and nobody is there twice. */
import { afterEach, expect, test } from "vitest";
import type { CrmClient } from "../../src/jobs/ports.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import { lawSeed } from "../support/law-cases.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

/** One kill in every so many steps is tried; 1 tries them all. */
const EVERY = Number(process.env["LAWS_CRASH_EVERY"] ?? 8);
const PAIRS = 9;
const WAITING = 2;
const PEOPLE = PAIRS + WAITING;

let world: SyncWorld;
afterEach(() => world.close());

/** Few people, told in pages of four: leads by a query job, contacts by search. */
async function openCompany(): Promise<void> {
  world = await openSyncWorld(openMemoryDatabase(), {
    adjust: (loaded) => {
      const { connector } = loaded.rulebook;
      const bulk = { ...connector.bulk, readFromRecords: 5 };
      return { ...loaded, rulebook: { ...loaded.rulebook, connector: { ...connector, bulk } } };
    },
  });
  world.sandbox.hubspot.searchPage = 4;
  world.sandbox.salesforce.setBulkResultRows(4);
  for (let person = 0; person < PEOPLE; person += 1) addPerson(`person${person}`, person < PAIRS);
  await world.pass(10);
}

function addPerson(name: string, isPair: boolean): { readonly contact: string; readonly lead: string | null } {
  const { hubspot, salesforce } = world.sandbox;
  const [rep = ""] = salesforce.people.repIds;
  const email = `${name}@example.com`;
  const stage = isPair ? {} : { lifecyclestage: "salesqualifiedlead" };
  const contact = hubspot.createContact({ email, lastname: name, ...stage }, MARKETER);
  const lead = isPair ? salesforce.create("Lead", { Email: email, LastName: name, Company: "Acme" }, rep) : null;
  return { contact, lead };
}

/** Lets a run die at one of its calls or pages: that one and all later ones never answer. Gives how many there were, and where it died. */
class Gallows {
  readonly died: Promise<void>;
  #die: () => void = () => {};
  #dead = false;
  steps = 0;
  label = "";
  readonly #kill: number;
  readonly #moment: "before" | "after";

  constructor(kill: number, moment: "before" | "after") {
    this.#kill = kill;
    this.#moment = moment;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  around(dependencies: SyncDependencies): SyncDependencies {
    const { hubspot, salesforce } = dependencies.clients;
    return {
      ...dependencies,
      store: this.#wrap("store", dependencies.store),
      clients: { hubspot: this.#wrap("hubspot", hubspot), salesforce: this.#wrap("salesforce", salesforce) },
    };
  }

  #wrap<Thing extends StateStore | CrmClient>(name: string, thing: Thing): Thing {
    return new Proxy(thing, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== "function") return member;
        const label = `${name}.${String(property)}`;
        if (property !== "readChanges" && property !== "readArchived")
          return (...values: unknown[]) => this.#step(label, async () => member.apply(target, values));
        return (...values: unknown[]) => this.#pages(label, member.apply(target, values) as AsyncIterable<unknown>);
      },
    });
  }

  async *#pages(label: string, pages: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const iterator = pages[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.#step(label, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async #step<Result>(label: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#dead) return new Promise(() => {});
    this.steps += 1;
    if (this.steps !== this.#kill) return work();
    this.#dead = true;
    this.label = `${this.#moment} ${label}`;
    if (this.#moment === "after") await work().catch(() => undefined);
    this.#die();
    return new Promise(() => {});
  }
}

/** Reads one page, stores where it is, and says that its time is up. */
function outOfTimeAtOnce(dependencies: SyncDependencies): SyncDependencies {
  const { rulebook } = dependencies;
  return { ...dependencies, rulebook: { ...rulebook, connector: { ...rulebook.connector, timeBudgetSeconds: 0 } } };
}

async function runUntil(kill: number, moment: "before" | "after"): Promise<Gallows> {
  const gallows = new Gallows(kill, moment);
  await Promise.race([runSync(gallows.around(world.dependencies())), gallows.died]);
  return gallows;
}

async function expectEverybodyOnce(label: string, people = PEOPLE): Promise<void> {
  await world.settle();
  const leads = world.sandbox.salesforce.records("Lead");
  const contacts = world.sandbox.hubspot.contacts();
  const keys = new Map(leads.map((lead) => [lead["Email"], lead["LeadLoop_Key__c"]]));
  expect([leads.length, contacts.length, keys.size], label).toEqual([people, people, people]);
  for (const { properties } of contacts)
    expect(keys.get(properties["email"] ?? ""), `${properties["email"]} ${label}`).toBe(properties["leadloop_key"]);
  expect(await world.store.counts(), label).toMatchObject({ linked: people, people });
  expect(await world.store.readPasses(), label).toEqual([]);
}

const jobsMade = (): number => world.sandbox.calls.byPath["POST /services/data/v66.0/jobs/query"] ?? 0;
const searches = (): number => world.sandbox.calls.byPath["POST /crm/v3/objects/contacts/search"] ?? 0;

test.each(["before", "after"] as const)(
  "killed just %s any step, everybody is there once in the end",
  async (moment) => {
    await openCompany();
    const undisturbed = await runUntil(Number.POSITIVE_INFINITY, moment);
    await expectEverybodyOnce("undisturbed");
    expect(undisturbed.steps).toBeGreaterThan(30);
    for (let kill = 1 + ((lawSeed ?? Date.now()) % EVERY); kill <= undisturbed.steps; kill += EVERY) {
      await world.close();
      await openCompany();
      // The run that dies goes on in the middle of what others have begun, or begins.
      for (let earlier = 0; earlier < kill % 9; earlier += 1)
        await world.sync({}, outOfTimeAtOnce(world.dependencies()));
      const { label } = await runUntil(kill, moment);
      await world.pass(10);
      // By people, behind the back of whoever goes on: some were passed already, some not.
      const edited = world.sandbox.hubspot
        .contacts()
        .find(({ properties }) => properties["email"] === "person3@example.com");
      if (edited !== undefined) world.sandbox.hubspot.editContact(edited.id, { jobtitle: "Edited" }, MARKETER);
      addPerson("late", true);
      await world.pass(10);
      await expectEverybodyOnce(`killed ${label}`, PEOPLE + 1);
      const lead = world.sandbox.salesforce.records("Lead").find(({ Email }) => Email === "person3@example.com");
      expect(lead?.["Title"], `killed ${label}`).toBe("Edited");
    }
  },
  600_000,
);

test("a run that dies while Salesforce works on a job has a successor that asks for the same one", async () => {
  await openCompany();
  const gallows = new Gallows(Number.POSITIVE_INFINITY, "before");
  let pages = 0;
  const dependencies = world.dependencies();
  const { salesforce } = dependencies.clients;
  const dying = new Proxy(salesforce, {
    get: (target, property) => {
      if (property !== "readChanges") return Reflect.get(target, property, target);
      return async function* (...values: Parameters<CrmClient["readChanges"]>) {
        for await (const page of salesforce.readChanges(...values)) {
          pages += 1;
          if (pages > 3) return new Promise(() => {});
          yield page;
        }
        return undefined;
      };
    },
  });
  void runSync({ ...gallows.around(dependencies), clients: { ...dependencies.clients, salesforce: dying } });
  while (pages <= 3) await new Promise((resolve) => setImmediate(resolve));
  expect(jobsMade()).toBe(1);
  await world.pass(10);
  await expectEverybodyOnce("in mid-job");
  expect(jobsMade()).toBe(1);
});

test("runs that are out of time read on from where the last one stopped, and say so", async () => {
  await openCompany();
  const outcomes: unknown[] = [];
  for (let run = 0; run < 40; run += 1) {
    const { outcome, outOfTime, reasons } = await world.sync({}, outOfTimeAtOnce(world.dependencies()));
    outcomes.push({ outcome, outOfTime });
    if (!reasons.join().includes("reading everybody")) break;
    await world.pass(1);
  }
  expect(outcomes.slice(0, -1).every((told) => JSON.stringify(told) === '{"outcome":"paused","outOfTime":true}')).toBe(
    true,
  );
  expect(outcomes.length).toBeGreaterThan(6);
  expect(jobsMade()).toBe(1);
  // Three pages of eleven contacts and no page twice, then what has changed since.
  expect(searches()).toBe(4);
});

test("what a safety stop looks at is the sum of all the runs that read: nothing is written before a person has looked", async () => {
  await openCompany();
  await world.settle();
  const { salesforce } = world.sandbox;
  const [rep = ""] = salesforce.people.repIds;
  for (const lead of salesforce.records("Lead")) salesforce.edit("Lead", String(lead["Id"]), { Title: "Boss" }, rep);
  await world.pass(10);
  const limited = (): SyncDependencies => {
    const dependencies = world.dependencies();
    const { rulebook } = dependencies;
    const change = { atMost: 6, share: 0 };
    const connector = { ...rulebook.connector, chunkSize: 2 };
    return { ...dependencies, rulebook: { ...rulebook, connector, safety: { ...rulebook.safety, change } } };
  };
  // Two parts of the result, eight people, are read by runs that are out of time; three people are left to the next one.
  for (let read = 0; read < 8; ) {
    const { outOfTime } = await world.sync({ full: true }, outOfTimeAtOnce(limited()));
    expect(outOfTime).toBe(true);
    await world.pass(1);
    read = Math.max(...(await world.store.readPasses()).map(({ foreseen }) => foreseen.change));
  }
  const result = await world.sync({ full: true }, limited());
  expect(result.reasons.join()).toContain("Nothing of it was written");
  expect([result.outcome, writesOf(result)]).toEqual(["needs-attention", 0]);
});
