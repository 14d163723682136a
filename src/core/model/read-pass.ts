/** Names how far a read of everybody is, so that a run that was killed or out of time has a successor that goes on. */
import type { SafetyLimits } from "./connector-settings.ts";
import type { Instant, System } from "./record.ts";

/**
 * A read of everything of one object that was begun: a later run goes on with it. Those of one pass over both systems are begun together and forgotten
 * together, once the last has come to its end.
 */
export interface ReadPass {
  readonly system: System;
  readonly object: string;
  readonly account: string;
  /** What was asked for: a pass is of no use to a run that wants other fields. */
  readonly fields: string;
  readonly begunAt: Instant;
  /** What the client gave with the last page that was stored; null before the first. */
  readonly position: string | null;
  readonly ended: boolean;
  /** Whoever the state knows and the pass does not meet is looked up in the end. */
  readonly compares: boolean;
  /** What the records met so far could lead to at most, over both systems. */
  readonly foreseen: Readonly<Record<keyof SafetyLimits, number>>;
}

/** Ids of one system's records that a pass which compares has met. */
export interface MetRecords {
  readonly system: System;
  readonly ids: readonly string[];
}
