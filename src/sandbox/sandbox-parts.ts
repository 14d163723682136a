/** What a sandbox consists of: the two stand-ins, their clock, their faults and the count of calls. */
import type { SandboxHandler } from "./exchange.ts";
import type { FaultBox } from "./faults.ts";
import type { HubSpotLimits } from "./hubspot/call-limits.ts";
import type { HubSpotAccount } from "./hubspot/hubspot-account.ts";
import type { Random } from "./random.ts";
import type { RequestCounts } from "./request-checks.ts";
import type { SalesforceOrg } from "./salesforce/salesforce-org.ts";
import type { SandboxClock } from "./sandbox-clock.ts";

/** How often each system was called since the start: requests that count against the vendor's limits. */
export interface CallCounts {
  hubspot: number;
  salesforce: number;
  /** By `METHOD path`, with ids replaced by `{id}`. */
  readonly byPath: Record<string, number>;
}

export interface Sandbox {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly hubspot: HubSpotAccount;
  readonly salesforce: SalesforceOrg;
  /** May be changed while running. */
  readonly hubspotLimits: HubSpotLimits;
  readonly hubspotFaults: FaultBox;
  readonly salesforceFaults: FaultBox;
  /** Both answer the control API too. */
  readonly hubspotHandler: SandboxHandler;
  readonly salesforceHandler: SandboxHandler;
  readonly calls: CallCounts;
  /** Every request held against the vendors' descriptions. */
  readonly requests: RequestCounts;
  readonly ports: { readonly hubspot: number; readonly salesforce: number };
  /** Plays the simulated people up to a moment (milliseconds since the epoch) and tells what they did. Set by whoever has people to play. */
  onPlay: ((until: number) => unknown) | undefined;
}
