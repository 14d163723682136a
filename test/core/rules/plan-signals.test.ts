/** Signals: what sales is shown of people it knows, once for each time, and not about what is old or forbidden. */
import { describe, expect, test } from "vitest";
import type { TaskEntry } from "../../../src/core/model/ledger.ts";
import type { Facts, Rulebook, SuppressionRule } from "../../../src/core/model/rulebook.ts";
import { planSignals, type SignalInput, signalCause, signalNotices } from "../../../src/core/rules/plan-signals.ts";
import { NO_OWNER_WORK } from "../../../src/core/rules/route-lead.ts";
import { stopsChannel, suppressedBy, suppressionsOf } from "../../../src/core/rules/suppression.ts";
import { at, DAY_MS, fact, NOW, owner, rulebook, score, state } from "./rule-subjects.ts";

const words = { subject: "{name}: {when}", description: "{reasons}\n{company}", priority: "High", dueInDays: 1 };
const noCall: SuppressionRule = {
  name: "no-call",
  when: fact("do_not_call"),
  stops: ["call"],
  because: "must not be called",
};
const rules: Rulebook = {
  ...rulebook(),
  suppression: [noCall],
  signals: { quietDays: 90, freshDays: 7, tasks: { reply: words, sleeper: words, comeback: words } },
};
const day = (days: number): string => at(days * DAY_MS);

function signals(before: Facts | null, facts: Facts, changes: Partial<SignalInput> = {}) {
  return planSignals({
    link: "link-1",
    name: "Ada",
    before,
    facts: { ...before, ...facts },
    score: score(50),
    stage: state("lead"),
    isContact: false,
    isHandedOver: false,
    tasks: [],
    rulebook: rules,
    owners: [owner("anna"), owner("ben")],
    currentOwnerEmail: "ben@example.com",
    given: new Map(),
    work: NO_OWNER_WORK,
    now: NOW,
    ...changes,
  });
}
const kinds = (tasks: ReturnType<typeof signals>) => tasks.map(({ purpose, ownerEmail }) => [purpose, ownerEmail]);

describe("An answer to an e-mail", () => {
  test("is told to the owner too, once for its cause; nobody is told of what is stopped", () => {
    const tasks = signals({}, { hs_email_last_reply_date: day(-1) });
    expect(signalNotices(tasks, NOW)).toMatchObject([
      { key: `signal:${tasks[0]?.cause}`, kind: "replied", ownerEmail: "ben@example.com", title: "Ada: 2026-10-04" },
    ]);
    expect(signalNotices([{ ...(tasks[0] as TaskEntry), purpose: "sleeper", state: "suppressed" }], NOW)).toEqual([]);
  });

  const reply = { hs_email_last_reply_date: day(-1) };

  test("is a task for the owner, due on the next working day", () => {
    expect(signals({}, reply)).toMatchObject([
      {
        cause: `reply:link-1:${day(-1).slice(0, 16)}`,
        purpose: "reply",
        state: "due",
        subject: "Ada: 2026-10-04",
        ownerEmail: "ben@example.com",
        dueOn: "2026-10-06",
        reason: "ben owns the person",
      },
    ]);
  });

  test.each([
    [
      "of somebody without an owner goes where a lead would",
      {},
      { currentOwnerEmail: null },
      [["reply", "anna@example.com"]],
    ],
    [
      "of somebody whose owner has left, too",
      {},
      { owners: [owner("anna"), owner("ben", { active: false })] },
      [["reply", "anna@example.com"]],
    ],
    ["even of somebody who must not be called", { do_not_call: "true" }, {}, [["reply", "ben@example.com"]]],
    ["seen at the first sight is history", null, {}, []],
    ["known already is none", { ...reply }, {}, []],
    ["longer ago than a week is none", {}, { now: day(7) }, []],
    [
      "with its task there already is none",
      {},
      { tasks: [{ cause: signalCause("reply", "link-1", day(-1)) } as never] },
      [],
    ],
    ["of somebody ruled out is none", {}, { stage: state("disqualified") }, []],
    ["is none where that is switched off", {}, { rulebook: rulebook() }, []],
  ])("%s", (_, before, changes, expected) => {
    expect(kinds(signals(before, reply, changes))).toEqual(expected);
  });

  test("after a long quiet is one task, not two", () => {
    expect(kinds(signals({ hs_email_last_open_date: day(-200) }, reply))).toEqual([["reply", "ben@example.com"]]);
  });
});

describe("A sleeper", () => {
  const open = { hs_email_last_open_date: day(-1) };

  test.each([
    [
      "who opens an e-mail after 90 quiet days is a task",
      { hs_email_last_click_date: day(-91) },
      {},
      [["sleeper", "ben@example.com"]],
    ],
    ["is nobody who was quiet for less", { hs_email_last_click_date: day(-90) }, {}, []],
    ["is nobody who never did anything before", {}, {}, []],
    ["without an owner is nobody's signal", { hs_email_last_click_date: day(-91) }, { currentOwnerEmail: null }, []],
    [
      "who is handed over at the same time is told there",
      { hs_email_last_click_date: day(-91) },
      { isHandedOver: true },
      [],
    ],
  ])("%s", (_, before, changes, expected) => {
    expect(kinds(signals(before, open, changes))).toEqual(expected);
  });

  test("who must not be called is not to be called, and that is on record", () => {
    expect(signals({ hs_email_last_click_date: day(-91), do_not_call: "true" }, open)).toMatchObject([
      { state: "suppressed", reason: "not made: must not be called (no-call)" },
    ]);
  });
});

describe("Somebody known who fills a form again", () => {
  const form = { recent_conversion_date: day(0) };

  test.each([
    ["as a contact is a task for the record's owner", { isContact: true }, [["comeback", "ben@example.com"]]],
    ["as a customer is one", { stage: state("customer") }, [["comeback", "ben@example.com"]]],
    ["as a lead is the score's business", {}, []],
    ["and is handed over for it is told there", { isContact: true, isHandedOver: true }, []],
    [
      "whose owner has left goes where a lead would",
      { isContact: true, owners: [owner("anna")] },
      [["comeback", "anna@example.com"]],
    ],
  ])("%s", (_, changes, expected) => {
    expect(kinds(signals({ recent_conversion_date: day(-30) }, form, changes))).toEqual(expected);
  });
});

describe("Suppression", () => {
  const optedOut: SuppressionRule = {
    name: "out",
    when: fact("out"),
    stops: ["email", "letter"],
    because: "opted out",
  };
  const all = [noCall, optedOut];

  test.each([
    ["call", { do_not_call: "true" }, "no-call"],
    ["call", { out: "true" }, undefined],
    ["email", { do_not_call: "true", out: "true" }, "out"],
    ["meeting", { do_not_call: "true", out: "true" }, undefined],
    ["email", {}, undefined],
  ] as const)("of a %s for %o is by %s", (channel, facts, name) => {
    expect(suppressedBy(all, channel, facts, NOW)?.name).toBe(name);
    expect(stopsChannel(all, channel, null)?.holds(facts, NOW) ?? false).toBe(name !== undefined);
  });

  test("names all that is closed", () => {
    expect(suppressionsOf(all, { do_not_call: "true", out: "true" }, NOW).map(({ because }) => because)).toEqual([
      "must not be called",
      "opted out",
    ]);
    expect(stopsChannel(all, "call", fact("other"))?.source).toBe("other || do_not_call");
  });
});
