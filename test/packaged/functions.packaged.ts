/** Every packaged function, run from its zip under a runtime API, against the sandbox. `npm run test:packaged`, after `npm run package`. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SQSEvent } from "aws-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { PackagedFunction } from "../../tools/lambda/runtime-api.ts";
import {
  type LambdaWorld,
  openLambdaWorld,
  propertyChange,
  tick,
  webhook,
  withPoison,
} from "../support/lambda-world.ts";
import { type FreshDatabase, freshDatabase, TEST_SERVER, whyNoPostgres } from "../support/postgres-database.ts";
import { MARKETER } from "../support/sync-world.ts";

const packaged = resolve(import.meta.dirname, "../../.serverless");
const missing = existsSync(join(packaged, "sync.zip"))
  ? await whyNoPostgres(TEST_SERVER)
  : "run `npm run package` first: there is nothing to run";
if (missing !== null) console.log(`packaged functions were not run: ${missing}`);

const DATABASE = "leadloop/test/database";
const NOBODY: SQSEvent = { Records: [] };
const ALL_WELL = { outcome: "answered", answer: { batchItemFailures: [] } };

let database: FreshDatabase;
let world: LambdaWorld;
let configuration: string;
const opened: PackagedFunction[] = [];

describe.skipIf(missing !== null)("packaged functions", () => {
  beforeAll(async () => {
    database = await freshDatabase(TEST_SERVER);
    world = await openLambdaWorld(database.url);
    configuration = impatientConfiguration();
    world.aws.parameters.set("/leadloop/test/connection/acme/leadloop-config", configuration);
    world.sandbox.hubspot.setTimes({ lagMs: [0, 0], tailChance: 0, selfTouchChance: 0 });
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    world.sandbox.salesforceFaults.clear();
  });
  afterAll(async () => {
    rmSync(configuration, { recursive: true, force: true });
    await world.close();
    await database.drop();
  });

  async function open(name: string, timeoutMs = 30_000): Promise<PackagedFunction> {
    const handler = `dist/${name}-handler.handler`;
    const { environment } = world;
    const one = await PackagedFunction.open({ zip: join(packaged, `${name}.zip`), handler, environment, timeoutMs });
    opened.push(one);
    return one;
  }

  /** One run of the sync of a connection, as its message asks for it. */
  async function runMessage(connection: string): Promise<SQSEvent> {
    const ticked = await (await open("sync")).invoke(tick());
    expect(ticked).toMatchObject({ outcome: "answered" });
    const events = [world.aws.receive("runs", 1), world.aws.receive("runs", 1)];
    return events.find((event) => event?.Records[0]?.attributes.MessageGroupId === connection) ?? NOBODY;
  }

  const leads = (): string[] =>
    world.sandbox.salesforce
      .records("Lead")
      .map((lead) => String(lead["Email"]))
      .sort();
  const newMql = (email: string): string =>
    world.sandbox.hubspot.createContact({ email, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);

  test("sync starts cold, and takes a schedule's tick as one message per connection", async () => {
    const sync = await open("sync");
    const cold = await sync.invoke(tick());
    expect(cold).toMatchObject({ outcome: "answered" });
    expect(cold.coldStartMs).toBeGreaterThan(0);
    const asked = [
      { connection: "acme", job: "sync" },
      { connection: "globex", job: "sync" },
    ];
    expect(world.aws.waiting("runs")).toEqual(asked);
    world.aws.receive("runs", 10);
  });

  test("a tick that is delivered twice asks once", async () => {
    const sync = await open("sync");
    const event = tick();
    await sync.invoke(event);
    await sync.invoke(event);
    expect(world.aws.receive("runs", 10)?.Records).toHaveLength(2);
  });

  test("sync runs one connection, says how it adds up, and a connection that is refused fails alone", async () => {
    newMql("ada@example.com");
    const [globex, acme] = [await runMessage("globex"), await runMessage("acme")];
    const sync = await open("sync");
    const refused = await sync.invoke(globex);
    expect(refused).toMatchObject(ALL_WELL);
    expect(metricsOf(refused.log)).toMatchObject({ Connection: "globex", RunsStopped: 1 });
    const run = await sync.invoke(acme);
    expect(run).toMatchObject({ ...ALL_WELL, coldStartMs: null });
    expect(leads()).toEqual(["ada@example.com"]);
    const counts = metricsOf(run.log);
    expect(counts).toMatchObject({ Stage: "test", Connection: "acme", RunsStopped: 0, SecondsSinceSuccess: 0 });
    const { Considered, Written, Unchanged, Skipped, Rejected, Deferred } = counts as Record<string, number>;
    expect(Considered).toBe((Written ?? 0) + (Unchanged ?? 0) + (Skipped ?? 0) + (Rejected ?? 0) + (Deferred ?? 0));
    expect(run.log + refused.log).not.toMatch(/pat-|sandbox-secret|ada@example/);
  });

  test("sync gives back the one message of a batch that cannot be read", async () => {
    const sync = await open("sync");
    const { answer } = await sync.invoke(withPoison(await runMessage("acme")));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "poison" }] });
  });

  test("sync is killed by its time-out in mid-run, and a new environment ends it with nobody made twice", async () => {
    const before = leads();
    for (let person = 0; person < 30; person += 1) newMql(`person-${person}@example.com`);
    const event = await runMessage("acme");
    const short = await open("sync", 6_000);
    expect(await short.invoke(NOBODY)).toMatchObject(ALL_WELL);
    // Salesforce makes the leads and its answer never comes.
    world.sandbox.salesforceFaults.add({
      method: "POST",
      path: "/composite/sobjects$",
      body: "LeadLoop_Key__c",
      fault: { kind: "hang-after" },
      times: 9,
    });
    expect(await short.invoke(event)).toMatchObject({ outcome: "timed-out" });
    expect(leads()).toHaveLength(before.length + 30);
    world.sandbox.salesforceFaults.clear();
    await sleep(6_000); // the dead run's lease, and the quarantine of what it had sent
    const again = await short.invoke(event);
    expect(again).toMatchObject(ALL_WELL);
    expect(again.coldStartMs).toBeGreaterThan(0);
    expect(new Set(leads()).size).toBe(before.length + 30);
    expect(leads()).toHaveLength(before.length + 30);
    const links = world.sandbox.salesforce.records("Lead").map((lead) => lead["LeadLoop_Key__c"]);
    expect(new Set(links).size).toBe(links.length);
  }, 40_000);

  test("a run whose time is up asks for the next one through the queue, once, and that one ends it", async () => {
    const before = leads().length;
    for (let person = 0; person < 40; person += 1) newMql(`late-${person}@example.com`);
    const event = await runMessage("acme");
    const slow = await open("sync", 25_000);
    expect(await slow.invoke(NOBODY)).toMatchObject(ALL_WELL);
    // Slower than a run of five seconds can wait for: it stops at the next checkpoint.
    const fault = { kind: "delay", ms: 2_500 } as const;
    world.sandbox.salesforceFaults.add({ path: "/services/data", fault, times: 3 });
    const first = await slow.invoke(event);
    expect(first).toMatchObject(ALL_WELL);
    expect(first.log).toContain("the time budget is spent; the next run goes on from here");
    const next = world.aws.receive("runs", 10);
    expect(next?.Records.map(({ body }) => JSON.parse(body))).toEqual([{ connection: "acme", job: "sync" }]);
    world.sandbox.salesforceFaults.clear();
    const quick = await open("sync");
    for (let message = next; message !== null; message = world.aws.receive("runs", 10)) {
      expect(await quick.invoke(message)).toMatchObject(ALL_WELL);
    }
    expect(leads()).toHaveLength(before + 40);
  }, 60_000);

  test("ticks that piled up behind a run are answered by it: the second message runs nothing", async () => {
    const sync = await open("sync");
    await sync.invoke(tick());
    await sync.invoke(tick());
    const asked = world.aws.receive("runs", 10)?.Records.filter(({ body }) => body.includes("acme")) ?? [];
    expect(asked).toHaveLength(2);
    const [first, second] = asked.map((record) => ({ Records: [record] }));
    const ran = await sync.invoke(first);
    expect(ran.log).toContain("run.started");
    const answered = await sync.invoke(second);
    expect(answered).toMatchObject(ALL_WELL);
    expect(answered.log).not.toContain("run.started");
  });

  test("follow-up asks for the time-driven pass, which sync runs", async () => {
    expect(await (await open("follow-up")).invoke(tick())).toMatchObject({ outcome: "answered" });
    const event = world.aws.receive("runs", 10);
    expect(event?.Records.map(({ body }) => JSON.parse(body).job)).toEqual(["follow-up", "follow-up"]);
    const acme = event?.Records.filter(({ body }) => body.includes("acme")) ?? [];
    expect(await (await open("sync")).invoke({ Records: acme })).toMatchObject(ALL_WELL);
  });

  test("report puts its files into the bucket, under the connection and the day", async () => {
    const { answer, outcome } = await (await open("report")).invoke({ bucket: "reports", connection: "acme" });
    expect(outcome).toBe("answered");
    const keys = answer as readonly string[];
    expect(keys.map((key) => key.split(".").at(-1))).toEqual(expect.arrayContaining(["html", "csv", "json"]));
    expect([...world.aws.objects.keys()]).toEqual(keys.map((key) => `reports/${key}`));
    for (const key of keys) expect(key).toMatch(/^acme\/\d{4}-\d\d-\d\d\//);
  });

  test("hubspot-webhook refuses what is forged, without asking for a queue, and passes on the ids of what is signed", async () => {
    const receiver = await open("hubspot-webhook");
    const body = JSON.stringify([propertyChange(101), propertyChange(102), propertyChange(101)]);
    const forged = await receiver.invoke(webhook({ body, secret: "guessed" }));
    expect(forged).toMatchObject({ outcome: "answered", answer: { statusCode: 401 } });
    expect(world.aws.waiting("changes")).toEqual([]);
    const signed = await receiver.invoke(webhook({ body }));
    expect(signed).toMatchObject({ outcome: "answered", answer: { statusCode: 204 } });
    const ids = [
      { object: "contacts", id: "101" },
      { object: "contacts", id: "102" },
    ];
    expect(world.aws.waiting("changes")).toEqual([{ connection: "acme", system: "hubspot", records: ids }]);
    world.aws.receive("changes", 10);
  });

  test("salesforce-events passes on the ids of a batch, once each, and gives back the one that cannot be read", async () => {
    const lead = world.sandbox.salesforce.records("Lead")[0]?.["Id"];
    const header = { entityName: "Lead", recordIds: [lead], changeType: "UPDATE", changeOrigin: "ui" };
    const event = { connection: "acme", detail: { payload: { ChangeEventHeader: header } } };
    const receiver = await open("salesforce-events");
    const { answer } = await receiver.invoke(withPoison(batchOf([event, event])));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "poison" }] });
    const records = [{ object: "Lead", id: lead }];
    expect(world.aws.waiting("changes")).toEqual([{ connection: "acme", system: "salesforce", records }]);
    world.aws.receive("changes", 10);
  });

  test("changes syncs the records that were told, at once, and gives back the message that cannot be read", async () => {
    const { hubspot, salesforce } = world.sandbox;
    const contact = hubspot.contactByEmail("ada@example.com");
    hubspot.editContact(contact?.id ?? "", { firstname: "Augusta Ada" }, MARKETER);
    const body = JSON.stringify([propertyChange(Number(contact?.id))]);
    await (await open("hubspot-webhook")).invoke(webhook({ body }));
    const changes = await open("changes");
    const { answer } = await changes.invoke(withPoison(world.aws.receive("changes", 10) ?? NOBODY));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "poison" }] });
    expect(salesforce.recordsBy("Lead", "Email", "ada@example.com")[0]?.["FirstName"]).toBe("Augusta Ada");
  });

  test("changes that failed until they were set aside are done by the next sync; sent back days later they do no harm", async () => {
    const { hubspot, salesforce } = world.sandbox;
    const lead = (): Readonly<Record<string, unknown>> | undefined =>
      salesforce.recordsBy("Lead", "Email", "ada@example.com")[0];
    const contact = hubspot.contactByEmail("ada@example.com")?.id ?? "";
    hubspot.editContact(contact, { jobtitle: "Countess" }, MARKETER);
    const body = JSON.stringify([propertyChange(Number(contact))]);
    await (await open("hubspot-webhook")).invoke(webhook({ body }));
    const told = world.aws.receive("changes", 10) ?? NOBODY;

    world.aws.secrets.set(DATABASE, { "database-url": "postgres://nobody@127.0.0.1:1/nothing" });
    const deaf = await open("changes");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const messages = told.Records.map(({ messageId }) => ({ itemIdentifier: messageId }));
      expect((await deaf.invoke(told)).answer).toEqual({ batchItemFailures: messages });
    }
    expect(lead()?.["Title"]).not.toBe("Countess");

    world.aws.secrets.set(DATABASE, { "database-url": database.url });
    expect(await (await open("sync")).invoke(await runMessage("acme"))).toMatchObject(ALL_WELL);
    expect(lead()?.["Title"]).toBe("Countess");
    salesforce.edit("Lead", String(lead()?.["Id"]), { Title: "Analyst" }, salesforce.people.repIds[0] ?? "");
    const after = lead()?.["SystemModstamp"];
    const redriven = await (await open("changes")).invoke(told);
    expect(redriven).toMatchObject(ALL_WELL);
    expect([lead()?.["Title"], lead()?.["SystemModstamp"]]).toEqual(["Analyst", after]);
  }, 60_000);
});

