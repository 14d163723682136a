/** One line of JSON about something that failed, for the log group. Lambda prints only what is thrown; what is caught must be told. */

/** `error`: what was caught, if anything was. The stack is left out: the message says what to do, and values of records stay out of logs. */
export function tellFailure(what: string, ...error: readonly unknown[]): void {
  const reason = error.map((one) => (one instanceof Error ? one.message : String(one))).join("; ");
  process.stderr.write(`${JSON.stringify({ level: "error", message: "function.failed", what, reason })}\n`);
}
