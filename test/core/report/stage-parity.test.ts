/** Why the report says that a record shows another stage: what is known of our own write first, then what was read. */
import { describe, expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import { deal, NAMES, person, SETTINGS } from "./ledger-rows.ts";

const AT = "2026-01-02T00:00:00.000Z";
const STAGE = { epoch: 1, stage: "mql", since: AT, reason: "", armed: true } as const;
const report = (rows: readonly PersonLedger[]) => closedLoop(rows, SETTINGS, NAMES, { asOf: AT, from: null, to: null });

test.each([
  [
    "linked",
    { shown: "lead", because: "refused", code: "FIELD_CUSTOM_VALIDATION_EXCEPTION" },
    "write refused: FIELD_CUSTOM_VALIDATION_EXCEPTION",
  ],
  [
    "linked",
    { shown: "lead", because: "refused", code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" },
    "write refused, the option was removed: INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
  ],
  ["linked", { shown: "", because: "unanswered" }, "write not yet answered"],
  ["linked", { shown: "lead", because: "unsent" }, "write not yet sent"],
  ["linked", { shown: "lead", because: "outdated" }, "record changed before the write, to be looked at again"],
  ["linked", { shown: "lead", because: "ignored" }, "write taken without the stage"],
  ["linked", { shown: "lead", because: "resting" }, "held, because something changes it back"],
  ["linked", { shown: "gone", because: "unwritable" }, "LeadLoop may not write the field"],
  ["ambiguous", { shown: "lead", because: "unanswered" }, "two candidates, a person must choose"],
  ["linked", { shown: "gone" }, "a stage the configuration does not name"],
  ["linked", { shown: "" }, "stage is blank"],
  ["linked", { shown: "lead" }, "shows another stage"],
] as const)(
  "parity says of a %s person whose record shows what was read (%j) why: %s",
  (state, { shown, ...why }, cause) => {
    const facts = { hubspot_stage: "hs-mql", salesforce_stage: shown };
    const unshown = "because" in why ? { unshown: { salesforce: { shown, ...why } } } : {};
    const numbers = report([person("behind", { link: { state, stage: STAGE, facts, ...unshown } })]);
    expect(numbers.parityDifferences.map((difference) => difference.cause)).toEqual([`Salesforce: ${cause}`]);
    expect(numbers.parity.find((row) => row.stage === "mql")).toMatchObject({ hubspot: 1, salesforce: 0, leadloop: 1 });
  },
);

test.each([
  ["single", { shown: "", because: "refused", code: "DUPLICATES_DETECTED" }, "write refused: DUPLICATES_DETECTED"],
  ["single", undefined, "person is not known there"],
  ["pending", { shown: "", because: "unanswered" }, "record is being created"],
] as const)("parity counts a %s person without a record under the reason, unlisted: %j", (state, why, cause) => {
  const unshown = why === undefined ? {} : { unshown: { salesforce: why } };
  const link = { state, stage: STAGE, salesforceId: null, facts: { hubspot_stage: "hs-mql" }, ...unshown };
  const numbers = report([person("alone", { link })]);
  expect(numbers.parityCauses).toEqual([{ cause: `Salesforce: ${cause}`, people: 1 }]);
  expect(numbers.parityDifferences).toEqual([]);
});

describe("a customer according to Salesforce is who has a won opportunity there", () => {
  const customer = { ...STAGE, stage: "customer" } as const;
  const shows = (stage: string) => ({ hubspot_stage: `hs-${stage}`, salesforce_stage: stage });
  const told = (rows: readonly PersonLedger[]) => {
    const { parity, parityDifferences } = report(rows);
    return {
      salesforce: parity.filter((row) => row.salesforce > 0).map((row) => [row.stage, row.salesforce]),
      differences: parityDifferences.map(({ link, salesforce, cause }) => [link, salesforce, cause]),
    };
  };
  test("so one whose record shows the stage that LeadLoop wrote, and who bought nothing, is none", () => {
    const rows = [
      person("bought", { link: { stage: customer, facts: shows("customer") }, outcomes: [deal("bought")] }),
      person("colleague", {
        link: { stage: customer, facts: shows("customer") },
        outcomes: [deal("bought", { counts: false })],
      }),
      person("never", { link: { stage: customer, facts: shows("customer") } }),
    ];
    expect(told(rows)).toEqual({
      salesforce: [
        ["customer", 2],
        ["(no won opportunity)", 1],
      ],
      differences: [["never", "(no won opportunity)", "Salesforce: shows a customer who has no won opportunity"]],
    });
  });

  test("and one who bought is, whatever the record shows; what it shows is told where it differs too", () => {
    const rows = [
      person("back", { link: { stage: STAGE, facts: shows("mql") }, outcomes: [deal("back")] }),
      person("refused", {
        link: { stage: customer, facts: { ...shows("customer"), salesforce_stage: "sql" } },
        outcomes: [deal("refused")],
      }),
      // Whose stage field LeadLoop may not read.
      person("unread", { link: { stage: STAGE, facts: { hubspot_stage: "hs-mql" } }, outcomes: [deal("unread")] }),
      person("lost", { link: { stage: STAGE, facts: shows("mql") }, outcomes: [deal("lost", { won: false })] }),
    ];
    expect(told(rows)).toEqual({
      salesforce: [
        ["mql", 1],
        ["customer", 3],
      ],
      differences: [
        ["back", "customer", "Salesforce: has a won opportunity"],
        ["refused", "sql", "Salesforce: shows another stage"],
        ["unread", "customer", "Salesforce: has a won opportunity"],
      ],
    });
  });
});
