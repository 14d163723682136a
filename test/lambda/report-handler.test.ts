/** The report that Lambda puts into its bucket links to both systems, and the digest to an address that a mail programme opens. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { reportAddress } from "../../src/lambda/report-address.ts";
import { AwsStandIn } from "../../tools/lambda/aws-stand-in.ts";

const aws = new AwsStandIn();

beforeAll(async () => {
  await aws.start();
  const path = "/leadloop/test/connection/acme";
  aws.parameters.set("/leadloop/test/connections", "acme");
  aws.secrets.set("leadloop/test/database", { "database-url": "memory:" });
  aws.parameters.set(`${path}/salesforce-login-url`, "https://acme.my.salesforce.com");
  aws.parameters.set(`${path}/salesforce-client-id`, "client");
  aws.secrets.set(path.slice(1), { "salesforce-client-secret": "secret", "hubspot-access-token": "pat" });
  for (const [name, value] of Object.entries({ ...aws.environment(), LEADLOOP_STAGE: "test" })) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

test("the page in the bucket knows where Salesforce shows its records", async () => {
  // Its deployment is that of the environment it is loaded in.
  const { handler } = await import("../../src/lambda/report-handler.ts");
  const invoke = handler as (event: object) => Promise<readonly string[]>;
  const [page] = await invoke({ bucket: "reports", period: "last-week" });
  expect(aws.objects.get(`reports/${page}`)).toContain('"salesforce":"https://acme.my.salesforce.com/"');
});

const KEY = "acme/2026-03-02/last-week/report.html";

test.each([
  ["eu-central-1", "https://eu-central-1.console.aws.amazon.com/s3/object/reports?region=eu-central-1&prefix="],
  ["cn-north-1", "https://cn-north-1.console.amazonaws.cn/s3/object/reports?region=cn-north-1&prefix="],
  [
    "us-gov-west-1",
    "https://us-gov-west-1.console.amazonaws-us-gov.com/s3/object/reports?region=us-gov-west-1&prefix=",
  ],
])("without anything in front of the bucket the digest links to the console of %s", (region, before) => {
  expect(reportAddress({ bucket: "reports", key: KEY, region, base: "" })).toBe(`${before}${KEY}`);
});

test("what stands in front of the bucket is linked to, with or without a slash at its end", () => {
  const place = { bucket: "reports", key: "acme/a b.html", region: "eu-central-1" };
  for (const base of ["https://reports.example.com", "https://reports.example.com/"])
    expect(reportAddress({ ...place, base })).toBe("https://reports.example.com/acme/a%20b.html");
});
