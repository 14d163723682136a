/** Decides everybody of a chunk: first for themselves, then again for those whose counterpart was found before a create. */
import type { OutcomeEntry } from "../core/model/ledger.ts";
import type { Instant, System } from "../core/model/record.ts";
import { companyDomain } from "../core/rules/route-lead.ts";
import { decidePerson } from "../core/sync/decide-person.ts";
import { holdPingPong, pingPongSince } from "../core/sync/hold-ping-pong.ts";
import type { DecisionContext, PersonDecision } from "../core/sync/person-decision.ts";
import { noteUnshown } from "../core/sync/unshown-stage.ts";
import { type CreateCandidate, findCounterparts } from "./find-counterparts.ts";
import type { PeopleIndex } from "./people-index.ts";
import { type PersonDraft, withoutRefusals } from "./person-draft.ts";
import { readRecords, wishesOf, wishKey } from "./read-people.ts";
import type { Ledger } from "./state-port.ts";
import { mappingFor, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

export interface DecidedPerson {
  readonly draft: PersonDraft;
  readonly decision: PersonDecision;
}

/** Ledger rows of a chunk's people, by link. */
type LedgerByLink = { readonly [List in keyof Ledger]: ReadonlyMap<string, Ledger[List]> };

export interface PeopleToDecide {
  readonly drafts: readonly PersonDraft[];
  readonly index: PeopleIndex;
  /** Opportunities that were read just now, of contacts who are new to their person. */
  readonly outcomes: readonly OutcomeEntry[];
}

export async function decidePeople(
  dependencies: SyncDependencies,
  facts: RunFacts,
  { drafts, index, outcomes }: PeopleToDecide,
): Promise<readonly DecidedPerson[]> {
  const ledger = await readLedger(dependencies, drafts, outcomes);
  const given = new GivenCounts(await dependencies.store.routedCounts(), await openCounts(dependencies));
  const work = await ownerWork(dependencies, drafts);
  const now = dependencies.clock.now();
  const context: DecisionContext = {
    rulebook: dependencies.rulebook,
    ownFields: dependencies.ownFields,
    owners: facts.owners.salesforce,
    // Both grow while the chunk is decided.
    given: given.counts,
    work: { byDomain: work, open: given.open },
    salesClasses: facts.salesClasses,
    mayWrite: facts.mayWrite,
    holdsMoment: facts.holdsMoment,
    run: facts.run,
    now,
  };
  const decide = (draft: PersonDraft): PersonDecision => {
    const mapping = mappingFor(dependencies.mappings, draft.link.salesforceObject);
    const link = draft.retry ? withoutRefusals(draft.link, mapping) : draft.link;
    return decidePerson(
      {
        link,
        mapping,
        hubspot: draft.records.hubspot,
        salesforce: draft.records.salesforce,
        outcomes: ledger.outcomes.get(link.id) ?? [],
        handoffs: ledger.handoffs.get(link.id) ?? [],
        tasks: ledger.tasks.get(link.id) ?? [],
        stageEvents: ledger.stageEvents.get(link.id) ?? [],
        cadenceRuns: ledger.cadenceRuns.get(link.id) ?? [],
        followUpEvents: ledger.followUpEvents.get(link.id) ?? [],
        rescore: draft.rescore,
        arrivals: draft.arrivals,
        objections: draft.objections,
        undeleted: draft.leftAlone.union(draft.unfound),
      },
      context,
    );
  };
  const decided = new Map<PersonDraft, PersonDecision>();
  for (const draft of drafts) {
    const decision = decide(draft);
    decided.set(draft, decision);
    if (!wouldCreate(decision)) given.add(decision);
  }
  const candidates = drafts.flatMap((draft): CreateCandidate[] => {
    const system = createdSystem(decided.get(draft));
    return system === null ? [] : [{ draft, system }];
  });
  for (const { draft } of candidates) lookUpAs(draft, decided.get(draft), index);
  const changed = await findCounterparts(dependencies, facts, candidates, index);
  await readNewSides(dependencies, facts, [...changed]);
  for (const { draft } of candidates) {
    const decision = decide(draft);
    decided.set(draft, decision);
    given.add(decision);
  }
  const all = drafts.flatMap((draft): DecidedPerson[] => {
    const decision = decided.get(draft);
    return decision === undefined ? [] : [{ draft, decision }];
  });
  const people = await withoutPingPong(dependencies, facts, all, now);
  return people.map(({ draft, decision }) => ({ draft, decision: noteUnshown(decision, draft.records, context) }));
}

/** Holds what goes in circles. Only people who are about to be written again can be. */
async function withoutPingPong(
  dependencies: SyncDependencies,
  facts: RunFacts,
  people: readonly DecidedPerson[],
  now: Instant,
): Promise<readonly DecidedPerson[]> {
  const written = people.filter(({ draft, decision }) => draft.before !== null && decision.writes.length > 0);
  const ids = written.map(({ draft }) => draft.link.id);
  const recent = byLink(await dependencies.store.arrivedWrites(ids, pingPongSince(now)));
  if (recent.size === 0) return people;
  return people.map((person) => {
    const intents = recent.get(person.draft.link.id);
    if (intents === undefined) return person;
    const { link, records } = person.draft;
    const mapping = mappingFor(dependencies.mappings, link.salesforceObject);
    const decision = holdPingPong(person.decision, { link, mapping, ...records }, intents, { run: facts.run, now });
    return { ...person, decision };
  });
}

function wouldCreate(decision: PersonDecision): boolean {
  return decision.writes.some((write) => write.purpose === "create");
}

function createdSystem(decision: PersonDecision | undefined): System | null {
  return decision?.writes.find((write) => write.purpose === "create")?.system ?? null;
}

/** Whoever got another address, or was merged into one who has it, is created with that one, and is looked for by it. */
function lookUpAs(draft: PersonDraft, decision: PersonDecision | undefined, index: PeopleIndex): void {
  const email = decision?.link.email ?? null;
  if (email === null || email === draft.link.email) return;
  draft.link = { ...draft.link, email };
  index.put(draft.link);
}

/** Somebody who was found on the other side is read there once more, with history. */
async function readNewSides(
  dependencies: SyncDependencies,
  facts: RunFacts,
  drafts: readonly PersonDraft[],
): Promise<void> {
  const wishes = drafts.flatMap(wishesOf);
  if (wishes.length === 0) return;
  const answers = await readRecords(dependencies, facts, wishes, new Map());
  for (const draft of drafts) {
    for (const wish of wishesOf(draft)) {
      const record = answers.get(wishKey(wish)) ?? null;
      draft.records[wish.system] = record?.fate.kind === "live" ? record : null;
      draft.read[wish.system] = true;
    }
  }
}

/** Who looks after the companies of these people; only asked for those who are nobody's yet. */
async function ownerWork(
  { store, rulebook }: SyncDependencies,
  drafts: readonly PersonDraft[],
): Promise<ReadonlyMap<string, string>> {
  const domains = drafts.flatMap(({ link, records }) => {
    if ((link.facts["hubspot_owner_id"] ?? null) !== null) return [];
    const email = link.email ?? records.hubspot?.fields["email"] ?? records.salesforce?.fields["Email"];
    return companyDomain(typeof email === "string" ? email : null, rulebook.routing) ?? [];
  });
  return store.ownersOfDomains([...new Set(domains)], rulebook.routing.companyFirst?.accountOwner ?? null);
}

/** Only where an owner's capacity counts. */
async function openCounts({ store, rulebook }: SyncDependencies): Promise<ReadonlyMap<string, number>> {
  const { capacity, rules } = rulebook.routing;
  const counts = new Map<string, number>();
  if (capacity === null && rules.every(({ owners }) => owners.every((owner) => owner.capacity == null))) return counts;
  for (const { ownerEmail } of await store.openHandoffs()) {
    const email = ownerEmail.toLowerCase();
    counts.set(email, (counts.get(email) ?? 0) + 1);
  }
  return counts;
}

/** Round robin counts, kept up to date while a chunk is being decided. */
class GivenCounts {
  readonly counts: Map<string, Map<string, number>>;
  /** Open handoffs by owner. */
  readonly open: Map<string, number>;

  constructor(stored: ReadonlyMap<string, ReadonlyMap<string, number>>, open: ReadonlyMap<string, number>) {
    this.open = new Map(open);
    this.counts = new Map([...stored].map(([rule, owners]) => [rule, new Map(owners)]));
  }

  add(decision: PersonDecision): void {
    if (decision.routed === null) return;
    const { rule, ownerEmail } = decision.routed;
    this.open.set(ownerEmail, (this.open.get(ownerEmail) ?? 0) + 1);
    const owners = this.counts.get(rule) ?? new Map<string, number>();
    owners.set(ownerEmail, (owners.get(ownerEmail) ?? 0) + 1);
    this.counts.set(rule, owners);
  }
}

async function readLedger(
  dependencies: SyncDependencies,
  drafts: readonly PersonDraft[],
  fresh: readonly OutcomeEntry[],
): Promise<LedgerByLink> {
  const ids = drafts.filter((draft) => draft.before !== null).map((draft) => draft.link.id);
  const read = new Set(fresh.map(({ opportunityId, contactId }) => `${opportunityId} ${contactId}`));
  const stored = await dependencies.store.ledgerOf(ids);
  return {
    outcomes: byLink([
      ...stored.outcomes.filter((entry) => !read.has(`${entry.opportunityId} ${entry.contactId}`)),
      ...fresh,
    ]),
    handoffs: byLink(stored.handoffs),
    tasks: byLink(stored.tasks),
    stageEvents: byLink(stored.stageEvents),
    cadenceRuns: byLink(stored.cadenceRuns),
    followUpEvents: byLink(stored.followUpEvents),
  };
}

function byLink<Row extends { readonly link: string | null }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.link === null) continue;
    const group = groups.get(row.link);
    if (group === undefined) groups.set(row.link, [row]);
    else group.push(row);
  }
  return groups;
}