function metricsOf(log: string): Readonly<Record<string, unknown>> {
  const line = log.split("\n").find((one) => one.includes("CloudWatchMetrics"));
  return JSON.parse(line ?? "{}");
}

function batchOf(bodies: readonly object[]): SQSEvent {
  const record = { receiptHandle: "", attributes: {}, messageAttributes: {}, md5OfBody: "", eventSource: "aws:sqs" };
  const records = bodies.map((body, index) => ({ ...record, messageId: `m-${index}`, body: JSON.stringify(body) }));
  return { Records: records as unknown as SQSEvent["Records"] };
}

/** The shipped configuration, with a lease and a quarantine that a test can wait for. */
function impatientConfiguration(): string {
  const folder = mkdtempSync(join(tmpdir(), "leadloop-config-"));
  cpSync("config", folder, { recursive: true });
  const file = join(folder, "connector.yml");
  const impatient = readFileSync(file, "utf8")
    .replace(/lease-seconds: \d+/, "lease-seconds: 5")
    .replace(/quarantine-seconds: \d+/, "quarantine-seconds: 1")
    .replace(/time-budget-seconds: \d+/, "time-budget-seconds: 5")
    .replace(/^chunk-size: \d+/m, "chunk-size: 30");
  writeFileSync(file, impatient);
  return folder;
}
