/** How the tests run: every suite in plain Node, three workers, no network beyond loopback. */
import { defineConfig } from "vitest/config";
import { SlowestFirst } from "./test/support/slowest-first.ts";

/** These change the process they run in (they answer for the network, or need all of the stack), so each gets one of its own. */
const APART = [
  "test/config/yaml-source.test.ts",
  "test/contracts/*record*.test.ts",
  "test/contracts/state-store-postgres.test.ts",
  "test/contracts/*replay*.test.ts",
  "test/lambda/**/*.test.ts",
  "test/notify/channels.test.ts",
  "test/repository/**/*.test.ts",
  "test/sandbox/salesforce-client.test.ts",
];

export default defineConfig({
  test: {
    globalSetup: ["test/support/count-requests.ts", "test/support/refused-folder.ts", "test/support/state-folders.ts"],
    setupFiles: [
      "test/support/loopback-only.ts",
      "test/support/described-requests-only.ts",
      "test/support/seeded-laws.ts",
    ],
    // More cases of a law take longer (CONTRIBUTING).
    testTimeout: 60_000 * Math.max(1, Number(process.env["LAWS_RUNS"] ?? 1)),
    hookTimeout: 60_000,
    // One more than the machine has cores: some tests wait for time-outs and for programs that they start.
    maxWorkers: 3,
    sequence: { sequencer: SlowestFirst },
    projects: [
      // Loading the product anew for each of a hundred files would take longer than most of them.
      { extends: true, test: { name: "together", include: ["test/**/*.test.ts"], exclude: APART, isolate: false } },
      { extends: true, test: { name: "apart", include: APART } },
    ],
  },
});
