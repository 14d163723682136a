/** A HubSpot stand-in over HTTP with our client connected to it, for the contract suite and HubSpot's own tests. */
import { createHubSpotClient } from "../../src/crm/hubspot/hubspot-client.ts";
import type { HubSpotApiVersion } from "../../src/crm/hubspot/hubspot-paths.ts";
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import { FaultBox } from "../../src/sandbox/faults.ts";
import { HubSpotAccount, type HubSpotAccountOptions } from "../../src/sandbox/hubspot/hubspot-account.ts";
import { createHubSpotHandler } from "../../src/sandbox/hubspot/hubspot-handler.ts";
import type { Writer } from "../../src/sandbox/hubspot/hubspot-model.ts";
import { seededRandom } from "../../src/sandbox/random.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import { startServer } from "../../src/sandbox/sandbox-server.ts";
import { clockOn, type Harness, keepingLog, type PersonValues } from "./contract-harness.ts";

export const OUR_APP = "18221010";
export const marketer: Writer = { sourceType: "CRM_UI", sourceId: "userId:9001" };

const NAMES = {
  firstName: "firstname",
  lastName: "lastname",
  email: "email",
  phone: "phone",
  key: "leadloop_key",
  score: "leadloop_score",
} as const;

export interface HubSpotHarness extends Harness {
  readonly sandbox: HubSpotAccount;
  /** Every request that was answered, in order. */
  readonly requests: readonly SandboxRequest[];
}

/** The index answers at once and records stand still, unless the options say otherwise. */
export async function hubSpotHarness(
  options: Partial<HubSpotAccountOptions> = {},
  { apiVersion = "v3", burst = 190 }: { readonly apiVersion?: HubSpotApiVersion; readonly burst?: number } = {},
): Promise<HubSpotHarness> {
  const clock = manualClock(Date.UTC(2026, 9, 5, 12, 0, 0, 0));
  const times = { lagMs: [0, 0] as const, tailChance: 0, selfTouchChance: 0, ...options.times };
  const sandbox = new HubSpotAccount({ random: seededRandom("contract"), appId: OUR_APP, ...options, clock, times });
  const faults = new FaultBox();
  const requests: SandboxRequest[] = [];
  const server = await startServer({
    handler: createHubSpotHandler(sandbox),
    clock,
    faults,
    onRequest: (request) => requests.push(request),
  });
  const { log, logged } = keepingLog();
  return {
    sandbox,
    requests,
    account: "62515",
    object: "contacts",
    fields: NAMES,
    choice: { field: "lifecyclestage", value: "opportunity" },
    required: {},
    clock,
    logged,
    faults,
    paths: { read: "/batch/read", write: "/batch/(update|upsert|create|archive)" },
    connect: ({
      perRun = 10_000,
      dailyReserveShare = 0,
      requestTimeoutMs = 5_000,
      badLogin = false,
      unreachable = false,
    } = {}) =>
      createHubSpotClient({
        accessToken: badLogin ? "pat-wrong-secret" : "pat-sandbox",
        baseUrl: unreachable ? "http://127.0.0.1:9" : server.url,
        appId: OUR_APP,
        apiVersion,
        clock: clockOn(clock),
        log,
        settings: {
          calls: {
            hubspot: { perRun, perDay: null, dailyReserveShare },
            salesforce: { perRun: 0, perDay: null, dailyReserveShare: 0 },
          },
          hubspot: { burst, burstSeconds: 10, searchPerSecond: 4, concurrency: 6 },
        },
        requestTimeoutMs,
        random: () => 0.5,
      }),
    people: {
      create: (values) => sandbox.createContact(inHubSpot(values), marketer),
      edit: (id, values) => sandbox.editContact(id, inHubSpot(values), marketer),
      remove: (id) => sandbox.archiveContact(id),
      merge: (survivorId, otherId) => sandbox.mergeContacts(survivorId, otherId),
      read: (id, field) => sandbox.contact(id)?.properties[field],
      count: () => sandbox.contacts().filter(({ archived }) => !archived).length,
    },
    close: () => server.close(),
  };
}

function inHubSpot(values: PersonValues): Record<string, string> {
  const names: Readonly<Record<string, string>> = NAMES;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [names[name] ?? name, value]));
}
