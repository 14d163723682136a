/** Every mistake that an admin can make in the other rule files: where it is said to be, and in which words. */
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
    "a stage named twice and one missing",
    "config/lifecycle.yml",
    "stage: sal, ",
    "stage: sql, ",
    [
      "config/lifecycle.yml:6:1  stages: sal is missing; write one line for each of the ten stages",
      "config/lifecycle.yml:11:14  stages[4].stage: sql stands here twice; keep one line for it",
    ],
  ],
  [
    "a stage that is not one of the ten",
    "config/lifecycle.yml",
    "stage: sal, ",
    "stage: sals, ",
    ['config/lifecycle.yml:10:14  stages[3].stage: "sals" is not a stage; write sal'],
  ],
  [
    "a stage that is missing",
    "config/lifecycle.yml",
    "  - { stage: evangelist,   hubspot: evangelist,             salesforce: Evangelist }\n",
    "",
    ["config/lifecycle.yml:6:1  stages: evangelist is missing; write one line for each of the ten stages"],
  ],
  [
    "two stages with one Salesforce value",
    "config/lifecycle.yml",
    "salesforce: SAL",
    "salesforce: MQL",
    [
      "config/lifecycle.yml:10:73  stages[3].salesforce: MQL is already the Salesforce value of another stage; each needs its own",
    ],
  ],
  [
    "a fact that is not known",
    "config/lifecycle.yml",
    "reason: rejection",
    "reason: rejecton",
    ['config/lifecycle.yml:48:11  recycle.reason: "rejecton" is not a mapped field or fact; write rejection'],
  ],
  [
    "a notice through a channel that there is not",
    "config/notify.yml",
    "through: [mail], to: [owner]",
    "through: [mial], to: [owner]",
    ["config/notify.yml:13:66  send[0].through[0]: there is no channel mial; write mail"],
  ],
  [
    "a notice of a kind that there is not",
    "config/notify.yml",
    "notices: [sla-reminder,",
    "notices: [sla-remainder,",
    ['config/notify.yml:13:17  send[0].notices[0]: "sla-remainder" is not a kind of notice; write sla-reminder'],
  ],
  [
    "a mail to nobody, and a mail to a word",
    "config/notify.yml",
    "to: [manager, owner] }",
    "to: [] }\n  - { notices: [digest], through: [mail], to: [manger] }",
    [
      "config/notify.yml:14:5  send[1]: goes by mail to nobody; write to: [owner], or an e-mail address",
      'config/notify.yml:15:48  send[2].to[0]: "manger" is nobody; write manager',
    ],
  ],
  [
    "a mail channel without a sender, and a Slack channel with one",
    "config/notify.yml",
    "by: smtp,  from: LeadLoop <leadloop@northwind.example.com> }",
    "by: smtp }\n  - { name: room, by: slack, from: me@example.com }",
    [
      "config/notify.yml:7:5  channels[0]: a mail has a sender; write from: LeadLoop <leadloop@example.com>, an address that your mail server may send from",
      "config/notify.yml:8:36  channels[1].from: slack knows no sender; remove this",
    ],
  ],
  [
    "a password where a channel's name should be",
    "config/notify.yml",
    "{ name: sales-room, by: slack }",
    "{ name: sales-room, by: slack, url: https://hooks.slack.com/services/T0 }",
    ["config/notify.yml:8:36  channels[1].url: unknown key; the keys here are name, by, from"],
  ],
  [
    "a routing owner that is no e-mail address",
    "config/routing.yml",
    "deniz.aydin@northwind.example.com",
    "Deniz Aydin",
    [
      'config/routing.yml:31:23  territories[2].owners[0].email: "Deniz Aydin" does not fit; write the owner\'s e-mail address, such as anna@example.com',
    ],
  ],
  [
    "a routing owner named twice",
    "config/routing.yml",
    "ben.whitlock@northwind.example.com",
    "amara.okafor@northwind.example.com",
    [
      "config/routing.yml:15:18  rules[0].owners[1].email: amara.okafor@northwind.example.com stands here twice; give it a weight instead",
    ],
  ],
  [
    "a rule without owners",
    "config/routing.yml",
    "[{ email: deniz.aydin@northwind.example.com }]",
    "[]",
    [
      "config/routing.yml:31:13  territories[2].owners: is empty; name at least one owner, such as { email: anna@example.com }",
    ],
  ],
  [
    "territories that overlap",
    "config/routing.yml",
    "[IT, ES, PT, GR, HR, MT]",
    "[IT, ES, PT, GR, HR, MT, AT]",
    [
      "config/routing.yml:33:11  territories[3].name: southern-europe overlaps with central-europe: both claim AT; draw the line between them, or put what comes first under rules:",
    ],
  ],
  [
    "a territory that asks for nothing",
    "config/routing.yml",
    "    countries: [IT, ES, PT, GR, HR, MT]\n",
    "",
    [
      "config/routing.yml:33:5  territories[3].name: southern-europe takes everybody; write countries: or the like, or use otherwise:",
    ],
  ],
  [
    "an absence of somebody who owns nothing, the wrong way round",
    "config/routing.yml",
    "absences: []",
    "absences: [{ email: eve@example.com, from: 2026-12-24, to: 2026-12-23 }]",
    [
      "config/routing.yml:55:21  absences[0].email: eve@example.com owns nothing here; write one of amara.okafor@northwind.example.com, ben.whitlock@northwind.example.com, deniz.aydin@northwind.example.com, chiara.moretti@northwind.example.com, farid.haddad@northwind.example.com, elena.petrova@northwind.example.com",
      "config/routing.yml:55:60  absences[0].to: is before 2026-12-24; write the last day of the absence",
    ],
  ],
  [
    "an unknown placeholder in a task",
    "config/handoff.yml",
    "({band})",
    "({bnd})",
    ["config/handoff.yml:31:41  task.subject: {bnd} is not known; write band"],
  ],
  [
    "an unknown placeholder further down",
    "config/handoff.yml",
    "{next}",
    "{deadline}",
    [
      "config/handoff.yml:36:5  task.description: {deadline} is not known; use a mapped field, a fact, or one of name, reasons, next",
    ],
  ],
  [
    "a choice that is not one of few",
    "config/handoff.yml",
    "priority: High",
    "priority: Urgent",
    [
      'config/handoff.yml:37:13  task.priority: "Urgent" is not a priority of a Salesforce task; write one of High, Normal, Low',
    ],
  ],
  [
    "a name with signs in it",
    "config/segments.yml",
    "name: customers",
    "name: Customers!",
    [
      'config/segments.yml:17:11  segments[3].name: "Customers!" does not fit; write a name in small letters, digits and hyphens, such as sales-ready',
    ],
  ],
  [
    "a segment named twice",
    "config/segments.yml",
    "name: customers",
    "name: do-not-call",
    ["config/segments.yml:17:11  segments[3].name: there is already a segment called do-not-call; choose another name"],
  ],
  [
    "a segment that is used before it is there",
    "config/segments.yml",
    "when: known(email)",
    'when: segment("prospects")',
    [
      'config/segments.yml:7:19  segments[0].when: there is no segment "prospects", or none above this one; add it to config/segments.yml',
    ],
  ],
  [
    "a stage that does not exist in a condition",
    "config/segments.yml",
    '"customer", "evangelist"]',
    '"Customer", "evangelist"]',
    ['config/segments.yml:19:21  segments[3].when: "Customer" is not a stage; write customer'],
  ],
  [
    "an unknown name in the fourth line of a condition",
    "config/segments.yml",
    "daysSince(hs_analytics_last_visit_timestamp) <= 30",
    "daysSince(hs_analytics_last_visit_time) <= 30",
    [
      'config/segments.yml:34:20  segments[6].when: "hs_analytics_last_visit_time" is not a mapped field or fact; write hs_analytics_last_visit_timestamp',
    ],
  ],
  [
    "an account's owner that no fact tells",
    "config/routing.yml",
    "account-owner: account_owner",
    "account-owner: acount_owner",
    [
      'config/routing.yml:7:18  company-first.account-owner: "acount_owner" is not a mapped field or fact; write account_owner',
    ],
  ],
  [
    "an unknown time zone",
    "config/connector.yml",
    "time-zone: UTC",
    "time-zone: Mars",
    ['config/connector.yml:38:12  time-zone: "Mars" is not a time zone; write one such as Europe/Berlin or UTC'],
  ],
  [
    "a country that is no code",
    "config/connector.yml",
    "default-country: US",
    "default-country: usa",
    ['config/connector.yml:37:18  default-country: "usa" is not a country code; write two capital letters, such as US'],
  ],
  [
    "a share above one",
    "config/safety.yml",
    "share: 0.5 ",
    "share: 5 ",
    ["config/safety.yml:8:34  change.share: 5 is out of place; write a share (0.2 is 20 %) from 0 to 1"],
  ],
  [
    "a source that is not known",
    "config/report.yml",
    "source: origin",
    "source: orign",
    ['config/report.yml:3:9  source: "orign" is not a mapped field or fact; write origin'],
  ],
  [
    "costs of campaigns that the report does not know",
    "config/report.yml",
    "campaign: landing_page ",
    "# ",
    [
      "config/report.yml:8:17  campaign-costs: the report knows no campaigns; name the fact that holds them with `campaign:`, in the words of the campaigns' names",
    ],
  ],
  [
    "a date of the wrong kind",
    "config/report.yml",
    "first-contact: first_contact_at",
    "first-contact: landing_page",
    [
      "config/report.yml:7:16  first-contact: landing_page is text, and this must be a date or a date-time; write one of last_purchase_at, hs_email_last_open_date, hs_email_last_click_date, hs_email_last_reply_date, hs_analytics_last_visit_timestamp, recent_conversion_date, first_contact_at, last_contacted, retry_on",
    ],
  ],
];

test.each(MISTAKES)("%s", (_, file, from, to, lines) => {
  folder.edit(file, from, to);
  expect(folder.lines()).toEqual(lines);
});
