/** The sandbox's Person Accounts are as strict as the vendor's: two records that are one person, changed by one of them alone. */
import { expect, test } from "vitest";
import { seededRandom } from "../../src/sandbox/random.ts";
import { SalesforceOrg } from "../../src/sandbox/salesforce/salesforce-org.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";

const org = new SalesforceOrg({
  clock: manualClock(Date.parse("2026-03-02T08:00:00Z")),
  random: seededRandom("people"),
});
org.usePersonAccounts();
const by = org.people.managerId;
const person = org.create("Account", { FirstName: "Ada", LastName: "Byron", PersonEmail: "ada@example.com" }, by);
const contact = String(org.record("Account", person)?.["PersonContactId"]);
const company = org.create("Account", { Name: "Engines" }, by);
const clerk = org.create("Contact", { LastName: "Clerk", AccountId: company }, by);
const WRONG_FIELD = { code: "INVALID_FIELD_FOR_INSERT_UPDATE" };
const WRONG_RECORD = { code: "INVALID_PERSON_ACCOUNT_OPERATION" };

test("an account with a last name is a person, and comes with its contact", () => {
  expect(org.record("Account", person)).toMatchObject({ Name: "Ada Byron", IsPersonAccount: true });
  expect(org.record("Contact", contact)).toMatchObject({
    ...{ Name: "Ada Byron", Email: "ada@example.com", AccountId: person, IsPersonAccount: true },
  });
  expect(org.record("Account", company)).toMatchObject({ IsPersonAccount: false, PersonContactId: null });
});

test.each([
  ["a person's Name", "Account", person, { Name: "Ada" }, WRONG_FIELD],
  ["a company's first name", "Account", company, { FirstName: "Ada" }, WRONG_FIELD],
  ["a company's PersonTitle", "Account", company, { PersonTitle: "Countess" }, WRONG_FIELD],
  ["a company's field of contacts", "Account", company, { Need_Known__pc: true }, WRONG_FIELD],
  ["the contact of a person", "Contact", contact, { Title: "Countess" }, WRONG_RECORD],
])("%s cannot be edited", (_, object, id, fields, refusal) => {
  expect(() => org.edit(object, id, fields, by)).toThrow(expect.objectContaining(refusal));
});

test("everybody else is edited as ever", () => {
  org.edit("Account", company, { Name: "Engines & Sons" }, by);
  org.edit("Contact", clerk, { Title: "Clerk" }, by);
  expect(org.record("Contact", clerk)?.["Title"]).toBe("Clerk");
});

test("the contact of a person goes with the account, never alone", () => {
  expect(() => org.remove("Contact", contact, by)).toThrow(expect.objectContaining(WRONG_RECORD));
  org.remove("Account", person, by);
  expect(org.record("Contact", contact)?.["IsDeleted"]).toBe(true);
});

test.each([
  [null, true],
  ["Engines", false],
])("a lead whose company is %s is a person after its conversion: %s", (Company, isPerson) => {
  const leadId = org.create("Lead", { LastName: "Lee", Email: `${Company}@example.com`, Company }, by);
  const made = org.convertLead({ leadId, convertedStatus: "Closed - Converted" }, by);
  expect(org.record("Account", made.accountId)?.["IsPersonAccount"]).toBe(isPerson);
  expect(org.record("Contact", made.contactId)).toMatchObject({ LastName: "Lee", AccountId: made.accountId });
});
