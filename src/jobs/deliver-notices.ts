/** Tells people what the ledger says they are to be told: each notice once, and never twice because an answer was lost. */
import type { NoticeEntry } from "../core/model/notice.ts";
import { later } from "../core/sync/sight-fields.ts";
import type { Delivery } from "./notifier-port.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

/** Notices of one pass; the rest goes with the next one. */
const MOST_NOTICES = 200;
const MOST_ATTEMPTS = 5;
const MINUTE_MS = 60_000;
/** Long enough for every channel of every claimed notice to time out. */
const CLAIM_MS = 60 * MINUTE_MS;

/** Sends what is due. A channel that refuses never stops the run; what no channel took is tried again a few times, later each time. Gives the number sent. */
export async function deliverNotices(
  dependencies: Pick<SyncDependencies, "store" | "clock" | "log" | "notifier">,
): Promise<number> {
  const { store, clock, log, notifier } = dependencies;
  const now = clock.now();
  const claimed = await store.claimNotices(now, later(now, CLAIM_MS), MOST_NOTICES);
  let sent = 0;
  for (const notice of claimed) {
    const deliveries = await notifier.send(notice);
    const closed = closedNotice(notice, deliveries, clock.now());
    await store.closeNotices([closed]);
    if (closed.state === "sent") sent += 1;
    for (const delivery of deliveries) {
      if (delivery.kind === "refused")
        log.warn({
          event: "notice.failed",
          kind: notice.kind,
          link: notice.link,
          reason: withoutAddresses(delivery.message),
        });
    }
  }
  return sent;
}

/** A mail server names the address that it does not take; the notice keeps that, and a log does not. */
function withoutAddresses(said: string): string {
  return said.replaceAll(/[^\s<>,;:"'()]+@[^\s<>,;:"'()]+/g, "[address]");
}

/** A notice that one channel took is told: repeating it for another channel's sake would tell somebody twice. */
function closedNotice(notice: NoticeEntry, deliveries: readonly Delivery[], now: string): NoticeEntry {
  const detail = deliveries.length === 0 ? "nobody is named for it in notify.yml" : deliveries.map(inWords).join("; ");
  const end = (state: NoticeEntry["state"]): NoticeEntry => ({ ...notice, state, notBefore: null, detail });
  if (deliveries.some((delivery) => delivery.kind === "sent")) return end("sent");
  const refusals = deliveries.filter((delivery) => delivery.kind === "refused");
  if (refusals.length === 0) return end("off");
  const again = refusals.some((delivery) => delivery.again) && notice.attempts < MOST_ATTEMPTS;
  if (!again) return end("refused");
  return { ...end("due"), notBefore: later(now, 2 ** notice.attempts * MINUTE_MS) };
}

function inWords(delivery: Delivery): string {
  return delivery.kind === "sent" ? `${delivery.channel}: sent` : `${delivery.channel}: ${delivery.message}`;
}
