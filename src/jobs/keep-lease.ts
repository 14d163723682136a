/** Holds the lease for as long as a run works, and does not ask for it again while most of it is left. */
import type { Instant } from "../core/model/record.ts";
import type { Lease } from "./state-port.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

/** Of a lease's time, what must be left when a chunk begins. */
const LEFT_AT_LEAST = 0.75;

/** Gives the lease that is held from now on. Throws StopRun (paused) when it was lost. */
export async function keepLease({ store, rulebook }: SyncDependencies, lease: Lease, now: Instant): Promise<Lease> {
  const whole = rulebook.connector.leaseSeconds * 1_000;
  const left = Date.parse(lease.until) - Date.parse(now);
  return left >= whole * LEFT_AT_LEAST ? lease : store.renewLease(lease, whole, now);
}
