/** What every state store must keep of people who were counted ahead of the report: their lines while these are true, and not a moment longer. */
import { expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import type { CountedAhead, CountedPerson, PersonLedger, PersonToCount } from "../../src/core/model/report-row.ts";
import { ladderKey } from "../../src/core/rules/handoff-ladder.ts";
import type { Decisions, Lease, StateStore } from "../../src/jobs/state-port.ts";
import { handoffOf, leased, NO_DECISIONS, outcomeOf, personLink, stageEventOf, T, taskFor } from "./state-samples.ts";

const READING = { facts: ["origin"], touches: [{ at: "met_at", campaign: "met_by" }] };
const IDS = ["a", "b", "c"];

/** `fresh` gives an empty store. */
export function stateAheadContract(fresh: () => StateStore): void {
  test("whoever was counted ahead comes as a line, and another key forgets all lines and words", async () => {
    const { store } = await threePeople(fresh());
    expect(await store.countedAhead()).toBeNull();
    await store.beginCountingAhead("k1");
    expect(await store.countedAhead()).toEqual({ key: "k1", words: [], until: "1970-01-01T00:00:00.000Z" });
    const everybody = await ledgersOf(store);
    const people = await store.peopleToCountAhead("", 9);
    expect(people.map(({ ledger }) => ledger)).toEqual(everybody);
    expect(await idsOf(store.peopleToCountAhead("a", 1))).toEqual(["b"]);
    // One line feed would make two lines of it, and a blank is nobody's.
    for (const line of ["one\ntwo", ""])
      await expect(keep(store, people, { line })).rejects.toThrow(/the line of a is/);
    const words = ["web", 'a "fair"\n\u0000', "\ud83d", "rep@example.com"];
    await keep(store, people.slice(0, 2), { words: words.slice(0, 3), until: T(5) });
    expect(await sectionOf(store)).toEqual(["line of a", "line of b", everybody[2]]);
    await keep(store, people.slice(2), { words: words.slice(3), until: T(1) });
    expect(await store.countedAhead()).toEqual({ key: "k1", words, until: T(5) });
    expect(await sectionOf(store)).toEqual(IDS.map((id) => `line of ${id}`));
    expect(await store.peopleToCountAhead("", 9)).toEqual([]);
    expect(await store.reportPeopleAbout()).toBeGreaterThanOrEqual(0);

    await store.beginCountingAhead("k2");
    expect(await store.countedAhead()).toEqual({ key: "k2", words: [], until: "1970-01-01T00:00:00.000Z" });
    expect(await sectionOf(store)).toEqual(everybody);
    expect(await idsOf(store.peopleToCountAhead("", 9))).toEqual(IDS);
  });

  test("a section has the people of its own part, lines and ledgers in link order, however often it is gone through", async () => {
    const { store } = await countedPeople(fresh());
    const ahead = await standing(store);
    const ids = async (after: string, last: string | null) => {
      const section = await store.countedSection({ after, last }, ahead);
      return [[...section], [...section]];
    };
    expect(await ids("a", "b")).toEqual([["line of b"], ["line of b"]]);
    expect(await ids("b", null)).toEqual([["line of c"], ["line of c"]]);
    expect(await ids("c", null)).toEqual([[], []]);
  });

  test("a person with a line of null waits for nothing and comes with their ledger", async () => {
    const { store } = await threePeople(fresh());
    await store.beginCountingAhead("k1");
    await keep(store, await store.peopleToCountAhead("", 9), { line: null });
    expect(await store.peopleToCountAhead("", 9)).toEqual([]);
    expect(await sectionOf(store)).toEqual(await ledgersOf(store));
  });

  test("who knows too little of the lines gets none: words or a moment came later, or all began anew", async () => {
    const { store } = await countedPeople(fresh());
    const ledgers = await ledgersOf(store);
    const known = await standing(store);
    expect(await sectionOf(store, known)).toEqual(IDS.map((id) => `line of ${id}`));
    await keep(store, [], { until: T(-1) });
    expect(await sectionOf(store, known)).toEqual(IDS.map((id) => `line of ${id}`));
    await keep(store, [], { words: ["another"] });
    expect(await sectionOf(store, known)).toEqual(ledgers);
    const withWord = await standing(store);
    await keep(store, [], { until: T(90) });
    expect(await sectionOf(store, withWord)).toEqual(ledgers);
    expect(await sectionOf(store)).toEqual(IDS.map((id) => `line of ${id}`));
    const before = await standing(store);
    await store.beginCountingAhead("k2");
    expect(await sectionOf(store, before)).toEqual(ledgers);
  });

  test("two that count ahead at once do not mix their words: the later one stops, and nothing of it is stored", async () => {
    const { store } = await threePeople(fresh());
    const people = await store.peopleToCountAhead("", 9);
    await expect(keepAt(store, 0, people)).rejects.toThrow(StopRun);
    await store.beginCountingAhead("k1");
    await keepAt(store, 0, [], ["web"]);
    await expect(keepAt(store, 0, people, ["fair"])).rejects.toThrow(/another run counts people ahead/);
    expect(await standing(store)).toMatchObject({ words: ["web"] });
    expect(await idsOf(store.peopleToCountAhead("", 9))).toEqual(IDS);
  });

  test.each(Object.entries(CHANGES))("%s: that person's line is gone, and only theirs", async (_what, change) => {
    const { store, lease } = await countedPeople(fresh());
    await change(store, lease);
    expect(await idsOf(store.peopleToCountAhead("", 9))).toEqual(["b"]);
    const now = await ledgersOf(store);
    expect(await sectionOf(store)).toEqual(["line of a", now[1], "line of c"]);
    await keep(store, await store.peopleToCountAhead("", 9), { line: "another line of b" });
    expect(await sectionOf(store)).toEqual(["line of a", "another line of b", "line of c"]);
  });

  test("whoever had a line and has one of null since comes with their ledger, and with a line again later", async () => {
    const { store, lease } = await countedPeople(fresh());
    const rename = async (name: string): Promise<void> => {
      const [link] = await store.links(["b"]);
      if (link === undefined) throw new Error("the link is gone");
      await store.commitDecisions(lease, { ...NO_DECISIONS, links: [{ ...link, name, version: link.version + 1 }] });
    };
    await rename("B.");
    await keep(store, await store.peopleToCountAhead("", 9), { line: null });
    expect(await sectionOf(store)).toEqual(["line of a", (await ledgersOf(store))[1], "line of c"]);
    await rename("B");
    await keep(store, await store.peopleToCountAhead("", 9));
    expect(await sectionOf(store)).toEqual(IDS.map((id) => `line of ${id}`));
  });

  test.each(Object.entries(CHANGES))(
    "%s between reading and keeping: that person is still to be counted",
    async (_what, change) => {
      const { store, lease } = await threePeople(fresh());
      await store.beginCountingAhead("k1");
      const people = await store.peopleToCountAhead("", 9);
      await change(store, lease);
      await keep(store, people);
      expect(await sectionOf(store)).toEqual(["line of a", (await ledgersOf(store))[1], "line of c"]);
      expect(await idsOf(store.peopleToCountAhead("", 9))).toEqual(["b"]);
    },
  );

  test("an erasure takes the line, and what was counted before it is not kept after it", async () => {
    const { store, lease } = await threePeople(fresh());
    // Of b there is a ledger to change, of d nothing but the link.
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [personLink("d")] });
    await store.beginCountingAhead("k1");
    const people = await store.peopleToCountAhead("", 9);
    await keep(store, people);
    expect(await linesOf(store)).toEqual(["line of a", "line of b", "line of c", "line of d"]);
    await store.erase(lease, ["b", "d"], "asked for", T());
    expect(await linesOf(store)).toEqual(["line of a", "line of c"]);
    await keep(store, people);
    // Their rows are there again.
    const links = (await store.links(["b", "d"])).map((link) => ({ ...link, version: link.version + 1 }));
    expect(await store.commitDecisions(lease, { ...NO_DECISIONS, links })).toEqual({ stale: [] });
    await keep(store, people);
    expect(await linesOf(store)).toEqual(["line of a", "line of c"]);
  });

  test("an opportunity that moves to another person changes both", async () => {
    const { store, lease } = await countedPeople(fresh());
    await store.saveOutcomes(lease, [outcomeOf("b", { link: "c" })], []);
    expect(await idsOf(store.peopleToCountAhead("", 9))).toEqual(["b", "c"]);
  });

  test("what the report does not read changes nobody: the same once more, and a reminder", async () => {
    const { store, lease } = await countedPeople(fresh());
    const [link] = await store.links(["b"]);
    if (link === undefined) throw new Error("the link is gone");
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      links: [{ ...link, version: link.version + 1, facts: { other: "x" } }],
      handoffs: [handoffOf("b")],
      followUpEvents: [{ ...REASSIGNED, key: ladderKey("b", 1, "remind"), kind: "remind" }],
    });
    await store.saveOutcomes(lease, [outcomeOf("b")], [outcomeOf("b").opportunityId]);
    await store.saveTasks(lease, [taskFor("b", { state: "done", salesforceId: "00Tb" })]);
    expect(await store.peopleToCountAhead("", 9)).toEqual([]);
  });
}

