/** Runs before every test file: a test that tries to leave this machine fails, even if the code under test swallows the refusal; and none inherits a database. */
import { afterEach } from "vitest";
import { refusedHosts } from "./refuse-other-hosts.ts";

// Whoever has a database of their own in the environment does not lend it to the tests.
delete process.env["DATABASE_URL"];

afterEach(() => {
  const asked = refusedHosts.splice(0);
  if (asked.length > 0) throw new Error(`this test tried to leave the machine; it asked for ${asked.join(", ")}`);
});
