/** What the shipped rules of suppression stop: every cause against every way to reach somebody, with the reason where it is shown. */
import { afterAll, describe, expect, test } from "vitest";
import type { Channel } from "../../src/core/model/follow-up.ts";
import type { Facts } from "../../src/core/model/rulebook.ts";
import { planHandoff } from "../../src/core/rules/plan-handoff.ts";
import { NO_OWNER_WORK } from "../../src/core/rules/route-lead.ts";
import { suppressedBy } from "../../src/core/rules/suppression.ts";
import { entered, NOW, owner, score, state } from "../core/rules/rule-subjects.ts";
import { ConfigFolder } from "./config-folder.ts";

const folder = new ConfigFolder();
afterAll(() => folder.close());

// As an admin does it who takes the # away.
const commented = folder.read("config/suppression.yml");
folder.write("config/suppression.yml", commented.replaceAll(/^#(?= {2})/gm, ""));
const { rulebook } = folder.load();

type Means = Channel | "handoff task";
const MEANS: readonly Means[] = ["call", "email", "letter", "meeting", "handoff task"];

const CASES: readonly (readonly [cause: string, facts: Facts, because: string, stopped: readonly Means[]])[] = [
  ["opted out of e-mail", { hs_email_optout: "true" }, "opted out of e-mail", ["email"]],
  ["do-not-call", { do_not_call: "true" }, "must not be called", ["call", "handoff task"]],
  ["bounced", { hs_email_bounce: "1" }, "e-mail to the address bounced", ["email"]],
  [
    "three ignored e-mails in a row",
    { hs_email_sends_since_last_engagement: "3" },
    "ignored three e-mails in a row",
    ["email"],
  ],
  ["two ignored e-mails", { hs_email_sends_since_last_engagement: "2" }, "", []],
  ["no legal basis in Germany", { country: "DE" }, "no legal basis to contact them is on record", MEANS],
  ["a legal basis in Germany", { country: "DE", hs_legal_basis: "Legitimate interest - prospect/lead" }, "", []],
  ["no legal basis where none is needed", { country: "US" }, "", []],
  ["disqualified", { stage: "disqualified" }, "was ruled out for good", MEANS],
  ["nothing known against it", {}, "", []],
];
const MATRIX = CASES.flatMap(([cause, facts, because, stopped]) =>
  MEANS.map((means) => [cause, means, facts, stopped.includes(means) ? because : null] as const),
);

function handoffTask(facts: Facts) {
  return planHandoff({
    link: "link-1",
    name: "Ada Lovelace",
    facts,
    score: score(70),
    stage: state("mql", { since: NOW }),
    entered: [entered("mql")],
    handoffs: [],
    tasks: [],
    rulebook,
    owners: [owner("anna")],
    currentOwnerEmail: "anna@example.com",
    given: new Map(),
    work: NO_OWNER_WORK,
    now: NOW,
  }).task;
}

describe("the shipped suppression", () => {
  test.each(MATRIX)("%s, %s", (_, means, facts, because) => {
    if (means === "handoff task") {
      const task = handoffTask(facts);
      expect(task?.state).toBe(because === null ? "due" : "suppressed");
      if (because !== null) expect(task?.reason).toContain(because);
    } else expect(suppressedBy(rulebook.suppression, means, facts, NOW)?.because ?? null).toBe(because);
  });
});
