/** Each danger of config/safety.yml, by count and by share: the run stops before its first write, tells people with a sample, and goes on once it is approved. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SafetyLimit, SafetyLimits } from "../../src/core/model/connector-settings.ts";
import type { Notice } from "../../src/core/model/notice.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type Couple, couples } from "../support/couple.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const PEOPLE = 8;
/** One more than either limit allows. */
const TOO_MANY = 4;
const BY_COUNT: SafetyLimit = { atMost: 3, share: 0 };
const BY_SHARE: SafetyLimit = { atMost: 0, share: 0.4 };
const NO_LIMIT: SafetyLimit = { atMost: 1_000, share: 1 };
const UNLIMITED: SafetyLimits = {
  blank: NO_LIMIT,
  delete: NO_LIMIT,
  regress: NO_LIMIT,
  change: NO_LIMIT,
  create: NO_LIMIT,
};

interface Danger {
  readonly kind: keyof SafetyLimits;
  readonly says: RegExp;
  readonly sample: RegExp;
  /** What a person does to one more of the people. */
  readonly deed: (world: SyncWorld, person: Couple, index: number) => void;
  /** How many have come to it on the other side. */
  readonly done: (world: SyncWorld, people: readonly Couple[]) => Promise<number>;
}

const DANGERS: readonly Danger[] = [
  {
    kind: "blank",
    says: /blank 4 values, and config\/safety\.yml allows 3 \(blank\)/,
    sample: /- Ann Lee, update of salesforce Lead 00Q\w+: Title \(blank\)/,
    deed: (_world, person) => person.hubspot({ jobtitle: "" }),
    done: async (_world, people) => people.filter((person) => person.salesforceValue("Title") === null).length,
  },
  {
    kind: "delete",
    says: /end the links of 4 people who were deleted on one side, and config\/safety\.yml allows 3 \(delete\)/,
    sample: /- Ann Lee, whose Salesforce Lead 00Q\w+ was deleted/,
    deed: ({ sandbox }, person) =>
      sandbox.salesforce.remove("Lead", person.leadId, sandbox.salesforce.people.repIds[0] ?? ""),
    done: async ({ store }) => PEOPLE - ((await store.counts())["linked"] ?? 0),
  },
  {
    kind: "regress",
    says: /move 4 people back a stage, and config\/safety\.yml allows 3 \(regress\)/,
    sample: /- Ann Lee, update of hubspot contacts \d+: lifecyclestage/,
    deed: (_world, person) =>
      person.salesforce({ LeadLoop_Rejection__c: "Bad timing", Status: "Closed - Not Converted" }),
    done: async (_world, people) =>
      people.filter((person) => person.hubspotValue("lifecyclestage") !== "salesqualifiedlead").length,
  },
  {
    kind: "create",
    says: /make 4 records, and config\/safety\.yml allows 3 \(create\)/,
    sample: /- .*new-\d.*, create of salesforce Lead/,
    deed: ({ sandbox }, _person, index) => {
      const newcomer = { email: `new-${index}@example.com`, lastname: `new-${index}` };
      sandbox.hubspot.createContact({ ...newcomer, lifecyclestage: "marketingqualifiedlead" }, MARKETER);
    },
    done: async ({ sandbox }) => sandbox.salesforce.records("Lead").length - PEOPLE,
  },
];

let database: SharedDatabase;
beforeAll(async () => {
  database = await openSharedDatabase();
});
afterAll(() => database.close());

test.each(
  DANGERS.flatMap((danger) => [
    [danger.kind, "count", BY_COUNT, danger] as const,
    [danger.kind, "share", BY_SHARE, danger] as const,
  ]),
)(
  "%s beyond its %s stops before the first write, is told with a sample, and goes through once it is approved",
  async (kind, _by, limit, danger) => {
    const world = await openSyncWorld(database, {
      adjust: (loaded) => {
        const { connector } = loaded.rulebook;
        const rulebook = { ...loaded.rulebook, connector: { ...connector, chunkSize: 2 } };
        return { ...loaded, rulebook: { ...rulebook, safety: { ...UNLIMITED, [kind]: limit } } };
      },
    });
    try {
      const people = await couples(world, PEOPLE);
      for (const person of people) person.hubspot({ jobtitle: "Countess", lifecyclestage: "salesqualifiedlead" });
      await world.settle();
      for (const [index, person] of people.slice(0, TOO_MANY).entries()) danger.deed(world, person, index);
      await world.pass(10);
      const told: Notice[] = [];
      const send = async (notice: Notice) => {
        told.push(notice);
        return [];
      };
      const writes = { hubspot: world.sandbox.hubspot.contacts().map(({ properties }) => properties), done: 0 };
      const stopped = await world.sync({}, { ...world.dependencies(), notifier: { send } });
      expect(stopped.outcome).toBe("needs-attention");
      expect(stopped.reasons.join()).toMatch(danger.says);
      expect(await danger.done(world, people)).toBe(writes.done);
      expect(world.sandbox.hubspot.contacts().map(({ properties }) => properties)).toEqual(writes.hubspot);
      const notices = told.filter((notice) => notice.kind === "safety-stop");
      expect(notices).toHaveLength(1);
      expect(notices[0]?.text).toMatch(danger.sample);
      // Nothing changes by waiting: it is asked for every time.
      await world.pass(5);
      expect((await world.sync()).outcome).toBe("needs-attention");
      expect(await danger.done(world, people)).toBe(0);
      const approvePlan = /--approve ([0-9a-f]{10})/.exec(stopped.reasons.join())?.[1] ?? "no name";
      const approved = await world.sync({ approvePlan });
      expect(approved.reasons.join()).not.toMatch(/safety\.yml/);
      expect(await danger.done(world, people)).toBe(TOO_MANY);
      // Once: the next runs need no word, and the name opens nothing any more.
      await world.settle();
    } finally {
      await world.close();
    }
  },
);
