/** Counts API calls against the account's limits and says what the answer's headers tell about them. */
import type { SandboxClock } from "../sandbox-clock.ts";
import { HubSpotRefusal } from "./hubspot-refusals.ts";

/**
 * https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines: Professional has 190 calls per
 * 10 seconds and 625,000 a day; search has 5 a second for the whole account.
 */
export interface HubSpotLimits {
  /** Calls per 10 seconds, rolling, search excluded. */
  burst: number;
  /** Search calls per second. */
  search: number;
  /** Calls from midnight to midnight in the account's time zone, refused ones included (recorded). */
  daily: number;
}

export function defaultHubSpotLimits(): HubSpotLimits {
  return { burst: 190, search: 5, daily: 625_000 };
}

const BURST_MS = 10_000;
const SEARCH_MS = 1_000;

export class CallLimits {
  readonly #clock: SandboxClock;
  readonly #timeZone: string;
  readonly #limits: HubSpotLimits;
  readonly #burst: number[] = [];
  readonly #search: number[] = [];
  #day = "";
  #callsToday = 0;
  #quarter = Number.NEGATIVE_INFINITY;

  constructor(clock: SandboxClock, timeZone: string, limits: HubSpotLimits) {
    this.#clock = clock;
    this.#timeZone = timeZone;
    this.#limits = limits;
  }

  /** Counts one call. Returns the refusal when it is over a limit. */
  count(isSearch: boolean): HubSpotRefusal | undefined {
    const now = this.#clock.now();
    this.#startDay(now);
    this.#callsToday += 1;
    if (this.#callsToday > this.#limits.daily) return overLimit("You have reached your daily limit.", "DAILY");
    const [calls, width, most] = isSearch
      ? [this.#search, SEARCH_MS, this.#limits.search]
      : [this.#burst, BURST_MS, this.#limits.burst];
    forget(calls, now - width, now);
    if (calls.length < most) {
      calls.push(now);
      return undefined;
    }
    return isSearch
      ? new HubSpotRefusal(429, "RATE_LIMITS", "You have reached your secondly limit.")
      : overLimit("You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING");
  }

  /** Headers of the answer to the call just counted. Search answers carry only the daily pair (recorded). */
  headers(isSearch: boolean): Record<string, string> {
    const { burst, daily } = this.#limits;
    const dailyPair = {
      "X-HubSpot-RateLimit-Daily": String(daily),
      "X-HubSpot-RateLimit-Daily-Remaining": String(Math.max(0, daily - this.#callsToday)),
    };
    if (isSearch) return dailyPair;
    const secondly = Math.floor(burst / 10);
    const since = this.#clock.now() - 1_000;
    const lastSecond = this.#burst.length - this.#burst.findLastIndex((at) => at <= since) - 1;
    return {
      ...dailyPair,
      "X-HubSpot-RateLimit-Interval-Milliseconds": String(BURST_MS),
      "X-HubSpot-RateLimit-Max": String(burst),
      "X-HubSpot-RateLimit-Remaining": String(Math.max(0, burst - this.#burst.length)),
      "X-HubSpot-RateLimit-Secondly": String(secondly),
      "X-HubSpot-RateLimit-Secondly-Remaining": String(Math.max(0, secondly - lastSecond)),
    };
  }

  #startDay(now: number): void {
    // Asking for the local date is slow; every zone's midnight falls on a quarter of an hour, so once per quarter is enough.
    const quarter = Math.floor(now / 900_000);
    if (quarter === this.#quarter) return;
    this.#quarter = quarter;
    const day = localDate(this.#timeZone).format(now);
    if (day === this.#day) return;
    this.#day = day;
    this.#callsToday = 0;
  }
}

const LOCAL_DATES = new Map<string, Intl.DateTimeFormat>();

function localDate(timeZone: string): Intl.DateTimeFormat {
  const known = LOCAL_DATES.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-CA", { timeZone });
  LOCAL_DATES.set(timeZone, format);
  return format;
}

function overLimit(message: string, policyName: string): HubSpotRefusal {
  const groupName = "publicapi:private-apps-api-calls-request-limit:1";
  return new HubSpotRefusal(429, undefined, message, { errorType: "RATE_LIMIT", policyName, groupName });
}

/** Drops calls that are out of the window, and those from a future that a clock set back has undone. */
function forget(calls: number[], until: number, now: number): void {
  let count = 0;
  while (count < calls.length && ((calls[count] as number) <= until || (calls[count] as number) > now)) count += 1;
  calls.splice(0, count);
}