type Change = (store: StateStore, lease: Lease) => Promise<unknown>;

const REASSIGNED = {
  key: ladderKey("b", 1, "reassign"),
  link: "b",
  epoch: 1,
  kind: "reassign",
  at: T(9),
  text: "given to another",
} as const;

const decided =
  (decisions: Partial<Decisions>): Change =>
  (store, lease) =>
    store.commitDecisions(lease, { ...NO_DECISIONS, ...decisions });
const task =
  (changes: Parameters<typeof taskFor>[1]): Change =>
  (store, lease) =>
    store.saveTasks(lease, [taskFor("b", { state: "done", salesforceId: "00Tb", ...changes })]);
const again = (changes: Parameters<typeof personLink>[1]) => ({
  links: [personLink("b", { version: 2, facts: {}, quarantine: {}, ...changes })],
});

/** Each of a person's ledger as it is in `threePeople`, and of b alone. */
const CHANGES: Readonly<Record<string, Change>> = {
  "a stage is entered": decided({ ...again({}), stageEvents: [stageEventOf("b", 2, { stage: "sal" })] }),
  "a fact changes": decided(again({ facts: { origin: "fair" } })),
  "a handoff is given": decided({ handoffs: [handoffOf("b", { epoch: 2 })] }),
  "a handoff ends": (store, lease) =>
    store.saveHandoffs(lease, [handoffOf("b", { outcome: "accepted", endedAt: T(7), endedBy: "rep" })]),
  "a task is opened": decided({ tasks: [taskFor("b", { epoch: 2, cause: "second:b" })] }),
  "a task is closed": task({ closedAt: T(8), status: "Completed" }),
  "a task is touched": task({ touchedAt: T(8) }),
  "an opportunity is opened": (store, lease) =>
    store.saveOutcomes(lease, [outcomeOf("b", { opportunityId: "006second" })], []),
  "an opportunity is won": (store, lease) =>
    store.saveOutcomes(lease, [outcomeOf("b", { closed: true, won: true })], []),
  "an opportunity is another's": (store, lease) => store.saveOutcomes(lease, [], [outcomeOf("b").opportunityId]),
  "marketing is met": decided(again({ facts: { met_at: "2026-01-05T00:00:00.000Z", met_by: "Spring fair" } })),
  "a handoff goes to another owner": decided({ followUpEvents: [REASSIGNED] }),
};

