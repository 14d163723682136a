/** The shipped configuration loads; what is missing or unreadable as a whole is said; one mistake is told once. */
import { chmodSync, mkdirSync, renameSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatIssues } from "../../src/config/format-issues.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { ConfigInvalid } from "../../src/core/errors.ts";
import { STAGES } from "../../src/core/model/rulebook.ts";
import { ConfigFolder } from "./config-folder.ts";

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.close());

describe("the shipped configuration", () => {
  const { mappings, rulebook, ownFields, fingerprint } = loadConfig({
    mappingsFolder: "mappings",
    configFolder: "config",
  });
  const mapping = (name: string) => mappings.find((one) => one.name === name)!;
  const field = (name: string) => mapping("contact-lead").fields.find((one) => one.name === name)!;

  test("has a mapping for leads and one for contacts, and creates leads only of who is ready for sales", () => {
    expect(mappings.map(({ name, salesforce, create, onDelete }) => ({ name, salesforce, create, onDelete }))).toEqual([
      { name: "contact-contact", salesforce: "Contact", create: ["hubspot"], onDelete: "unlink" },
      { name: "contact-lead", salesforce: "Lead", create: ["salesforce", "hubspot"], onDelete: "unlink" },
    ]);
    const { include } = mapping("contact-lead");
    expect(include?.holds({ email: "ada@lovelace.io", stage: "mql" }, "2026-11-22T12:00:00.000Z")).toBe(true);
    expect(include?.holds({ email: "ada@lovelace.io", stage: "lead" }, "2026-11-22T12:00:00.000Z")).toBe(false);
    expect(include?.holds({ email: null, stage: "mql" }, "2026-11-22T12:00:00.000Z")).toBe(false);
  });

  test("uses most of the sync rules", () => {
    expect(new Set(mapping("contact-lead").fields.map(({ rule }) => rule))).toEqual(
      new Set([
        "two-way",
        "prefer-salesforce-unless-blank",
        "prefer-hubspot-unless-blank",
        "never-blank",
        "most-restrictive",
        "union",
      ]),
    );
  });

  test("reads the placeholder of a required field as a blank, and writes it for one, so that it never travels to HubSpot", () => {
    const { transform } = field("company");
    expect(transform.decode("[unknown]", "salesforce")).toEqual({ ok: true, value: null });
    expect(transform.decode("[unknown]", "hubspot")).toEqual({ ok: true, value: "[unknown]" });
    expect(transform.encode(null, "salesforce", "[unknown]")).toEqual({ ok: true, value: "[unknown]" });
    expect(transform.encode("Acme", "salesforce", "[unknown]")).toEqual({ ok: true, value: "Acme" });
    expect(transform.encode(null, "hubspot", "Acme")).toEqual({ ok: true, value: null });
  });

  test("tightens an opt-out on both sides, reads a blank as none, and writes no consent over a blank", () => {
    const { transform } = field("hs_email_optout");
    expect(transform.encode("true", "hubspot", null)).toEqual({ ok: true, value: "true" });
    expect(transform.encode("true", "salesforce", false)).toEqual({ ok: true, value: true });
    expect(transform.decode(null, "hubspot")).toEqual({ ok: true, value: "false" });
    expect(transform.decode("", "hubspot")).toEqual({ ok: true, value: "false" });
    expect(transform.encode("false", "hubspot", null)).toEqual({ ok: true, value: null });
    expect(transform.encode("false", "hubspot", undefined)).toEqual({ ok: true, value: null });
    expect(transform.encode("false", "salesforce", false)).toEqual({ ok: true, value: false });
  });

  test("has sound time constants and limits", () => {
    expect(rulebook.connector).toMatchObject({
      overlapSeconds: 300,
      settledLagSeconds: { hubspot: 3600, salesforce: 600 },
      quarantineSeconds: 90,
      verifyAfterSeconds: 20,
      leaseSeconds: 120,
      timeBudgetSeconds: 720,
      requestTimeoutSeconds: 25,
      archivedSweepHours: 24,
      reconcileDays: 7,
      tieSide: "salesforce",
    });
    expect(rulebook.safety).toEqual({
      blank: { atMost: 50, share: 0 },
      delete: { atMost: 20, share: 0.005 },
      regress: { atMost: 20, share: 0.01 },
      change: { atMost: 500, share: 0.5 },
      create: { atMost: 1000, share: 0.25 },
    });
    expect(ownFields.key).toEqual({ hubspot: "leadloop_key", salesforce: "LeadLoop_Key__c" });
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test("has all ten stages, an MQL at 60 and caps that add up to 100", () => {
    expect(rulebook.lifecycle.names.map(({ stage }) => stage)).toEqual([...STAGES]);
    expect(rulebook.scoring.mqlAt).toBe(60);
    const caps = [...rulebook.scoring.fit, ...rulebook.scoring.engagement].map(({ cap }) => cap);
    expect(caps.reduce((sum, cap) => sum + cap, 0)).toBe(100);
  });
});

test("the defaults of safety.yml are the values that the shipped file shows", () => {
  const shipped = folder.load();
  folder.write("config/safety.yml", "{}");
  expect(folder.load().rulebook.safety).toEqual(shipped.rulebook.safety);
});

test("the defaults of connector.yml are the values that the shipped file shows", () => {
  const shipped = folder.load();
  const text = folder.read("config/connector.yml");
  folder.write("config/connector.yml", text.slice(text.indexOf("own-fields:")));
  expect(folder.load().rulebook.connector).toEqual(shipped.rulebook.connector);
});

describe("the fingerprint", () => {
  test("does not change with comments, layout or the order of keys", () => {
    const { fingerprint } = folder.load();
    folder.edit("config/report.yml", "source: origin ", "# a comment\nsource:   'origin' ");
    folder.edit(
      "config/scoring.yml",
      "mql-at: 60          # from this score on a person is an MQL\nrearm-below: 45 ",
      "rearm-below: 45\nmql-at: 60 ",
    );
    expect(folder.load().fingerprint).toBe(fingerprint);
  });

  test("changes with a decision", () => {
    const { fingerprint } = folder.load();
    folder.edit("config/scoring.yml", "mql-at: 60", "mql-at: 61");
    expect(folder.load().fingerprint).not.toBe(fingerprint);
  });
});

describe("files and folders", () => {
  test("a folder that is not there", () => {
    folder.remove("mappings");
    expect(folder.lines()).toEqual([
      "mappings:1:1  the folder: does not exist; create the folder, or set LEADLOOP_MAPPINGS to the right one",
    ]);
  });

  test("a folder without a mapping", () => {
    folder.remove("mappings/contact-lead.yml");
    folder.remove("mappings/contact-contact.yml");
    expect(folder.lines()).toEqual([
      "mappings:1:1  the file: holds no mapping; copy one of the shipped ones, such as contact-lead.yml",
    ]);
  });

  test("a file that is missing, and one that nobody reads", () => {
    renameSync(folder.path("config/scoring.yml"), folder.path("config/scorring.yml"));
    expect(folder.lines()).toEqual([
      "config/scoring.yml:1:1  the file: is missing; copy it from the shipped config folder",
      "config/scorring.yml:1:1  the file: is not read; rename it to scoring.yml",
    ]);
  });

  test("a file with the other ending", () => {
    folder.write("config/scoring.yaml", "");
    expect(folder.lines()).toEqual([
      "config/scoring.yaml:1:1  the file: is not read, because only names ending in .yml are; rename it, or move it away",
    ]);
  });

  test("a folder where a file belongs", () => {
    folder.remove("config/report.yml");
    mkdirSync(folder.path("config/report.yml"));
    expect(folder.lines()).toEqual([
      "config/report.yml:1:1  the file: is a folder, not a file; put a readable file there",
    ]);
  });

  test.skipIf(process.getuid?.() === 0)("a file that may not be read (nothing is forbidden to root)", () => {
    chmodSync(folder.path("config/report.yml"), 0);
    expect(folder.lines()).toContain(
      "config/report.yml:1:1  the file: may not be read by this user; put a readable file there",
    );
  });
});

test("all problems of all files are told at once, mappings first, each file from top to bottom", () => {
  folder.edit("config/scoring.yml", "employees >= 200", "employes >= 200");
  folder.edit("config/handoff.yml", "priority: High", "priority: Urgent");
  folder.edit("mappings/contact-lead.yml", "create: [salesforce, hubspot]", "create: [salesforce, hubspots]");
  folder.edit("mappings/contact-lead.yml", "as: phone", "as: fone");
  expect(folder.lines().map((line) => line.split("  ")[0])).toEqual([
    "mappings/contact-lead.yml:7:22",
    "mappings/contact-lead.yml:20:110",
    "config/handoff.yml:37:13",
    "config/scoring.yml:21:38",
  ]);
});

test("a file that cannot be read does not make every name of it a mistake elsewhere", () => {
  folder.write("mappings/contact-lead.yml", "hubspot: [");
  folder.edit("config/connector.yml", "chunk-size: 500", "chunk-size: many");
  folder.write("config/segments.yml", "segments: none");
  expect(folder.lines()).toEqual([
    "mappings/contact-lead.yml:1:11  the file: a closing ] or } is missing above, or this line belongs further to the right",
    'config/connector.yml:35:13  chunk-size: "many" is text; write a whole number of people from 1 to 2000',
    'config/segments.yml:1:11  segments: "none" is text; write a list, such as [a, b]',
  ]);
});

test("issues are printed aligned, with their number", () => {
  const issue = { file: "mappings/contact-lead.yml", line: 4, column: 8, path: "match", message: "is empty" };
  expect(formatIssues([issue, { ...issue, line: 11, column: 11, path: "fields[1].rule" }])).toBe(
    [
      "mappings/contact-lead.yml:4:8    match: is empty",
      "mappings/contact-lead.yml:11:11  fields[1].rule: is empty",
      "",
      "2 problems in 1 file. Nothing was changed.",
    ].join("\n"),
  );
  expect(formatIssues([issue])).toContain("1 problem in 1 file. Nothing was changed.");
});

test("what is thrown carries the issues", () => {
  folder.edit("config/report.yml", "source: origin", "source: 5");
  expect(() => folder.load()).toThrow(ConfigInvalid);
});
