/** The state store as an invocation reaches it: each call is a stop, before or after whose effect the connection may break. */
import { StopRun } from "../../src/core/errors.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { Invocation } from "./invocation.ts";

export function storeThrough(invocation: Invocation, store: StateStore): StateStore {
  return new Proxy(store, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) =>
        stopOver(invocation, `store ${String(property)}`, () => Reflect.apply(member, target, values));
    },
  });
}

async function stopOver(invocation: Invocation, label: string, effect: () => Promise<unknown>): Promise<unknown> {
  const { fault, latency } = invocation.begin("store", label);
  if (fault?.kind === "kill-before") return invocation.die("killed");
  await invocation.wait(latency + (fault?.kind === "freeze" ? fault.ms : 0));
  if (fault?.kind === "database-before") throw broken();
  const answer = await effect();
  if (fault?.kind === "kill-after") return invocation.die("killed");
  if (fault?.kind === "database-after") throw broken();
  await invocation.wait(latency);
  return answer;
}

/** As src/state says it. */
function broken(): StopRun {
  return new StopRun("the database cannot be used: the connection broke. The next run goes on where this one stopped.");
}
