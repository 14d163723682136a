/** One short story with everything a run does in it, played with and without a kill at a given await. */
import type { Loaded } from "../../src/config/load-config.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { couples } from "./couple.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "./sync-world.ts";

export interface Kill {
  /** Number of the await, from 0, over the stores' and the clients' calls of the run. */
  readonly kill: number;
  /** Whether the call that the run died in took effect. */
  readonly moment: "before" | "after";
}

/** What the world looks like to its people, and what the ledger says, without ids. */
export interface EndState {
  readonly contacts: readonly unknown[];
  readonly leads: readonly unknown[];
  readonly tasks: readonly unknown[];
  readonly conflicts: readonly unknown[];
  readonly stages: readonly unknown[];
  readonly pending: number;
  /** Writes of which it is still open whether they arrived; `status` shows them. */
  readonly unconfirmed: number;
}

/** The same story without a kill, and the awaits of its first run by name: `store.commitDecisions`. */
export async function playUndisturbed(
  database: SharedDatabase,
): Promise<{ readonly end: EndState; readonly awaits: readonly string[] }> {
  const world = await openSyncWorld(database, { seed: "crash", adjust: archiving });
  try {
    await prepareEverything(world);
    const gallows = new Gallows(null);
    await runSync(gallows.around(world.dependencies()));
    await comeToRest(world);
    return { end: await endState(world), awaits: gallows.awaits };
  } finally {
    await world.close();
  }
}

export async function playKilled(
  database: SharedDatabase,
  kill: Kill,
): Promise<{ readonly end: EndState; readonly label: string }> {
  const world = await openSyncWorld(database, { seed: "crash", adjust: archiving });
  try {
    await prepareEverything(world);
    const gallows = new Gallows(kill);
    await Promise.race([runSync(gallows.around(world.dependencies())).catch(() => undefined), gallows.died]);
    await comeToRest(world);
    return { end: await endState(world), label: gallows.label };
  } finally {
    await world.close();
  }
}

function archiving(loaded: Loaded): Loaded {
  return { ...loaded, mappings: loaded.mappings.map((mapping) => ({ ...mapping, onDelete: "archive" })) };
}

/** Creates both ways, updates both ways, a conflict, an MQL with its task, a stage that goes back, and a deletion that is followed. */
export async function prepareEverything(world: SyncWorld): Promise<void> {
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? salesforce.people.managerId;
  const [linked, recycled, handed, deleted] = await couples(world, 4);
  if (linked === undefined || recycled === undefined || handed === undefined || deleted === undefined)
    throw new Error("four couples were asked for");
  recycled.hubspot({ lifecyclestage: "salesqualifiedlead" });
  await world.settle();
  hubspot.createContact(
    { email: "new-mql@example.com", lastname: "New", lifecyclestage: "marketingqualifiedlead" },
    MARKETER,
  );
  salesforce.create("Lead", { Email: "new-lead@example.com", LastName: "Own", Company: "Acme" }, rep);
  salesforce.remove("Lead", deleted.leadId, rep);
  linked.salesforce({ Title: "Earlier", FirstName: "Anna" });
  recycled.salesforce({ LeadLoop_Rejection__c: "Bad timing", Status: "Closed - Not Converted" });
  handed.hubspot({ lifecyclestage: "marketingqualifiedlead", city: "Berlin" });
  await world.pass(10);
  linked.hubspot({ jobtitle: "Later", lastname: "Leigh" });
  await world.pass(5);
}

/** The lease runs out, then runs follow until one writes nothing and nothing is pending. */
async function comeToRest(world: SyncWorld): Promise<void> {
  await world.settle();
  await world.pass(70);
  await world.settle();
}

export async function endState(world: SyncWorld): Promise<EndState> {
  const { hubspot, salesforce } = world.sandbox;
  const pick = (record: object, names: readonly string[]): unknown =>
    names.map((name) => (record as Readonly<Record<string, unknown>>)[name] ?? null);
  const links = await world.store.scanLinks(null, 1_000);
  const emails = new Map(links.map((link) => [link.id, link.email]));
  const stages = await world.store.stageEventsOf(links.map((link) => link.id));
  const conflicts = await world.store.conflicts({ limit: 1_000 });
  return {
    contacts: hubspot
      .contacts()
      .map(({ properties, archived }) => [archived, pick(properties, CONTACT_FIELDS)])
      .sort(byText),
    leads: salesforce
      .records("Lead")
      .map((lead) => pick(lead, LEAD_FIELDS))
      .sort(byText),
    tasks: salesforce
      .records("Task")
      .map((task) => pick(task, ["Subject", "Status", "IsDeleted"]))
      .sort(byText),
    conflicts: conflicts
      .map(({ link, field, hubspot: h, salesforce: s, kept }) => [emails.get(link), field, h, s, kept])
      .sort(byText),
    stages: stages.map(({ link, epoch, stage }) => [emails.get(link), epoch, stage]).sort(byText),
    pending: links.filter((link) => Object.values(link.fields).some((field) => field.register !== undefined)).length,
    unconfirmed: (await world.store.counts())["unresolvedIntents"] ?? -1,
  };
}

const CONTACT_FIELDS = [
  "email",
  "firstname",
  "lastname",
  "jobtitle",
  "city",
  "lifecyclestage",
  "leadloop_score",
  "hubspot_owner_id",
];
const LEAD_FIELDS = [
  "Email",
  "FirstName",
  "LastName",
  "Title",
  "City",
  "LeadLoop_Stage__c",
  "LeadLoop_Epoch__c",
  "LeadLoop_Score__c",
  "OwnerId",
  "IsDeleted",
];

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Counts every call of the store and the clients, and lets the run die at one of them: that call and all later ones never answer. */
class Gallows {
  readonly #kill: Kill | null;
  readonly died: Promise<void>;
  #die: () => void = () => {};
  #dead = false;
  readonly awaits: string[] = [];
  label = "not reached";

  constructor(kill: Kill | null) {
    this.#kill = kill;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  around(dependencies: SyncDependencies): SyncDependencies {
    const { clients } = dependencies;
    return {
      ...dependencies,
      store: this.#wrap("store", dependencies.store),
      clients: {
        hubspot: this.#wrap("hubspot", clients.hubspot),
        salesforce: this.#wrap("salesforce", clients.salesforce),
      },
    };
  }

  #wrap<Thing extends StateStore | CrmClient>(name: string, thing: Thing): Thing {
    return new Proxy(thing, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== "function") return member;
        if (property === "readChanges" || property === "readArchived") return member.bind(target);
        return (...values: unknown[]) => this.#call(`${name}.${String(property)}`, () => member.apply(target, values));
      },
    });
  }

  async #call(label: string, call: () => unknown): Promise<unknown> {
    if (this.#dead) return this.#never();
    const now = this.awaits.length === this.#kill?.kill;
    this.awaits.push(label);
    if (!now) return call();
    this.#dead = true;
    this.label = label;
    // Only the effect counts: nobody is left to hear the answer.
    if (this.#kill?.moment === "after") await Promise.resolve(call()).catch(() => undefined);
    this.#die();
    return this.#never();
  }

  #never(): Promise<never> {
    return new Promise(() => {});
  }
}
