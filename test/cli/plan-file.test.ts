/** A plan file holds exactly what a person looked at; anything else is refused or told. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { UsageError } from "../../src/cli/command-failure.ts";
import { differenceOf, loadPlan, savePlan, sealOf } from "../../src/cli/plan-file.ts";
import type { PlannedWrite } from "../../src/cli/run-json.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import type { Write } from "../../src/core/model/plan.ts";
import { type RunOutcome, RunTally } from "../../src/jobs/sync-result.ts";

const { ownFields } = loadConfig({ mappingsFolder: "mappings", configFolder: "config" });
const folder = mkdtempSync(join(tmpdir(), "leadloop-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

const WRITE: Write = {
  key: "l1:1:salesforce",
  link: "l1",
  recordName: "Ada Lovelace",
  system: "salesforce",
  object: "Lead",
  id: "00Q4S0000002wfxUAA",
  operation: "update",
  fields: {
    Title: { from: "CEO", to: "Chief", rule: "two-way" },
    [ownFields.key.salesforce]: { from: undefined, to: "l1", rule: "our key" },
  },
  reason: "two-way",
  unique: null,
  ifUnmodifiedSince: null,
  step: 1,
  purpose: "fields",
};
const PLANNED: PlannedWrite = {
  system: "salesforce",
  object: "Lead",
  id: WRITE.id,
  operation: "update",
  name: "Ada Lovelace",
  fields: {
    Title: { from: "CEO", to: "Chief", rule: "two-way" },
    [ownFields.key.salesforce]: { from: null, to: "l1", rule: "our key" },
  },
  reason: "two-way",
};
const ABOUT = { madeAt: "2026-03-02T08:00:00.000Z", connection: "default", configuration: "f" };

function saved(name: string, values = false): string {
  const path = join(folder, name);
  const tally = new RunTally(true);
  tally.plan({ writes: [WRITE], conflicts: [], skips: [], rejects: [] });
  const outcome: RunOutcome = "done";
  savePlan(path, tally.result("run-1", outcome, { hubspot: 1, salesforce: 1 }, 5), ABOUT, { ownFields, values });
  return path;
}

const { system, object, id, operation, name, reason, fields } = PLANNED;
const KEPT = {
  system,
  object,
  id,
  operation,
  fields: Object.keys(fields),
  seal: expect.stringMatching(/^[0-9a-f]{64}$/),
};
const SALT = "00".repeat(16);
const planOf = (...writes: PlannedWrite[]) => ({
  salt: SALT,
  writes: writes.map((write) => ({ ...KEPT, seal: sealOf(write, SALT, ownFields) })),
});

test("what is kept comes back: the record and the names of its fields", () => {
  const plan = loadPlan(saved("kept.json"));
  expect(plan).toEqual({ ...ABOUT, salt: expect.stringMatching(/^[0-9a-f]{32}$/), writes: [KEPT], ended: [] });
  expect(differenceOf(plan, [PLANNED], ownFields)).toEqual({ appeared: [], vanished: [] });
});

test("no name and no value of a person is in the file, unless it was asked for; and only its owner may read it", () => {
  const path = saved("names-only.json");
  expect(readFileSync(path, "utf8")).not.toMatch(/Ada|Lovelace|CEO|Chief/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const asked = saved("values.json", true);
  expect(loadPlan(asked).writes).toEqual([{ ...KEPT, values: { name, reason, fields } }]);
  expect(differenceOf(loadPlan(asked), [PLANNED], ownFields)).toEqual({ appeared: [], vanished: [] });
});

test("the same write has another seal in every file", () => {
  const [one, other] = [loadPlan(saved("one.json")), loadPlan(saved("other.json"))];
  expect(one.writes[0]?.seal).not.toBe(other.writes[0]?.seal);
});

test("a file that was changed by hand is refused with exit code 3", () => {
  const path = saved("forged.json");
  writeFileSync(path, readFileSync(path, "utf8").replace('"Title"', '"Phone"'));
  expect(() => loadPlan(path)).toThrow(
    expect.objectContaining({
      name: "UsageError",
      exit: 3,
      message: expect.stringContaining("was changed after it was made"),
    }),
  );
});

test.each([
  ["is no JSON", "hello", "cannot be read as a plan"],
  ["is some other JSON", "{}", "is no plan of this LeadLoop"],
  ["is not there", null, "cannot be read as a plan"],
])("a file that %s is refused with exit code 2 and the way to make one", (_title, content, message) => {
  const path = join(folder, "other.json");
  rmSync(path, { force: true });
  if (content !== null) writeFileSync(path, content);
  expect(() => loadPlan(path)).toThrow(UsageError);
  expect(() => loadPlan(path)).toThrow(expect.objectContaining({ exit: 2, message: expect.stringContaining(message) }));
  expect(() => loadPlan(path)).toThrow(`leadloop plan --out ${path}`);
});

test("keys minted for people who are not stored yet make no difference; a value does", () => {
  const withKey = (key: string): PlannedWrite => ({
    ...PLANNED,
    fields: { ...PLANNED.fields, [ownFields.key.salesforce]: { from: null, to: key, rule: "our key" } },
  });
  expect(differenceOf(planOf(PLANNED), [withKey("l2")], ownFields)).toEqual({ appeared: [], vanished: [] });
  const other: PlannedWrite = { ...PLANNED, fields: { Title: { from: "CEO", to: "Boss", rule: "two-way" } } };
  expect(differenceOf(planOf(PLANNED), [other], ownFields)).toEqual({
    appeared: [other],
    vanished: planOf(PLANNED).writes,
  });
});

test("a write that is due twice and was planned once is new", () => {
  expect(differenceOf(planOf(PLANNED), [PLANNED, PLANNED], ownFields)).toEqual({ appeared: [PLANNED], vanished: [] });
});
