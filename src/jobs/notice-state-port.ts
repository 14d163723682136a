/** What the state keeps of what people are to be told. */
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
}
