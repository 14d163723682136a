/** Every mistake that an admin can make in cadences.yml, calendar.yml and the ladder: where it is said to be, and in which words. */
import { createRequire } from "node:module";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HOLIDAY_PLACES } from "../../src/config/holiday-places.ts";
import { ConfigFolder } from "./config-folder.ts";

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.close());

/** What is wrong, the file, what is replaced by what, and how each issue begins. */
const MISTAKES: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  [
    "a cadence that waits for its own end",
    "config/cadences.yml",
    "from: { cadence: onboarding }",
    "from: { cadence: referral }",
    ["config/cadences.yml:50:22  cadences[3].from.cadence: referral would wait for its own end; name another one"],
  ],
  [
    "cadences that lead into each other",
    "config/cadences.yml",
    "      - { name: second-referral, month: 12, by: email }\n",
    "      - { name: second-referral, month: 12, by: email }\n    next: onboarding\n",
    [
      "config/cadences.yml:46:11  cadences[2].next: onboarding leads to referral leads to onboarding: it would never end; remove one of the `next` lines",
      "config/cadences.yml:57:11  cadences[3].next: referral leads to onboarding leads to referral: it would never end; remove one of the `next` lines",
    ],
  ],
  [
    "a cadence that leads nowhere",
    "config/cadences.yml",
    "next: referral ",
    "next: refferal ",
    ["config/cadences.yml:46:11  cadences[2].next: there is no cadence refferal; write referral"],
  ],
  [
    "a step before the one above it",
    "config/cadences.yml",
    "day: 17,  by: email",
    "day: 7,  by: email",
    [
      "config/cadences.yml:19:9  cadences[0].steps[3]: third-mail would be due on day 7, before the step above it (day 10); put it further up, or write a later day",
    ],
  ],
  [
    "a step with two times, and one with none",
    "config/cadences.yml",
    "{ name: thank-you,    day: 3,   by: email }",
    "{ name: thank-you, day: 3, after: 1, by: email }\n      - { name: never, by: email }",
    [
      "config/cadences.yml:16:9  cadences[0].steps[0]: needs one of day, business-day, month, after, after-business-days",
      "config/cadences.yml:17:9  cadences[0].steps[1]: needs one of day, business-day, month, after, after-business-days",
    ],
  ],
  [
    "a template with an unknown variable",
    "config/cadences.yml",
    "Call {{ name }} again",
    "Call {{ nmae }} again",
    ["config/cadences.yml:21:71  cadences[0].steps[5].subject: {{ nmae }} is not known; write name"],
  ],
  [
    "a template that is not closed",
    "config/cadences.yml",
    "Call {{ name }} again",
    "Call {{ name again",
    ["config/cadences.yml:21:68  cadences[0].steps[5].subject: output"],
  ],
  [
    "a filter that there is not",
    "config/cadences.yml",
    "Call {{ name }} again",
    "Call {{ name | shout }} again",
    ["config/cadences.yml:21:"],
  ],
  [
    "words for an e-mail, and a task without any",
    "config/cadences.yml",
    "{ name: thank-you,    day: 3,   by: email }",
    "{ name: thank-you, day: 3, by: email, subject: Hello }\n      - { name: silent, after: 0, by: call }",
    [
      "config/cadences.yml:16:9  cadences[0].steps[0]: an e-mail's words are in HubSpot; remove subject and text here",
      'config/cadences.yml:17:9  cadences[0].steps[1]: a task has a subject; write subject: "Call {{ name }}"',
    ],
  ],
  [
    "an anchor that is no instant",
    "config/cadences.yml",
    "from: { fact: recent_conversion_date }",
    "from: { fact: company }",
    ["config/cadences.yml:9:19  cadences[0].from.fact: company is text, and this must be a date or a date-time"],
  ],
  [
    "a channel that there is not",
    "config/cadences.yml",
    'by: letter, subject: "Post',
    'by: lettre, subject: "Post',
    ['config/cadences.yml:20:45  cadences[0].steps[4].by: "lettre" is not a channel; write letter'],
  ],
  [
    "a reason to leave with neither",
    "config/cadences.yml",
    "{ since: hs_email_last_reply_date, because: replied }",
    "{ because: replied }",
    ["config/cadences.yml:12:9  cadences[0].leave[0]: needs one of when (a condition) and since"],
  ],
  [
    "a holiday country that there is not",
    "config/calendar.yml",
    "country: DE }",
    "country: XX }",
    [
      "config/calendar.yml:13:48  holidays[4].country: the holidays of XX are not known; write a country's two capital letters",
    ],
  ],
  [
    "a holiday country by the code that people use for it",
    "config/calendar.yml",
    "country: DE }",
    "country: UK }",
    ["config/calendar.yml:13:48  holidays[4].country: the holidays of UK are not known; write GB"],
  ],
  [
    "a region that the country does not have",
    "config/calendar.yml",
    "country: DE }",
    "country: DE, region: BV }",
    ["config/calendar.yml:13:60  holidays[4].region: DE has no region BV; write "],
  ],
  [
    "a time zone that there is not",
    "config/calendar.yml",
    "time-zone: Europe/Rome, ",
    "time-zone: Europe/Roma, ",
    [
      'config/calendar.yml:15:18  holidays[6].time-zone: "Europe/Roma" is not a time zone; write one such as Europe/Berlin',
    ],
  ],
  [
    "a day that ends before it begins",
    "config/calendar.yml",
    'to: "17:00"',
    'to: "07:00"',
    ['config/calendar.yml:4:29  hours.to: 07:00 is not after 09:00; write when the working day ends, such as "17:00"'],
  ],
  [
    "a day off that is no date",
    "config/calendar.yml",
    "days-off: [] ",
    'days-off: ["24.12.2026"] ',
    ['config/calendar.yml:5:12  days-off[0]: "24.12.2026" does not fit; write a date in quotes, such as "2026-12-24"'],
  ],
  [
    "a ladder out of order",
    "config/handoff.yml",
    "- { after-hours: 24, do: escalate }",
    "- { after-hours: 12, do: escalate }",
    ["config/handoff.yml:10:20  ladder[1].after-hours: 12 is not later than the step above it; write more than 16"],
  ],
  [
    "a step of the ladder twice, and one after the end",
    "config/handoff.yml",
    "- { after-hours: 64, do: recycle }",
    "- { after-hours: 64, do: recycle }\n  - { after-hours: 70, do: remind }",
    ["config/handoff.yml:14:28  ladder[5].do: remind stands here twice; each step is taken once"],
  ],
  [
    "a reason to disqualify that reps cannot choose",
    "config/lifecycle.yml",
    "Competitor, Student",
    "Competitors, Student",
    [
      'config/lifecycle.yml:52:43  disqualify-reasons[2]: "Competitors" is not one of the rejection reasons; write Competitor',
    ],
  ],
];

