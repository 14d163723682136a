/** The way of writes that travel in great numbers: gathered over chunks, handed to Salesforce as jobs, and accounted for whenever a job has ended. */

import { RetryLater, StopRun } from "../core/errors.ts";
import type { Write } from "../core/model/plan.ts";
import type { Instant } from "../core/model/record.ts";
import { later } from "../core/sync/sight-fields.ts";
import { settleWrites } from "./bulk-settling.ts";
import type { BulkAnswers, BulkDelivery, BulkJob, BulkKind } from "./ports.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

/** Writes that wait for a job of their kind to be worth making. */
interface Gathering {
  readonly kind: BulkKind;
  readonly writes: Write[];
  readonly since: Instant;
}

interface Underway {
  readonly job: BulkJob;
  askAt: Instant;
}

const DIRECT = 1_000;

/**
 * One run's bulk jobs, those that earlier runs left included. Intents are stored before a write comes here, and a job's id before its data is sent: whoever
 * is killed leaves either a job that the next run finds and reads, or nothing that was begun. Nobody else touches the people of a job until it is read.
 */
export class BulkLane {
  readonly #dependencies: SyncDependencies;
  readonly #tally: RunTally;
  readonly #delivery: BulkDelivery | null;
  readonly #gathering = new Map<string, Gathering>();
  readonly #jobs = new Map<string, Underway>();
  /** People on the way, each with the marks of theirs that were counted as deferred. */
  readonly #people = new Map<string, number>();
  #facts: RunFacts;
  /** Whether there is a backlog; null while nobody has asked. */
  #active: boolean | null = null;
  /** A refusal, or a job that failed: collections for the rest of this run. */
  #closed = false;
  #waitingSince: Instant | null = null;

  /** `onlooker`: a run about a few records keeps off the people of jobs, and leaves the jobs themselves to the next whole run. */
  constructor(dependencies: SyncDependencies, facts: RunFacts, tally: RunTally, onlooker = false) {
    this.#dependencies = dependencies;
    this.#facts = facts;
    this.#tally = tally;
    this.#delivery = onlooker ? null : dependencies.clients.salesforce.bulk;
    for (const job of facts.bulkJobs) {
      if (!onlooker) this.#jobs.set(job.id, { job, askAt: facts.startedAt });
      for (const link of job.links) this.#people.set(link, 0);
    }
  }

  get isBusy(): boolean {
    return this.#jobs.size + this.#gathering.size > 0;
  }

