/** What one pass over both systems has met so far. */
import type { Link } from "../core/model/link.ts";
import type { CrmRecord, Instant, System } from "../core/model/record.ts";
import type { SafetyTally } from "../core/sync/check-safety.ts";
import type { DirtyMark, Lease } from "./state-port.ts";
import { UnstoredChanges } from "./unstored-changes.ts";
import type { WholeReads } from "./whole-reads.ts";

/** Salesforce records kept in hand; a first load of more reads them again, chunk by chunk, so that its memory does not grow with the number of people. */
const MOST_RECORDS_IN_HAND = 5_000;

export class Collected {
  /** What of it is read as a whole. */
  readonly whole: WholeReads;
  /** As it was last renewed: reading everybody takes longer than one lease. */
  lease: Lease;
  readonly records: Record<System, number> = { hubspot: 0, salesforce: 0 };
  unchanged = 0;
  readonly marks: DirtyMark[] = [];
  readonly salesforce = new Map<string, CrmRecord>();
  /** There were more Salesforce records than are kept in hand. */
  overflowed = false;
  readonly links = new Map<string, Link>();
  foreseen: SafetyTally;
  /** Objects that are read as a whole, by `system:object`. */
  readonly backfilled = new Set<string>();
  /** Links that were looked up in this pass, by `system:id`; null where nobody has the record. Both lanes tell of one record now and then. */
  readonly looked = new Map<string, Link | null>();
  /** Server time of the first page, by object. */
  readonly started = new Map<string, Instant>();
  /** What was not read because it is hidden from us, in words for the admin. */
  readonly refused: string[] = [];
  /** Read, and not stored yet. */
  readonly unstored = new UnstoredChanges();

  constructor(whole: WholeReads, lease: Lease) {
    this.whole = whole;
    this.lease = lease;
    this.foreseen = whole.foreseen;
  }

  keepInHand(record: CrmRecord): void {
    if (this.salesforce.size < MOST_RECORDS_IN_HAND)
      this.salesforce.set(`${record.ref.object}:${record.ref.id}`, record);
    else this.overflowed = true;
  }
}
