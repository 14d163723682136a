/** Makes a Salesforce client whose clock is virtual and whose log can be looked at. */
import type { Write } from "../../src/core/model/plan.ts";
import { createSalesforceClient, type SalesforceClientOptions } from "../../src/crm/salesforce/salesforce-client.ts";
import type { Clock, CrmClient, Log, LogEvent } from "../../src/jobs/ports.ts";

export interface TestClient {
  readonly client: CrmClient;
  readonly clock: Clock;
  readonly events: readonly LogEvent[];
  /** Every wait asked of the clock, in ms. */
  readonly waits: readonly number[];
}

/** `now` moves only by sleeping, and with `onSleep` the other side's clock can be moved along. */
export function testClient(
  options: Partial<SalesforceClientOptions> & { readonly now?: number; readonly onSleep?: (ms: number) => void } = {},
): TestClient {
  const { now = Date.parse("2026-10-01T12:00:00.000Z"), onSleep, ...rest } = options;
  let time = now;
  const waits: number[] = [];
  const events: LogEvent[] = [];
  const clock: Clock = {
    now: () => new Date(time).toISOString(),
    sleep: async (ms) => {
      time += ms;
      waits.push(ms);
      onSleep?.(ms);
    },
  };
  const note = (event: LogEvent): void => {
    events.push(event);
  };
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const client = createSalesforceClient({
    loginUrl: "https://example-dev-ed.my.salesforce.com",
    credentials: { kind: "client-credentials", clientId: "sandbox-client", clientSecret: "sandbox-secret" },
    clock,
    log,
    settings: {
      calls: {
        hubspot: { perRun: 1000, perDay: null, dailyReserveShare: 0.2 },
        salesforce: { perRun: 1000, perDay: null, dailyReserveShare: 0.2 },
      },
      salesforce: { concurrency: 4 },
      bulk: { fromRecords: 0, readFromRecords: 0, jobRecords: 1, pollSeconds: 1, waitSeconds: 0, lostAfterSeconds: 1 },
    },
    requestTimeoutMs: 5_000,
    random: () => 0.5,
    ...rest,
  });
  return { client, clock, events, waits };
}

/** An update of one Lead unless told otherwise. */
export function write(
  part: Omit<Partial<Write>, "fields"> & { readonly fields?: Readonly<Record<string, Write["fields"][string]["to"]>> },
): Write {
  const { fields = { Title: "CTO" }, ...rest } = part;
  const id = rest.id ?? null;
  return {
    key: id ?? rest.unique?.value ?? "key",
    link: "link",
    recordName: "Ada Vance",
    system: "salesforce",
    object: "Lead",
    id,
    operation: id === null ? "create" : "update",
    reason: "test",
    unique: null,
    ifUnmodifiedSince: null,
    step: 0,
    purpose: id === null ? "create" : "fields",
    ...rest,
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, to]) => [name, { from: undefined, to, rule: "two-way" }]),
    ),
  };
}

export async function collect<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
