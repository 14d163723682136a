/** The rights that `doctor` asks an admin for follow from the configuration, and are what LeadLoop's calls make use of. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Loaded } from "../../src/config/load-config.ts";
import { ClosedLoopCounter } from "../../src/core/report/closed-loop.ts";
import { accessInWords, neededAccess } from "../../src/core/setup/needed-access.ts";
import { runReport } from "../../src/jobs/report-job.ts";
import { type CheckedRequest, checkedRequests } from "../../src/sandbox/request-checks.ts";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";
import { WRITER_HEADER } from "../support/written-by-a-test.ts";

/** Leads alone: nobody is created in Salesforce, and neither owners nor opt-outs are written. */
function least(loaded: Loaded): Loaded {
  const { report } = loaded.rulebook;
  return {
    ...loaded,
    mappings: loaded.mappings
      .filter(({ salesforce }) => salesforce === "Lead")
      .map((mapping) => ({
        ...mapping,
        create: ["hubspot"],
        onDelete: "unlink",
        fields: mapping.fields.filter(({ name }) => name !== "hs_email_optout" && name !== "hubspot_owner_id"),
      })),
    rulebook: { ...loaded.rulebook, report: { ...report, campaignSummary: null, campaignCosts: null } },
  };
}

/** Whatever asks for a right of its own. */
function most(loaded: Loaded): Loaded {
  const { report } = loaded.rulebook;
  return {
    ...loaded,
    mappings: loaded.mappings.map((mapping) => ({ ...mapping, onDelete: "archive" })),
    rulebook: {
      ...loaded.rulebook,
      report: { ...report, campaign: "landing_page", campaignSummary: "Description" },
    },
  };
}

