/** Marks and cursors of one run that are read and not stored yet: stored together, and a cursor never before the marks it stands behind. */
import type { Instant, System } from "../core/model/record.ts";
import type { Cursor, DirtyMark } from "./state-port.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";

/** A transaction for each page would cost an ordinary run more than everything else it stores; a first load is stored in pieces of this size. */
const MOST_UNSTORED = 4_000;

export interface ReadBatch {
  readonly dirty: readonly DirtyMark[];
  readonly seen: readonly {
    readonly link: string;
    readonly system: System;
    readonly version: string;
    readonly at: Instant;
  }[];
  readonly cursors: readonly Cursor[];
}

export class UnstoredChanges {
  #dirty: DirtyMark[] = [];
  #seen: ReadBatch["seen"][number][] = [];
  #cursors: Cursor[] = [];

  async add(dependencies: SyncDependencies, facts: RunFacts, batch: ReadBatch): Promise<void> {
    this.#dirty.push(...batch.dirty);
    this.#seen.push(...batch.seen);
    this.#cursors.push(...batch.cursors);
    if (this.#dirty.length + this.#seen.length > MOST_UNSTORED) await this.store(dependencies, facts);
  }

  /** One transaction. A dry run stores nothing. */
  async store(dependencies: SyncDependencies, facts: RunFacts): Promise<void> {
    const batch = { dirty: this.#dirty, seen: this.#seen, cursors: this.#cursors, now: facts.startedAt };
    this.#dirty = [];
    this.#seen = [];
    this.#cursors = [];
    if (facts.dry || batch.dirty.length + batch.seen.length + batch.cursors.length === 0) return;
    await dependencies.store.ingest(facts.lease, batch);
  }
}
