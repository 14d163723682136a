/** From dirty marks to people with both records read: links found or made, merges, deletions and conversions followed. */
import type { Link } from "../core/model/link.ts";
import { PRIORITY } from "../core/model/priority.ts";
import type { CrmRecord, System } from "../core/model/record.ts";
import { type Found, followFate } from "../core/sync/follow-fate.ts";
import { strangersKey } from "../core/sync/key-taken.ts";
import type { SurvivorOf } from "../core/sync/left-alone.ts";
import { attachRecord, newLink, pairRecord, replaceLead, unlessByAddress } from "../core/sync/pair-records.ts";
import { adoptKeys, idFor } from "./adopt-keys.ts";
import { askAgain } from "./ask-again.ts";
import { withoutErased } from "./erase-people.ts";
import { findLostCreates } from "./find-lost-creates.ts";
import { introduceStrangers } from "./introduce-strangers.ts";
import { meetAside, mergedBy, passOnOptOuts } from "./merged-away.ts";
import type { PeopleIndex } from "./people-index.ts";
import { type DirtyTarget, draftOf, type PersonDraft, parseKey } from "./person-draft.ts";
import { answersTo, type RecordsRead, type RecordWish, readRecords, wishesOf, wishKey } from "./read-people.ts";
import { doubledAddresses, emailOf, keyOf, mergedInto, movesOf } from "./record-identity.ts";
import { returnPeople } from "./return-people.ts";
import type { DirtyRow } from "./state-port.ts";
import { survivorsOf } from "./survivors.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";

/** A record can be merged into one that was converted into one that was merged: more hops than this are a loop. */
const MOST_HOPS = 4;

export interface LoadedPeople {
  readonly drafts: readonly PersonDraft[];
  /** Marks that led nowhere, each with the reason: the record is gone, or nobody we know. */
  readonly idle: readonly { readonly row: DirtyRow; readonly reason: string }[];
  readonly superseded: readonly Link[];
}

/** What the run knows before it loads; as in `ChunkInput`. */
interface InHand {
  readonly index: PeopleIndex;
  readonly known: Map<string, CrmRecord>;
  readonly isWhole: boolean;
}

export async function loadPeople(
  dependencies: SyncDependencies,
  facts: RunFacts,
  rows: readonly DirtyRow[],
  hand: InHand,
): Promise<LoadedPeople> {
  const loader = new Loader(dependencies, facts, hand);
  return loader.load(rows);
}

class Loader {
  readonly #dependencies: SyncDependencies;
  readonly #facts: RunFacts;
  readonly #index: PeopleIndex;
  readonly #known: Map<string, CrmRecord>;
  readonly #isWhole: boolean;
  readonly #drafts = new Map<string, PersonDraft>();
  readonly #idle: { row: DirtyRow; reason: string }[] = [];
  readonly #superseded = new Map<string, Link>();
  readonly #merged: ReturnType<typeof mergedBy>[number][] = [];
  #survivorOf: SurvivorOf = () => undefined;

  constructor(dependencies: SyncDependencies, facts: RunFacts, hand: InHand) {
    this.#dependencies = dependencies;
    this.#facts = facts;
    this.#index = hand.index;
    this.#known = hand.known;
    this.#isWhole = hand.isWhole;
  }

