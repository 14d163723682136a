/** The sandbox in a process of its own for the benchmark: pairs made at the start, edits on request over the parent's channel. */
import { createSandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { realClock } from "../../src/sandbox/sandbox-clock.ts";

const pairs = Number(process.argv[2] ?? "10000");
/** Contacts beside them whom sales is waiting for, and who are not in Salesforce. */
const onlyInHubSpot = Number(process.argv[3] ?? "0");
const WEEK_AGO = Date.now() - 7 * 86_400_000;
const clock = realClock();
const sandbox = createSandbox({
  seed: "bench",
  clock,
  // The figures are about calls, CPU and memory: limits that only make one wait are lifted.
  limits: { hubspotBurst: 1_000_000, hubspotSearch: 1_000_000, hubspotDaily: 10_000_000, salesforceDaily: 10_000_000 },
});
const rep = sandbox.salesforce.records("User").find((user) => user["IsActive"] === true)?.["Id"];
const people = Array.from({ length: pairs }, (_, index) => ({
  email: `person${index}@company${index % 900}.example.com`,
  first: `First${index}`,
  last: `Last${index}`,
  phone: `+1202555${String(index % 10_000).padStart(4, "0")}`,
  title: "Manager",
}));
const contacts = sandbox.hubspot.importContacts(
  people.map((person) => ({
    properties: {
      email: person.email,
      firstname: person.first,
      lastname: person.last,
      phone: person.phone,
      jobtitle: person.title,
      company: "Company",
    },
    createdAt: new Date(WEEK_AGO).toISOString(),
  })),
);
sandbox.hubspot.importContacts(
  Array.from({ length: onlyInHubSpot }, (_, index) => ({
    properties: {
      email: `waiting${index}@company${index % 900}.example.com`,
      firstname: `Waiting${index}`,
      lastname: `Last${index}`,
      company: "Company",
      lifecyclestage: "salesqualifiedlead",
    },
    createdAt: new Date(WEEK_AGO).toISOString(),
  })),
);
const leads = people.map((person) =>
  sandbox.salesforce.create(
    "Lead",
    {
      Email: person.email,
      FirstName: person.first,
      LastName: person.last,
      Phone: person.phone,
      Title: person.title,
      Company: "Company",
    },
    String(rep),
    WEEK_AGO,
  ),
);
const running = await startSandbox(sandbox);
const byUser = { sourceType: "CRM_UI", sourceId: "userId:1" } as const;
let round = 0;

/** What both systems hold, counted by address and by our own key. */
function counted() {
  const held = sandbox.salesforce.records("Lead").filter((lead) => lead["IsDeleted"] !== true);
  const keys = new Map(held.map((lead) => [String(lead["Email"]), lead["LeadLoop_Key__c"]]));
  const present = sandbox.hubspot.contacts();
  const matching = present.filter(({ properties }) => {
    const key = properties["leadloop_key"];
    return typeof key === "string" && key !== "" && keys.get(properties["email"] ?? "") === key;
  });
  return {
    leads: held.length,
    addresses: keys.size,
    contacts: present.length,
    contactAddresses: new Set(present.map(({ properties }) => properties["email"])).size,
    samePersonOnBothSides: matching.length,
    calls: { ...sandbox.calls },
  };
}

process.on("message", (message: { readonly edit?: number; readonly count?: true; readonly aheadMs?: number }) => {
  if (message.aheadMs !== undefined) {
    clock.set(Date.now() + message.aheadMs);
    process.send?.({ aheadMs: message.aheadMs });
    return;
  }
  if (message.count === true) {
    process.send?.(counted());
    return;
  }
  const count = message.edit ?? 0;
  round += 1;
  for (let index = 0; index < count; index += 1) {
    sandbox.hubspot.editContact(contacts[index] ?? "", { lastname: `Lovelace ${round}.${index}` }, byUser);
    sandbox.salesforce.edit("Lead", leads[count + index] ?? "", { LastName: `Hopper ${round}.${index}` }, String(rep));
  }
  process.send?.({ edited: count });
});
process.send?.({ hubspotUrl: running.hubspotUrl, salesforceUrl: running.salesforceUrl });
