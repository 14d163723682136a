/** Remembers every request that reaches a stand-in, and when. */
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import type { FaultBox } from "../../src/sandbox/faults.ts";

export interface WatchedRequests {
  /** Virtual times, in milliseconds, of the requests whose path ends so. */
  times(path: string): readonly number[];
  bodies(path: string): readonly string[];
}

/** The faults of a stand-in see each request first. */
export function watchRequests(faults: FaultBox, clock: { now(): string }): WatchedRequests {
  const seen: { readonly path: string; readonly body: string; readonly at: number }[] = [];
  const next = faults.next.bind(faults);
  Object.assign(faults, {
    next: (request: SandboxRequest) => {
      seen.push({ path: request.path, body: request.body, at: Date.parse(clock.now()) });
      return next(request);
    },
  });
  const those = (path: string) => seen.filter((request) => request.path.endsWith(path));
  return {
    times: (path) => those(path).map(({ at }) => at),
    bodies: (path) => those(path).map(({ body }) => body),
  };
}
