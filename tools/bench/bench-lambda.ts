/** What the packaged functions weigh, how soon they are ready, how soon a change is on the other side, and what a burst of changes costs. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SQSEvent } from "aws-lambda";
import Table from "cli-table3";
import { type LambdaWorld, openLambdaWorld, propertyChange, tick, webhook } from "../../test/support/lambda-world.ts";
import { freshDatabase, TEST_SERVER, whyNoPostgres } from "../../test/support/postgres-database.ts";
import { PackagedFunction } from "../lambda/runtime-api.ts";

const STARTS = Number(process.env["BENCH_STARTS"] ?? "7");
const CHANGES = Number(process.env["BENCH_CHANGES"] ?? "40");
const BURST = Number(process.env["BENCH_BURST"] ?? "10000");
const EVENTS_PER_WEBHOOK = 100;
const repository = resolve(import.meta.dirname, "../..");
const PERSON = { sourceType: "CRM_UI", sourceId: "userId:1" } as const;

/** The figures of the product's design. */
const LIMITS = {
  sync: { kilobytes: 2_500, readyMs: 300 },
  "hubspot-webhook": { kilobytes: 300, readyMs: 80 },
} as const;
const MOST_MS = 3_000;
const CALLS_PER_PERSON = { hubspot: 0.03, salesforce: 0.045 };

export interface LambdaFigures {
  /** `kilobytes` is the file that a cold start reads, `zipKilobytes` the whole package with what is read on demand. */
  readonly functions: readonly {
    readonly name: string;
    readonly kilobytes: number;
    readonly zipKilobytes: number;
    readonly readyMs: number;
  }[];
  /** Milliseconds from the edit until the other side has it, by where it was made. */
  readonly nearRealTime: Readonly<
    Record<"hubspot" | "salesforce", { readonly p50: number; readonly p95: number }>
  > | null;
  readonly burst: {
    readonly events: number;
    readonly invocations: number;
    readonly calls: Readonly<Record<"hubspot" | "salesforce", number>>;
  } | null;
}

function packageFunctions(): void {
  if (existsSync(join(repository, ".serverless/sync.zip"))) return;
  console.log("packaging the functions first (npm run package)");
  execFileSync("npm", ["run", "package"], { cwd: repository, stdio: "ignore" });
}

function openPackaged(name: string, environment: LambdaWorld["environment"]): Promise<PackagedFunction> {
  const zip = join(repository, `.serverless/${name}.zip`);
  return PackagedFunction.open({ zip, handler: `dist/${name}-handler.handler`, environment, timeoutMs: 900_000 });
}

function kilobytesOf(file: string): number {
  return Math.round(statSync(join(repository, file)).size / 1_000);
}

function quantile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0);
}

