/** CSV files become the people of a sandbox, and only those of the description's folder are read. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadCsv } from "../../src/sandbox/load-csv.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";

const place = mkdtempSync(join(tmpdir(), "load-csv-"));
const folder = join(place, "data");
mkdirSync(join(folder, "within"), { recursive: true });
afterAll(() => rmSync(place, { recursive: true }));

function load(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const sandbox = createSandbox({ clock: manualClock(Date.UTC(2026, 0, 5)) });
  return { sandbox, loaded: () => loadCsv(sandbox, { description: join(folder, "load.yml") }) };
}

const people = 'id,since,source,size\n1,2025-01-02,"paid, search",10\n2,2025-02-03,unknown,\n3,2025-03-04,,7\n';
const deals = "id,won,rep,amount\n2,2025-02-01 10:20:30,r1,500\n3,2025-04-01 00:00:00,r2,\n";
const description = `
files:
  - name: people
    file: people.csv
    system: hubspot
    created: "{since}"
    properties:
      email: "p{id}@example.com"
      origin: "{source}"
      lifecyclestage: lead
      first_contact_at: { value: "{since}", as: datetime }
  - name: deals
    file: deals.csv
    system: salesforce
    object: Lead
    join: { file: people, on: id }
    created: "{people.since}"
    owner: "{rep}"
    fields:
      LastName: "P{id}"
      Company: { value: "", default: "[unknown]" }
      Email: "p{id}@example.com"
      NumberOfEmployees: { value: "{people.size}", as: number }
      Rating: { value: "{rep}", map: { r1: Hot, r2: Cold } }
    convert:
      at: "{won}"
      opportunity:
        StageName: Closed Won
        CloseDate: { value: "{won}", as: date }
        Amount: { value: "{amount}", as: number }
`;

test("rows become contacts as old as the row says, blanks left blank and commas kept", () => {
  const { sandbox, loaded } = load({ "load.yml": description, "people.csv": people, "deals.csv": deals });
  expect(loaded()).toEqual([
    { name: "people", created: 3, converted: 0 },
    { name: "deals", created: 2, converted: 2 },
  ]);
  const contacts = [1, 2, 3].map((id) => sandbox.hubspot.contactByEmail(`p${id}@example.com`));
  expect(contacts.map((contact) => contact?.properties["origin"])).toEqual(["paid, search", "unknown", undefined]);
  expect(contacts[0]).toMatchObject({ createdAt: expect.stringContaining("2025-01-02T00:00:00") });
  expect(sandbox.hubspot.contactHistory(contacts[0]?.id ?? "", "lifecyclestage")).toMatchObject([
    { value: "lead", timestamp: expect.stringContaining("2025-01-02T00:00:00") },
  ]);
});

test("joined rows become converted leads with won opportunities at the moment of the win", () => {
  const { sandbox, loaded } = load({ "load.yml": description, "people.csv": people, "deals.csv": deals });
  loaded();
  const { salesforce } = sandbox;
  const [early, late] = salesforce.records("Lead");
  // This win is older than the first contact: the lead is as old as its conversion.
  expect(early).toMatchObject({
    CreatedDate: "2025-02-01T10:20:30.000+0000",
    IsConverted: true,
    Rating: "Hot",
    NumberOfEmployees: null,
  });
  expect(late).toMatchObject({
    CreatedDate: "2025-03-04T00:00:00.000+0000",
    ConvertedDate: "2025-04-01",
    Rating: "Cold",
    NumberOfEmployees: 7,
    Company: "[unknown]",
  });
  expect([early?.["OwnerId"], late?.["OwnerId"]]).toEqual(salesforce.people.repIds.slice(0, 2));
  expect(salesforce.records("Opportunity")).toMatchObject([
    { IsWon: true, CloseDate: "2025-02-01", Amount: 500, LastStageChangeDate: "2025-02-01T10:20:30.000+0000" },
    { IsWon: true, CloseDate: "2025-04-01", Amount: null, LastStageChangeDate: "2025-04-01T00:00:00.000+0000" },
  ]);
});

test.each([
  ["a missing file", { "load.yml": description.replace("people.csv", "gone.csv") }, /gone\.csv cannot be read as CSV/],
  [
    "a column that is not there",
    { "load.yml": description.replace("p{id}", "p{nope}"), "people.csv": people },
    /people \(people\.csv\), row 1 has no column nope/,
  ],
  ["a word the description does not know", { "load.yml": description.replace("created:", "create:") }, /files\.0/],
  [
    "a date that is none",
    { "load.yml": description, "people.csv": people.replace("2025-02-03", "soon") },
    /row 2: "soon" is not a date/,
  ],
  [
    "a row the org refuses",
    { "load.yml": description.replace('"P{id}"', '""'), "people.csv": people, "deals.csv": deals },
    /deals \(deals\.csv\), row 1: Required fields are missing: \[LastName\]/,
  ],
  ["text that is not YAML", { "load.yml": "files: [" }, /load\.yml cannot be read/],
])("%s is told with its place", (_, files, message) => {
  const { loaded } = load(files as unknown as Record<string, string>);
  expect(loaded).toThrow(message);
});

const olist = new URL("../../../shared/data/olist", import.meta.url).pathname;

test.each(["../secret.csv", "link.csv", "within/../../secret.csv", "folder/secret.csv"])(
  "a description that names %s reads nothing outside of its folder",
  (name) => {
    writeFileSync(join(place, "secret.csv"), people);
    for (const link of ["link.csv", "folder"]) rmSync(join(folder, link), { force: true });
    symlinkSync(join(place, "secret.csv"), join(folder, "link.csv"));
    symlinkSync(place, join(folder, "folder"));
    const { sandbox, loaded } = load({ "load.yml": description.replace("people.csv", name), "deals.csv": deals });
    expect(loaded).toThrow(/outside of/);
    expect(sandbox.hubspot.contacts()).toEqual([]);
  },
);

describe.skipIf(!existsSync(olist))("the Olist funnel", () => {
  test("loads as 8,000 contacts with their origins and 842 won opportunities", () => {
    const sandbox = createSandbox({ clock: manualClock(Date.UTC(2018, 11, 1)) });
    const path = new URL("../support/olist/load.yml", import.meta.url).pathname;
    loadCsv(sandbox, { description: path, dataFolder: olist });
    const origins = new Map<string, number>();
    for (const { properties } of sandbox.hubspot.contacts()) {
      const origin = properties["origin"] ?? "(blank)";
      origins.set(origin, (origins.get(origin) ?? 0) + 1);
    }
    expect(Object.fromEntries(origins)).toMatchObject({ "organic search": 2296, unknown: 1099, "(blank)": 60 });
    const won = sandbox.salesforce.records("Opportunity");
    expect([won.length, won.every((row) => row["IsWon"] === true)]).toEqual([842, true]);
    expect(
      won
        .map((row) => String(row["LastStageChangeDate"]))
        .sort()
        .at(-1),
    ).toMatch(/^2018-11-14/);
  });
});
