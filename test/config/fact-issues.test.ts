/** Every mistake that an admin can make about facts in connector.yml: where it is said to be, and in which words. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigFolder } from "./config-folder.ts";

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.close());

/** What is wrong, what is replaced by what, and the issues. */
const MISTAKES: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "a fact with a name that is taken",
    "name: lead_source,",
    "name: company, ",
    [
      "config/connector.yml:87:15  facts.salesforce[1].name: company is already the mapped field of mappings/contact-lead.yml; remove this line, or choose another name",
    ],
  ],
  [
    "a fact of an unknown kind",
    "type: date }",
    "type: day }",
    [
      'config/connector.yml:89:98  facts.salesforce[3].type: "day" is not a type of fact; write one of text, number, boolean, date, datetime, set',
    ],
  ],
  [
    "a fact over a relation that is of another kind than the mapped field it stands in for",
    "field: Account.NumberOfEmployees,         type: number",
    "field: Account.NumberOfEmployees,         type: text",
    [
      "config/connector.yml:92:98  facts.salesforce[6].type: employees is text here and a number as the mapped field of mappings/contact-lead.yml; write type: number",
    ],
  ],
  [
    "two facts over relations that stand in for one mapped field",
    "name: industry,                          field: Account.Industry",
    "name: company,                           field: Account.Industry",
    [
      "config/connector.yml:91:15  facts.salesforce[5].name: company is already the fact Account.Name; remove this line, or choose another name",
    ],
  ],
  [
    "a fact over a relation in HubSpot, which has none",
    "field: landing_page, ",
    "field: page.landing, ",
    [
      'config/connector.yml:83:57  facts.hubspot[17].field: "page.landing" does not fit; write the field\'s API name, such as hs_analytics_last_visit_timestamp',
    ],
  ],
];

test.each(MISTAKES)("%s", (_, from, to, lines) => {
  folder.edit("config/connector.yml", from, to);
  expect(folder.lines()).toEqual(lines);
});
