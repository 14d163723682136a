/** Several mistakes at once, of shape and of content: each is told in its place, and no mistake that is only the consequence of another. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigFolder } from "./config-folder.ts";

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.close());

type Edit = readonly [file: string, from: string, to: string];

/** What is wrong, what is replaced by what, and all issues. */
const MISTAKES: readonly (readonly [string, readonly Edit[], readonly string[]])[] = [
  [
    "a rule with a wrong shape hides neither its own condition nor the other rules",
    [
      ["config/scoring.yml", "points: 14,", "points: many,"],
      ["config/scoring.yml", "when: employees >= 200", "when: employes >= 200"],
      ["config/scoring.yml", "when: budget", "when: budgit"],
    ],
    [
      'config/scoring.yml:21:38  fit[1].rules[0].when: "employes" is not a mapped field or fact; write employees',
      'config/scoring.yml:21:63  fit[1].rules[0].points: "many" is text; write points from -100 to 100',
      'config/scoring.yml:28:37  fit[2].rules[1].when: "budgit" is not a mapped field or fact; write budget',
    ],
  ],
  [
    "a field with a wrong transform is known all the same, of no certain kind; other fields keep theirs",
    [
      ["mappings/contact-lead.yml", "as: integer }", "as: intger }"],
      ["config/scoring.yml", "when: budget,", "when: budget > 5,"],
    ],
    [
      'mappings/contact-lead.yml:27:91  fields[9].as: "intger" is not a transform; write integer',
      "config/scoring.yml:28:37  fit[2].rules[1].when: yes or no cannot be compared with a number: budget > 5; a yes-or-no field stands alone, as in do_not_call or !do_not_call",
    ],
  ],
  [
    "a field whose name cannot be read may be any that a condition asks for; what is known is still checked",
    [
      ["mappings/contact-lead.yml", "hubspot: employees, ", "hubspot: 5, "],
      ["config/scoring.yml", "when: budget,", "when: budget > 5,"],
    ],
    [
      "mappings/contact-lead.yml:27:16  fields[9].hubspot: 5 is a number; write the field's API name, such as jobtitle",
      "config/scoring.yml:28:37  fit[2].rules[1].when: yes or no cannot be compared with a number: budget > 5; a yes-or-no field stands alone, as in do_not_call or !do_not_call",
    ],
  ],
  [
    "a misspelt key counts as the one that was meant",
    [
      ["mappings/contact-lead.yml", "hubspot: employees, ", "hubspt: employees, "],
      ["config/scoring.yml", "when: employees >= 20 &&", "whn: employes >= 20 &&"],
      ["config/lifecycle.yml", "reason: rejection", "reson: rejecton"],
    ],
    [
      "mappings/contact-lead.yml:27:7  fields[9].hubspt: unknown key; write hubspot",
      "config/lifecycle.yml:48:3  recycle.reson: unknown key; write reason",
      'config/lifecycle.yml:48:10  recycle.reson: "rejecton" is not a mapped field or fact; write rejection',
      "config/scoring.yml:22:35  fit[1].rules[1].whn: unknown key; write when",
      'config/scoring.yml:22:40  fit[1].rules[1].whn: "employes" is not a mapped field or fact; write employees',
    ],
  ],
  [
    "a key that nobody knows may have been meant for the one that is missing",
    [
      ["config/scoring.yml", "points: 20, reason", "value: 20, reason"],
      ["config/cadences.yml", "name: first-call,   after: 1,", "name: first-call, later: 1,"],
      ["config/calendar.yml", "country: DE }", "land: DE, region: BV }"],
    ],
    [
      "config/cadences.yml:17:29  cadences[0].steps[1].later: unknown key; the keys here are name, day, business-day, month, after, after-business-days, by, subject, text, priority",
      "config/calendar.yml:13:5  holidays[4].country: is missing; write a country's two capital letters, such as DE",
      "config/calendar.yml:13:39  holidays[4].land: unknown key; the keys here are time-zone, country, region",
      "config/scoring.yml:16:69  fit[0].rules[0].value: unknown key; the keys here are name, when, points, reason, per, steps, decay",
    ],
  ],
  [
    "a stage that is misspelt is not missing too, and does not stand for another",
    [
      ["config/lifecycle.yml", "stage: subscriber, ", "stage: subscribr, "],
      ["config/lifecycle.yml", "salesforce: SAL }", "salesforce: MQL }"],
      ["config/lifecycle.yml", "when: known(rejection)", "when: known(rejecton)"],
    ],
    [
      'config/lifecycle.yml:7:14  stages[0].stage: "subscribr" is not a stage; write subscriber',
      "config/lifecycle.yml:10:73  stages[3].salesforce: MQL is already the Salesforce value of another stage; each needs its own",
      'config/lifecycle.yml:47:15  recycle.when: "rejecton" is not a mapped field or fact; write rejection',
    ],
  ],
  [
    "territories overlap although another one, and an owner, are wrong",
    [
      ["config/routing.yml", "[IT, ES, PT, GR, HR, MT]", "[IT, 5, ES, PT, GR, HR, MT, AT]"],
      ["config/routing.yml", "name: latin-america", "name: Latin America"],
      ["config/routing.yml", "[BR, AR,", "[BR, US, AR,"],
      ["config/routing.yml", "deniz.aydin@northwind.example.com", "Deniz Aydin"],
      [
        "config/routing.yml",
        "absences: []",
        "absences: [{ email: deniz.aydin@northwind.com, from: 2026-12-24, to: 2026-12-23 }]",
      ],
    ],
    [
      'config/routing.yml:31:23  territories[2].owners[0].email: "Deniz Aydin" does not fit; write the owner\'s e-mail address, such as anna@example.com',
      "config/routing.yml:33:11  territories[3].name: southern-europe overlaps with central-europe: both claim AT; draw the line between them, or put what comes first under rules:",
      "config/routing.yml:34:21  territories[3].countries[1]: 5 is a number; write text such as DE",
      "config/routing.yml:41:5  territories[5]: this overlaps with north-america: both claim US; draw the line between them, or put what comes first under rules:",
      'config/routing.yml:41:11  territories[5].name: "Latin America" does not fit; write a name in small letters, digits and hyphens, such as dach',
      "config/routing.yml:55:70  absences[0].to: is before 2026-12-24; write the last day of the absence",
    ],
  ],
  [
    "a channel whose name is wrong may be the one that is asked for",
    [
      ["config/notify.yml", "{ name: sales-room, by: slack }", "{ name: Sales Room, by: slack }"],
      ["config/notify.yml", "[marketing@northwind.example.com]", "[manger]"],
    ],
    [
      'config/notify.yml:8:13  channels[1].name: "Sales Room" does not fit; write a name in small letters, digits and hyphens, such as sales-room',
      'config/notify.yml:15:62  send[2].to[0]: "manger" is nobody; write manager',
    ],
  ],
  [
    "a segment whose name is wrong may be the one that is asked for",
    [
      ["config/segments.yml", "name: sales-ready", "name: sales ready"],
      ["config/segments.yml", "when: do_not_call", "when: do_not_cal"],
      ["config/handoff.yml", "- { after-hours: 24, do: escalate }", "- { after-hours: 12, do: escalate }"],
    ],
    [
      "config/handoff.yml:10:20  ladder[1].after-hours: 12 is not later than the step above it; write more than 16",
      'config/segments.yml:11:11  segments[1].when: "do_not_cal" is not a mapped field or fact; write do_not_call',
      'config/segments.yml:25:11  segments[5].name: "sales ready" does not fit; write a name in small letters, digits and hyphens, such as sales-ready',
    ],
  ],
  [
    "a match key, a doubled field and a required field beside a wrong rule",
    [
      ["mappings/contact-lead.yml", "match: [email]", "match: [emial]"],
      ["mappings/contact-lead.yml", "rule: two-way, as: email", "rule: two_way, as: email"],
      ["mappings/contact-lead.yml", "salesforce: MobilePhone", "salesforce: phone"],
      ["mappings/contact-lead.yml", "salesforce: Company, ", "salesforce: Company2__c, "],
    ],
    [
      'mappings/contact-lead.yml:5:9  match[0]: "emial" is not mapped below; write email',
      "mappings/contact-lead.yml:12:1  fields: Salesforce refuses a new Lead without Company; map it, with a when-missing value",
      'mappings/contact-lead.yml:14:74  fields[0].rule: "two_way" is not a sync rule; write two-way',
      "mappings/contact-lead.yml:21:46  fields[5].salesforce: phone is already mapped by fields[4]; keep one of the two",
    ],
  ],
  [
    "numbers that are compared with one that is wrong",
    [
      ["config/scoring.yml", "mql-at: 60 ", "mql-at: none "],
      ["config/scoring.yml", "{ one: 0.66, two: 0.33 }", "{ one: 0.33, two: 0.66 }"],
      ["config/calendar.yml", 'from: "09:00"', "from: nine"],
      ["config/cadences.yml", "day: 10,", "day: ten,"],
      ["config/cadences.yml", "day: 21,", "day: 1,"],
    ],
    [
      'config/cadences.yml:18:36  cadences[0].steps[2].day: "ten" is text; write a whole number of days from 0 to 3650',
      "config/cadences.yml:20:9  cadences[0].steps[4]: letter would be due on day 1, before the step above it (day 17); put it further up, or write a later day",
      'config/calendar.yml:4:16  hours.from: "nine" does not fit; write a time of day in quotes, such as "09:00"',
      'config/scoring.yml:3:9  mql-at: "none" is text; write a score from 0 to 100',
      "config/scoring.yml:8:33  bands.engagement.two: is above one (0.33); write a lower share",
    ],
  ],
  [
    "what is no text is not also said to be unknown",
    [
      ["config/lifecycle.yml", "reason: rejection", "reason: 5"],
      ["config/notify.yml", "through: [mail], to: [owner]", "through: [5], to: [owner]"],
      ["config/segments.yml", "when: do_not_call", "when: true"],
      ["mappings/contact-lead.yml", "match: [email]", "match: [5]"],
      ["mappings/contact-lead.yml", "include: sales-ready ", "include: 5 "],
    ],
    [
      "mappings/contact-lead.yml:5:9  match[0]: 5 is a number; write the field's API name, such as email",
      "mappings/contact-lead.yml:6:10  include: 5 is a number; write a name in small letters, digits and hyphens, such as sales-ready",
      "config/lifecycle.yml:48:11  recycle.reason: 5 is a number; write the field's API name, such as rejection",
      "config/notify.yml:13:66  send[0].through[0]: 5 is a number; write a name in small letters, digits and hyphens, such as sales-room",
      'config/segments.yml:11:11  segments[1].when: true needs quotes here: a condition is text, such as "true" for everybody, or country == "DE"',
    ],
  ],
];

test.each(MISTAKES)("%s", (_, edits, lines) => {
  for (const [file, from, to] of edits) folder.edit(file, from, to);
  expect(folder.lines()).toEqual(lines);
});
