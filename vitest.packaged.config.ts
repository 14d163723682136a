/** How the packaged functions are run: apart from the other tests, because they need what `npm run package` made. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/packaged/*.packaged.ts"],
    globalSetup: ["test/support/count-requests.ts", "test/support/refused-folder.ts"],
    setupFiles: ["test/support/loopback-only.ts", "test/support/described-requests-only.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
