/** Lets commands live in the time of a running sandbox instead of the machine's own. */
import { setTimeout as sleepFor } from "node:timers/promises";
import { StopRun } from "../core/errors.ts";
import type { Clock } from "../jobs/ports.ts";

/**
 * A clock that is as far ahead of (or behind) this machine as the sandbox's is. `url` is the sandbox's `/_sandbox/clock`, on either port.
 * Sleeping takes real time, in which the sandbox's clock goes on too. Throws StopRun when no sandbox answers there.
 */
export async function sandboxTime(url: string): Promise<Clock> {
  const offset = (await readSandboxClock(url)) - Date.now();
  return {
    now: () => new Date(Date.now() + offset).toISOString(),
    sleep: async (ms) => {
      await sleepFor(ms);
    },
  };
}

async function readSandboxClock(url: string): Promise<number> {
  const advice = "start the sandbox again, or unset LEADLOOP_SANDBOX_CLOCK to use real time";
  let answer: Response;
  try {
    answer = await fetch(url);
  } catch (cause) {
    throw new StopRun(`no sandbox answers at ${url} (LEADLOOP_SANDBOX_CLOCK); ${advice}`, { cause });
  }
  const body = answer.ok ? ((await answer.json()) as { readonly now?: unknown }) : {};
  const now = typeof body.now === "string" ? Date.parse(body.now) : Number.NaN;
  if (Number.isNaN(now)) throw new StopRun(`${url} (LEADLOOP_SANDBOX_CLOCK) tells no time; ${advice}`);
  return now;
}
