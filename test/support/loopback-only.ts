/** Runs before every test file: a test that tries to leave this machine fails, even if the code under test swallows the refusal; and none inherits a database. */
import { join } from "node:path";
import { afterAll, afterEach, inject } from "vitest";
import "./refuse-other-hosts.ts";
import { noteRefusalsIn, takeRefusals } from "./refused-hosts.ts";

// Whoever has a database of their own in the environment does not lend it to the tests.
delete process.env["DATABASE_URL"];

noteRefusalsIn(join(inject("refusedHosts"), `${process.pid}`));

function failIfAnyWasAsked(): void {
  const asked = takeRefusals();
  if (asked.length > 0) throw new Error(`this test tried to leave the machine; it asked for ${asked.join(", ")}`);
}

afterEach(failIfAnyWasAsked);
// What the last test left behind may have asked since.
afterAll(failIfAnyWasAsked);
