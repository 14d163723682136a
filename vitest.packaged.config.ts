/** How the packaged functions are run: apart from the other tests, because they need what `npm run package` made. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/packaged/*.packaged.ts"], testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 1 },
});