  /** Jobs whose outcome is still to be read. */
  get jobs(): readonly BulkJob[] {
    return [...this.#jobs.values()].map(({ job }) => job);
  }

  /** When to look again at somebody who is on the way; undefined for everybody else. */
  busyUntil(link: string, now: Instant): Instant | undefined {
    return this.#people.has(link) ? later(now, 3 * this.#settings.pollSeconds * 1_000) : undefined;
  }

  /** Those of the writes that go this way: people's only write to Salesforce, if a table can hold it. */
  choose(writes: readonly Write[]): readonly Write[] {
    const delivery = this.#delivery;
    if (delivery === null || this.#active !== true || this.#closed) return [];
    const mine = writes.filter(({ system }) => system === "salesforce");
    const counts = new Map<string, number>();
    for (const { link } of mine) counts.set(link, (counts.get(link) ?? 0) + 1);
    return mine.filter((write) => counts.get(write.link) === 1 && delivery.suits(write));
  }

  /** Takes what `choose` chose, once it is stored that these are on the way. `deferred`: how many marks of each person were counted so. */
  take(writes: readonly Write[], sentAt: Instant, deferred: ReadonlyMap<string, number>): void {
    for (const write of writes) {
      const kind = kindOf(write);
      const key = `${kind.object} ${kind.operation} ${kind.keyField}`;
      const gathered = this.#gathering.get(key);
      if (gathered === undefined) this.#gathering.set(key, { kind, writes: [write], since: sentAt });
      else gathered.writes.push(write);
      this.#people.set(write.link, deferred.get(write.link) ?? 0);
    }
  }

  /** Between chunks: sends what has become a full job, reads what has ended. `backlog`: there is more than one chunk to do. */
  async tend(facts: RunFacts, backlog: boolean): Promise<void> {
    this.#facts = facts;
    const { fromRecords, jobRecords } = this.#settings;
    if (backlog && this.#active === null && fromRecords > 0 && this.#delivery !== null)
      this.#active = (await this.#dependencies.store.dirtyCount()) >= fromRecords;
    for (const [key, gathered] of [...this.#gathering])
      while (gathered.writes.length >= jobRecords) await this.#send(key);
    await this.#ask();
  }

  /** Nothing else is left to do: sends the rest and waits for a job. False: nothing is on the way, or this run has waited long enough. */
  async waitForMore(facts: RunFacts): Promise<boolean> {
    this.#facts = facts;
    const { clock } = this.#dependencies;
    if (this.#gathering.size > 0) this.#waitingSince = null;
    await this.leave();
    if (await this.#ask()) {
      this.#waitingSince = null;
      return true;
    }
    if (this.#jobs.size === 0) return false;
    const now = clock.now();
    this.#waitingSince ??= now;
    if (now >= later(this.#waitingSince, this.#settings.waitSeconds * 1_000)) return false;
    await clock.sleep(this.#settings.pollSeconds * 1_000);
    return true;
  }

  /** The run ends here, whatever the reason: what was gathered is handed over, or told to be not sent. */
  async leave(): Promise<void> {
    for (let [key] = this.#gathering.keys(); key !== undefined; [key] = this.#gathering.keys()) await this.#send(key);
  }

  get #settings() {
    return this.#dependencies.rulebook.connector.bulk;
  }

  /** Sends as many as one job takes; what is left goes on gathering. */
  async #send(key: string): Promise<void> {
    const gathered = this.#gathering.get(key);
    const delivery = this.#delivery;
    if (gathered === undefined || delivery === null) return;
    const { fromRecords, jobRecords } = this.#settings;
    const part = { ...gathered, writes: gathered.writes.splice(0, jobRecords) };
    if (gathered.writes.length === 0) this.#gathering.delete(key);
    if (this.#closed || part.writes.length < fromRecords) await this.#sendDirect(part);
    else await this.#begin(delivery, part);
  }

  async #begin(delivery: BulkDelivery, { kind, writes, since }: Gathering): Promise<void> {
    const { store, log } = this.#dependencies;
    let job: BulkJob | null = null;
    try {
      const opened = await delivery.open(kind);
      if ("refused" in opened) {
        this.#closed = true;
        log.warn({ event: "bulk.refused", object: kind.object, reason: opened.refused });
        return await this.#sendDirect({ kind, writes, since });
      }
      job = {
        ...kind,
        id: opened.id,
        run: this.#facts.run,
        since,
        keys: writes.map((write) => write.key),
        links: writes.map((write) => write.link),
      };
      await store.saveBulkJob(this.#facts.lease, job);
      await delivery.upload(job.id, kind, writes);
    } catch (error) {
      if (!(error instanceof RetryLater) && !(error instanceof StopRun)) throw error;
      return this.#giveUp(delivery, { kind, writes, since }, job, error);
    }
    this.#jobs.set(job.id, { job, askAt: later(this.#dependencies.clock.now(), this.#settings.pollSeconds * 1_000) });
    await delivery.start(job.id);
    const { object, operation } = kind;
    log.info({ event: "bulk.started", job: job.id, object, operation, records: writes.length });
  }

  /** The job was never started, so none of its writes was done: everybody is looked at again at once. */
  async #giveUp(
    delivery: BulkDelivery,
    { writes, since }: Gathering,
    job: BulkJob | null,
    error: RetryLater | StopRun,
  ): Promise<void> {
    this.#closed = true;
    const { store, log } = this.#dependencies;
    log.warn({ event: "bulk.ended", job: job?.id ?? "", state: "not started", reason: error.message });
    if (job !== null) {
      await delivery.abort(job.id).catch((second: unknown) => {
        // It holds no command to begin, so it can do no harm; Salesforce clears it away after seven days.
        if (!(second instanceof RetryLater) && !(second instanceof StopRun)) throw second;
      });
    }
    const message = `not sent: ${error.message}`;
    await this.#settle(this.#facts.run, since, writes.map(keyAndLink), {
      of: ({ key }) => ({ outcome: { kind: "deferred", key, message }, stop: null }),
    });
    if (job !== null) await store.closeBulkJob(this.#facts.lease, job.id);
    if (error instanceof StopRun) throw error;
  }

  /** By collections, as everything else: too few for a job, or there are no jobs to be had. */
  async #sendDirect({ writes, since }: Gathering): Promise<void> {
    const { clients } = this.#dependencies;
    for (let start = 0; start < writes.length; start += DIRECT) {
      const part = writes.slice(start, start + DIRECT);
      let stop: StopRun | null = null;
      const outcomes = await clients.salesforce.write(part).catch((error: unknown) => {
        if (!(error instanceof StopRun)) throw error;
        stop = error;
        return part.map(({ key }) => ({ kind: "deferred" as const, key, message: error.message }));
      });
      const byKey = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
      await this.#settle(this.#facts.run, since, part.map(keyAndLink), {
        of: ({ key }) => ({
          outcome: byKey.get(key) ?? { kind: "unknown", key, message: "the client gave no outcome" },
          stop,
        }),
      });
    }
  }

  /** Asks for the progress of each job that is due, and reads those that have ended. True: something was settled. */
  async #ask(): Promise<boolean> {
    const { clock } = this.#dependencies;
    const delivery = this.#delivery;
    if (delivery === null) return false;
    let settled = false;
    for (const underway of [...this.#jobs.values()]) {
      if (underway.askAt > clock.now()) continue;
      underway.askAt = later(clock.now(), this.#settings.pollSeconds * 1_000);
      const ended = await this.#ending(delivery, underway.job);
      if (ended === null) continue;
      await this.#close(underway.job, ended);
      settled = true;
    }
    return settled;
  }

  /** What became of the job's writes, or null while Salesforce is still working on them. */
  async #ending(delivery: BulkDelivery, job: BulkJob): Promise<BulkAnswers | null> {
    const { log } = this.#dependencies;
    const { state, message } = await delivery.progress(job.id);
    if (state === "working") return null;
    if (state === "open" && !(await delivery.abort(job.id))) return null;
    log.info({ event: "bulk.ended", job: job.id, state, reason: message });
    switch (state) {
      case "open":
        return everyOne("deferred", "the bulk job was never started");
      case "gone":
        return everyOne("unknown", "Salesforce no longer knows the bulk job");
      case "failed":
      case "aborted":
        // What it left undone goes by collections, so that whatever is at fault shows as a line about one record.
        this.#closed = true;
        return delivery.results(job.id, job);
      case "complete":
        return delivery.results(job.id, job);
    }
  }

  async #close(job: BulkJob, answers: BulkAnswers): Promise<void> {
    const pairs = job.keys.map((key, index) => ({ key, link: job.links[index] ?? "" }));
    await this.#settle(job.run, job.since, pairs, answers);
    this.#jobs.delete(job.id);
    await this.#dependencies.store.closeBulkJob(this.#facts.lease, job.id);
  }

  async #settle(
    run: string,
    since: Instant,
    writes: readonly { readonly key: string; readonly link: string }[],
    answers: BulkAnswers,
  ): Promise<void> {
    const stop = await settleWrites(this.#dependencies, this.#facts, this.#tally, {
      run,
      since,
      writes,
      answers,
      counted: this.#people,
    });
    for (const { link } of writes) this.#people.delete(link);
    if (stop !== null) throw stop;
  }
}

function everyOne(kind: "deferred" | "unknown", message: string): BulkAnswers {
  return { of: ({ key }) => ({ outcome: { kind, key, message }, stop: null }) };
}

function keyAndLink({ key, link }: Write): { readonly key: string; readonly link: string } {
  return { key, link };
}

function kindOf({ object, operation, unique }: Write): BulkKind {
  if (operation === "create") return { object, operation: "upsert", keyField: unique?.field ?? null };
  return { object, operation: "update", keyField: null };
}
