/** What a function reads of AWS, over HTTP: connections, settings and secrets, kept for a while, and taken anew after a rotation. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { connectionSettings } from "../../src/lambda/connection-settings.ts";
import { type Deployment, openDeployment } from "../../src/lambda/deployment.ts";
import { TimedCache } from "../../src/lambda/timed-cache.ts";
import { AwsStandIn } from "../../tools/lambda/aws-stand-in.ts";

let aws: AwsStandIn;

beforeAll(async () => {
  aws = await new AwsStandIn().start();
  for (const [name, value] of Object.entries(aws.environment())) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});
beforeEach(() => {
  aws.asked.length = 0;
  aws.parameters.set("/leadloop/prod/connections", "acme,globex");
  aws.parameters.set("/leadloop/prod/connection/acme/salesforce-login-url", "https://acme.my.salesforce.com");
  aws.secrets.set("leadloop/prod/connection/acme", { "hubspot-access-token": "pat-1" });
  aws.secrets.set("leadloop/prod/webhook/acme", { "hubspot-client-secret": "signing" });
  aws.secrets.set("leadloop/prod/database", { "database-url": "postgres://leadloop@db/leadloop" });
});

const deployment = (secondsKept = 300): Deployment =>
  openDeployment({ LEADLOOP_STAGE: "prod", LEADLOOP_SECRETS_SECONDS: String(secondsKept) });
const token = async (of: Deployment): Promise<string | undefined> =>
  (await connectionSettings(of, "acme")).hubspotAccessToken?.reveal();
const rotate = (value: string): void => {
  aws.secrets.set("leadloop/prod/connection/acme", { "hubspot-access-token": value });
};

test("a connection's settings are its parameters and secrets", async () => {
  const settings = await connectionSettings(deployment(), "acme");
  expect(settings).toMatchObject({
    connection: "acme",
    salesforceLoginUrl: "https://acme.my.salesforce.com",
    databaseUrl: "postgres://leadloop@db/leadloop",
  });
  expect(settings.hubspotAccessToken?.reveal()).toBe("pat-1");
});

test("a rotated secret is taken up after its time, or when the old one was refused", async () => {
  const kept = deployment();
  await token(kept);
  const asked = aws.asked.length;
  rotate("pat-2");
  expect(await token(kept)).toBe("pat-1");
  expect(aws.asked).toHaveLength(asked);
  kept.forget("acme");
  expect(await token(kept)).toBe("pat-2");

  const brief = deployment(0);
  expect(await token(brief)).toBe("pat-2");
  rotate("pat-3");
  expect(await token(brief)).toBe("pat-3");
});

test("a value is kept exactly as long as it says, and a failed read is not kept", async () => {
  let now = 0;
  let reads = 0;
  const cache = new TimedCache<number>(1_000, () => now);
  const read = async (): Promise<number> => {
    reads += 1;
    if (reads === 1) throw new Error("throttled");
    return reads;
  };
  await expect(cache.get("a", read)).rejects.toThrow("throttled");
  expect(await Promise.all([cache.get("a", read), cache.get("a", read)])).toEqual([2, 2]);
  now = 999;
  expect(await cache.get("a", read)).toBe(2);
  now = 1_000;
  expect(await cache.get("a", read)).toBe(3);
});

test("an address that somebody made up costs no look-up of a secret", async () => {
  const made = deployment();
  expect(await made.webhookSecret("acme")).toBe("signing");
  aws.asked.length = 0;
  expect(await made.webhookSecret("../database")).toBeNull();
  expect(aws.asked).toEqual([]);
});

test.each([
  ["nothing", ""],
  ["a capital", "Acme"],
  ["a name twice", "acme,acme"],
  ["a path", "acme,../x"],
])("a list of connections with %s is refused with what to write", async (_what, value) => {
  aws.parameters.set("/leadloop/prod/connections", value);
  await expect(deployment().connections()).rejects.toThrow(/such as "acme,globex"/);
});

test.each(["../database", "acme/../globex", "acme/", "", "Acme", ".."])(
  "an event that names %j is refused before anything is looked up or any folder made",
  async (name) => {
    await expect(deployment().variables(name)).rejects.toThrow(/is no name of a connection/);
  },
);

test("a missing or misshapen secret, and a database that is not set, are told by name and without their values", async () => {
  const missing = /secret leadloop\/prod\/connection\/globex.*docs\/deploy/;
  await expect(connectionSettings(deployment(), "globex")).rejects.toThrow(missing);
  aws.secrets.set("leadloop/prod/connection/acme", ["pat-secret"] as unknown as Record<string, string>);
  const said = await connectionSettings(deployment(), "acme").catch(String);
  expect(said).toMatch(/secret leadloop\/prod\/connection\/acme is no JSON object/);
  expect(said).not.toContain("pat-secret");
  aws.secrets.set("leadloop/prod/connection/acme", {});
  aws.secrets.set("leadloop/prod/database", {});
  await expect(connectionSettings(deployment(), "acme")).rejects.toThrow(/database-url.*PostgreSQL/);
});
