/** The shape of config/notify.yml: who is told what, and through which channel. Addresses and passwords are never in it. */
import * as z from "zod";
import { CHANNEL_SERVICES, NOTICE_KINDS, type NotifySettings } from "../core/model/notice.ts";
import { choice, kebabName, text } from "./file-shapes.ts";
import { writeInstead } from "./nearest-name.ts";
import type { RuleChecks } from "./rule-checks.ts";

const SOMEBODY = ["owner", "manager"] as const;
const EMAIL_ADDRESS = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;
const SENDER = /^(?:[^<>@]*<[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+)$/;

const channelShape = z.strictObject({
  name: kebabName("sales-room").describe(
    "Its address is the environment variable LEADLOOP_NOTIFY_ and this name in capitals: LEADLOOP_NOTIFY_SALES_ROOM.",
  ),
  by: choice(CHANNEL_SERVICES, "a service").describe(
    "slack: an incoming webhook; smtp: a mail server; sns: a topic on AWS.",
  ),
  from: text("LeadLoop <leadloop@example.com>").optional().describe("The sender of mails; only for smtp."),
});

const ruleShape = z.strictObject({
  notices: z
    .array(choice(NOTICE_KINDS, "a kind of notice"))
    .min(1, { error: "is empty; name at least one kind of notice, such as sla-reminder" })
    .describe("Which notices."),
  through: z
    .array(kebabName("sales-room"))
    .min(1, { error: "is empty; name at least one channel" })
    .describe("Names of channels."),
  to: z.array(text("owner")).default([]).describe("For mail: owner, manager, or an address."),
});

export const notifyShape = z.strictObject({
  channels: z.array(channelShape).default([]).describe("Ways to reach people. One without an address is off."),
  send: z.array(ruleShape).default([]).describe("Who is told what; every line that names a notice counts."),
});

type NotifyFile = z.infer<typeof notifyShape>;

export function toNotify(shape: NotifyFile, checks: RuleChecks): NotifySettings {
  checks.distinct(
    shape.channels.map(({ name }, index) => ({ path: ["channels", index, "name"], name })),
    "a channel",
  );
  shape.channels.forEach(({ by, from }, index) => {
    if (!checks.isSure(["channels", index], ["by", "from"])) return;
    if (by === "smtp" && from === undefined) {
      checks.issue(
        ["channels", index],
        "a mail has a sender; write from: LeadLoop <leadloop@example.com>, an address that your mail server may send from",
      );
    } else if (by === "smtp" && from !== undefined && !SENDER.test(from)) {
      checks.issue(["channels", index, "from"], `"${from}" is no sender; write LeadLoop <leadloop@example.com>`);
    } else if (by !== "smtp" && from !== undefined) {
      checks.issue(["channels", index, "from"], `${by} knows no sender; remove this`);
    }
  });
  for (const [index, rule] of shape.send.entries()) checkRule(rule, index, shape, checks);
  return {
    channels: shape.channels.map(({ name, by, from }) => ({ name, service: by, from: from ?? null })),
    rules: shape.send.map(({ notices, through, to }) => ({ kinds: notices, through, to })),
  };
}

function checkRule(rule: NotifyFile["send"][number], index: number, shape: NotifyFile, checks: RuleChecks): void {
  const names = shape.channels.map(({ name }) => name);
  const isComplete = checks.areAllKnown(["channels"], names.length, "name");
  rule.through.forEach((name, at) => {
    if (isComplete && !names.includes(name)) {
      const advice = writeInstead(name, names, "add it under channels");
      checks.issue(["send", index, "through", at], `there is no channel ${name}; ${advice}`);
    }
  });
  rule.to.forEach((name, at) => {
    if (EMAIL_ADDRESS.test(name) || (SOMEBODY as readonly string[]).includes(name)) return;
    const advice = writeInstead(name, SOMEBODY, "write owner, manager, or an e-mail address");
    checks.issue(["send", index, "to", at], `"${name}" is nobody; ${advice}`);
  });
  const mails = shape.channels.some(
    ({ name, by }, at) => by === "smtp" && checks.isOwn(["channels", at, "by"]) && rule.through.includes(name),
  );
  if (mails && rule.to.length === 0 && checks.isSure(["send", index], ["to"]))
    checks.issue(["send", index], "goes by mail to nobody; write to: [owner], or an e-mail address");
}
