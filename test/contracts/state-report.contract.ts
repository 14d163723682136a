/** What every state store must give the report: everybody's ledger in link order, with the facts that were asked for. */
import { expect, test } from "vitest";
import type { Link } from "../../src/core/model/link.ts";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import { STAGES } from "../../src/core/model/rulebook.ts";
import { ladderKey } from "../../src/core/rules/handoff-ladder.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import {
  handoffOf,
  leased,
  NO_DECISIONS,
  NO_OUTCOMES,
  outcomeOf,
  personLink,
  stageEventOf,
  T,
  taskFor,
} from "./state-samples.ts";

/** `fresh` gives an empty store. */
export function stateReportContract(fresh: () => StateStore): void {
  test("the report reads everybody's ledger page by page", async () => {
    const store = fresh();
    const lease = await leased(store);
    const ids = ["a", "b", "c"];
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      links: ids.map((id) => personLink(id, id === "a" ? { facts: { origin: "fair", other: "x" } } : { facts: {} })),
      stageEvents: [
        stageEventOf("a", 1),
        stageEventOf("a", 2, { stage: "recycled", reason: 'bad; "timing" \\ 100 %3B\n', score: null, band: null }),
        stageEventOf("c", 1),
      ],
      handoffs: [handoffOf("a"), handoffOf("b")],
      tasks: [taskFor("c")],
      followUpEvents: [
        {
          key: ladderKey("a", 1, "reassign"),
          link: "a",
          epoch: 1,
          kind: "reassign",
          at: T(9),
          text: "given to another",
        },
        {
          key: ladderKey("b", 1, "reassign"),
          link: "b",
          epoch: 1,
          kind: "skipped",
          at: T(9),
          text: "nobody else to give it to",
        },
      ],
      outcomes: [outcomeOf("b"), outcomeOf("b", { opportunityId: "006z", amount: null, openedAt: T(5) })],
    });
    await store.saveOutcomes(lease, [outcomeOf("b", { closed: true, won: true })], []);
    const rows = await everybody(store, ["origin", "country"]);
    expect(
      rows.map(({ person: { id, name, facts }, stages, handoffs, tasks, deals, touches }) => [
        id,
        name,
        facts,
        stages,
        handoffs.length,
        tasks.map((task) => task.cause),
        deals.map((deal) => deal.opportunityId),
        touches,
      ]),
    ).toEqual([
      [
        "a",
        personLink("a").name,
        { origin: "fair" },
        [
          {
            epoch: 1,
            stage: stageEventOf("a", 1).stage,
            place: STAGES.indexOf(stageEventOf("a", 1).stage),
            at: Date.parse(stageEventOf("a", 1).at),
            reason: "",
            score: stageEventOf("a", 1).score,
            band: stageEventOf("a", 1).band,
          },
          {
            epoch: 1,
            stage: "recycled",
            place: STAGES.indexOf("recycled"),
            at: Date.parse(stageEventOf("a", 2).at),
            reason: 'bad; "timing" \\ 100 %3B\n',
            score: null,
            band: null,
          },
        ],
        1,
        [],
        [],
        [],
      ],
      ["b", personLink("b").name, {}, [], 1, [], [outcomeOf("b").opportunityId, "006z"], []],
      ["c", personLink("c").name, {}, [expect.anything()], 0, [taskFor("c").cause], [], []],
    ]);
    expect(rows[1]?.deals[0]).toMatchObject({ closed: true, won: true, openedAt: Date.parse(outcomeOf("b").openedAt) });
    expect(rows[0]?.handoffs[0]).toMatchObject({
      at: Date.parse(handoffOf("a").at),
      endedAt: Number.NaN,
      reassignedAt: Date.parse(T(9)),
    });
    // One reassigned handoff says nothing of another person's, nor does a step that found nobody else.
    expect(rows[1]?.handoffs[0]).toMatchObject({ reassignedAt: Number.NaN });
  });

  test("a person's row for the report follows the link, and another list of facts is filled from the links", async () => {
    const store = fresh();
    const lease = await leased(store);
    const link = personLink("a", {
      facts: { origin: "fair", country: "DE", met_at: "2026-01-05T00:00:00.000Z", met_by: "Spring fair" },
    });
    const entered = [
      stageEventOf("a", 1),
      stageEventOf("a", 2, { stage: "sal" }),
      stageEventOf("a", 3, { stage: "sql" }),
    ];
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [link], stageEvents: entered.slice(0, 1) });
    expect((await everybody(store, ["origin"]))[0]?.person.facts).toEqual({ origin: "fair" });
    const [both] = await everybody(store, ["origin", "country"]);
    expect(both?.person.facts).toEqual({ origin: "fair", country: "DE" });
    expect(both?.touches).toEqual([{ at: Date.UTC(2026, 0, 5), campaign: "Spring fair" }]);
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      links: [{ ...link, version: 2, name: "\ud83d half", facts: { country: "\u0000" } }],
      stageEvents: entered.slice(1),
    });
    expect((await everybody(store, ["origin", "country"]))[0]?.person.facts).toEqual({ country: "\u0000" });
    // Decided twice, as after an answer that was lost: the second is turned away, and nobody enters a stage twice.
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [{ ...link, version: 2 }], stageEvents: entered });
    await store.commitOutcomes(lease, { ...NO_OUTCOMES, links: [{ ...link, version: 3 }] });
    const [again] = await everybody(store, ["origin"]);
    expect(again?.stages.map(({ stage, at }) => [stage, at])).toEqual(
      entered.map(({ stage, at }) => [stage, Date.parse(at)]),
    );
  });

  test.each([
    ["in rows that are there", true],
    ["in rows that are filled later", false],
  ])("what a side shows until its write is answered, and why, reaches the report %s", async (_, isAskedBefore) => {
    const store = fresh();
    const lease = await leased(store);
    const decided = (id: string): Link =>
      personLink(id, {
        facts: { hubspot_stage: "mql", salesforce_stage: "MQL" },
        stage: {
          epoch: 1,
          stage: "mql",
          since: T(),
          reason: "",
          armed: false,
          ...(id === "clearing" ? { clearing: true } : {}),
        },
        unshown: {
          hubspot: { shown: "", because: "unanswered" },
          salesforce: { shown: "Lead", because: "unanswered" },
        },
      });
    const links = ["clearing", "lost", "refused", "told"].map(decided);
    const shown = async () =>
      (await everybody(store, ["hubspot_stage", "salesforce_stage"])).map(({ person }) => [
        person.id,
        person.facts,
        person.unshown,
        person.clearing,
      ]);
    if (isAskedBefore) await shown();
    await store.commitDecisions(lease, { ...NO_DECISIONS, links });
    const asRead = { hubspot_stage: "", salesforce_stage: "Lead" };
    const open = { hubspot: { because: "unanswered" }, salesforce: { because: "unanswered" } };
    if (isAskedBefore) expect(await shown()).toEqual(links.map(({ id }) => [id, asRead, open, id === "clearing"]));
    const code = "FIELD_CUSTOM_VALIDATION_EXCEPTION";
    const refused = { salesforce: { shown: "Lead", because: "refused", code } } as const;
    const answered = ["refused", "told"].map((id): Link => {
      const { unshown: _open, ...link } = { ...decided(id), version: 2 };
      return id === "told" ? link : { ...link, unshown: refused };
    });
    await store.commitOutcomes(lease, { ...NO_OUTCOMES, links: answered });
    expect(await shown()).toEqual([
      ["clearing", asRead, open, true],
      ["lost", asRead, open, false],
      [
        "refused",
        { hubspot_stage: "mql", salesforce_stage: "Lead" },
        { salesforce: { because: "refused", code } },
        false,
      ],
      ["told", { hubspot_stage: "mql", salesforce_stage: "MQL" }, {}, false],
    ]);
    expect((await store.links(["refused", "told"])).map(({ unshown }) => unshown)).toEqual([refused, undefined]);
  });
}

async function everybody(store: StateStore, facts: readonly string[]): Promise<readonly PersonLedger[]> {
  const all: PersonLedger[] = [];
  for await (const page of store.reportPages({ facts, touches: [{ at: "met_at", campaign: "met_by" }] }))
    all.push(...page);
  return all;
}
