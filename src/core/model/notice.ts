/** What people are told outside of both systems, and who of them. Whether it arrived is in the ledger. */
import type { Instant } from "./record.ts";

/** All that is left of the text of a notice about nobody in particular that was still to be sent when somebody was erased: it may have named them. */
export const TEXT_ERASED =
  "Its text named people, and one of them may since have asked to be forgotten. `leadloop plan` shows what a stopped run would do; a report's figures are in its files.";

/** What a notice can be about; config/notify.yml says who gets which. */
export const NOTICE_KINDS = [
  "handoff-slow",
  "sla-reminder",
  "queue-reminder",
  "sla-escalation",
  "sla-reassignment",
  "sla-recycle",
  "engaged-again",
  "replied",
  "digest",
  "safety-stop",
  "run-stopped",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One thing to tell. The same `key` is told once, however often it is asked for. */
export interface Notice {
  readonly key: string;
  readonly kind: NoticeKind;
  /** Whom it is about; null for what concerns no single person. The ledger then keeps the text only until it was told, because no erasure would find in it whom it names. */
  readonly link: string | null;
  /** One line. It names nobody where `link` is null. */
  readonly title: string;
  /** Plain text; every channel can show it. */
  readonly text: string;
  /** The same for mail readers that show HTML; null where plain text is all there is. */
  readonly html: string | null;
  /** Who is meant by `owner` and `manager` in config/notify.yml; null where there is nobody. */
  readonly ownerEmail: string | null;
  readonly managerEmail: string | null;
}

/**
 * `due`: to be sent. `sending`: handed to the channels; whoever finds it so much later does not know whether it arrived, and does not send it twice. `sent`: at least
 * one channel took it. `off`: nobody is named for its kind, or no channel for it has an address. `refused`: no channel took it.
 */
export type NoticeState = "due" | "sending" | "sent" | "off" | "refused" | "unknown";

/** A notice as the ledger keeps it. */
export interface NoticeEntry extends Notice {
  readonly at: Instant;
  readonly state: NoticeState;
  readonly notBefore: Instant | null;
  readonly attempts: number;
  /** What each channel answered, in words. */
  readonly detail: string | null;
}

/** By which service a channel is reached. */
export const CHANNEL_SERVICES = ["slack", "smtp", "sns"] as const;
export type ChannelService = (typeof CHANNEL_SERVICES)[number];

/** A way to reach people. Its address is a secret of the environment: `LEADLOOP_NOTIFY_` and the name in capitals. */
export interface NotifyChannel {
  readonly name: string;
  readonly service: ChannelService;
  /** The sender of its mails; null where the service knows no sender. */
  readonly from: string | null;
}

/** Who is told what. `to` is for mail: "owner", "manager" or an address. Slack and SNS have their audience themselves. */
export interface NotifyRule {
  readonly kinds: readonly NoticeKind[];
  readonly through: readonly string[];
  readonly to: readonly string[];
}

export interface NotifySettings {
  readonly channels: readonly NotifyChannel[];
  readonly rules: readonly NotifyRule[];
}

/** The environment variable that holds a channel's address. */
export function addressVariable(channel: string): string {
  return `LEADLOOP_NOTIFY_${channel.toUpperCase().replaceAll("-", "_")}`;
}
