/** Who is told what, once: from the ledger through config/notify.yml to the channels. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SILENT_LOG } from "../../src/app/log.ts";
import type { Notice, NoticeEntry, NotifySettings } from "../../src/core/model/notice.ts";
import { deliverNotices } from "../../src/jobs/deliver-notices.ts";
import type { Delivery, Notifier } from "../../src/jobs/notifier-port.ts";
import { createNotifier } from "../../src/notify/create-notifier.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { openSharedDatabase } from "../support/sync-world.ts";
import { startMailServer, startWebServer } from "./local-services.ts";

const SETTINGS: NotifySettings = {
  channels: [
    { name: "mail", service: "smtp", from: "LeadLoop <leadloop@example.com>" },
    { name: "room", service: "slack", from: null },
    { name: "topic", service: "sns", from: null },
  ],
  rules: [
    { kinds: ["sla-reminder", "sla-escalation"], through: ["mail"], to: ["owner"] },
    { kinds: ["sla-escalation"], through: ["mail", "room"], to: ["manager", "owner", "ops@example.com"] },
    { kinds: ["digest"], through: ["topic"], to: [] },
  ],
};

const notice = (changes: Partial<Notice> = {}): Notice => ({
  key: "sla:a:1:escalation",
  kind: "sla-escalation",
  link: "a",
  title: "Ada waits",
  text: "for 30 hours",
  html: null,
  ownerEmail: "rep@example.com",
  managerEmail: "boss@example.com",
  ...changes,
});

const entry = (changes: Partial<NoticeEntry> = {}): NoticeEntry => ({
  ...notice(changes),
  at: "2026-10-01T12:00:00.000Z",
  state: "due",
  notBefore: null,
  attempts: 0,
  detail: null,
  ...changes,
});

describe("the audience", () => {
  test("everybody whom a rule names gets one mail; a room gets one post; a channel without an address is off", async () => {
    const mail = await startMailServer();
    const web = await startWebServer();
    const addresses = new Map([
      ["mail", mail.address],
      ["room", web.address],
    ]);
    const notifier = createNotifier(SETTINGS, addresses);
    expect(await notifier.send(notice())).toEqual([
      { channel: "mail", kind: "sent" },
      { channel: "room", kind: "sent" },
    ]);
    expect(await notifier.send(notice({ kind: "sla-reminder" }))).toEqual([{ channel: "mail", kind: "sent" }]);
    expect(await notifier.send(notice({ kind: "digest" }))).toEqual([
      { channel: "topic", kind: "off", message: "LEADLOOP_NOTIFY_TOPIC is not set" },
    ]);
    expect(await notifier.send(notice({ kind: "replied" }))).toEqual([]);
    // A queue owns the lead, and nobody manages it: the rule's other people are told all the same.
    await notifier.send(notice({ ownerEmail: "Unassigned leads", managerEmail: null }));
    await mail.close();
    await web.close();
    expect(mail.mails.map(({ to }) => to)).toEqual([
      ["rep@example.com", "boss@example.com", "ops@example.com"],
      ["rep@example.com"],
      ["ops@example.com"],
    ]);
    expect(web.requests).toHaveLength(2);
  });
});

describe.each(["embedded", "memory"])("the ledger of notices (%s)", (kind) => {
  let database: SharedDatabase;
  beforeAll(async () => {
    database = await openSharedDatabase();
  });
  afterAll(() => database.close());

  /** A world whose notifier answers as told, and whose clock stands where it is put. */
  const world = (name: string, answers: readonly Delivery[]) => {
    const asked: Notice[] = [];
    const notifier: Notifier = {
      send: async (given) => {
        asked.push(given);
        return answers;
      },
    };
    const time = { now: "2026-10-01T12:00:00.000Z" };
    const clock = { now: () => time.now, sleep: async () => {} };
    const store = kind === "memory" ? openMemoryState().store : database.store(`${name}-${process.pid}`);
    return { asked, time, store, deliver: () => deliverNotices({ store, clock, log: SILENT_LOG, notifier }) };
  };
  const sent: Delivery = { channel: "mail", kind: "sent" };

  test("a notice that is saved twice is sent once, and never again", async () => {
    const { store, asked, deliver } = world("once", [sent]);
    await store.saveNotices([entry(), entry({ title: "in other words" })]);
    await store.saveNotices([entry()]);
    expect(await deliver()).toBe(1);
    expect(await deliver()).toBe(0);
    await store.saveNotices([entry()]);
    expect(await deliver()).toBe(0);
    expect(asked.map(({ title }) => title)).toEqual(["Ada waits"]);
    expect(await store.noticesOf(["a"])).toMatchObject([{ state: "sent", attempts: 1, detail: "mail: sent" }]);
  });

  test("two senders at once share the notices", async () => {
    const { store, asked, deliver } = world("two", [sent]);
    await store.saveNotices(Array.from({ length: 20 }, (_, index) => entry({ key: `n${index}` })));
    const counts = await Promise.all([deliver(), deliver()]);
    expect(counts.reduce((a, b) => a + b)).toBe(20);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(20);
    expect(asked).toHaveLength(20);
  });

  test("what nobody is named for, and what no channel has an address for, is kept as off", async () => {
    const nobody = world("nobody", []);
    await nobody.store.saveNotices([entry()]);
    expect(await nobody.deliver()).toBe(0);
    expect(await nobody.store.noticesOf(["a"])).toMatchObject([
      { state: "off", detail: "nobody is named for it in notify.yml" },
    ]);
    const off = world("off", [{ channel: "mail", kind: "off", message: "LEADLOOP_NOTIFY_MAIL is not set" }]);
    await off.store.saveNotices([entry()]);
    await off.deliver();
    expect(await off.store.noticesOf(["a"])).toMatchObject([
      { state: "off", detail: "mail: LEADLOOP_NOTIFY_MAIL is not set" },
    ]);
  });

  test("what every channel refuses for now is tried five times, later each time; what is refused for good is not", async () => {
    const busy = world("busy", [{ channel: "mail", kind: "refused", message: "452 full", again: true }]);
    await busy.store.saveNotices([entry()]);
    for (let minute = 0; minute <= 60; minute += 1) {
      busy.time.now = new Date(Date.parse("2026-10-01T12:00:00.000Z") + minute * 60_000).toISOString();
      await busy.deliver();
    }
    expect(busy.asked).toHaveLength(5);
    expect(await busy.store.noticesOf(["a"])).toMatchObject([
      { state: "refused", attempts: 5, detail: "mail: 452 full" },
    ]);
    const wrong = world("wrong", [{ channel: "mail", kind: "refused", message: "535 password", again: false }]);
    await wrong.store.saveNotices([entry()]);
    await wrong.deliver();
    await wrong.deliver();
    expect(wrong.asked).toHaveLength(1);
  });

  test("one channel that took it is enough: nobody is told twice for another channel's sake", async () => {
    const { store, asked, deliver } = world("half", [
      sent,
      { channel: "room", kind: "refused", message: "503", again: true },
    ]);
    await store.saveNotices([entry()]);
    expect(await deliver()).toBe(1);
    expect(await deliver()).toBe(0);
    expect(asked).toHaveLength(1);
    expect(await store.noticesOf(["a"])).toMatchObject([{ state: "sent", detail: "mail: sent; room: 503" }]);
  });

  test("a notice whose sender died is unknown, and not sent a second time", async () => {
    const { store, time, asked, deliver } = world("died", [sent]);
    await store.saveNotices([entry()]);
    await store.claimNotices(time.now, "2026-10-01T13:00:00.000Z", 10);
    expect(await deliver()).toBe(0);
    time.now = "2026-10-01T13:00:00.000Z";
    expect(await deliver()).toBe(0);
    expect(asked).toEqual([]);
    expect(await store.noticesOf(["a"])).toMatchObject([
      { state: "unknown", detail: "the program ended while it was being sent" },
    ]);
  });
});

test("a log does not name the address that a mail server refused", async () => {
  const { store } = openMemoryState();
  const logged: string[] = [];
  const log = { ...SILENT_LOG, warn: (event: object) => logged.push(JSON.stringify(event)) };
  const clock = { now: () => "2026-10-01T12:00:00.000Z", sleep: async () => {} };
  const message = "the mail server answered 550 <rep@example.com>: boss@example.com unknown";
  const notifier: Notifier = { send: async () => [{ channel: "mail", kind: "refused", message, again: false }] };
  const due = { at: clock.now(), state: "due", notBefore: null, attempts: 0, detail: null } as const;
  await store.saveNotices([{ ...notice(), ...due }]);
  await deliverNotices({ store, clock, log, notifier });
  expect(logged.join()).toContain("answered 550 <[address]>: [address] unknown");
});
