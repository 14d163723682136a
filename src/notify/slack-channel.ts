/** Posts to a Slack channel through an incoming webhook. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
import { type Answer, type Channel, type Message, refused, SEND_TIME_OUT_MS, SENT } from "./channel.ts";

/** Slack cuts a message's text off at 40,000 characters (https://docs.slack.dev/changelog/2018-truncating-really-long-messages). */
const MOST_CHARACTERS = 39_000;

/** What Slack answers in words, and what to do about it. From the page above. */
const ADVICE: Readonly<Record<string, string>> = {
  no_service: "the webhook is switched off or was removed; make a new one in Slack",
  no_active_hooks: "the webhook is switched off; make a new one in Slack",
  channel_not_found: "its Slack channel is gone; make a webhook for another one",
  channel_is_archived: "its Slack channel is archived; make a webhook for another one",
  action_prohibited: "a Slack admin has forbidden it; ask them, or use another channel",
  posting_to_general_channel_denied: "only admins may post to that Slack channel; choose another one",
  no_team: "the Slack workspace is gone; make a webhook in another one",
  team_disabled: "the Slack workspace is disabled",
};

export function openSlackChannel(webhook: string): Channel {
  return {
    async send(message) {
      try {
        const response = await fetch(webhook, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ text: slackText(message) }),
          signal: AbortSignal.timeout(SEND_TIME_OUT_MS),
          redirect: "error",
        });
        return await answerOf(response);
      } catch (error) {
        // fetch says only "fetch failed"; the cause has the code. Neither names the address.
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
        return refused(`Slack cannot be reached (${code})`, true);
      }
    },
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.text()).trim().slice(0, 200);
  if (response.ok) return SENT;
  const again = response.status === 429 || response.status >= 500;
  const advice = ADVICE[body];
  return refused(`Slack answered ${response.status} ${body}${advice === undefined ? "" : `: ${advice}`}`, again);
}

/** `&`, `<` and `>` mean something to Slack; nobody's name shall become a mention. */
function slackText({ title, text }: Message): string {
  const whole = text === "" ? `*${escaped(title)}*` : `*${escaped(title)}*\n${escaped(text)}`;
  return whole.length <= MOST_CHARACTERS ? whole : `${whole.slice(0, MOST_CHARACTERS)}…`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
