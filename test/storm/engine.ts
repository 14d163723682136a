/** The product as it is deployed: its jobs, clients and rules, on a simulated network and store, one set of clients to an invocation. */

import { readConfig } from "../../src/app/open-state.ts";
import type { Loaded } from "../../src/config/load-config.ts";
import { RetryLater, StopRun } from "../../src/core/errors.ts";
import { lateOwnerDirectory } from "../../src/core/mapping/owner-transform.ts";
import type { OwnerDirectory } from "../../src/core/mapping/transform-options.ts";
import { createHubSpotClient } from "../../src/crm/hubspot/hubspot-client.ts";
import { createSalesforceClient } from "../../src/crm/salesforce/salesforce-client.ts";
import type { SalesforceToken } from "../../src/crm/salesforce/salesforce-session.ts";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import type { Log, LogEvent } from "../../src/jobs/ports.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { forgetByAddress } from "./admins.ts";
import { Dice } from "./dice.ts";
import type { Invocation } from "./invocation.ts";
import type { Kernel } from "./kernel.ts";
import { ADDRESSES, networkOf } from "./simulated-network.ts";
import { type BreakAt, StoreLog, storeThrough } from "./simulated-store.ts";
import type { StandIns } from "./stand-ins.ts";
import type { StormSetting } from "./storm-plan.ts";

/** `comparison` is a sync that reads everybody, whatever changed. */
export type EngineJob = "sync" | "follow-up" | "comparison";

/** What became of one invocation. */
export interface InvocationRow {
  readonly number: number;
  readonly job: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: SyncResult | null;
  /** The store or a system was out of reach. */
  readonly stopped: string | null;
  /** Anything else that was thrown is a bug. */
  readonly error: unknown;
}

/** What one process keeps between invocations. */
interface Process {
  readonly memory: SyncDependencies["memory"];
  token: SalesforceToken | null;
}

let directory: OwnerDirectory | null = null;
let shipped: Loaded | null = null;

/** The shipped configuration, read once. */
function configuration(): Loaded {
  shipped ??= withoutReport(
    readConfig(
      { mappingsFolder: "mappings", configFolder: "config" },
      lateOwnerDirectory(() => directory),
    ),
  );
  return shipped;
}

/** Nobody makes a report in a storm, so nothing is read for one. */
function withoutReport(loaded: Loaded): Loaded {
  const { rulebook } = loaded;
  return { ...loaded, rulebook: { ...rulebook, report: { ...rulebook.report, campaignCosts: null } } };
}

/** From now on cities come from HubSpot alone. */
export function changedMapping(loaded: Loaded): Loaded {
  const mappings = loaded.mappings.map((mapping) => ({
    ...mapping,
    fields: mapping.fields.map((field) =>
      field.hubspot === "city" ? { ...field, rule: "always-use-hubspot" as const } : field,
    ),
  }));
  return { ...loaded, mappings, fingerprint: `${loaded.fingerprint}, changed` };
}

function deleting(loaded: Loaded, onDelete: "archive" | "flag"): Loaded {
  return { ...loaded, mappings: loaded.mappings.map((mapping) => ({ ...mapping, onDelete })) };
}

