/** Every mistake that an admin can make in scoring.yml and in conditions: where it is said to be, and in which words. */
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
    "text where a number belongs",
    "config/scoring.yml",
    "mql-at: 60 ",
    "mql-at: sixty ",
    ['config/scoring.yml:3:9  mql-at: "sixty" is text; write a score from 0 to 100'],
  ],
  [
    "a number out of bounds",
    "config/scoring.yml",
    "mql-at: 60 ",
    "mql-at: 600 ",
    ["config/scoring.yml:3:9  mql-at: 600 is out of place; write a score from 0 to 100"],
  ],
  [
    "numbers that contradict each other",
    "config/scoring.yml",
    "rearm-below: 45",
    "rearm-below: 75",
    ["config/scoring.yml:4:14  rearm-below: is above mql-at (60); write a lower score"],
  ],
  [
    "an unknown name in a condition",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: employes >= 200",
    ['config/scoring.yml:21:38  fit[1].rules[0].when: "employes" is not a mapped field or fact; write employees'],
  ],
  [
    "a number compared with text",
    "config/scoring.yml",
    "when: employees >= 200",
    'when: employees >= "200"',
    [
      'config/scoring.yml:21:38  fit[1].rules[0].when: a number cannot be compared with text: employees >= "200"; text is written in quotes, numbers without',
    ],
  ],
  [
    "a condition that is neither true nor false",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: employees",
    [
      "config/scoring.yml:21:38  fit[1].rules[0].when: a condition must be true or false, this is a number; compare it, as in employees > 0",
    ],
  ],
  [
    "a single =",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: employees = 200",
    ["config/scoring.yml:21:48  fit[1].rules[0].when: write == to compare"],
  ],
  [
    "the word and",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: employees >= 200 and budget",
    ["config/scoring.yml:21:55  fit[1].rules[0].when: write && for and"],
  ],
  [
    "a condition that ends too early",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: employees >=",
    [
      "config/scoring.yml:21:50  fit[1].rules[0].when: the condition ends too early; a value or a closing bracket is missing",
    ],
  ],
  [
    "a bare true",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: true",
    [
      'config/scoring.yml:21:38  fit[1].rules[0].when: true needs quotes here: a condition is text, such as "true" for everybody, or country == "DE"',
    ],
  ],
  [
    "a misspelt function",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: dayssince(company) >= 200",
    ["config/scoring.yml:21:38  fit[1].rules[0].when: there is no function dayssince(); write daysSince()"],
  ],
  [
    "a function asked about the wrong kind",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: daysSince(company) >= 200",
    ["config/scoring.yml:21:48  fit[1].rules[0].when: daysSince() takes a date or date-time, this is text"],
  ],
  [
    "a condition that fails on blanks",
    "config/scoring.yml",
    "when: employees >= 200",
    'when: \'zip.split("-")[1] == "a"\'',
    [
      "config/scoring.yml:21:39  fit[1].rules[0].when: cannot be computed where a field is blank (No such key: index out of bounds, index 1 >= size 1); ask known(field) && first",
    ],
  ],
  [
    "a score that depends on itself",
    "config/scoring.yml",
    "when: employees >= 200",
    "when: score >= 20",
    [
      "config/scoring.yml:21:38  fit[1].rules[0].when: score is decided from the rules of this file, so they cannot ask for it",
    ],
  ],
  [
    "an unknown segment in a condition",
    "config/scoring.yml",
    "when: 'segment(\"asked-for-sales\")'",
    "when: 'segment(\"asked-for-demos\")'",
    [
      'config/scoring.yml:55:49  engagement[2].rules[1].when: there is no segment "asked-for-demos", or none above this one; add it to config/segments.yml',
    ],
  ],
  [
    "an unknown placeholder in a reason",
    "config/scoring.yml",
    '"answered an e-mail"',
    '"answered {hs_email_replid} e-mails"',
    [
      "config/scoring.yml:42:145  engagement[0].rules[2].reason: {hs_email_replid} is not known; write hs_email_replied",
    ],
  ],
  [
    "a count that is no number",
    "config/scoring.yml",
    "per: { field: hs_analytics_num_page_views,",
    "per: { field: recent_conversion_date,",
    [
      "config/scoring.yml:46:93  engagement[1].rules[0].per.field: recent_conversion_date is a date-time, and this must be a number; write one of employees, hs_email_open, hs_email_click, hs_email_replied, hs_email_bounce, hs_email_sends_since_last_engagement, hs_analytics_num_page_views, num_conversion_events",
    ],
  ],
  [
    "a date that is not known",
    "config/scoring.yml",
    "from: hs_email_last_open_date",
    "from: hs_email_last_opened",
    [
      'config/scoring.yml:40:136  engagement[0].rules[0].decay.from: "hs_email_last_opened" is not a mapped field or fact; write hs_email_last_open_date',
    ],
  ],
  [
    "a rule named twice",
    "config/scoring.yml",
    "name: influencer",
    "name: decision-maker",
    [
      "config/scoring.yml:17:17  fit[0].rules[1].name: there is already a rule called decision-maker; choose another name",
    ],
  ],
];

test.each(MISTAKES)("%s", (_, file, from, to, lines) => {
  folder.edit(file, from, to);
  expect(folder.lines()).toEqual(lines);
});