test.each(MISTAKES)("%s", (_, file, from, to, beginnings) => {
  folder.edit(file, from, to);
  const lines = folder.lines();
  expect(lines.map((line, index) => line.slice(0, (beginnings[index] ?? line).length))).toEqual(beginnings);
});

test("the known countries and regions are those that date-holidays knows", () => {
  const Book = createRequire(import.meta.url)("date-holidays") as new () => {
    getCountries(): object;
    getStates(country: string): object | undefined;
  };
  const book = new Book();
  const known = Object.keys(book.getCountries()).map((country): [string, string[]] => [
    country,
    Object.keys(book.getStates(country) ?? {}).filter((region) => /^[A-Z0-9]{1,3}$/.test(region)),
  ]);
  const sorted = (places: readonly (readonly [string, readonly string[]])[]) =>
    places.map(([country, regions]) => `${country} ${regions.toSorted().join(" ")}`).sort();
  expect(sorted([...HOLIDAY_PLACES])).toEqual(sorted(known));
});

test("public holidays are those of the place, year by year, and no other days", () => {
  const { publicHolidays } = folder.load().rulebook.calendars;
  const bavaria = publicHolidays({ country: "DE", region: "BY" });
  const germany = publicHolidays({ country: "DE", region: null });
  const cases: readonly (readonly [string, boolean, boolean])[] = [
    ["2026-01-01", true, true],
    ["2026-01-06", true, false],
    ["2026-04-03", true, true],
    ["2026-06-04", true, false],
    ["2026-10-03", true, true],
    ["2026-10-05", false, false],
    ["2027-03-26", true, true],
  ];
  for (const [date, inBavaria, everywhere] of cases)
    expect([date, bavaria.has(date), germany.has(date)]).toEqual([date, inBavaria, everywhere]);
  expect(publicHolidays({ country: "US", region: null }).has("2026-11-26")).toBe(true);
});