export class Engine {
  readonly rows: InvocationRow[] = [];
  readonly loaded: Loaded;
  readonly storeLog: StoreLog;
  /** Every line that the product logged. */
  readonly logged: string[] = [];
  readonly #kernel: Kernel;
  readonly #systems: StandIns;
  readonly #store: StateStore;
  readonly #breakAt: BreakAt | null;
  readonly #seed: number;
  readonly #warm: boolean;
  readonly #log: Log = {
    debug: (event) => this.#keep(event),
    info: (event) => this.#keep(event),
    warn: (event) => this.#keep(event),
    error: (event) => this.#keep(event),
  };
  #process: Process = { memory: new Map(), token: null };

  constructor(
    kernel: Kernel,
    systems: StandIns,
    options: {
      readonly store: StateStore;
      readonly seed: number;
      readonly warm: boolean;
      readonly onDelete: StormSetting["onDelete"];
      readonly breakAt: BreakAt | null;
    },
  ) {
    const { onDelete } = options;
    this.loaded = onDelete === undefined ? configuration() : deleting(configuration(), onDelete);
    this.#kernel = kernel;
    this.storeLog = new StoreLog(() => kernel.now);
    this.#systems = systems;
    this.#store = options.store;
    this.#breakAt = options.breakAt;
    this.#seed = options.seed;
    this.#warm = options.warm;
  }

  /** Starts a job and leaves it to its events. */
  start(job: EngineJob, invocation: Invocation, loaded: Loaded): void {
    const process: Process = this.#warm ? this.#process : { memory: new Map(), token: null };
    // A process that is at work, or dies, serves nobody else.
    this.#process = { memory: new Map(), token: null };
    const dependencies = this.#dependencies(invocation, loaded, process);
    const run =
      job === "follow-up"
        ? runFollowUp(dependencies).then((result) => result.sync)
        : runSync(dependencies, { keepPlan: true, full: job === "comparison" });
    const startedAt = this.#kernel.now;
    const end = (row: Pick<InvocationRow, "result" | "stopped" | "error">): void => {
      invocation.done = true;
      if (row.error === null) this.#process = process;
      this.rows.push({ number: invocation.number, job, startedAt, endedAt: this.#kernel.now, ...row });
    };
    run.then(
      (result) => end({ result, stopped: null, error: null }),
      (error: unknown) => {
        if (error instanceof StopRun || error instanceof RetryLater)
          end({ result: null, stopped: error.message, error: null });
        else end({ result: null, stopped: null, error });
      },
    );
  }

  /** An admin forgets a person, from a machine of their own. */
  forget(who: number, invocation: Invocation): void {
    const startedAt = this.#kernel.now;
    const end = (stopped: string | null, error: unknown): void => {
      invocation.done = true;
      const row = { number: invocation.number, job: "forget", startedAt, endedAt: this.#kernel.now };
      this.rows.push({ ...row, result: null, stopped, error });
    };
    const store = storeThrough(invocation, this.#store, this.storeLog, this.#breakAt);
    forgetByAddress(store, invocation, who).then(
      () => end(null, null),
      (error: unknown) => (error instanceof StopRun ? end(error.message, null) : end(null, error)),
    );
  }

  #keep(event: LogEvent): void {
    this.logged.push(JSON.stringify(event));
  }

  #dependencies(invocation: Invocation, loaded: Loaded, process: Process): SyncDependencies {
    const { connector } = loaded.rulebook;
    const dice = new Dice(this.#seed, `engine ${invocation.number}`);
    const shared = {
      clock: invocation,
      log: this.#log,
      settings: connector,
      requestTimeoutMs: connector.requestTimeoutSeconds * 1_000,
      random: () => dice.next(),
      network: networkOf(this.#kernel, invocation, this.#systems),
    };
    const tokenCache = {
      load: async () => process.token,
      save: async (token: SalesforceToken) => {
        process.token = token;
      },
    };
    const credentials = {
      kind: "client-credentials" as const,
      clientId: "sandbox-client",
      clientSecret: "sandbox-secret",
    };
    let ids = 0;
    return {
      connection: "storm",
      holder: `process ${invocation.number}`,
      notifier: { send: async () => [] },
      store: storeThrough(invocation, this.#store, this.storeLog, this.#breakAt),
      clients: {
        hubspot: createHubSpotClient({
          ...shared,
          accessToken: "pat-sandbox",
          baseUrl: ADDRESSES.hubspot,
          appId: "18221010",
        }),
        salesforce: createSalesforceClient({ ...shared, loginUrl: ADDRESSES.salesforce, credentials, tokenCache }),
      },
      clock: invocation,
      log: this.#log,
      mappings: loaded.mappings,
      rulebook: loaded.rulebook,
      ownFields: loaded.ownFields,
      fingerprint: loaded.fingerprint,
      newId: () => {
        ids += 1;
        return `s${this.#seed}-${invocation.number}-${ids}`;
      },
      memory: process.memory,
      useOwners: (present) => {
        directory = present;
      },
    };
  }
}
