/** Marks and cursors of one run that are read and not stored yet: stored together, and a cursor never before the marks it stands behind. */

import type { MetRecords, ReadPass } from "../core/model/read-pass.ts";
import type { Instant, System } from "../core/model/record.ts";
import type { Cursor, DirtyMark } from "./state-port.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";

/** A transaction for each page would cost an ordinary run more than everything else it stores; a first load is stored in pieces of this size. */
const MOST_UNSTORED = 4_000;

export interface ReadBatch {
  readonly dirty: readonly DirtyMark[];
  readonly seen?: readonly {
    readonly link: string;
    readonly system: System;
    readonly version: string;
    readonly at: Instant;
  }[];
  readonly cursors: readonly Cursor[];
  /** How far a read of everybody is with these marks. */
  readonly pass?: ReadPass | null;
  readonly met?: MetRecords;
  readonly passesOver?: boolean;
}

export class UnstoredChanges {
  #dirty: DirtyMark[] = [];
  #seen: NonNullable<ReadBatch["seen"]>[number][] = [];
  #cursors: Cursor[] = [];
  readonly #passes = new Map<string, ReadPass>();
  #met: MetRecords[] = [];
  #metIds = 0;
  #passesOver = false;

  async add(dependencies: SyncDependencies, facts: RunFacts, batch: ReadBatch): Promise<void> {
    this.#dirty.push(...batch.dirty);
    this.#seen.push(...(batch.seen ?? []));
    this.#cursors.push(...batch.cursors);
    if (batch.pass) this.#passes.set(`${batch.pass.system}:${batch.pass.object}`, batch.pass);
    if (batch.met !== undefined && batch.met.ids.length > 0) {
      this.#met.push(batch.met);
      this.#metIds += batch.met.ids.length;
    }
    this.#passesOver ||= batch.passesOver === true;
    const waiting = Math.max(this.#dirty.length + this.#seen.length, this.#metIds);
    if (waiting > MOST_UNSTORED) await this.store(dependencies, facts);
  }

  /** One transaction. A dry run stores nothing. */
  async store(dependencies: SyncDependencies, facts: RunFacts): Promise<void> {
    const batch = {
      dirty: this.#dirty,
      seen: this.#seen,
      cursors: this.#cursors,
      now: facts.startedAt,
      passes: [...this.#passes.values()],
      met: this.#met,
      passesOver: this.#passesOver,
    };
    this.#dirty = [];
    this.#seen = [];
    this.#cursors = [];
    this.#passes.clear();
    this.#met = [];
    this.#metIds = 0;
    this.#passesOver = false;
    const { dirty, seen, cursors, passes, met, passesOver } = batch;
    const isEmpty = [dirty, seen, cursors, passes, met].every((rows) => rows.length === 0) && !passesOver;
    if (facts.dry || isEmpty) return;
    await dependencies.store.ingest(facts.lease, batch);
  }
}
