/** An owner whom the other system does not know, or who left: the lead goes to whom routing names, the rule is on record and in the log, and nobody waits. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Log, LogEvent } from "../../src/jobs/ports.ts";
import { defaultOwners } from "../../src/sandbox/hubspot/account-setup.ts";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

const NOBODY_IN_SALESFORCE = { id: "777", email: "nina@elsewhere.example.com", userId: 777, archived: false };
const LEFT = "534947";
const logged: LogEvent[] = [];
const note = (event: LogEvent): void => void logged.push(event);
const log: Log = { debug: note, info: note, warn: note, error: note };
let world: TestWorld;

beforeAll(async () => {
  const [somebody] = defaultOwners;
  if (somebody === undefined) throw new Error("the stand-in has no owners");
  world = await openTestWorld({
    log,
    sandbox: { hubspot: { owners: [...defaultOwners, { ...somebody, ...NOBODY_IN_SALESFORCE }] } },
  });
});
afterAll(() => world.close());

test.each([
  ["is known to HubSpot alone", "777"],
  ["has left", LEFT],
])(
  "an MQL whose owner in HubSpot %s is given to the default owner, with one task, and both systems and the log say so",
  async (_what, owner) => {
    const { hubspot, salesforce } = world.sandbox;
    const email = `of-${owner}@example.com`;
    const mql = { lifecyclestage: "marketingqualifiedlead", country: "Brazil", hubspot_owner_id: owner };
    const id = hubspot.createContact({ email, lastname: "Lee", ...mql }, PERSON);
    logged.length = 0;
    await world.pass(5);
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "done", written: { tasks: 1 } });
    const [lead] = salesforce.recordsBy("Lead", "Email", email);
    const user = salesforce.record("User", String(lead?.["OwnerId"]));
    expect(user).toMatchObject({ Email: "elena.petrova@northwind.example.com", IsActive: true });
    const given = hubspot.owners.find((each) => each.id === hubspot.contact(id)?.properties["hubspot_owner_id"]);
    expect(given?.email).toBe(user?.["Email"]);
    const task = salesforce.records("Task").find(({ WhoId }) => WhoId === lead?.["Id"]);
    expect(task?.["OwnerId"]).toBe(lead?.["OwnerId"]);
    const [link] = await world.connection.store.linksByEmail([email]);
    expect(logged).toContainEqual({ event: "handoff.made", link: link?.id, rule: "latin-america" });
    expect((await world.settle()).outcome).toBe("done");
  },
);