/** a, b and c, each with something of everything. */
async function threePeople(store: StateStore): Promise<{ readonly store: StateStore; readonly lease: Lease }> {
  const lease = await leased(store);
  await store.reportSections(READING);
  await store.commitDecisions(lease, {
    ...NO_DECISIONS,
    links: IDS.map((id) => personLink(id, { facts: {}, quarantine: {} })),
    stageEvents: IDS.map((id) => stageEventOf(id, 1)),
    handoffs: IDS.map((id) => handoffOf(id)),
    tasks: IDS.map((id) => taskFor(id, { state: "done", salesforceId: `00T${id}` })),
    outcomes: IDS.map((id) => outcomeOf(id)),
  });
  return { store, lease };
}

async function countedPeople(store: StateStore): ReturnType<typeof threePeople> {
  const three = await threePeople(store);
  await store.beginCountingAhead("k1");
  await keep(store, await store.peopleToCountAhead("", 9));
  return three;
}

interface Kept {
  readonly line?: string | null;
  readonly words?: readonly string[];
  readonly until?: string;
}

async function keep(store: StateStore, people: readonly PersonToCount[], kept: Kept = {}): Promise<void> {
  const { words } = await standing(store);
  await store.keepCountedAhead(
    counted(people, kept.line),
    { first: words.length, words: kept.words ?? [] },
    kept.until ?? T(),
  );
}

function keepAt(store: StateStore, first: number, people: readonly PersonToCount[], words: readonly string[] = []) {
  return store.keepCountedAhead(counted(people), { first, words }, T());
}

function counted(people: readonly PersonToCount[], line?: string | null): readonly CountedPerson[] {
  return people.map(({ version, ledger: { person } }) => ({
    link: person.id,
    version,
    line: line === undefined ? `line of ${person.id}` : line,
  }));
}

async function standing(store: StateStore): Promise<CountedAhead> {
  const ahead = await store.countedAhead();
  if (ahead === null) throw new Error("nothing was begun");
  return ahead;
}

async function sectionOf(store: StateStore, known?: CountedAhead): Promise<readonly (PersonLedger | string)[]> {
  return [...(await store.countedSection({ after: "", last: null }, known ?? (await standing(store))))];
}

async function linesOf(store: StateStore): Promise<readonly string[]> {
  return (await sectionOf(store)).filter((one) => typeof one === "string");
}

async function ledgersOf(store: StateStore): Promise<readonly PersonLedger[]> {
  return [...(await store.reportSection({ after: "", last: null }))];
}

async function idsOf(people: Promise<readonly PersonToCount[]>): Promise<readonly string[]> {
  return (await people).map(({ ledger }) => ledger.person.id);
}
