/** Whose an opportunity is, and for which of several people its money counts. */
import { describe, expect, test } from "vitest";
import type { OutcomeEntry } from "../../../src/core/model/ledger.ts";
import { contactsOf, countOnce } from "../../../src/core/rules/opportunity-people.ts";
import { outcome } from "./rule-subjects.ts";

const role = (contactId: string, isPrimary = false) => ({ contactId, isPrimary });
const colleague = (contactId: string, createdAt = "2026-01-01T00:00:00.000Z") => ({ contactId, createdAt });

describe("whose an opportunity is", () => {
  const late = colleague("late", "2026-05-02T00:00:00.000Z");
  test.each([
    ["one with a role", [role("a")], null, null, ["a contact role"]],
    [
      "everybody with a role, whoever is primary",
      [role("a"), role("b", true)],
      null,
      null,
      ["a contact role", "b primary contact role"],
    ],
    ["one with two roles, once", [role("a"), role("a", true)], null, null, ["a primary contact role"]],
    ["nobody without a role where the account is not asked", [], null, null, []],
    [
      "everybody at the account where nobody has a role",
      [],
      [colleague("a"), colleague("b")],
      null,
      ["a account", "b account"],
    ],
    [
      "only those with a role, although colleagues are known",
      [role("a")],
      [colleague("a"), colleague("b")],
      null,
      ["a contact role"],
    ],
    ["a colleague who came while it is open", [], [late], null, ["late account"]],
    ["a colleague who came on the day it was closed", [], [late], "2026-05-02T00:00:00.000Z", ["late account"]],
    [
      "no colleague who came after it was closed",
      [],
      [colleague("a"), late],
      "2026-05-01T23:00:00.000Z",
      ["a account"],
    ],
  ])("%s", (_case, roles, contacts, closedAt, expected) => {
    expect(contactsOf(roles, contacts, closedAt).map(({ contactId, through }) => `${contactId} ${through}`)).toEqual(
      expected,
    );
  });
});

describe("for whom it counts", () => {
  const entry = (link: string, through: OutcomeEntry["through"], counts = false): OutcomeEntry =>
    outcome({ link, contactId: `003${link}`, through, counts });
  const counting = (
    entries: readonly OutcomeEntry[],
    stored: readonly OutcomeEntry[] = [],
    ranks: Readonly<Record<string, number>> = {},
  ): string[] =>
    countOnce(entries, stored, (link) => ranks[link] ?? 0).flatMap(({ link, counts }) => (counts ? [link] : []));

  test.each([
    [
      "the primary role before all",
      [entry("a", "contact role"), entry("b", "primary contact role")],
      [],
      { a: 9 },
      "b",
    ],
    ["a role before the account", [entry("a", "account"), entry("b", "contact role")], [], { a: 9 }, "b"],
    [
      "the furthest in the funnel among equals",
      [entry("a", "account"), entry("b", "account")],
      [],
      { b: 2, a: 1 },
      "b",
    ],
    [
      "whoever it counted for already, however far others are",
      [entry("a", "account"), entry("b", "account")],
      [entry("a", "account", true)],
      { b: 9 },
      "a",
    ],
    [
      "a new primary role before whoever it counted for",
      [entry("a", "contact role"), entry("b", "primary contact role")],
      [entry("a", "contact role", true)],
      {},
      "b",
    ],
    ["the first by link where nothing tells them apart", [entry("b", "account"), entry("a", "account")], [], {}, "a"],
  ])("%s", (_case, entries, stored, ranks, expected) => {
    expect(counting(entries, stored, ranks)).toEqual([expected]);
    expect(counting(entries.toReversed(), stored, ranks)).toEqual([expected]);
  });

  test("each of two opportunities counts for one", () => {
    const other = { ...entry("b", "account"), opportunityId: "006other" };
    expect(counting([entry("a", "account"), entry("b", "account"), other])).toEqual(["a", "b"]);
  });
});