  async load(rows: readonly DirtyRow[]): Promise<LoadedPeople> {
    const targets = rows.map((row) => ({ row, target: parseKey(row.key) }));
    await this.#index.loadTargets(targets.map(({ target }) => target));
    const strangers: { row: DirtyRow; target: Extract<DirtyTarget, { kind: "record" }> }[] = [];
    for (const { row, target } of targets) {
      if (target.kind === "opportunity") continue;
      const link = target.kind === "link" ? this.#index.get(target.id) : this.#index.byRecord(target.system, target.id);
      if (link !== undefined) this.#draft(link, [row]);
      else if (target.kind === "record") strangers.push({ row, target });
      else this.#idle.push({ row, reason: "the person is no longer known" });
    }
    await findLostCreates(this.#dependencies, this.#facts, this.#drafts.values(), this.#index);
    const wishes = [
      ...strangers.map(({ target }): RecordWish => target),
      ...[...this.#drafts.values()].flatMap(wishesOf),
    ];
    const answers = await readRecords(this.#dependencies, this.#facts, wishes, this.#known);
    await this.#follow(answers);
    const loading = {
      drafts: this.#drafts,
      index: this.#index,
      draft: (link: Link, given: readonly DirtyRow[]) => this.#draft(link, given),
      retire: (link: Link) => this.#retire(link),
      readOn: () => this.#readOn(),
    };
    await askAgain(this.#dependencies, loading);
    await this.#welcome(strangers, answers);
    await this.#readOn();
    // Before others are met: whoever is back may stand beside somebody.
    await returnPeople(this.#drafts.values(), this.#index);
    this.#merged.push(...(await meetAside(this.#dependencies, loading)));
    passOnOptOuts(this.#dependencies, this.#merged, this.#drafts, this.#index, this.#facts.startedAt);
    await returnPeople(this.#drafts.values(), this.#index);
    const drafts = [...this.#drafts.values()].filter((draft) => !this.#superseded.has(draft.link.id));
    for (const draft of this.#drafts.values()) {
      if (this.#superseded.has(draft.link.id))
        for (const row of draft.rows) this.#idle.push({ row, reason: "another link took its place" });
    }
    return { drafts, idle: this.#idle, superseded: [...this.#superseded.values()] };
  }

  #draft(link: Link, rows: readonly DirtyRow[]): PersonDraft {
    const present = this.#drafts.get(link.id);
    if (present !== undefined) {
      present.rows.push(...rows);
      present.rescore ||= rows.some((row) => row.reason === "rescore");
      present.retry ||= rows.some((row) => row.reason === "retry");
      return present;
    }
    const draft = draftOf(link, this.#index.fresh.has(link.id) ? null : link, rows);
    this.#drafts.set(link.id, draft);
    return draft;
  }

  /** Follows what each read record says of itself; a link that now points elsewhere is read on in the next round. */
  async #follow(answers: RecordsRead): Promise<void> {
    const moves = [...answers.values()].flatMap((record) => (record === null ? [] : movesOf(record)));
    for (const side of ["salesforce", "hubspot"] as const) {
      const ids = moves.filter((move) => move.system === side).map((move) => move.id);
      await this.#index.loadRecords(side, ids);
    }
    const hand = { index: this.#index, known: this.#known };
    this.#survivorOf = await survivorsOf(this.#dependencies, this.#facts, hand, answers);
    for (const record of answers.values()) if (record !== null) this.#join(record);
    for (const draft of this.#drafts.values()) {
      // A merge brought another person into its place, who has its record now.
      if (this.#superseded.has(draft.link.id)) continue;
      for (const { system, answer } of answersTo(draft, answers)) this.#step(draft, system, answer);
    }
  }

  /** Of all who are at a record now because of a merge, the one who is known on the other side too goes first, and takes in the others. */
  #join(record: CrmRecord): void {
    const { system, id } = record.ref;
    const first = record.fate.kind === "live" ? mergedInto(this.#index, record) : undefined;
    const standing = this.#index.byRecord(system, id);
    if (first === undefined || standing?.id === first.id) return;
    if (standing !== undefined && first.state !== "linked") return;
    this.#step(this.#draft(first, []), system, record);
  }

  #step(draft: PersonDraft, system: System, answer: CrmRecord | null): void {
    const found: Found = answer === null ? { kind: "missing" } : { kind: "record", record: answer };
    const standing = (side: System, id: string): Link | undefined => this.#index.byRecord(side, id);
    const step = followFate(draft.link, system, found, standing, this.#survivorOf);
    const before = draft.link;
    const merged = mergedBy(this.#index, before, step);
    this.#merged.push(...merged);
    draft.link = step.link;
    draft.notes.push(...step.notes);
    if (step.isLeftAlone) draft.leftAlone.add(system);
    // HubSpot answers for each id that it does not give, and then the contact is archived or gone.
    if (answer === null && system === "salesforce") draft.unfound.add(system);
    this.#index.put(step.link);
    for (const alias of step.aliases) {
      draft.aliases.push(alias);
      this.#index.alias(alias.system, alias.oldId, alias.link);
    }
    for (const aside of step.superseded) this.#retire(aside);
    if (step.link.state === "superseded" && before.state !== "superseded") this.#retire(step.link);
    for (const { keeper } of merged) {
      // Whoever goes on is decided in this chunk too, though nothing else may have led to them.
      const standing = this.#index.get(keeper);
      if (standing !== undefined) this.#draft(standing, []);
    }
    if (step.readNext === system && answer !== null && answer.fate.kind === "live") {
      // It stands at the record that a merge made: now it takes in the others that this one was made of.
      if (step.link.state !== "superseded") this.#step(draft, system, answer);
      return;
    }
    if (step.readNext !== null) return;
    draft.read[system] = true;
    draft.records[system] = answer?.fate.kind === "live" && !step.isLeftAlone ? answer : null;
  }

  #retire(link: Link): void {
    this.#superseded.set(link.id, { ...link, version: link.version + (this.#index.fresh.has(link.id) ? 0 : 1) });
    this.#index.put(link);
  }

  /** Reads what is still missing after links moved or records joined them. */
  async #readOn(): Promise<void> {
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      // Whoever another one took the place of is not followed any more.
      const standing = [...this.#drafts.values()].filter(({ link }) => !this.#superseded.has(link.id));
      const wishes = standing.flatMap(wishesOf);
      if (wishes.length === 0) return;
      await this.#follow(await readRecords(this.#dependencies, this.#facts, wishes, this.#known));
    }
  }

  /** Records that no link stands for: paired by key, then by e-mail, or welcomed as new people. */
  async #welcome(strangers: readonly { row: DirtyRow; target: RecordWish }[], answers: RecordsRead): Promise<void> {
    const known: { row: DirtyRow; record: CrmRecord }[] = [];
    for (const { row, target } of strangers) {
      const record = answers.get(wishKey(target));
      if (record?.fate.kind === "live") known.push({ row, record });
      else this.#idle.push({ row, reason: "the record is gone, and nobody was linked to it" });
    }
    await this.#index.loadLinks(known.flatMap(({ record }) => keyOf(this.#dependencies, record) ?? []));
    const { strangers: live, theirs } = await withoutErased(this.#dependencies, this.#index, known, this.#idle);
    for (const { row, record, link } of theirs) this.#attach(this.#draft(link, [row]), record);
    for (const system of ["hubspot", "salesforce"] as const) {
      await this.#index.loadRecords(
        system,
        live.filter(({ record }) => record.ref.system === system).map(({ record }) => record.ref.id),
      );
    }
    const records = live.map(({ record }) => record);
    await adoptKeys(this.#dependencies, this.#index, records, this.#known.values(), this.#facts);
    await this.#index.loadEmails(live.flatMap(({ record }) => emailOf(this.#dependencies, record) ?? []));
    // Salesforce first: its doubles are told apart before a HubSpot contact could be taken for the person of one of them.
    const doubled = doubledAddresses(this.#dependencies, [
      ...this.#known.values(),
      ...live.map(({ record }) => record),
    ]);
    live.sort((a, b) => Number(a.record.ref.system === "hubspot") - Number(b.record.ref.system === "hubspot"));
    for (const { row, record } of live) this.#meet(row, record, doubled);
    const newcomers = { drafts: this.#drafts, index: this.#index, known: this.#known };
    const backfill = this.#isWhole ? [] : live.filter(({ row }) => row.priority === PRIORITY.backfill);
    const unmet = new Set(backfill.map(({ record }) => record.ref.id));
    await introduceStrangers(this.#dependencies, this.#facts, newcomers, records, unmet);
  }

  #meet(row: DirtyRow, record: CrmRecord, doubled: ReadonlySet<string>): void {
    const { system } = record.ref;
    const standing = this.#index.byRecord(system, record.ref.id);
    if (standing !== undefined) {
      this.#keep(this.#draft(standing, [row]), record);
      return;
    }
    const merged = mergedInto(this.#index, record);
    if (merged !== undefined) {
      this.#step(this.#draft(merged, [row]), system, record);
      return;
    }
    const email = emailOf(this.#dependencies, record);
    const key = keyOf(this.#dependencies, record);
    const keyed = key === null ? undefined : this.#index.get(key);
    const found = pairRecord(record, keyed, email === null ? [] : this.#index.byEmail(email));
    const pairing = email !== null && doubled.has(email) ? unlessByAddress(found, keyed) : found;
    if (pairing.kind === "attach") {
      this.#attach(this.#draft(pairing.link, [row]), record);
      return;
    }
    if (pairing.kind === "replace") {
      this.#replace(row, pairing.link, record);
      return;
    }
    const state = pairing.kind === "new" ? "single" : pairing.kind;
    const link = newLink(idFor(this.#dependencies, this.#index, record), record, email, state, this.#facts.startedAt);
    this.#index.fresh.add(link.id);
    this.#index.put(link);
    const draft = this.#draft(link, [row]);
    draft.notes.push(...strangersKey(record, keyed));
    if (pairing.kind === "ambiguous") {
      draft.notes.push(pairing.reason);
      const { length: candidates } = pairing.candidates;
      this.#dependencies.log.warn({ event: "pair.ambiguous", ...record.ref, candidates });
    }
    this.#keep(draft, record);
  }

  /** A Contact takes the place of a Lead with the same e-mail; the Lead is left alone, and what it tells leads here. */
  #replace(row: DirtyRow, link: Link, record: CrmRecord): void {
    const draft = this.#draft(link, [row]);
    const oldId = draft.link.salesforceId;
    draft.link = replaceLead(draft.link, record);
    draft.notes.push(
      `Contact ${record.ref.id} is the person now; Lead ${oldId} with the same e-mail address is left alone`,
    );
    if (oldId !== null) {
      draft.aliases.push({ system: "salesforce", oldId, link: link.id, cause: "merge" });
      this.#index.alias("salesforce", oldId, link.id);
    }
    this.#index.put(draft.link);
    this.#keep(draft, record);
  }

  #attach(draft: PersonDraft, record: CrmRecord): void {
    draft.link = attachRecord(draft.link, record);
    this.#index.put(draft.link);
    this.#keep(draft, record);
  }

  #keep(draft: PersonDraft, record: CrmRecord): void {
    draft.records[record.ref.system] = record;
    draft.read[record.ref.system] = true;
  }
}
