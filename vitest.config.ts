/** How the tests run: every suite in plain Node, two workers, no network beyond loopback. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/count-requests.ts"],
    setupFiles: ["test/support/loopback-only.ts", "test/support/described-requests-only.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
