/** What an invocation keeps of a connection's secrets: as long as a run goes well, and no longer than until one was refused. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runSync } from "../../src/jobs/sync-job.ts";
import { openDeployment } from "../../src/lambda/deployment.ts";
import { runConnected } from "../../src/lambda/run-connection.ts";
import { type LambdaWorld, openLambdaWorld } from "../support/lambda-world.ts";
import { type FreshDatabase, freshDatabase, whyNoPostgres } from "../support/postgres-database.ts";

const missing = await whyNoPostgres();

let database: FreshDatabase;
let world: LambdaWorld;

describe.skipIf(missing !== null)("a run on Lambda", () => {
  beforeAll(async () => {
    database = await freshDatabase();
    world = await openLambdaWorld(database.url);
    for (const [name, value] of Object.entries(world.environment)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await world.close();
    await database.drop();
  });

  test.each([
    ["whose token is refused has the secret read anew by the next one, in case it was rotated", "globex", "stopped", 1],
    ["that went well leaves the secret for the next one", "acme", "done", 0],
  ])("%s", async (_what, connection, outcome, reads) => {
    const deployment = openDeployment();
    const time = { getRemainingTimeInMillis: () => 600_000 };
    const result = await runConnected(deployment, connection, time, (dependencies) => runSync(dependencies));
    expect(result.outcome).toBe(outcome);
    const asked = world.aws.asked.length;
    await deployment.variables(connection);
    expect(world.aws.asked).toHaveLength(asked + reads);
  });
});
