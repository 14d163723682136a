/** Each channel against a real server on this machine: what arrives there, and what its refusals become. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../src/notify/channel.ts";
import { openSlackChannel } from "../../src/notify/slack-channel.ts";
import { openSmtpChannel } from "../../src/notify/smtp-channel.ts";
import { openSnsChannel } from "../../src/notify/sns-channel.ts";
import { startMailServer, startWebServer, type WebServer } from "./local-services.ts";

const MESSAGE: Message = {
  key: "sla:link-1:1:escalation",
  kind: "sla-escalation",
  title: "Löst & done: Ada <ada@example.com>",
  text: "Nobody answered for 30 hours.\nScore 72 (A1) & rising",
  html: null,
  to: ["boss@example.com", "rep@example.com"],
};

describe("Slack", () => {
  let server: WebServer;
  beforeEach(async () => {
    server = await startWebServer();
  });
  afterEach(() => server.close());

  test("a notice is posted as one JSON text, in which nobody's name can become a mention", async () => {
    const answer = await openSlackChannel(`${server.address}/services/T0/B0/secret`).send(MESSAGE);
    expect(answer).toEqual({ kind: "sent" });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: "POST", path: "/services/T0/B0/secret" });
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
      text: "*Löst &amp; done: Ada &lt;ada@example.com&gt;*\nNobody answered for 30 hours.\nScore 72 (A1) &amp; rising",
    });
  });

  test.each([
    [404, "no_service", "Slack answered 404 no_service: the webhook is switched off", false],
    [410, "channel_is_archived", "Slack answered 410 channel_is_archived: its Slack channel is archived", false],
    [400, "invalid_payload", "Slack answered 400 invalid_payload", false],
    [429, "rate_limited", "Slack answered 429 rate_limited", true],
    [503, "", "Slack answered 503", true],
  ])("%i %s is a refusal", async (status, body, message, again) => {
    server.answer(status, body);
    const answer = await openSlackChannel(server.address).send(MESSAGE);
    expect(answer).toMatchObject({ kind: "refused", message: expect.stringContaining(message), again });
  });

  test("a server that is not there may be there later; its address is not said", async () => {
    await server.close();
    const answer = await openSlackChannel(`${server.address}/services/secret`).send(MESSAGE);
    expect(answer).toEqual({ kind: "refused", message: "Slack cannot be reached (ECONNREFUSED)", again: true });
    server = await startWebServer();
  });
});

describe("SMTP", () => {
  test("a notice is one mail to everybody, marked as sent by a program", async () => {
    const server = await startMailServer();
    const channel = openSmtpChannel(server.address, "LeadLoop <leadloop@example.com>");
    expect(await channel.send({ ...MESSAGE, html: "<p>Nobody <b>answered</b></p>" })).toEqual({ kind: "sent" });
    await server.close();
    const [mail] = server.mails;
    expect(server.mails).toHaveLength(1);
    expect(mail).toMatchObject({ from: "leadloop@example.com", to: ["boss@example.com", "rep@example.com"] });
    expect(mail?.source).toMatch(/^From: LeadLoop <leadloop@example\.com>\r$/m);
    expect(mail?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.source).toMatch(/^Message-ID: <[0-9a-f]{32}@leadloop>\r$/m);
    expect(mail?.source).toContain("Nobody answered for 30 hours.");
    expect(mail?.source).toContain("<p>Nobody <b>answered</b></p>");
  });

  test("the same notice has the same message id, so that a mail reader shows it once", async () => {
    const server = await startMailServer();
    const channel = openSmtpChannel(server.address, "leadloop@example.com");
    for (let time = 0; time < 2; time += 1) await channel.send(MESSAGE);
    await server.close();
    const ids = server.mails.map(({ source }) => /^Message-ID: (.*)\r$/m.exec(source)?.[1]);
    expect(new Set(ids).size).toBe(1);
  });

  const refusal = (code: number, words: string) => Object.assign(new Error(words), { responseCode: code });
  const cases: readonly (readonly [string, Parameters<typeof startMailServer>[0], string, boolean])[] = [
    [
      "a wrong password",
      { authOptional: false, onAuth: (_auth, _session, done) => done(refusal(535, "Authentication failed")) },
      "the mail server answered 535",
      false,
    ],
    [
      "a sender it does not know",
      { onMailFrom: (_address, _session, done) => done(refusal(550, "Sender refused")) },
      "the mail server answered 550 Sender refused",
      false,
    ],
    [
      "a full disk",
      { onMailFrom: (_address, _session, done) => done(refusal(452, "Insufficient storage")) },
      "the mail server answered 452 Insufficient storage",
      true,
    ],
    [
      "one address it does not know",
      {
        onRcptTo: (address, _session, done) =>
          done(address.address.startsWith("rep") ? refusal(550, "No such user") : null),
      },
      "the mail server refused rep@example.com",
      false,
    ],
  ];
  test.each(cases)("%s is a refusal", async (_name, options, message, again) => {
    const server = await startMailServer(options);
    const address = server.address.replace("smtp://", "smtp://leadloop:hush@");
    const answer = await openSmtpChannel(options?.onAuth ? address : server.address, "leadloop@example.com").send(
      MESSAGE,
    );
    await server.close();
    expect(answer).toMatchObject({ kind: "refused", message: expect.stringContaining(message), again });
    expect(JSON.stringify(answer)).not.toContain("hush");
  });

  test("nobody to send to, and no server, are refusals too", async () => {
    const server = await startMailServer();
    await server.close();
    const channel = openSmtpChannel(server.address, "leadloop@example.com");
    expect(await channel.send({ ...MESSAGE, to: [] })).toMatchObject({ kind: "refused", again: false });
    const answer = await channel.send(MESSAGE);
    expect(answer).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(/cannot be reached .*ECONNREFUSED/),
      again: true,
    });
  });
});

describe("SNS", () => {
  let server: WebServer;
  beforeAll(async () => {
    server = await startWebServer();
    vi.stubEnv("AWS_ENDPOINT_URL_SNS", server.address);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "example");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  const PUBLISHED =
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
  const lastForm = () => new URLSearchParams(server.requests.at(-1)?.body ?? "");

  test("a notice is published with its kind as an attribute and a subject that SNS takes", async () => {
    server.answer(200, PUBLISHED);
    expect(await openSnsChannel("arn:aws:sns:eu-central-1:123456789012:leadloop").send(MESSAGE)).toEqual({
      kind: "sent",
    });
    expect(server.requests.at(-1)?.headers.authorization).toContain("/eu-central-1/sns/aws4_request");
    expect(Object.fromEntries(lastForm())).toMatchObject({
      Action: "Publish",
      TopicArn: "arn:aws:sns:eu-central-1:123456789012:leadloop",
      Subject: "Lost & done: Ada <ada@example.com>",
      Message: `${MESSAGE.title}\n\n${MESSAGE.text}`,
      "MessageAttributes.entry.1.Name": "kind",
      "MessageAttributes.entry.1.Value.StringValue": "sla-escalation",
    });
    expect(lastForm().has("MessageDeduplicationId")).toBe(false);
  });

  test("a FIFO topic drops a second copy by the notice's key", async () => {
    server.answer(200, PUBLISHED);
    const channel = openSnsChannel("arn:aws:sns:eu-central-1:123456789012:leadloop.fifo");
    await channel.send(MESSAGE);
    const first = lastForm().get("MessageDeduplicationId");
    await channel.send({ ...MESSAGE, text: "in other words" });
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(lastForm().get("MessageDeduplicationId")).toBe(first);
  });

  const failure = (code: string, message: string) =>
    `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  test.each([
    [404, "NotFound", "Topic does not exist", false],
    [403, "AuthorizationError", "is not authorized to perform: SNS:Publish", false],
    [400, "Throttled", "Rate exceeded", true],
    [503, "ServiceUnavailable", "later", true],
  ])("%i %s is a refusal", async (status, code, message, again) => {
    server.answer(status, failure(code, message));
    const answer = await openSnsChannel("arn:aws:sns:eu-central-1:123456789012:leadloop").send(MESSAGE);
    expect(answer).toMatchObject({ kind: "refused", message: expect.stringContaining(message), again });
  });

  test("an address that is no topic is said before anything is sent", async () => {
    const before = server.requests.length;
    const answer = await openSnsChannel("https://sns.eu-central-1.amazonaws.com").send(MESSAGE);
    expect(answer).toMatchObject({ kind: "refused", message: expect.stringContaining("write its ARN"), again: false });
    expect(server.requests.length).toBe(before);
  });
});
