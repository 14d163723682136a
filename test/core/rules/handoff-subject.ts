/** A handoff to plan: somebody who has just become an MQL, two reps and a queue; each test says what differs. */
import type { HandoffEntry } from "../../../src/core/model/ledger.ts";
import { type HandoffInput, type HandoffPlan, planHandoff } from "../../../src/core/rules/plan-handoff.ts";
import { at, DAY_MS, entered, NOW, owner, rulebook, score, state } from "./rule-subjects.ts";

/** What is planned for them. */
export const planned = (overrides: Partial<HandoffInput> = {}): HandoffPlan =>
  planHandoff({
    link: "link-1",
    name: "Ada Lovelace",
    facts: { company: "Engines Ltd" },
    score: score(72),
    stage: state("mql", { since: NOW }),
    entered: [entered("mql")],
    handoffs: [],
    tasks: [],
    rulebook: rulebook(),
    owners: [owner("anna"), owner("ben"), owner("Lead Desk", { queue: true, email: null })],
    currentOwnerEmail: null,
    given: new Map(),
    now: NOW,
    ...overrides,
  });

/** A handoff of yesterday that nobody has answered. */
export const open = (overrides: Partial<HandoffEntry> = {}): HandoffEntry => ({
  link: "link-1",
  epoch: 1,
  ownerEmail: "anna@example.com",
  routedBy: "all",
  at: at(-DAY_MS),
  deadline: NOW,
  outcome: "open",
  endedAt: null,
  endedBy: null,
  reasons: [],
  ...overrides,
});
