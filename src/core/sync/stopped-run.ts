/** Decides whether people are told that a run stopped: at once where somebody is needed, and after an hour where a system only does not answer. */
import type { Instant } from "../model/record.ts";

/** What ended a run: `patience` is gone where a call on which everything depends was repeated without an answer; otherwise a person is needed. */
export interface RunStop {
  readonly reason: string;
  readonly cause: "needs-person" | "patience";
}

/** A run of before, as far as it tells how long nothing has worked. */
export interface EarlierRun {
  readonly startedAt: Instant;
  readonly outcome: string | null;
}

/** An answer that is missing for so long will hardly come by itself; shorter troubles are the vendors' daily bread. */
const PATIENCE_MS = 60 * 60_000;

/** `earlier`: the runs before this one, the youngest first. */
export function isStopTold({ cause }: RunStop, earlier: readonly EarlierRun[], now: Instant): boolean {
  if (cause === "needs-person") return true;
  const others = earlier.findIndex((run) => run.outcome !== "stopped" && run.outcome !== null);
  const stopped = others < 0 ? earlier : earlier.slice(0, others);
  const first = stopped.at(-1);
  return first !== undefined && Date.parse(now) - Date.parse(first.startedAt) >= PATIENCE_MS;
}

/** What is said. The title names nobody, for the reason may. */
export function stopTexts({ reason, cause }: RunStop): { readonly title: string; readonly text: string } {
  const title =
    cause === "needs-person"
      ? "LeadLoop stopped and needs somebody"
      : "LeadLoop stopped: a system has not answered for an hour";
  const text = [
    `${reason}.`.replace(/([.!?])\.$/, "$1"),
    "",
    "Nothing is lost: what was done is stored, and runs go on from here as soon as they can. `leadloop doctor` looks for the cause, `leadloop status` tells how the runs went.",
    "This is told once a day for as long as it lasts.",
  ];
  return { title, text: text.join("\n") };
}

/** The same trouble has the same words, but for numbers: moments, counts, the vendor's request ids. */
export function stopWords({ reason }: RunStop): string {
  return reason.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/gi, "0");
}
