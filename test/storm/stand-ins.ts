/** Both systems on clocks of their own, answering without a socket, and a log of every request and of what it changed. */

import type { SandboxRequest, SandboxResponse } from "../../src/sandbox/exchange.ts";
import { defaultHubSpotLimits, type HubSpotLimits } from "../../src/sandbox/hubspot/call-limits.ts";
import { HubSpotAccount, type HubSpotAccountOptions } from "../../src/sandbox/hubspot/hubspot-account.ts";
import { createHubSpotHandler } from "../../src/sandbox/hubspot/hubspot-handler.ts";
import { seededRandom } from "../../src/sandbox/random.ts";
import type { RequestCounts } from "../../src/sandbox/request-checks.ts";
import { createSalesforceHandler } from "../../src/sandbox/salesforce/salesforce-handler.ts";
import { SalesforceOrg } from "../../src/sandbox/salesforce/salesforce-org.ts";
import { manualClock, type SandboxClock } from "../../src/sandbox/sandbox-clock.ts";
import type { Fault } from "./faults.ts";
import type { Kernel } from "./kernel.ts";

export type SystemName = "hubspot" | "salesforce";

/** One value that a request changed in a record; `undefined` before: the record was created by it. */
export interface ChangeRow {
  readonly at: number;
  readonly invocation: number;
  readonly system: SystemName;
  readonly object: string;
  readonly id: string;
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly created: boolean;
}

/** One request as it reached a system. */
export interface RequestRow {
  readonly at: number;
  /** When it left the process. */
  readonly sentAt: number;
  readonly invocation: number;
  readonly system: SystemName;
  readonly request: SandboxRequest;
  readonly response: SandboxResponse;
  /** What it met on its way, there or back. */
  readonly fault: Fault["kind"] | null;
}

/** Who sends a request, when, and what it meets. */
export type Sending = Pick<RequestRow, "invocation" | "sentAt" | "fault">;

/** A refusal on the way, which the system itself never saw. */
export interface RefusalRow {
  readonly invocation: number;
  readonly system: SystemName;
  readonly how: string;
  /** When the process heard of it. */
  readonly heardAt: number;
}

type Flat = Readonly<Record<string, unknown>>;

export class StandIns {
  readonly hubspot: HubSpotAccount;
  readonly salesforce: SalesforceOrg;
  readonly hubspotLimits: HubSpotLimits = defaultHubSpotLimits();
  readonly changes: ChangeRow[] = [];
  readonly requests: RequestRow[] = [];
  readonly refusals: RefusalRow[] = [];
  /** Every request, held against the vendors' descriptions. */
  readonly described: RequestCounts = { described: {}, undescribed: [] };
  /** Told of every record that a request of ours made. */
  made: (record: Pick<ChangeRow, "system" | "object" | "id">) => void = () => undefined;
  readonly #kernel: Kernel;
  readonly #clocks: Readonly<Record<SystemName, SandboxClock>>;
  readonly #skews: Record<SystemName, number>;
  readonly #handlers: Readonly<Record<SystemName, (request: SandboxRequest) => SandboxResponse>>;

  constructor(
    kernel: Kernel,
    seed: number,
    options: {
      readonly skews: Readonly<Record<SystemName, number>>;
      readonly hubspot: Omit<HubSpotAccountOptions, "clock" | "random">;
    },
  ) {
    this.#kernel = kernel;
    this.#skews = { ...options.skews };
    const clock = (system: SystemName): SandboxClock => ({
      ...manualClock(0),
      now: () => kernel.now + this.#skews[system],
    });
    this.#clocks = { hubspot: clock("hubspot"), salesforce: clock("salesforce") };
    const random = seededRandom(`storm ${seed}`);
    this.hubspot = new HubSpotAccount({ ...options.hubspot, clock: this.#clocks.hubspot, random });
    this.salesforce = new SalesforceOrg({ clock: this.#clocks.salesforce, random });
    this.#handlers = {
      hubspot: createHubSpotHandler(this.hubspot, { limits: this.hubspotLimits, requests: this.described }),
      salesforce: createSalesforceHandler(this.salesforce, { requests: this.described }),
    };
  }

  skew(system: SystemName, ms: number): void {
    this.#skews[system] = ms;
  }

  /** The system's own time, in milliseconds since the epoch. */
  timeOf(system: SystemName): number {
    return this.#clocks[system].now();
  }

  /** Answers one request, and logs what it changed. */
  answer(system: SystemName, request: SandboxRequest, sending: Sending): SandboxResponse {
    const reads = request.method === "GET" || /\/(search|batch\/read|unsubscribe-all\/read)$/.test(request.path);
    const before = reads ? null : this.records(system);
    const response = this.#handlers[system](request);
    if (before !== null) this.#logChanges(system, before, sending.invocation);
    const date = new Date(this.#clocks[system].now()).toUTCString();
    const answered = { ...response, headers: { ...response.headers, Date: date } };
    this.requests.push({ at: this.#kernel.now, system, request, response: answered, ...sending });
    return answered;
  }

  /** Every record of people and tasks as it truly is, by `object:id`; values flat. A record that did not change is the same object as before. */
  records(system: SystemName): ReadonlyMap<string, object> {
    const found = new Map<string, object>();
    if (system === "hubspot") {
      const store = this.hubspot.store("contacts");
      for (const archived of [false, true])
        for (const state of store.list(archived, 0)) found.set(`contacts:${state.id}`, state);
      return found;
    }
    for (const object of ["Lead", "Contact", "Task"])
      for (const record of this.salesforce.records(object)) found.set(`${object}:${String(record["Id"])}`, record);
    return found;
  }

  #logChanges(system: SystemName, before: ReadonlyMap<string, object>, invocation: number): void {
    for (const [key, record] of this.records(system)) {
      const earlier = before.get(key);
      if (earlier === record) continue;
      const [object = "", id = ""] = key.split(":");
      if (earlier === undefined) this.made({ system, object, id });
      const left = earlier === undefined ? {} : flat(system, earlier);
      const right = flat(system, record);
      for (const field of new Set([...Object.keys(left), ...Object.keys(right)])) {
        if (left[field] === right[field]) continue;
        this.changes.push({
          ...{ at: this.#kernel.now, invocation, system, object, id, field },
          before: left[field],
          after: right[field],
          created: earlier === undefined,
        });
      }
    }
  }
}

/** When a HubSpot record was archived, as a field of it. */
export const ARCHIVED = "(archived)";

function flat(system: SystemName, record: object): Flat {
  if (system === "salesforce") return record as Flat;
  const { values, archivedAt } = record as {
    values: Readonly<Record<string, { value: string }>>;
    archivedAt?: number | undefined;
  };
  const shown = Object.entries(values).map(([name, version]): [string, unknown] => [name, version.value]);
  return Object.fromEntries([...shown, [ARCHIVED, archivedAt]]);
}