const UNDER_SCOPE: readonly (readonly [RegExp, string | null])[] = [
  [/^(POST|GET) \/crm\/v3\/objects\/contacts(\/search|\/batch\/read|\/\d+)?$/, "crm.objects.contacts.read"],
  [/^POST \/crm\/v3\/objects\/contacts\/batch\/(create|update|upsert|archive)$/, "crm.objects.contacts.write"],
  [/^GET \/crm\/v3\/properties\/contacts$/, "crm.schemas.contacts.read"],
  [/^GET \/crm\/v3\/owners$/, "crm.objects.owners.read"],
  [/^POST \/communication-preferences\//, "communication_preferences.write"],
  // Every token may ask whose it is.
  [/^GET \/account-info\/v3\/details$/, null],
];

function scopeOf({ method, path }: CheckedRequest["request"]): string | null {
  const call = `${method} ${path}`;
  const found = UNDER_SCOPE.find(([pattern]) => pattern.test(call));
  if (found === undefined) throw new Error(`say which scope ${call} needs`);
  return found[1];
}

/** Key prefixes of the records that are deleted by id alone. */
const BY_PREFIX: Readonly<Record<string, string>> = { "00Q": "Lead", "003": "Contact" };

/** `right object` of all that a request asks for, its parts as well. */
function rightsOf({ method, path, query, body }: CheckedRequest["request"]): string[] {
  const text = decodeURIComponent(
    `${path}?${query.toString()} ${body}`.replaceAll("+", " ").replaceAll(/%(?![0-9A-F]{2})/gi, "%25"),
  );
  const read = [...text.matchAll(/\bFROM (\w+)|\/sobjects\/(\w+)\/describe/g)].map(
    ([, from, described]) => `Read ${from ?? described}`,
  );
  const types = [...new Set([...text.matchAll(/"attributes":\{"type":"(\w+)"/g)].map(([, type]) => type))];
  const verbs: Readonly<Record<string, string>> = { POST: "Create", PATCH: "Edit" };
  const rows = /\/composite\/sobjects/.test(path) ? types.map((type) => `${verbs[method]} ${type}`) : [];
  const deleted =
    method === "DELETE" ? (query.get("ids") ?? "").split(",").map((id) => `Delete ${BY_PREFIX[id.slice(0, 3)]}`) : [];
  const parts = [...text.matchAll(/"method":"(POST|PATCH|DELETE)","url":"[^"]*\/sobjects\/(\w+)/g)].map(
    ([, verb = "", object]) => `${verbs[verb] ?? "Delete"} ${object}`,
  );
  // The history of a record is read with the record, a queue with whoever may log in, and currencies by everybody.
  const seen = [...read, ...rows, ...deleted, ...parts].map((right) => right.replace(/(Lead|Contact)History$/, "$1"));
  return seen.filter((right) => !/ (Group|CurrencyType|DatedConversionRate|OpportunityContactRole)$/.test(right));
}

let world: TestWorld | undefined;
let sent: CheckedRequest[] = [];
const listen = (message: unknown): void => {
  const checked = message as CheckedRequest;
  if (!(WRITER_HEADER in checked.request.headers)) sent.push(checked);
};
beforeAll(() => checkedRequests.subscribe(listen));
afterAll(() => void checkedRequests.unsubscribe(listen));
afterEach(async () => {
  await world?.close();
  world = undefined;
  sent = [];
});

/** People who come, are handed over, opt out and are deleted; then a report. Gives what the calls of all that made use of. */
async function play(
  adjust: (loaded: Loaded) => Loaded,
): Promise<{ scopes: Set<string>; rights: Set<string>; loaded: Loaded }> {
  let adjusted: Loaded | undefined;
  world = await openTestWorld({
    adjust: (loaded) => {
      adjusted = adjust(loaded);
      return adjusted;
    },
  });
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const came = { lifecyclestage: "marketingqualifiedlead", landing_page: "/pricing" };
  salesforce.create("Campaign", { Name: "/pricing" }, rep);
  const lead = salesforce.create("Lead", { Email: "ann@example.com", LastName: "Ann", Company: "A" }, rep);
  salesforce.create("Contact", { Email: "bob@example.com", LastName: "Bob" }, rep);
  const ids = ["ann", "cleo", "dora"].map((name) =>
    hubspot.createContact({ email: `${name}@example.com`, lastname: name, ...came }, PERSON),
  );
  await world.settle();
  salesforce.edit("Lead", lead, { HasOptedOutOfEmail: true }, rep);
  hubspot.editContact(ids[0] ?? "", { jobtitle: "Chief" }, PERSON);
  // Where only leads are mapped nobody has taken him over, and somebody else stands in.
  const bob = hubspot.contactByEmail("bob@example.com")?.id ?? ids[2] ?? "";
  hubspot.editContact(bob, { jobtitle: "Clerk" }, PERSON);
  await world.settle();
  const { store, rulebook } = world.connection.dependencies();
  const asOf = world.clock.now();
  const request = { store, settings: rulebook.report, names: rulebook.lifecycle.names, folder: "" };
  await runReport({ ...request, window: { asOf, from: asOf, to: asOf } }, async (_folder, pages, frame) => {
    const counter = new ClosedLoopCounter(frame);
    for await (const page of pages) for (const person of page) counter.add(person);
    return { report: counter.finish() };
  });
  for (const id of [ids[1] ?? "", bob]) hubspot.archiveContact(id);
  await world.pass(25 * 60);
  await world.settle();
  if (adjusted === undefined) throw new Error("nothing was loaded");
  const scopes = sent.filter(({ system }) => system === "hubspot").map(({ request: one }) => scopeOf(one));
  const calls = sent.filter(({ system, request: one }) => system === "salesforce" && one.path.includes("/data/v"));
  return {
    scopes: new Set(scopes.filter((scope) => scope !== null)),
    rights: new Set(calls.flatMap(({ request: one }) => rightsOf(one))),
    loaded: adjusted,
  };
}

function told(loaded: Loaded): { scopes: string[]; rights: string[] } {
  const { scopes, objects } = neededAccess(loaded);
  return {
    scopes: [...scopes],
    rights: objects.flatMap(({ object, rights }) => rights.map((right) => `${right} ${object}`)),
  };
}

describe("what is asked for", () => {
  test.each([
    [null, "ActualCost", "Read on Campaign (`campaign-costs` in config/report.yml)"],
    ["Description", null, "Read and Edit on Campaign (`campaign-summary` in config/report.yml)"],
  ])("of campaigns, with campaign-summary %s and campaign-costs %s", (campaignSummary, campaignCosts, expected) => {
    const rulebook = { report: { campaignSummary, campaignCosts } };
    expect(accessInWords(neededAccess({ mappings: [], rulebook })).salesforce).toContain(expected);
  });

  test("of leads alone", async () => {
    const { scopes, rights, loaded } = await play(least);
    expect(accessInWords(neededAccess(loaded))).toEqual({
      hubspot: [
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.schemas.contacts.read",
        "crm.objects.owners.read",
        "crm.schemas.contacts.write (for `setup` only)",
      ],
      salesforce: [
        "API Enabled",
        "Read and Edit on Lead (with View All and Modify All, or with sharing that covers everybody)",
        "Read, Create and Edit on Task",
        "Read on Opportunity",
        "Read on Account (Salesforce asks for it beside Contact and Opportunity)",
        "Read on User",
        "Customize Application, and Manage Profiles and Permission Sets (for `setup` only)",
      ],
    });
    expect([...scopes].filter((scope) => !told(loaded).scopes.includes(scope))).toEqual([]);
    expect([...rights].filter((right) => !told(loaded).rights.includes(right))).toEqual([]);
  });

  test("where everything is used that asks for a right, and all of it is made use of", async () => {
    const { scopes, rights, loaded } = await play(most);
    expect(accessInWords(neededAccess(loaded))).toEqual({
      hubspot: [
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.schemas.contacts.read",
        "crm.objects.owners.read",
        "communication_preferences.write",
        "crm.schemas.contacts.write (for `setup` only)",
      ],
      salesforce: [
        "API Enabled",
        "Read, Edit and Delete on Contact (with View All and Modify All, or with sharing that covers everybody)",
        "Read, Create, Edit and Delete on Lead (with View All and Modify All, or with Transfer Leads and sharing that covers everybody)",
        "Read, Create and Edit on Task",
        "Read on Opportunity",
        "Read on Account (Salesforce asks for it beside Contact and Opportunity)",
        "Read on User",
        "Read and Edit on Campaign (`campaign-summary` and `campaign-costs` in config/report.yml)",
        "Customize Application, and Manage Profiles and Permission Sets (for `setup` only)",
      ],
    });
    expect([...scopes].toSorted()).toEqual(told(loaded).scopes.toSorted());
    expect([...rights].toSorted()).toEqual(told(loaded).rights.toSorted());
  });
});
