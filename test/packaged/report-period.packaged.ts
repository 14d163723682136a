/** The packaged report of a whole week: where its files stand, what it is of, and the digest that the next run sends. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PackagedFunction } from "../../tools/lambda/runtime-api.ts";
import { type LambdaWorld, openLambdaWorld } from "../support/lambda-world.ts";
import { type FreshDatabase, freshDatabase, TEST_SERVER, whyNoPostgres } from "../support/postgres-database.ts";

const zip = join(resolve(import.meta.dirname, "../../.serverless"), "report.zip");
const missing = existsSync(zip)
  ? await whyNoPostgres(TEST_SERVER)
  : "run `npm run package` first: there is nothing to run";
if (missing !== null) console.log(`the packaged report was not run: ${missing}`);

const DAY_MS = 86_400_000;
const MONDAY = 1;

describe.skipIf(missing !== null)("the packaged report", () => {
  let database: FreshDatabase;
  let world: LambdaWorld;
  beforeAll(async () => {
    database = await freshDatabase(TEST_SERVER);
    world = await openLambdaWorld(database.url);
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });

  async function invoke(event: object): Promise<{ readonly answer: unknown; readonly outcome: string }> {
    const { environment } = world;
    const report = await PackagedFunction.open({
      zip,
      handler: "dist/report-handler.handler",
      environment,
      timeoutMs: 30_000,
    });
    try {
      return await report.invoke(event);
    } finally {
      await report.close();
    }
  }

  async function digests(): Promise<readonly object[]> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      const { rows } = await client.query("select key, text from notice where kind = 'digest' and connection = 'acme'");
      return rows;
    } finally {
      await client.end();
    }
  }

  test("of a period is of the last whole week, stands under its name, and leaves one digest that says where", async () => {
    const event = { bucket: "reports", connection: "acme", period: "last-week" };
    const { answer, outcome } = await invoke(event);
    expect(outcome).toBe("answered");
    const keys = answer as readonly string[];
    expect(keys.map((key) => key.split("/").slice(2))).toEqual(
      ["report.html", "report.csv", "report-deals.csv", "report.json"].map((name) => ["last-week", name]),
    );
    expect([...world.aws.objects.keys()]).toEqual(keys.map((key) => `reports/${key}`));
    // The body is as it travelled: the figures stand between the signatures of its pieces.
    const sent = world.aws.objects.get(`reports/${keys.at(-1)}`) ?? "";
    const [asOf = "", from = "", to = ""] = ["asOf", "from", "to"].map(
      (key) => new RegExp(`"${key}": "([^"]+)"`).exec(sent)?.[1],
    );
    expect([new Date(from).getUTCDay(), Date.parse(to) - Date.parse(from)]).toEqual([MONDAY, 7 * DAY_MS]);
    expect(Math.floor((Date.parse(asOf) - Date.parse(to)) / (7 * DAY_MS))).toBe(0);
    // Asked for twice, as where the schedule fires twice.
    expect(await invoke(event)).toMatchObject({ answer, outcome: "answered" });
    expect(await digests()).toEqual([
      {
        key: `digest:last-week:${from.slice(0, 10)}:${to.slice(0, 10)}`,
        text: expect.stringContaining(
          `The whole report: https://eu-central-1.console.aws.amazon.com/s3/object/reports?region=eu-central-1&prefix=${keys[0]}`,
        ),
      },
    ]);
  });
});
