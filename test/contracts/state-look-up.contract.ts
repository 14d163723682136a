/** How every state store finds people: by record, e-mail, name, or by what is due. */
import { expect, test } from "vitest";
import type { OutcomeEntry } from "../../src/core/model/ledger.ts";
import type { Link } from "../../src/core/model/link.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { leased, NO_DECISIONS, NO_OUTCOMES, outcomeOf, personLink, T } from "./state-samples.ts";

/** `fresh` gives an empty store; stores of one run share a database. */
export function stateLookUpContract(fresh: () => StateStore): void {
  test("a record is found by its present id and by the ids it had", async () => {
    const store = fresh();
    const lease = await leased(store);
    const aliases = [{ system: "salesforce", oldId: "00Qold", link: "b", cause: "convert" }] as const;
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      links: [personLink("a"), personLink("b"), personLink("c")],
      aliases,
    });
    const found = await store.linksByRecord("salesforce", ["00Qa", "00Qold", "00Qb", "nothing"]);
    expect([...found].map(([asked, link]) => [asked, link.id]).toSorted()).toEqual([
      ["00Qa", "a"],
      ["00Qb", "b"],
      ["00Qold", "b"],
    ]);
    // "b" goes into "c": whoever asks for any of its ids is told "c".
    const merged = [personLink("b", { version: 2, state: "superseded" }), personLink("c", { version: 2 })];
    const next = [{ system: "salesforce", oldId: "00Qb", link: "c", cause: "merge" }] as const;
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: merged, aliases: next });
    const later = await store.linksByRecord("salesforce", ["00Qold", "00Qb"]);
    expect([...later.values()].map((link) => link.id)).toEqual(["c", "c"]);
  });

  test("live and tombstoned people are found by e-mail, superseded ones only where they keep a record", async () => {
    const store = fresh();
    const email = "same@example.com";
    const none = { hubspotId: null, salesforceId: null };
    const links = [
      personLink("p0", { state: "linked", email }),
      personLink("p1", { state: "tombstoned", email }),
      personLink("p2", { state: "superseded", email, ...none }),
      personLink("p3", { state: "superseded", email, ...none, hubspotId: "3" }),
    ];
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links });
    const found = await store.linksByEmail([email, "nobody@example.com"]);
    expect(found.map((link) => link.id)).toEqual(["p0", "p1", "p3"]);
  });

  test("who was set aside for an address is found by the record that has it, unless they have gone on since", async () => {
    const store = fresh();
    const facts = { "address of hubspot": "290301" };
    const links = [
      personLink("p0", { state: "ambiguous", facts }),
      personLink("p1", { state: "tombstoned", facts }),
      personLink("p2", { state: "linked", facts }),
      personLink("p3", { state: "ambiguous", facts: { "address of salesforce": "290301" } }),
      personLink("p4", { state: "ambiguous" }),
    ];
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links });
    expect((await store.linksSharing("hubspot", ["290301", "290302"])).map(({ id }) => id)).toEqual(["p0", "p1"]);
    expect((await store.linksSharing("salesforce", ["290301"])).map(({ id }) => id)).toEqual(["p3"]);
  });

  test("an opportunity has each of its people once, and forgets who is not named where all are", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [personLink("a"), personLink("b"), personLink("c")] });
    const entry = (link: string, changes: Partial<OutcomeEntry> = {}) =>
      outcomeOf(link, { opportunityId: "006x", contactId: `003${link}`, ...changes });
    const people = async (): Promise<string[]> =>
      (await store.outcomesOfOpportunities(["006x"])).map(({ link, contactId }) => `${link} ${contactId}`);
    await store.saveOutcomes(lease, [entry("a"), entry("b"), entry("c", { opportunityId: "006y" })], []);
    expect(await people()).toEqual(["a 003a", "b 003b"]);
    // The contact of "b" was merged into another, and what "a" stood for is now "c".
    const later = [
      entry("b", { contactId: "003z", through: "account", counts: false }),
      entry("c", { contactId: "003a" }),
    ];
    await store.commitDecisions(lease, { ...NO_DECISIONS, outcomes: later });
    expect(await people()).toEqual(["c 003a", "b 003z"]);
    expect(await store.outcomesOf(["b"])).toEqual([later[0]]);
    await store.saveOutcomes(lease, [entry("a")], ["006x"]);
    expect(await people()).toEqual(["a 003a"]);
    expect(await store.outcomesOf(["c"])).toHaveLength(1);
  });

  test("what each person bought is summed since a day: won, with an amount, whoever else bought", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [personLink("a"), personLink("b"), personLink("c")] });
    const won = (id: string, link: string, changes: Partial<OutcomeEntry> = {}) =>
      outcomeOf(link, { opportunityId: id, closed: true, won: true, amount: 100, stageAt: T(10), ...changes });
    await store.saveOutcomes(
      lease,
      [
        won("006a", "a"),
        won("006b", "a", { amount: 0.5 }),
        won("006c", "a", { stageAt: T(9) }),
        won("006d", "b", { won: false }),
        won("006e", "b", { amount: null }),
        won("006f", "c"),
        won("006g", "c", { currency: "ZZZ", amount: 7 }),
        won("006a", "b", { counts: false }),
      ],
      [],
    );
    const sales = await store.salesByPerson(T(10));
    expect(sales.toSorted((one, other) => (one.link < other.link ? -1 : 1))).toEqual([
      { link: "a", currency: "EUR", amount: 100.5 },
      { link: "c", currency: "EUR", amount: 100 },
      { link: "c", currency: "ZZZ", amount: 7 },
    ]);
    expect(await store.salesByPerson(T(11))).toEqual([]);
  });

  test("a company's contacts say who looks after it: the owner of most of them", async () => {
    const store = fresh();
    const contact = (id: string, email: string, owner: string | null, changes: Partial<Link> = {}) =>
      personLink(id, {
        email,
        salesforceObject: "Contact",
        state: "linked",
        facts: { hubspot_owner_id: owner },
        ...changes,
      });
    const links = [
      contact("a", "a@acme.com", "cleo@example.com"),
      contact("b", "b@acme.com", "ben@example.com"),
      contact("c", "c@acme.com", "ben@example.com"),
      contact("d", "d@tie.com", "cleo@example.com"),
      contact("e", "e@tie.com", "ben@example.com"),
      contact("f", "f@lead.com", "ben@example.com", { salesforceObject: "Lead" }),
      contact("g", "g@gone.com", "ben@example.com", { state: "tombstoned" }),
      contact("h", "h@nobody.com", null),
    ];
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links });
    const asked = ["acme.com", "tie.com", "lead.com", "gone.com", "nobody.com", "unknown.com"];
    expect([...(await store.ownersOfDomains(asked))].toSorted()).toEqual([
      ["acme.com", "ben@example.com"],
      ["tie.com", "ben@example.com"],
    ]);
    expect(await store.ownersOfDomains([])).toEqual(new Map());
  });

  test("where a fact names the owner of the account, contacts count for them, and without it for their own owner", async () => {
    const store = fresh();
    const contact = (id: string, email: string, owner: string, account_owner: string | null) =>
      personLink(id, {
        email,
        hubspotId: `1${id}`,
        salesforceId: `003${id}`,
        salesforceObject: "Contact",
        state: "linked",
        facts: { hubspot_owner_id: owner, ...(account_owner === null ? {} : { account_owner }) },
      });
    const links = [
      contact("a", "a@acme.com", "ada@example.com", "ben@example.com"),
      contact("b", "b@acme.com", "ada@example.com", "ben@example.com"),
      contact("c", "c@acme.com", "ada@example.com", null),
      contact("d", "d@solo.com", "ada@example.com", null),
    ];
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links });
    const asked = ["acme.com", "solo.com"];
    const by = async (fact?: string) => [...(await store.ownersOfDomains(asked, fact))].toSorted();
    expect(await by()).toEqual([
      ["acme.com", "ada@example.com"],
      ["solo.com", "ada@example.com"],
    ]);
    expect(await by("account_owner")).toEqual([
      ["acme.com", "ben@example.com"],
      ["solo.com", "ada@example.com"],
    ]);
  });

  const wanted: readonly (readonly [string, string, readonly string[]])[] = [
    ["link id", "p1", ["p1"]],
    ["e-mail in any case", " Grace@Example.com ", ["p2"]],
    ["HubSpot id", "77", ["p1"]],
    ["18-character Salesforce id", "00Q000000000001AAA", ["p1"]],
    ["15-character Salesforce id", "00Q000000000001", ["p1"]],
    ["id before a merge", "66", ["p2"]],
    ["part of the name", "hopp", ["p2"]],
    ["a wildcard, which means itself", "%", []],
    ["nothing", "  ", []],
  ];
  test.each(wanted)("a person is found by %s", async (_what, text, ids) => {
    const store = fresh();
    const ada = personLink("p1", { hubspotId: "77", salesforceId: "00Q000000000001AAA", name: "Ada Lovelace" });
    const grace = personLink("p2", {
      hubspotId: "78",
      salesforceId: "00Q000000000002AAA",
      email: "grace@example.com",
      name: "Grace Hopper",
    });
    const aliases = [{ system: "hubspot", oldId: "66", link: "p2", cause: "merge" }] as const;
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links: [ada, grace], aliases });
    expect((await store.findPerson(text)).map((link) => link.id)).toEqual(ids);
  });

  test("passes over everyone go in id order, and only scores that are due are due", async () => {
    const store = fresh();
    const due = (id: string, nextChangeAt: string | null, state: "linked" | "tombstoned" = "linked") =>
      personLink(id, { state, score: { total: 1, fit: 1, engagement: 0, band: "C3", reasons: [], nextChangeAt } });
    const links = [due("B", T(9)), due("a", T(5)), due("_", null), due("c", T(5), "tombstoned"), due("d", T(99))];
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links });
    const first = await store.scanLinks(null, 3);
    const rest = await store.scanLinks(first.at(-1)?.id ?? null, 3);
    expect([...first, ...rest].map((link) => link.id)).toEqual(["B", "_", "a", "c", "d"]);
    expect((await store.linksDueForScore(T(9), 9)).map((link) => link.id)).toEqual(["a", "B"]);
  });

  test("an answer changes the facts of those it names, and of the others what an answer can change", async () => {
    const store = fresh();
    const lease = await leased(store);
    const links = ["a", "b"].map((id) => personLink(id, { facts: { fate: "due" } }));
    await store.commitDecisions(lease, { ...NO_DECISIONS, links });
    const answered = links.map((link): Link => ({ ...link, version: 2, state: "tombstoned", facts: { fate: "done" } }));
    expect(await store.commitOutcomes(lease, { ...NO_OUTCOMES, links: answered, factsOf: ["b"] })).toEqual({
      stale: [],
    });
    const [a, b] = await store.links(["a", "b"]);
    expect([a?.state, a?.facts, b?.state, b?.facts]).toEqual([
      "tombstoned",
      { fate: "due" },
      "tombstoned",
      { fate: "done" },
    ]);
  });

  test("a score that is looked at later changes nothing else, and nobody who was decided meanwhile", async () => {
    const store = fresh();
    const lease = await leased(store);
    const scored = (id: string, version: number, nextChangeAt: string) =>
      personLink(id, {
        version,
        score: { total: 1, fit: 1, engagement: 0, band: "C3", reasons: [], nextChangeAt },
      });
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [scored("a", 1, T(5)), scored("b", 1, T(5))] });
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [scored("b", 2, T(6))] });
    await store.postponeScores(lease, [{ ...scored("a", 2, T(50)), name: "not this" }, scored("b", 2, T(50))]);
    expect(await store.links(["a", "b"])).toEqual([scored("a", 2, T(50)), scored("b", 2, T(6))]);
    expect((await store.linksDueForScore(T(9), 9)).map((link) => link.id)).toEqual(["b"]);
    await store.postponeScores(lease, []);
  });
}
