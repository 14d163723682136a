/** Says why a command failed, in one way for each way to recover, and with which exit code it ends. */
import { formatIssues } from "../config/format-issues.ts";
import { ConfigInvalid, RetryLater, StopRun } from "../core/errors.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** What was typed cannot be used: a date, a file, a person that is not there. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exit: ExitCode;

  constructor(message: string, options: { exit?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exit = options.exit ?? EXIT.configuration;
  }
}

export interface Failure {
  readonly exit: ExitCode;
  /** For stderr; without a stack trace. */
  readonly text: string;
  /** For stdout with `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** The text and exit code for anything that was thrown. What is none of our errors is a bug, and is called one. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ConfigInvalid) {
    const json = { outcome: "configuration-wrong", error: error.message, issues: error.issues };
    return { exit: EXIT.configuration, text: formatIssues(error.issues), json };
  }
  if (error instanceof UsageError) {
    const outcome = error.exit === EXIT.attention ? "needs-attention" : "configuration-wrong";
    return { exit: error.exit, text: sentence(error.message), json: { outcome, error: error.message } };
  }
  if (error instanceof StopRun) {
    const exit = error.kind === "paused" ? EXIT.done : EXIT.stopped;
    return { exit, text: sentence(error.message), json: { outcome: error.kind, error: error.message } };
  }
  if (error instanceof RetryLater) {
    const message = `${error.message}, and repeating it did not help; check the network, HUBSPOT_BASE_URL and SALESFORCE_LOGIN_URL, or try again later`;
    return { exit: EXIT.stopped, text: sentence(message), json: { outcome: "stopped", error: message } };
  }
  const said = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
  const message = `this is a bug in LeadLoop (${said}); run the command again with --debug and report what it prints`;
  return { exit: EXIT.stopped, text: sentence(message), json: { outcome: "stopped", error: message } };
}

/** Every cause down to the first, with its stack; for --debug only. */
export function stackOf(error: unknown): string {
  const parts: string[] = [];
  for (let cause = error; cause instanceof Error && parts.length < 10; cause = cause.cause) {
    parts.push(cause.stack ?? cause.message);
  }
  return parts.length === 0 ? String(error) : parts.join("\ncaused by: ");
}

/** With a capital, unless it begins with a name that is spelt otherwise, and with a full stop. */
export function sentence(text: string): string {
  const first = /^[a-z]+[ ,:]/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
