/** How people are told of something outside of both systems. */
import type { Notice } from "../core/model/notice.ts";

/** What one channel made of a notice. `off`: its address is not set. `again`: a later attempt may succeed. */
export type Delivery = { readonly channel: string } & (
  | { readonly kind: "sent" }
  | { readonly kind: "off"; readonly message: string }
  | { readonly kind: "refused"; readonly message: string; readonly again: boolean }
);

/**
 * Tells people what happened, outside of both systems. Whoever has something to tell does not call this, but stores the notice (`Decisions.notices`, or
 * `StateStore.saveNotices` where nothing else is stored with it); `deliverNotices` then sends each once, and keeps in the ledger what became of it.
 */
export interface Notifier {
  /** One delivery for each channel that config/notify.yml names for this kind; none where nobody is named. Throws only for a bug. */
  send(notice: Notice): Promise<readonly Delivery[]>;
}
