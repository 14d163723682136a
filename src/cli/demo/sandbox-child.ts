/** The sandbox's own process: serves both stand-ins until the parent goes, or for good when the parent says so. */
import process from "node:process";
import { moveIn } from "../../sandbox/company/simulated-company.ts";
import { createSandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { manualClock, realClock, type SandboxClock } from "../../sandbox/sandbox-clock.ts";
import type { SandboxGreeting, SandboxStart } from "../sandbox-process.ts";

const given = JSON.parse(process.argv[2] ?? "{}") as SandboxStart;
const clock = startableClock(Date.parse(given.start));

/** Stands still while it is driven from outside; runs with real time once nobody drives it any more. */
function startableClock(start: number): SandboxClock & { run(): void } {
  let clock = manualClock(start);
  return {
    now: () => clock.now(),
    set: (ms) => clock.set(ms),
    advance: (ms) => clock.advance(ms),
    run: () => {
      const running = realClock();
      running.set(clock.now());
      clock = running;
    },
  };
}

function greet(greeting: SandboxGreeting): void {
  process.send?.(greeting);
}

try {
  const sandbox = createSandbox({ seed: given.seed, clock });
  moveIn(sandbox, { people: given.people });
  const { hubspotUrl, salesforceUrl } = await startSandbox(sandbox, {
    hubspot: given.hubspotPort,
    salesforce: given.salesforcePort,
  });
  let isLeft = false;
  process.on("disconnect", () => {
    if (!isLeft) process.exit(0);
  });
  process.on("message", (message: { readonly leave?: boolean }) => {
    if (message.leave !== true) return;
    isLeft = true;
    clock.run();
    process.send?.({ left: true });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
  greet({ hubspotUrl, salesforceUrl });
} catch (error) {
  greet({ failed: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  process.disconnect?.();
}
