/** Sends mail through a mail server: `smtps://user:password@host:465`, or `smtp://…:587`, which goes over to TLS where the server offers it. */
import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import { type Answer, type Channel, refused, SEND_TIME_OUT_MS, SENT } from "./channel.ts";

export function openSmtpChannel(address: string, from: string): Channel {
  return {
    async send(message) {
      if (message.to.length === 0) return refused("there is nobody to send the mail to", false);
      const transport = createTransport({
        url: address,
        connectionTimeout: SEND_TIME_OUT_MS,
        greetingTimeout: SEND_TIME_OUT_MS,
        socketTimeout: SEND_TIME_OUT_MS,
      });
      try {
        const sent = await transport.sendMail({
          from,
          to: [...message.to],
          subject: message.title,
          text: message.text,
          ...(message.html === null ? {} : { html: message.html }),
          messageId: `<${createHash("sha256").update(message.key).digest("hex").slice(0, 32)}@leadloop>`,
          // Nobody's out-of-office shall answer a program (RFC 3834).
          headers: { "Auto-Submitted": "auto-generated" },
        });
        const turnedAway = sent.rejected.map(String);
        return turnedAway.length === 0 ? SENT : refused(`the mail server refused ${turnedAway.join(", ")}`, false);
      } catch (error) {
        return refusal(error);
      } finally {
        transport.close();
      }
    },
  };
}

/** RFC 5321, 4.2.1: a code of 5xx is for good, one of 4xx passes. Without a code the server was not reached. */
function refusal(error: unknown): Answer {
  if (!(error instanceof Error)) throw error;
  const { responseCode, response } = error as Error & {
    readonly responseCode?: number;
    readonly response?: string;
  };
  if (responseCode === undefined) return refused(`the mail server cannot be reached (${error.message})`, true);
  return refused(`the mail server answered ${response ?? responseCode}`, responseCode < 500);
}
