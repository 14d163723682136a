/** Every mistake that an admin can make in a mapping: where it is said to be, and in which words. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigFolder } from "./config-folder.ts";

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.close());

/** What is wrong, the file, what is replaced by what, and the issues. */
const MISTAKES: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  [
    "a list that is empty",
    "mappings/contact-lead.yml",
    "match: [email]",
    "match: []",
    ["mappings/contact-lead.yml:5:8  match: name at least one field to match on, such as email"],
  ],
  [
    "a text where a list belongs",
    "mappings/contact-lead.yml",
    "match: [email]",
    "match: email",
    ['mappings/contact-lead.yml:5:8  match: "email" is text; write a list, such as [a, b]'],
  ],
  [
    "a match key that is not mapped",
    "mappings/contact-lead.yml",
    "match: [email]",
    "match: [emial]",
    ['mappings/contact-lead.yml:5:9  match[0]: "emial" is not mapped below; write email'],
  ],
  [
    "a sync rule that is misspelt",
    "mappings/contact-lead.yml",
    "rule: two-way, as: email",
    "rule: two_way, as: email",
    ['mappings/contact-lead.yml:14:74  fields[0].rule: "two_way" is not a sync rule; write two-way'],
  ],
  [
    "a sync rule that there is not",
    "mappings/contact-lead.yml",
    "rule: two-way, as: email",
    "rule: newest, as: email",
    [
      'mappings/contact-lead.yml:14:74  fields[0].rule: "newest" is not a sync rule; write one of two-way, prefer-salesforce-unless-blank, prefer-hubspot-unless-blank, always-use-salesforce, always-use-hubspot, never-blank, union, highest, lowest, most-restrictive, stage, ask, dont-sync',
    ],
  ],
  [
    "a sync rule that is no text",
    "mappings/contact-lead.yml",
    "rule: two-way, as: email",
    "rule: 5, as: email",
    [
      "mappings/contact-lead.yml:14:74  fields[0].rule: 5 is a number; write a sync rule: two-way, prefer-salesforce-unless-blank, prefer-hubspot-unless-blank, always-use-salesforce, always-use-hubspot, never-blank, union, highest, lowest, most-restrictive, stage, ask, dont-sync",
    ],
  ],
  [
    "an unknown transform",
    "mappings/contact-lead.yml",
    "rule: two-way, as: email",
    "rule: two-way, as: emial",
    ['mappings/contact-lead.yml:14:87  fields[0].as: "emial" is not a transform; write email'],
  ],
  [
    "an unknown key",
    "mappings/contact-lead.yml",
    "rule: two-way, as: email",
    "rule: two-way, owner: x, as: email",
    [
      "mappings/contact-lead.yml:14:83  fields[0].owner: unknown key; the keys here are hubspot, salesforce, rule, as, values, max-length, scale, when-missing, read-only",
    ],
  ],
  [
    "a missing key",
    "mappings/contact-lead.yml",
    "hubspot: email,            salesforce: Email, ",
    "hubspot: email, ",
    ["mappings/contact-lead.yml:14:5  fields[0].salesforce: is missing; write the field's API name, such as Title"],
  ],
  [
    "a misspelt key",
    "mappings/contact-lead.yml",
    "on-delete: unlink",
    "on-delte: unlink",
    ["mappings/contact-lead.yml:8:1  on-delte: unknown key; write on-delete"],
  ],
  [
    "a way to follow a delete that is not offered",
    "mappings/contact-lead.yml",
    "on-delete: unlink",
    "on-delete: archve",
    ['mappings/contact-lead.yml:8:12  on-delete: "archve" is not a way to follow a delete; write archive'],
  ],
  [
    "an unknown segment",
    "mappings/contact-lead.yml",
    "include: sales-ready ",
    "include: sales-redy ",
    ['mappings/contact-lead.yml:6:10  include: "sales-redy" is not a segment; write sales-ready'],
  ],
  [
    "an object that cannot be synced",
    "mappings/contact-lead.yml",
    "hubspot: contacts",
    "hubspot: companies",
    [
      'mappings/contact-lead.yml:3:10  hubspot: "companies" is not a HubSpot object that LeadLoop syncs; write contacts',
    ],
  ],
  [
    "a compound field",
    "mappings/contact-contact.yml",
    "salesforce: MailingCity, ",
    "salesforce: MailingAddress, ",
    [
      "mappings/contact-contact.yml:19:46  fields[6].salesforce: MailingAddress is put together by Salesforce from its parts; map MailingStreet, MailingCity, MailingState, MailingPostalCode and MailingCountry instead",
    ],
  ],
  [
    "a field mapped twice",
    "mappings/contact-lead.yml",
    "salesforce: MobilePhone",
    "salesforce: phone",
    [
      "mappings/contact-lead.yml:21:46  fields[5].salesforce: phone is already mapped by fields[4]; keep one of the two",
    ],
  ],
  [
    "union of something that is no set",
    "mappings/contact-lead.yml",
    "rule: union, as: set",
    "rule: union, as: boolean",
    [
      "mappings/contact-lead.yml:42:16  fields[16].hubspot: product_interest is yes or no here and a set as the mapped field of mappings/contact-contact.yml; use the same `as:` in both",
      "mappings/contact-lead.yml:42:74  fields[16].rule: union joins sets; write `as: set`, or another rule",
    ],
  ],
  [
    "the highest of texts",
    "mappings/contact-lead.yml",
    "salesforce: City,                 rule: prefer-hubspot-unless-blank",
    "salesforce: City, rule: highest",
    [
      "mappings/contact-lead.yml:30:58  fields[10].rule: highest compares numbers and dates; write `as: number`, `as: date`, or another rule",
    ],
  ],
  [
    "consent that is not yes or no",
    "mappings/contact-lead.yml",
    "salesforce: City,                 rule: prefer-hubspot-unless-blank",
    "salesforce: City, rule: most-restrictive",
    [
      "mappings/contact-lead.yml:30:58  fields[10].rule: most-restrictive is for consent, yes or no; write `as: boolean`, or another rule",
    ],
  ],
  [
    "the stage as a mapped field",
    "mappings/contact-lead.yml",
    "salesforce: City,                 rule: prefer-hubspot-unless-blank",
    "salesforce: City, rule: stage",
    [
      "mappings/contact-lead.yml:30:58  fields[10].rule: the lifecycle stage is kept by config/lifecycle.yml; remove this line",
    ],
  ],
  [
    "a rule that would write a read-only field",
    "mappings/contact-lead.yml",
    "HasOptedOutOfEmail,   rule: most-restrictive, as: boolean",
    "HasOptedOutOfEmail,   rule: two-way, as: boolean, read-only: hubspot",
    [
      "mappings/contact-lead.yml:39:74  fields[15].rule: two-way would write hs_email_optout, which is read-only in hubspot; write one of always-use-hubspot, most-restrictive, dont-sync",
    ],
  ],
  [
    "a mapped field that LeadLoop keeps itself",
    "mappings/contact-lead.yml",
    "salesforce: Origin__c,",
    "salesforce: LeadLoop_Score__c,",
    [
      "mappings/contact-lead.yml:49:46  fields[21].salesforce: LeadLoop_Score__c is kept by LeadLoop itself (own-fields in connector.yml); remove this line",
    ],
  ],
  [
    "a required field without a value for when it is missing",
    "mappings/contact-lead.yml",
    ', when-missing: "[unknown]" }',
    " }",
    [
      "mappings/contact-lead.yml:16:5  fields[2]: Salesforce refuses a new Lead without LastName; add when-missing, such as when-missing: Unknown",
    ],
  ],
  [
    "a required field that is not mapped",
    "mappings/contact-lead.yml",
    "salesforce: Company, ",
    "salesforce: Company2__c, ",
    [
      "mappings/contact-lead.yml:12:1  fields: Salesforce refuses a new Lead without Company; map it, with a when-missing value",
    ],
  ],
  [
    "a placeholder that is no single value",
    "mappings/contact-lead.yml",
    'when-missing: "[unknown]"',
    "when-missing: [unknown]",
    [
      "mappings/contact-lead.yml:16:129  fields[2].when-missing: is no single value; write a text, a number, or true or false",
    ],
  ],
  [
    "values where they do not belong",
    "mappings/contact-lead.yml",
    "as: url",
    "as: url, values: { a: b }",
    ["mappings/contact-lead.yml:25:104  fields[7].values: values belong to `as: picklist` or `as: set`"],
  ],
  [
    "a scale where it does not belong",
    "mappings/contact-lead.yml",
    "as: url",
    "as: url, scale: 2",
    ["mappings/contact-lead.yml:25:103  fields[7].scale: scale belongs to `as: number`"],
  ],
  [
    "one name with two kinds of values",
    "mappings/contact-lead.yml",
    "rule: two-way, as: boolean",
    "rule: two-way, as: text",
    [
      "mappings/contact-lead.yml:43:16  fields[17].hubspot: budget is text here and yes or no as the mapped field of mappings/contact-contact.yml; use the same `as:` in both",
    ],
  ],
  [
    "two mappings for one pair",
    "mappings/contact-lead.yml",
    "salesforce: Lead",
    "salesforce: Contact",
    [
      "mappings/contact-lead.yml:4:13  salesforce: mappings/contact-contact.yml already maps contacts and Contact; keep one of the two files",
    ],
  ],
];

test.each(MISTAKES)("%s", (_, file, from, to, lines) => {
  folder.edit(file, from, to);
  expect(folder.lines()).toEqual(lines);
});
