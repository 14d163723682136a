/** `serve` on its two schedules of reports: the last week's and the last month's files in the folder, and one digest of each by mail. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMailServer } from "../notify/local-services.ts";
import { ended, startCli, untilSaid } from "./cli-process.ts";
import { type CliWorld, openCliWorld, PERSON } from "./cli-world.ts";

const NEVER = "0 0 29 2 *";
const EACH_SECOND = "* * * * * *";
let world: CliWorld;
let mail: Awaited<ReturnType<typeof startMailServer>>;

beforeAll(async () => {
  world = await openCliWorld();
  mail = await startMailServer();
  world.sandbox.hubspot.createContact({ email: "ann@example.com", lastname: "Lee" }, PERSON);
  world.pass(10);
});
afterAll(async () => {
  await mail.close();
  await world.close();
});

test("the reports of the last week and month come on their schedules, and a digest of each is mailed once", async () => {
  const schedules = ["--sync", EACH_SECOND, "--follow-up", NEVER];
  const reports = ["--report", EACH_SECOND, "--monthly-report", EACH_SECOND, "--out", "reports"];
  const environment = { ...world.environment, LEADLOOP_NOTIFY_MAIL: mail.address };
  const child = startCli(["serve", ...schedules, ...reports], world.folder, environment);
  const answer = ended(child);
  // The second round finds the digests told already.
  const round = String.raw`  report .*last-week/report\.html[\s\S]*  monthly report .*last-month/report\.html[\s\S]*  sync {5}  done[\s\S]*`;
  await untilSaid(child, new RegExp(`${round}${round}`));
  child.kill("SIGTERM");
  const { exit, stderr } = await answer;
  // A busy machine may miss a second of a schedule that comes each second, which node-cron then says.
  const complaints = stderr.split("\n").filter((line) => line !== "" && !line.includes("missed execution"));
  expect({ exit, complaints }).toEqual({ exit: 0, complaints: [] });
  for (const period of ["last-week", "last-month"]) {
    for (const file of ["report.html", "report.csv", "report.json"])
      expect(existsSync(join(world.folder, "reports", period, file))).toBe(true);
  }
  const texts = mail.mails.map(({ source }) => source.replaceAll("=\r\n", ""));
  expect(mail.mails.map(({ to }) => to)).toEqual([
    ["marketing@northwind.example.com"],
    ["marketing@northwind.example.com"],
  ]);
  expect(texts.filter((text) => text.includes("last-week/report.html"))).toHaveLength(1);
  expect(texts.filter((text) => text.includes("last-month/report.html"))).toHaveLength(1);
  for (const text of texts) expect(text).toMatch(/Nothing changed more than chance explains|What changed most/);
}, 60_000);
