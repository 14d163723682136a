/** Decides who is counted the same in every report from now on, as long as nothing new happens to them. */
import type { Moment, PersonLedger } from "../model/report-row.ts";
import type { ReportSettings } from "../model/report-settings.ts";
import { momentOf } from "./moment.ts";

/** `settled`: a line can tell what they count for. `waiting`: time alone will change what they count for. `open`: something must happen first. */
export type Settlement = "settled" | "waiting" | "open";

/** Open tasks and unanswered handoffs are counted anew each time; so are people who were merged away, of whom only single rows count. */
export function settlementOf(ledger: PersonLedger, settings: ReportSettings, now: Moment): Settlement {
  const { person, tasks, handoffs } = ledger;
  if (person.state === "superseded" || person.state === "erased") return "open";
  const isOpenTask = tasks.some(
    (task) => task.state !== "suppressed" && Number.isNaN(task.closedAt) && !task.closedByUs,
  );
  if (isOpenTask || handoffs.some(({ endedAt }) => Number.isNaN(endedAt))) return "open";
  // A deadline that is only now is not missed yet.
  return latestOf(ledger, settings) < now ? "settled" : "waiting";
}

/** The last moment that anything about the person speaks of. */
function latestOf({ person, stages, tasks, handoffs, deals, touches }: PersonLedger, settings: ReportSettings): Moment {
  const { firstContact } = settings;
  const said = firstContact === null ? Number.NaN : momentOf(person.facts[firstContact] ?? "");
  const told = [
    ...[said, person.firstSeenAt],
    ...stages.map(({ at }) => at),
    ...tasks.flatMap(({ createdAt, closedAt, deliveredAt, touchedAt }) => [
      createdAt,
      closedAt,
      deliveredAt,
      touchedAt,
    ]),
    ...handoffs.flatMap(({ at, deadline, endedAt, reactedAt, reassignedAt }) => [
      at,
      deadline,
      endedAt,
      reactedAt,
      reassignedAt,
    ]),
    ...deals.flatMap(({ openedAt, stageAt }) => [openedAt, stageAt]),
    ...touches.map(({ at }) => at),
  ];
  return told.reduce((latest, at) => (at > latest ? at : latest), Number.NEGATIVE_INFINITY);
}
