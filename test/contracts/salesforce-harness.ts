/** A Salesforce stand-in over HTTP with our client connected to it, for the contract suite and Salesforce's own tests. */
import { createSalesforceClient, type SalesforceClientOptions } from "../../src/crm/salesforce/salesforce-client.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import { FaultBox } from "../../src/sandbox/faults.ts";
import { seededRandom } from "../../src/sandbox/random.ts";
import {
  createSalesforceHandler,
  type SalesforceHandlerOptions,
} from "../../src/sandbox/salesforce/salesforce-handler.ts";
import { SalesforceOrg } from "../../src/sandbox/salesforce/salesforce-org.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import { startServer } from "../../src/sandbox/sandbox-server.ts";
import { type ConnectOptions, clockOn, type Harness, keepingLog, type PersonValues } from "./contract-harness.ts";

const NAMES = {
  firstName: "FirstName",
  lastName: "LastName",
  email: "Email",
  phone: "Phone",
  key: "LeadLoop_Key__c",
  score: "LeadLoop_Score__c",
} as const;

const NO_JOBS = { fromRecords: 0, jobRecords: 1, waitSeconds: 0, lostAfterSeconds: 1 };

export interface SalesforceHarness extends Harness {
  readonly org: SalesforceOrg;
  /** The rep who does what people do. */
  readonly rep: string;
  /** Every request that was answered, in order. */
  readonly requests: readonly SandboxRequest[];
  connect(
    options?: ConnectOptions & Partial<SalesforceClientOptions> & { readonly readFromRecords?: number },
  ): CrmClient;
}

export async function salesforceHarness(options: SalesforceHandlerOptions = {}): Promise<SalesforceHarness> {
  const clock = manualClock(Date.UTC(2026, 9, 5, 12, 0, 0, 250));
  const org = new SalesforceOrg({ clock, random: seededRandom("contract") });
  const rep = org.people.repIds[0] ?? "";
  const faults = new FaultBox();
  const requests: SandboxRequest[] = [];
  const server = await startServer({
    handler: createSalesforceHandler(org, options),
    clock,
    faults,
    onRequest: (request) => requests.push(request),
  });
  const { log, logged } = keepingLog();
  return {
    org,
    rep,
    requests,
    account: org.state.organizationId,
    object: "Lead",
    fields: NAMES,
    choice: { field: "LeadLoop_Stage__c", value: "MQL" },
    required: { Company: "Northwind" },
    clock,
    logged,
    faults,
    paths: { read: "/queryAll|/composite$", write: "/composite/sobjects" },
    connect: ({
      perRun = 10_000,
      dailyReserveShare = 0,
      requestTimeoutMs = 5_000,
      badLogin = false,
      unreachable = false,
      readFromRecords = 0,
      ...rest
    } = {}) =>
      createSalesforceClient({
        loginUrl: unreachable ? "http://127.0.0.1:9" : server.url,
        credentials: {
          kind: "client-credentials",
          clientId: "sandbox-client",
          clientSecret: badLogin ? "wrong-secret" : "sandbox-secret",
        },
        clock: clockOn(clock),
        log,
        settings: {
          calls: {
            hubspot: { perRun: 0, perDay: null, dailyReserveShare: 0 },
            salesforce: { perRun, perDay: null, dailyReserveShare },
          },
          salesforce: { concurrency: 4 },
          bulk: { ...NO_JOBS, readFromRecords, pollSeconds: 1 },
        },
        requestTimeoutMs,
        random: () => 0.5,
        ...rest,
      }),
    people: {
      create: (values) => org.create("Lead", { Company: "Northwind", ...inSalesforce(values) }, rep),
      edit: (id, values) => org.edit("Lead", id, inSalesforce(values), rep),
      remove: (id) => org.remove("Lead", id, rep),
      merge: (survivorId, otherId) => {
        org.merge("Lead", survivorId, [otherId], rep);
        return survivorId;
      },
      read: (id, field) => org.record("Lead", id)?.[field],
      count: () => org.records("Lead").filter((record) => record["IsDeleted"] !== true).length,
    },
    close: () => server.close(),
  };
}

function inSalesforce(values: PersonValues): Record<string, string> {
  const names: Readonly<Record<string, string>> = NAMES;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [names[name] ?? name, value]));
}
