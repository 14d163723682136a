/** Tells people that a run stopped: the same trouble once a day. */
import { createHash } from "node:crypto";
import { isStopTold, type RunStop, stopTexts, stopWords } from "../core/sync/stopped-run.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

/** Enough to look back over an hour where a run begins every few minutes, and others between them. */
const RUNS_LOOKED_AT = 50;

/** Leaves a notice to be sent, where the stop is one that people are told. */
export async function tellStop({ store, clock }: SyncDependencies, run: string, stop: RunStop): Promise<void> {
  const now = clock.now();
  const earlier = stop.cause === "patience" ? await store.runs(RUNS_LOOKED_AT) : [];
  if (
    !isStopTold(
      stop,
      earlier.filter(({ id }) => id !== run),
      now,
    )
  )
    return;
  const words = createHash("sha256").update(stopWords(stop)).digest("hex").slice(0, 16);
  await store.saveNotices([
    {
      key: `run-stopped:${now.slice(0, 10)}:${words}`,
      kind: "run-stopped",
      link: null,
      ...stopTexts(stop),
      html: null,
      ownerEmail: null,
      managerEmail: null,
      at: now,
      state: "due",
      notBefore: null,
      attempts: 0,
      detail: null,
    },
  ]);
}
