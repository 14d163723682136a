/** However many mistakes there are, each is told as if it were alone: none hides another, and none makes another. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../support/law-cases.ts";
import { ConfigFolder } from "./config-folder.ts";

type Planter = readonly [file: string, from: string, to: string];

/** Each on a line of its own, about something that no other one is about. Wrong shapes and wrong contents are mixed. */
const PLANTERS: readonly Planter[] = [
  ["mappings/contact-lead.yml", "match: [email]", "match: [emial]"],
  ["mappings/contact-lead.yml", "include: sales-ready ", "include: sales-redy "],
  ["mappings/contact-lead.yml", "on-delete: unlink", "on-delte: unlink"],
  ["mappings/contact-lead.yml", "Title,                rule: two-way", "Title,                rule: two_way"],
  ["mappings/contact-lead.yml", "salesforce: MobilePhone, ", "salesforce: phone, "],
  [
    "mappings/contact-lead.yml",
    "as: url, max-length: { salesforce: 255 }",
    "as: url, max-length: { salesforce: many }",
  ],
  ["mappings/contact-lead.yml", "City,                 rule: prefer-hubspot-unless-blank", "City, rule: highest"],
  ["mappings/contact-lead.yml", "salesforce: Origin__c,", "salesforce: LeadLoop_Score__c,"],
  ["mappings/contact-contact.yml", "create: [hubspot] ", "create: [hubspots] "],
  [
    "mappings/contact-contact.yml",
    "MailingState,         rule: prefer-hubspot-unless-blank",
    "MailingState, rule: stage",
  ],
  ["config/connector.yml", "chunk-size: 500", "chunk-size: many"],
  ["config/connector.yml", "name: lead_source,", "name: company,"],
  ["config/connector.yml", "type: date }", "type: day }"],
  ["config/segments.yml", "when: do_not_call", "when: do_not_cal"],
  ["config/segments.yml", "label: Customers\n", "label: 5\n"],
  ["config/segments.yml", '"evangelist", "disqualified"]', '"Evangelist", "disqualified"]'],
  ["config/scoring.yml", "mql-at: 60 ", "mql-at: sixty "],
  ["config/scoring.yml", 'reason: "decides: {jobtitle}"', 'reason: "decides: {jobtitel}"'],
  ["config/scoring.yml", "points: 14,", "points: many,"],
  ["config/scoring.yml", "when: employees >= 20 &&", "when: employes >= 20 &&"],
  ["config/scoring.yml", "when: budget, points: 4,", "whn: budget, points: 4,"],
  ["config/scoring.yml", "per: { field: hs_email_open, up-to: 5 }", "per: { field: company, up-to: 5 }"],
  ["config/scoring.yml", "name: replies,", "name: clicks,"],
  ["config/routing.yml", "when: employees >= 1000", "when: employees >= '1000'"],
  ["config/routing.yml", "chiara.moretti@northwind.example.com", "Chiara Moretti"],
  ["config/routing.yml", "[DE, AT, CH, CZ, PL, HU, TR]", "[DE, AT, 5, CH, CZ, PL, HU, TR]"],
  ["config/routing.yml", "name: latin-america\n    countries: [BR", "name: latin-america\n    countries: [US, BR"],
  ["config/lifecycle.yml", "hubspot: evangelist, ", "hubspots: evangelist, "],
  ["config/lifecycle.yml", "salesforce: SAL }", "salesforce: MQL }"],
  ["config/lifecycle.yml", "reason: rejection", "reason: rejecton"],
  ["config/handoff.yml", "({band})", "({bnd})"],
  ["config/handoff.yml", "priority: High", "priority: Urgent"],
  ["config/notify.yml", "from: LeadLoop <leadloop@northwind.example.com> }", "from: LeadLoop }"],
  ["config/notify.yml", "notices: [sla-reminder,", "notices: [sla-remainder,"],
  ["config/notify.yml", "[mail, sales-room]", "[mail, sales-rom]"],
  ["config/calendar.yml", 'to: "17:00"', 'to: "07:00"'],
  ["config/calendar.yml", "country: DE }", "country: XX }"],
  ["config/calendar.yml", "time-zone: Europe/Rome, ", "time-zone: Europe/Roma, "],
  ["config/cadences.yml", "next: referral ", "next: refferal "],
  ["config/cadences.yml", "day: 17,  by: email", "day: 7,  by: email"],
  ["config/cadences.yml", "Call {{ name }} again", "Call {{ nmae }} again"],
  ["config/cadences.yml", 'by: letter, subject: "Post', 'by: lettre, subject: "Post'],
  ["config/agreement.yml", "measure: touched,", "measure: touche,"],
  ["config/report.yml", "source: origin", "source: orign"],
  ["config/report.yml", "blank-source: (no source)", "blank-source: [no source]"],
  ["config/safety.yml", "share: 0.5 ", "share: 5 "],
  ["config/suppression.yml", "when: hs_email_bounce > 0, stops: [email]", "when: hs_email_bounce > 0, stops: [emails]"],
  ["config/suppression.yml", "last_engagement >= 3", "last_engagement >= three"],
  ["config/signals.yml", "due-in-days: 1", "due-in-days: soon"],
  // What is wrong with the YAML itself hides nothing either, as long as the rest can be read.
  ["mappings/contact-lead.yml", "hubspot: firstname,  ", "hubspot: firstname, hubspot: firstname, "],
  ["mappings/contact-contact.yml", "on-delete: unlink ", "on-delete: *policy "],
  ["mappings/contact-contact.yml", "match: [email]", "match: &keys [email]"],
  ["config/segments.yml", "label: Has an e-mail address", 'label: "Has an address \\q"'],
  ["config/connector.yml", "lease-seconds: ", "lease-seconds: &lease "],
  ["config/safety.yml", "at-most: 1000,", "at-most: *all,"],
  ["config/safety.yml", "regress: { at-most: 20,", "regress: { at-most: !many 20,"],
  ["config/safety.yml", "blank:   { at-most: 50, ", "blank:   { at-most: 50, at-most: many, "],
  ["config/safety.yml", "first load is done\n", "first load is done\ndelete: { at-most: 1, share: 0 }\n"],
];

const alone = PLANTERS.map((planter) => linesWith([planter]));

function linesWith(planters: readonly Planter[]): readonly string[] {
  const folder = new ConfigFolder();
  try {
    for (const [file, from, to] of planters) folder.edit(file, from, to);
    return folder.lines();
  } finally {
    folder.close();
  }
}

test("each planter makes a mistake", () => {
  expect(alone.flatMap((lines, index) => (lines.length === 1 ? [] : [[PLANTERS[index], lines]]))).toEqual([]);
});

test("several mistakes are told exactly as each of them alone", () => {
  const some = fc.uniqueArray(fc.nat({ max: PLANTERS.length - 1 }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(some, (planted) => {
      const expected = planted.flatMap((index) => alone[index] ?? []);
      expect([...linesWith(planted.map((index) => PLANTERS[index]!))].sort()).toEqual([...expected].sort());
    }),
    { numRuns: cases(25) },
  );
});

test("all at once are told exactly as each of them alone", () => {
  expect([...linesWith(PLANTERS)].sort()).toEqual(alone.flat().sort());
});