/** From the start of the process until it asks for its first event; the median of several starts. */
async function readyMs(name: string, environment: LambdaWorld["environment"]): Promise<number> {
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const one = await openPackaged(name, environment);
    try {
      const { coldStartMs } = await one.invoke({ Records: [] });
      if (coldStartMs !== null) starts.push(coldStartMs);
    } finally {
      await one.close();
    }
  }
  return quantile(
    starts.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Makes people on both sides and lets the packaged sync link them. */
async function linkPeople(world: LambdaWorld, count: number): Promise<{ contacts: string[]; leads: string[] }> {
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const weekAgo = Date.now() - 7 * 86_400_000;
  const people = Array.from({ length: count }, (_, index) => `person${index}@example.com`);
  const contacts = hubspot.importContacts(
    people.map((email) => ({
      properties: { email, lastname: "Lee", company: "Acme" },
      createdAt: new Date(weekAgo).toISOString(),
    })),
  );
  const leads = people.map((email) =>
    salesforce.create("Lead", { Email: email, LastName: "Lee", Company: "Acme" }, rep, weekAgo),
  );
  const sync = await openPackaged("sync", world.environment);
  try {
    for (let run = 0; run < 3; run += 1) {
      await sync.invoke(tick());
      for (let event = world.aws.receive("runs", 1); event !== null; event = world.aws.receive("runs", 1)) {
        if (event.Records[0]?.body.includes("acme") === true) await sync.invoke(event);
      }
    }
  } finally {
    await sync.close();
  }
  return { contacts: [...contacts], leads };
}

/** Plays the queue: up to ten messages to an invocation, until none waits. Gives the number of invocations. */
async function drain(world: LambdaWorld, changes: PackagedFunction): Promise<number> {
  let invocations = 0;
  for (let event = world.aws.receive("changes", 10); event !== null; event = world.aws.receive("changes", 10)) {
    const { outcome, log } = await changes.invoke(event);
    if (outcome !== "answered") throw new Error(`changes ${outcome}: ${log.slice(-500)}`);
    invocations += 1;
  }
  return invocations;
}

/** Edits one person at a time, alternating sides, and waits until the other side has the value. */
async function measureChanges(world: LambdaWorld, contacts: readonly string[], leads: readonly string[]) {
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const receiver = await openPackaged("hubspot-webhook", world.environment);
  const listener = await openPackaged("salesforce-events", world.environment);
  const changes = await openPackaged("changes", world.environment);
  const taken: Record<"hubspot" | "salesforce", number[]> = { hubspot: [], salesforce: [] };
  try {
    for (let change = 0; change < CHANGES; change += 1) {
      const [contact = "", lead = ""] = [contacts[change], leads[change]];
      const value = `Lovelace ${change}`;
      const side = change % 2 === 0 ? "hubspot" : "salesforce";
      const began = performance.now();
      if (side === "hubspot") {
        hubspot.editContact(contact, { lastname: value }, PERSON);
        await receiver.invoke(webhook({ body: JSON.stringify([propertyChange(Number(contact))]) }));
      } else {
        salesforce.edit("Lead", lead, { LastName: value }, rep);
        await listener.invoke(changeEvent(lead));
      }
      await drain(world, changes);
      const arrived =
        side === "hubspot"
          ? salesforce.record("Lead", lead)?.["LastName"]
          : hubspot.contact(contact)?.properties["lastname"];
      if (arrived !== value)
        throw new Error(`a change in ${side} did not arrive: "${String(arrived)}" is not "${value}"`);
      taken[side].push(performance.now() - began);
    }
  } finally {
    for (const one of [receiver, listener, changes]) await one.close();
  }
  const shown = (all: readonly number[]) => {
    const sorted = all.toSorted((a, b) => a - b);
    return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
  };
  return { hubspot: shown(taken.hubspot), salesforce: shown(taken.salesforce) };
}

/** An event of Salesforce's change data capture, as the queue brings it. */
function changeEvent(lead: string): SQSEvent {
  const header = { entityName: "Lead", recordIds: [lead], changeType: "UPDATE", changeOrigin: "ui" };
  const body = JSON.stringify({ connection: "acme", detail: { payload: { ChangeEventHeader: header } } });
  const record = {
    messageId: randomUUID(),
    receiptHandle: "",
    attributes: {},
    messageAttributes: {},
    md5OfBody: "",
    body,
  };
  return { Records: [{ ...record, eventSource: "aws:sqs" }] } as unknown as SQSEvent;
}

/** A bulk import touches everybody at once; each webhook tells of a hundred. */
async function measureBurst(world: LambdaWorld, contacts: readonly string[], leads: readonly string[]) {
  const { calls, hubspot, salesforce } = world.sandbox;
  for (const [index, contact] of contacts.entries())
    hubspot.editContact(contact, { jobtitle: `Title ${index}` }, PERSON);
  const receiver = await openPackaged("hubspot-webhook", world.environment);
  const changes = await openPackaged("changes", world.environment);
  const before = { hubspot: calls.hubspot, salesforce: calls.salesforce };
  let invocations = 0;
  try {
    for (let start = 0; start < contacts.length; start += EVENTS_PER_WEBHOOK) {
      const events = contacts.slice(start, start + EVENTS_PER_WEBHOOK).map((id) => propertyChange(Number(id)));
      await receiver.invoke(webhook({ body: JSON.stringify(events) }));
    }
    invocations = await drain(world, changes);
  } finally {
    await receiver.close();
    await changes.close();
  }
  const missing = leads.filter((lead, index) => salesforce.record("Lead", lead)?.["Title"] !== `Title ${index}`);
  if (missing.length > 0) throw new Error(`${missing.length} changes of the burst did not arrive`);
  const spent = { hubspot: calls.hubspot - before.hubspot, salesforce: calls.salesforce - before.salesforce };
  return { events: contacts.length, invocations, calls: spent };
}

export async function measureLambda(): Promise<LambdaFigures> {
  packageFunctions();
  const missing = await whyNoPostgres(TEST_SERVER);
  const database = missing === null ? await freshDatabase(TEST_SERVER) : null;
  const world = await openLambdaWorld(database?.url ?? "postgres://nobody@127.0.0.1:9/nothing");
  try {
    const functions: LambdaFigures["functions"][number][] = [];
    for (const name of ["sync", "changes", "report", "follow-up", "hubspot-webhook", "salesforce-events"]) {
      functions.push({
        name,
        kilobytes: kilobytesOf(`dist/${name}-handler.mjs`),
        zipKilobytes: kilobytesOf(`.serverless/${name}.zip`),
        readyMs: await readyMs(name, world.environment),
      });
    }
    if (database === null) {
      console.log(`near real time was not measured: ${missing}`);
      return { functions, nearRealTime: null, burst: null };
    }
    const { contacts, leads } = await linkPeople(world, Math.max(BURST, CHANGES));
    const nearRealTime = await measureChanges(world, contacts, leads);
    const burst = BURST === 0 ? null : await measureBurst(world, contacts, leads);
    return { functions, nearRealTime, burst };
  } finally {
    await world.close();
    await database?.drop();
  }
}

export function printLambda({ functions, nearRealTime, burst }: LambdaFigures): void {
  const table = new Table({ head: ["on Lambda", "measured", "limit", ""], style: { head: [], border: [] } });
  const row = (figure: string, measured: number, limit: number, unit: string): void => {
    table.push([figure, `${measured} ${unit}`, `${limit} ${unit}`, measured <= limit ? "ok" : "OVER"]);
  };
  for (const { name, kilobytes, zipKilobytes, readyMs: ready } of functions) {
    const limits = name in LIMITS ? LIMITS[name as keyof typeof LIMITS] : null;
    if (limits === null)
      table.push([name, `${kilobytes} KB (zip ${zipKilobytes} KB), ready after ${ready} ms`, "", ""]);
    else {
      row(`${name}, bundle (the zip has ${zipKilobytes} KB)`, kilobytes, limits.kilobytes, "KB");
      row(`${name}, ready from a cold start`, ready, limits.readyMs, "ms");
    }
  }
  if (nearRealTime !== null) {
    row("an edit in HubSpot is in Salesforce, p95", nearRealTime.hubspot.p95, MOST_MS, "ms");
    row("an edit in Salesforce is in HubSpot, p95", nearRealTime.salesforce.p95, MOST_MS, "ms");
  }
  if (burst !== null) {
    for (const system of ["hubspot", "salesforce"] as const) {
      const limit = Math.ceil(burst.events * CALLS_PER_PERSON[system]);
      row(`calls of ${system} for a burst of ${burst.events} events`, burst.calls[system], limit, "calls");
    }
    table.push([`invocations for the burst`, burst.invocations, "", ""]);
  }
  console.log(table.toString());
}

if (import.meta.main) {
  const figures = await measureLambda();
  printLambda(figures);
  mkdirSync("bench-output", { recursive: true });
  writeFileSync("bench-output/lambda.json", `${JSON.stringify(figures, null, 2)}\n`);
  console.log("written: bench-output/lambda.json");
}
