/** Takes a notice to everyone whom config/notify.yml names for its kind. A service's package is loaded when its first notice goes out. */
import { addressVariable, type Notice, type NotifyChannel, type NotifySettings } from "../core/model/notice.ts";
import type { Delivery, Notifier } from "../jobs/notifier-port.ts";
import type { Answer, Channel } from "./channel.ts";

/** `addresses` holds each channel's address by the channel's name; one that is not there switches the channel off. */
export function createNotifier(settings: NotifySettings, addresses: ReadonlyMap<string, string>): Notifier {
  const open = new Map<string, Promise<Channel>>();
  const channelOf = (channel: NotifyChannel, address: string): Promise<Channel> => {
    const known = open.get(channel.name) ?? openChannel(channel, address);
    open.set(channel.name, known);
    return known;
  };
  return {
    async send(notice) {
      const deliveries: Delivery[] = [];
      for (const channel of settings.channels) {
        const to = audience(settings, channel, notice);
        if (to === null) continue;
        const address = addresses.get(channel.name);
        const answer =
          address === undefined
            ? { kind: "off" as const, message: `${addressVariable(channel.name)} is not set` }
            : await sendThrough(() => channelOf(channel, address), notice, to);
        deliveries.push({ channel: channel.name, ...answer });
      }
      return deliveries;
    },
  };
}

async function sendThrough(channel: () => Promise<Channel>, notice: Notice, to: readonly string[]): Promise<Answer> {
  try {
    const { key, kind, title, text, html } = notice;
    return await (await channel()).send({ key, kind, title: title.replaceAll(/\s+/g, " ").trim(), text, html, to });
  } catch (error) {
    // The AWS SDK comes with Lambda and not with LeadLoop.
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")
      return { kind: "refused", message: "@aws-sdk/client-sns is not installed here; run npm install", again: false };
    throw error;
  }
}

/** Null when no rule sends this kind through this channel. A rule whose owner or manager is nobody still counts for its other people. */
function audience(settings: NotifySettings, channel: NotifyChannel, notice: Notice): readonly string[] | null {
  const rules = settings.rules.filter(
    (rule) => rule.kinds.includes(notice.kind) && rule.through.includes(channel.name),
  );
  if (rules.length === 0) return null;
  const people: Readonly<Record<string, string | null>> = {
    owner: mailOnly(notice.ownerEmail),
    manager: mailOnly(notice.managerEmail),
  };
  const addresses = rules.flatMap((rule) => rule.to).map((name) => (Object.hasOwn(people, name) ? people[name] : name));
  return [...new Set(addresses.filter((address) => address !== null && address !== undefined))];
}

/** A queue is named where an owner's e-mail would be. */
function mailOnly(name: string | null): string | null {
  return name?.includes("@") === true ? name : null;
}

async function openChannel({ service, from }: NotifyChannel, address: string): Promise<Channel> {
  switch (service) {
    case "slack":
      return (await import("./slack-channel.ts")).openSlackChannel(address);
    case "smtp":
      return (await import("./smtp-channel.ts")).openSmtpChannel(address, from ?? "");
    case "sns":
      return (await import("./sns-channel.ts")).openSnsChannel(address);
  }
}
