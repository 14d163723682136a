/** Remembers what the systems last said of their daily quota, so that it can be shown without a call. */
import type { Instant, System } from "../core/model/record.ts";
import type { CrmClient } from "../jobs/ports.ts";
import type { StateStore } from "../jobs/state-port.ts";

export interface KnownQuota {
  readonly limit: number;
  readonly remaining: number;
  readonly at: Instant;
}

/** HubSpot tells it with every answer, so after a run it costs nothing. */
export async function rememberQuota(store: StateStore, client: CrmClient, now: Instant): Promise<void> {
  if (client.calls === 0) return;
  const { daily } = await client.limits();
  if (daily !== null) await store.saveSetting(settingOf(client.system), JSON.stringify({ ...daily, at: now }));
}

/** Null where the system has not said it yet. */
export async function knownQuota(store: StateStore, system: System): Promise<KnownQuota | null> {
  const text = await store.setting(settingOf(system));
  return text === null ? null : (JSON.parse(text) as KnownQuota);
}

function settingOf(system: System): string {
  return `quota:${system}`;
}
