/** Commands that run until they are stopped: the schedules, and the sandbox. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ended, startCli, untilSaid } from "./cli-process.ts";
import { type CliWorld, openCliWorld } from "./cli-world.ts";

let world: CliWorld;
beforeAll(async () => {
  world = await openCliWorld();
});
afterAll(() => world.close());

test("serve syncs at once, and stops cleanly on SIGTERM", async () => {
  const child = startCli(["serve"], world.folder, world.environment);
  const answer = ended(child);
  await untilSaid(child, / sync {5} {2}done/);
  child.kill("SIGTERM");
  expect(await answer).toMatchObject({ exit: 0, stderr: "" });
  const wrong = await world.run(["serve", "--sync", "hourly"]);
  expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringContaining('"hourly" is no schedule') });
});

test("sandbox loads CSV files, prints the settings that reach it, and stops on SIGINT", async () => {
  writeFileSync(join(world.folder, "people.csv"), "mail,came\nann@example.com,2026-01-05\n");
  const description = [
    "files:",
    "  - name: people",
    "    file: people.csv",
    "    system: hubspot",
    '    created: "{came}"',
    "    properties:",
    '      email: "{mail}"',
  ];
  writeFileSync(join(world.folder, "load.yml"), `${description.join("\n")}\n`);
  // Whoever has set what the sandbox said before is told it again, not "[secret]".
  const child = startCli(["sandbox", "--hubspot-port", "0", "--salesforce-port", "0", "--load", "."], world.folder, {
    HUBSPOT_ACCESS_TOKEN: "pat-sandbox",
  });
  const answer = ended(child);
  const text = await untilSaid(child, /Control API/);
  expect(text).toContain("Loaded people: 1 record");
  expect(text).toContain("export HUBSPOT_ACCESS_TOKEN=pat-sandbox\n");
  const address = /HUBSPOT_BASE_URL=(\S+)/.exec(text)?.[1] ?? "";
  const contacts = (await (await fetch(`${address}/_sandbox/hubspot/contacts`)).json()) as readonly unknown[];
  expect(contacts).toHaveLength(1);
  child.kill("SIGINT");
  expect(await answer).toMatchObject({ exit: 0, stderr: "" });
  const missing = await world.run(["sandbox", "--load", "nowhere"]);
  expect(missing).toMatchObject({ exit: 2, stderr: expect.stringContaining("nowhere/load.yml cannot be read") });
});
