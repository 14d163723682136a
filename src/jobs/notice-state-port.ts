/** What the state keeps for people to know: what they are to be told, and what waits for them to look. */
import type { ConflictEntry, RejectEntry } from "../core/model/ledger.ts";
import type { NoticeEntry } from "../core/model/notice.ts";
import type { Instant } from "../core/model/record.ts";

export interface NoticePort {
  /** Notices that belong to no decision about a person (a digest, a safety stop). One whose key is there already is left as it is. */
  saveNotices(notices: readonly NoticeEntry[]): Promise<void>;
  /** Takes due notices for sending, in order of time; nobody else gets them. Those that a sender took and did not close by then become `unknown`. */
  claimNotices(now: Instant, until: Instant, limit: number): Promise<readonly NoticeEntry[]>;
  /** Stores state, detail and the next attempt of notices that were claimed. */
  closeNotices(notices: readonly NoticeEntry[]): Promise<void>;
  noticesOf(links: readonly string[]): Promise<readonly NoticeEntry[]>;

  conflicts(filter: {
    readonly open?: boolean;
    readonly link?: string;
    readonly limit: number;
  }): Promise<readonly ConflictEntry[]>;
  rejects(filter: { readonly link?: string; readonly limit: number }): Promise<readonly RejectEntry[]>;
}
