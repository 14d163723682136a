/** Stores what became of a chunk's writes, row by row, and who must be looked at again. */
import type { RejectEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { Write, WriteOutcome } from "../core/model/plan.ts";
import { type Instant, SYSTEMS } from "../core/model/record.ts";
import { type Applied, applyOutcome } from "../core/sync/apply-outcome.ts";
import { rejectOfWrite } from "../core/sync/explain-decision.ts";
import { later } from "../core/sync/sight-fields.ts";
import type { DecidedPerson } from "./decide-people.ts";
import { forgetOwners } from "./prepare-run.ts";
import type { DirtyMark, Outcomes } from "./state-port.ts";
import { mappingFor, type RunFacts, type SyncDependencies, schemaKey } from "./sync-dependencies.ts";
import type { RunTally, Verdict } from "./sync-result.ts";

export interface SentChunk {
  readonly decided: readonly DecidedPerson[];
  /** Links that another run decided meanwhile: nothing of theirs was stored or sent. */
  readonly stale: ReadonlySet<string>;
  readonly outcomes: ReadonlyMap<string, WriteOutcome>;
  readonly idle: number;
  readonly decidedAt: Instant;
}

export async function recordOutcomes(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  chunk: SentChunk,
): Promise<void> {
  const { clock, log } = dependencies;
  const batch = new OutcomeBatch();
  let writes = 0;
  for (const person of chunk.decided) {
    const { draft, decision } = person;
    if (chunk.stale.has(decision.link.id)) {
      tally.verdict("deferred", draft.rows.length);
      continue;
    }
    if (decision.writes.length === 0) {
      tally.verdict(decision.skips.length > 0 || draft.notes.length > 0 ? "skipped" : "unchanged", draft.rows.length);
      continue;
    }
    const applied = applyAll(dependencies, facts, tally, person, chunk);
    writes += decision.writes.length;
    tally.verdict(verdictOf(applied.parts), draft.rows.length);
    batch.add(draft.rows, applied, clock.now());
    for (const part of applied.parts) reportPart(dependencies, part);
  }
  tally.verdict("skipped", chunk.idle);
  await storeBatch(dependencies, facts, tally, batch);
  log.info({ event: "chunk.committed", persons: chunk.decided.length, writes, conflicts: tally.conflicts });
}

/** Stores what became of some writes, in one transaction. */
export async function storeBatch(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  batch: OutcomeBatch,
): Promise<void> {
  tally.rejects += batch.rejects.length;
  if (tally.keepPlan) tally.planned.rejects.push(...batch.rejects);
  if (!batch.isEmpty) await dependencies.store.commitOutcomes(facts.lease, batch.outcomes());
  if (batch.rejects.some(({ code }) => code === OWNER_LEFT)) await forgetOwners(dependencies);
}

/** The owner left since the users were last read: the value was right then, so nothing is parked for it. */
export const OWNER_LEFT = "INACTIVE_OWNER_OR_USER";
export const ONCE_OWNERS_ARE_READ = { inSeconds: 60, reason: "retry" } as const;

interface Part extends Applied {
  readonly write: Write;
}

interface AppliedPerson {
  readonly link: Link;
  /** An answer is remembered among the facts: how a deletion was followed. */
  readonly changesFacts: boolean;
  readonly parts: readonly Part[];
}

/** Outcomes that are stored together. */
export class OutcomeBatch {
  readonly #links: Link[] = [];
  readonly #factsOf: string[] = [];
  readonly intents: Outcomes["intents"][number][] = [];
  readonly rejects: RejectEntry[] = [];
  readonly #settledRejects: string[] = [];
  readonly #dirty: DirtyMark[] = [];
  readonly #done: { key: string; version: number }[] = [];

  get isEmpty(): boolean {
    return this.#links.length + this.intents.length + this.#dirty.length === 0;
  }

  /** `rows`: the marks that this answers. */
  add(rows: readonly { readonly key: string; readonly version: number }[], applied: AppliedPerson, now: string): void {
    this.#links.push({ ...applied.link, version: applied.link.version + 1 });
    if (applied.changesFacts) this.#factsOf.push(applied.link.id);
    let last: Applied["again"] = null;
    for (const part of applied.parts) {
      const recordId =
        part.write.id ?? (part.write.system === "hubspot" ? applied.link.hubspotId : applied.link.salesforceId);
      // A write that was never sent stays open for the next run, which decides anew.
      const state = part.intent === "deferred" ? "moot" : part.intent;
      if (state !== "sent") this.intents.push({ key: part.write.key, state, recordId, detail: part.detail });
      if (part.reject !== null) this.rejects.push(part.reject);
      if (part.intent === "written") this.#settledRejects.push(rejectOfWrite(part.write));
      const again = part.reject?.code === OWNER_LEFT ? ONCE_OWNERS_ARE_READ : part.again;
      if (again !== null && (last === null || again.inSeconds > last.inSeconds)) last = again;
    }
    this.#done.push(...rows);
    if (last !== null)
      this.#dirty.push({ key: `l:${applied.link.id}`, reason: last.reason, dueAt: later(now, last.inSeconds * 1_000) });
  }

  mark(mark: DirtyMark): void {
    if (!this.#dirty.some(({ key }) => key === mark.key)) this.#dirty.push(mark);
  }

  outcomes(): Outcomes {
    return {
      links: this.#links,
      factsOf: this.#factsOf,
      intents: this.intents,
      tasks: [],
      rejects: this.rejects,
      settledRejects: this.#settledRejects,
      dirty: this.#dirty,
      done: this.#done,
    };
  }
}

function applyAll(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  { draft, decision }: DecidedPerson,
  { outcomes, decidedAt }: SentChunk,
): AppliedPerson {
  const { rulebook, clock } = dependencies;
  const until = later(clock.now(), rulebook.connector.quarantineSeconds * 1_000);
  let { link } = decision;
  for (const write of decision.writes) link = { ...link, quarantine: { ...link.quarantine, [write.system]: until } };
  const unanswered = decision.writes.filter((write) => outcomes.get(write.key)?.kind !== "written");
  const arriving = stillArriving(draft.before, decidedAt);
  const applied = applyWrites(dependencies, facts, tally, {
    ...{ link, writes: decision.writes, unanswered, arriving, outcomes },
  });
  return { ...applied, link: waitingStill(applied.link, arriving) };
}

/** Until when what was sent before may arrive, of whoever was decided early because another record's mark led to them. */
function stillArriving(before: Link | null, decidedAt: Instant): Link["quarantine"] {
  return Object.fromEntries(Object.entries(before?.quarantine ?? {}).filter(([, until]) => until > decidedAt));
}

/** Whoever was decided early waits for what was sent before as long as without that: its mark stands. */
function waitingStill(link: Link, arriving: Link["quarantine"]): Link {
  const quarantine = { ...link.quarantine };
  for (const system of SYSTEMS) {
    const until = arriving[system];
    if (until !== undefined && until > (quarantine[system] ?? "")) quarantine[system] = until;
  }
  return { ...link, quarantine };
}

/** Applies what became of one person's writes. `unanswered`: their writes of the same decision that are not known to have arrived. `arriving`: until when earlier ones may. */
export function applyWrites(
  { rulebook, clock, mappings }: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  person: {
    readonly link: Link;
    readonly writes: readonly Write[];
    readonly unanswered: readonly Write[];
    readonly arriving: Link["quarantine"];
    readonly outcomes: ReadonlyMap<string, WriteOutcome>;
  },
): AppliedPerson {
  const { writes, unanswered, arriving, outcomes } = person;
  let { link } = person;
  const parts: Part[] = [];
  for (const write of writes) {
    const outcome = outcomes.get(write.key) ?? {
      kind: "unknown" as const,
      key: write.key,
      message: "the client gave no outcome",
    };
    const mapping = mappingFor(mappings, write.system === "salesforce" ? write.object : link.salesforceObject);
    const applied = applyOutcome(link, write, outcome, {
      mapping,
      schema: facts.schemas.get(schemaKey(write.system, write.object)) ?? null,
      unanswered,
      arriving,
      verifyAfterSeconds: rulebook.connector.verifyAfterSeconds,
      quarantineSeconds: rulebook.connector.quarantineSeconds,
      run: facts.run,
      now: clock.now(),
    });
    link = applied.link;
    parts.push({ ...applied, write });
    if (outcome.kind === "written") tally.wrote(write, outcome.created);
  }
  const next = { ...link, quarantine: { ...link.quarantine, ...openQuarantine(person.link, parts) } };
  return { link: next, changesFacts: link.facts !== person.link.facts, parts };
}

/** A stage is cleared by a write of its own: the answer to one of two writes to a record says nothing of the other, which may still arrive. */
function openQuarantine({ quarantine }: Link, parts: readonly Part[]): Link["quarantine"] {
  const open = parts.filter(({ intent }) => intent === "unknown" || intent === "sent").map(({ write }) => write.system);
  return Object.fromEntries(
    open.flatMap((system) => (quarantine[system] === undefined ? [] : [[system, quarantine[system]]])),
  );
}

export function verdictOf(parts: readonly Part[]): Verdict {
  if (parts.some((part) => part.intent === "rejected")) return "rejected";
  if (parts.some((part) => part.intent === "written")) return "written";
  return "deferred";
}

export function reportPart(dependencies: SyncDependencies, part: Part): void {
  const { system, object, id } = part.write;
  if (part.reject !== null) {
    dependencies.log.warn({
      event: "record.rejected",
      system,
      object,
      id,
      code: part.reject.code,
      fields: part.reject.fields,
    });
  }
  if (part.intent === "unknown")
    dependencies.log.warn({ event: "record.unknown", system, object, id, reason: part.detail ?? "no answer" });
}
