/** Setting up two accounts that have none of LeadLoop's fields: shown first, made with --yes, and what is left for the admin is said. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentOf } from "./cli-process.ts";
import { type CliWorld, openCliWorld } from "./cli-world.ts";

interface SetupDocument {
  readonly missing: readonly {
    readonly system: string;
    readonly object: string;
    readonly name: string;
    readonly unique: boolean;
  }[];
  readonly unmade: readonly { readonly name: string; readonly reason: string }[];
  readonly made: readonly { readonly name: string }[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  readonly granted: number;
  readonly grantRefused: string | null;
  readonly hidden: readonly { readonly object: string; readonly name: string }[];
}

let world: CliWorld;

beforeAll(async () => {
  world = await openCliWorld({ bare: true });
});
afterAll(() => world.close());

describe("setup", () => {
  test("shows what is missing and changes nothing", async () => {
    const answer = await world.run(["setup", "--json"]);
    const { missing, made } = documentOf(answer) as SetupDocument;
    expect(answer.exit).toBe(3);
    expect(made).toEqual([]);
    expect(missing.map(({ system, object, name }) => `${system} ${object} ${name}`)).toEqual(
      expect.arrayContaining([
        "hubspot contacts leadloop_key",
        "salesforce Lead LeadLoop_Key__c",
        "salesforce Contact LeadLoop_Key__c",
        "salesforce Task LeadLoop_Cause__c",
        "salesforce Lead LeadLoop_Stage__c",
      ]),
    );
    expect(
      missing
        .filter((field) => field.unique)
        .map((field) => field.name)
        .sort(),
    ).toEqual(["LeadLoop_Cause__c", "LeadLoop_Key__c", "LeadLoop_Key__c", "leadloop_key"]);
    expect(world.sandbox.salesforce.state.catalog.object("Task")?.fields.has("LeadLoop_Cause__c")).toBe(false);
  });

  test("with --yes makes them, and names those that it may not let anybody see", async () => {
    const errors = [
      { statusCode: "INSUFFICIENT_ACCESS_OR_READONLY", message: "insufficient access rights", fields: [] },
    ];
    const body = [{ success: false, errors }];
    const fault = { kind: "answer", status: 200, body } as const;
    world.sandbox.salesforceFaults.add({ method: "POST", path: "/composite/sobjects", fault });
    const answer = await world.run(["setup", "--yes", "--json"]);
    const { missing, made, refused, hidden, grantRefused } = documentOf(answer) as SetupDocument;
    expect(answer.exit).toBe(3);
    expect(refused).toEqual([]);
    expect(grantRefused).toContain("INSUFFICIENT_ACCESS_OR_READONLY");
    expect(made).toHaveLength(missing.length);
    expect(hidden).toHaveLength(made.filter((field) => field.name.endsWith("__c")).length);
  });

  test("a second time, with the right to do so, shows them to LeadLoop's user by one permission set", async () => {
    const { made, refused, hidden, granted, grantRefused } = documentOf(
      await world.run(["setup", "--yes", "--json"]),
    ) as SetupDocument;
    expect([made, refused, hidden, grantRefused]).toEqual([[], [], [], null]);
    const rows = world.sandbox.salesforce.records("FieldPermissions");
    expect(rows).toHaveLength(granted);
    expect(rows.every((row) => row["PermissionsRead"] === true && row["PermissionsEdit"] === true)).toBe(true);
    expect(world.sandbox.salesforce.records("PermissionSet")).toMatchObject([{ Name: "LeadLoop" }]);
    expect(world.sandbox.salesforce.records("PermissionSetAssignment")).toMatchObject([
      { AssigneeId: world.sandbox.salesforce.people.integrationUserId },
    ]);
  });

  test("says what only an admin can name, and makes its other side once it is there", async () => {
    const { unmade } = documentOf(await world.run(["setup", "--json"])) as SetupDocument;
    expect([...new Set(unmade.map((field) => field.name))].sort()).toEqual(["Product_Interest__c", "product_interest"]);
    world.sandbox.hubspot.defineProperty({
      name: "product_interest",
      label: "Product interest",
      type: "enumeration",
      fieldType: "checkbox",
      groupName: "contactinformation",
      options: ["Analytics", "Storage"].map((value, index) => ({
        label: value,
        value,
        displayOrder: index,
        hidden: false,
      })),
    });
    const { made, hidden, grantRefused } = documentOf(await world.run(["setup", "--yes", "--json"])) as SetupDocument;
    expect(grantRefused).toBeNull();
    expect(made.map((field) => field.name)).toEqual(["Product_Interest__c", "Product_Interest__c"]);
    expect([hidden, world.sandbox.salesforce.records("PermissionSet").length]).toEqual([[], 1]);
    const definition = world.sandbox.salesforce.state.catalog.object("Lead")?.fields.get("Product_Interest__c");
    expect(definition?.picklistValues.map((value) => value.value)).toEqual(["Analytics", "Storage"]);
  });

  test("then nothing is missing, a second time makes nothing, and the fields are what LeadLoop needs", async () => {
    const again = await world.runProgram(["setup", "--yes"]);
    expect(again.stdout).toContain("Nothing is missing");
    expect(again.exit).toBe(0);
    const live = documentOf(await world.run(["check", "--live", "--json"])) as { issues: readonly object[] };
    expect(live.issues).toEqual([]);
  });
});

describe("doctor", () => {
  test("says in a line each what is well", async () => {
    const answer = await world.runProgram(["doctor"]);
    expect(answer.exit).toBe(0);
    expect(answer.stdout).toMatch(/ok +HubSpot login +account \d+/);
    expect(answer.stdout).toMatch(/ok +Salesforce clock +agrees with ours/);
    expect(answer.stdout).toMatch(/ok +last run +none yet/);
    expect(answer.stdout).toContain("crm.objects.contacts.write");
    expect(answer.stdout.replaceAll(/\s+/g, " ")).toContain("Read on Campaign (`campaign-costs` in config/report.yml)");
    for (const line of answer.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("names a login that is refused and goes on with the rest", async () => {
    const answer = await world.run(["doctor", "--json"], { HUBSPOT_ACCESS_TOKEN: "pat-wrong" });
    const { findings } = documentOf(answer) as {
      findings: readonly { about: string; verdict: string; text: string }[];
    };
    expect(answer.exit).toBe(1);
    expect(findings.find((finding) => finding.verdict === "bad")).toMatchObject({
      about: "HubSpot",
      text: expect.stringContaining("HUBSPOT_ACCESS_TOKEN"),
    });
    expect(findings.find((finding) => finding.about === "Salesforce login")?.verdict).toBe("good");
    expect(JSON.stringify(findings)).not.toContain("pat-wrong");
  });

  test("tells that the state is reached in the clear, where the address says so", async () => {
    const answer = await world.run(["doctor", "--json"], {
      DATABASE_URL: "postgres://me:geheim@db.invalid/leads?sslmode=disable",
    });
    const { findings } = documentOf(answer) as {
      findings: readonly { about: string; verdict: string; text: string }[];
    };
    expect(findings.find(({ about }) => about === "way to the state")).toMatchObject({
      verdict: "look",
      text: expect.stringMatching(/in the clear.*sslmode=disable.*sslmode=verify-full encrypts it/),
    });
    expect(findings.find(({ about }) => about === "state")?.verdict).toBe("bad");
    expect(JSON.stringify(findings)).not.toContain("geheim");
  });
});
