/** Counts the writes that a system did not take, or did not answer for, although nothing is wrong with them: they are told, and a system that takes none is left alone. */
import { StopRun } from "../core/errors.ts";
import type { WriteOutcome } from "../core/model/plan.ts";
import { SYSTEMS, type System } from "../core/model/record.ts";

const NAMES = { hubspot: "HubSpot", salesforce: "Salesforce" } as const;

/** So many chunks in a row of which a system took nothing at all; with the chunks that we ship these are more than ten calls, each repeated where that may be done. */
const MOST_IN_A_ROW = 3;

interface Count {
  writes: number;
  chunksInARow: number;
  reason: string;
}

/** Of one run. */
export class UnansweredWrites {
  readonly #counts: Record<System, Count> = {
    hubspot: { writes: 0, chunksInARow: 0, reason: "" },
    salesforce: { writes: 0, chunksInARow: 0, reason: "" },
  };

  /** Notes what became of a chunk's writes to a system. Gives the stop once it has taken nothing for too long: whoever goes on would only add to its trouble. */
  note(system: System, outcomes: readonly WriteOutcome[]): StopRun | null {
    const open = outcomes.filter((outcome) => outcome.kind === "unknown" || outcome.kind === "deferred");
    const count = this.#counts[system];
    count.writes += open.length;
    count.reason = open.at(-1)?.message ?? count.reason;
    count.chunksInARow = open.length === outcomes.length ? count.chunksInARow + 1 : 0;
    if (count.chunksInARow < MOST_IN_A_ROW) return null;
    return new StopRun(
      `${NAMES[system]} has taken no write for ${count.chunksInARow} chunks in a row (${count.reason}): it is left alone, and the next run goes on from here. Look at its status page if this lasts.`,
    );
  }

  /** What is to be told at the end of a run; nothing when all was answered. */
  reasons(): string[] {
    return SYSTEMS.flatMap((system) => {
      const { writes, reason } = this.#counts[system];
      if (writes === 0) return [];
      const told = writes === 1 ? "1 write" : `${writes} writes`;
      return [
        `${NAMES[system]} did not take ${told}, or did not say what became of it (${reason}); the next runs look again and go on from there`,
      ];
    });
  }
}
