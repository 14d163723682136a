/** What the state in memory gives the report: everybody in one page, and what was counted of them ahead. */

import { StopRun } from "../../src/core/errors.ts";
import type { CountedPerson, PersonLedger, PersonToCount, ReportReading } from "../../src/core/model/report-row.ts";
import { ladderKey } from "../../src/core/rules/handoff-ladder.ts";
import type { ReportState } from "../../src/jobs/report-state-port.ts";
import type { MemoryTables } from "./memory-state-tables.ts";
import { personLedger } from "./person-ledger.ts";

const READING = "report reading";
const AHEAD = "counted ahead";
const BEGINNING = "1970-01-01T00:00:00.000Z";

interface Standing {
  readonly key: string;
  readonly until: string;
  readonly words: readonly string[];
}

/** Everybody in one page, for one thread. */
export function memoryReport(tables: MemoryTables): ReportState {
  const reading = (): ReportReading => JSON.parse(tables.settings.get(READING)?.value ?? '{"facts":[],"touches":[]}');
  const hold = (told: ReportReading) => tables.settings.put({ name: READING, value: JSON.stringify(told) });
  const ahead = (): Standing | null => JSON.parse(tables.settings.get(AHEAD)?.value ?? "null");
  const stand = (standing: Standing) => tables.settings.put({ name: AHEAD, value: JSON.stringify(standing) });
  const within = ({ after, last }: { readonly after: string; readonly last: string | null }) =>
    people(tables, reading()).filter(({ person: { id } }) => id > after && (last === null || id <= last));
  return {
    async *reportPages(told) {
      hold(told);
      yield people(tables, told);
    },
    async reportSections(told) {
      hold(told);
      return [{ after: "", last: null }];
    },
    reportSection: async (section) => within(section),
    async countedSection(section, known) {
      const stands =
        JSON.stringify(ahead()) === JSON.stringify({ key: known.key, until: known.until, words: known.words });
      return within(section).map((ledger) => {
        const { line } = looked(tables, ledger);
        return stands && line !== undefined && line !== null ? line : ledger;
      });
    },
    countedAhead: async () => ahead(),
    async beginCountingAhead(key) {
      for (const { link, version, seen } of tables.countedPeople.select(
        () => true,
        () => [],
      ))
        tables.countedPeople.put({ link, version, seen });
      stand({ key, until: BEGINNING, words: [] });
    },
    async peopleToCountAhead(after, most) {
      const found: PersonToCount[] = [];
      for (const ledger of within({ after, last: null })) {
        const { version, line } = looked(tables, ledger);
        if (line === undefined && found.length < most) found.push({ version, ledger });
      }
      return found;
    },
    async keepCountedAhead(told, { first, words }, until) {
      const untold = told.find(({ line }) => line !== null && (line === "" || /[\n\0]/.test(line)));
      if (untold !== undefined) throw new Error(`the line of ${untold.link} is empty, or more than a line`);
      const standing = ahead();
      if (standing?.words.length !== first) throw new StopRun("another run counts people ahead", { kind: "paused" });
      const later = until > standing.until ? until : standing.until;
      stand({ key: standing.key, until: later, words: [...standing.words, ...words] });
      keepLines(tables, within({ after: "", last: null }), told);
    },
    reportPeopleAbout: async () => tables.links.size,
  };
}

/** What was counted of a person, at the version of their ledger as it is now: another one whenever it differs from what was seen last. */
export interface CountedRow {
  readonly link: string;
  readonly version: number;
  readonly seen: string;
  /** Absent: yet to be counted. */
  readonly line?: string | null;
}

function looked(tables: MemoryTables, ledger: PersonLedger): CountedRow {
  const link = ledger.person.id;
  const known = tables.countedPeople.get(link);
  const seen = JSON.stringify(ledger);
  if (known?.seen === seen) return known;
  const row: CountedRow = { link, version: (known?.version ?? 0) + 1, seen };
  tables.countedPeople.put(row);
  return row;
}

function keepLines(tables: MemoryTables, ledgers: readonly PersonLedger[], told: readonly CountedPerson[]): void {
  const byLink = new Map(told.map((person) => [person.link, person]));
  for (const ledger of ledgers) {
    const person = byLink.get(ledger.person.id);
    const row = looked(tables, ledger);
    if (person?.version === row.version) tables.countedPeople.put({ ...row, line: person.line });
  }
}

function people(tables: MemoryTables, { facts, touches }: ReportReading): readonly PersonLedger[] {
  const links = tables.links.select(
    () => true,
    (link) => [link.id],
  );
  return links.map((link) => {
    const isOwn = (row: { readonly link: string }): boolean => row.link === link.id;
    const parts = {
      stages: tables.stageEvents.select(isOwn, (event) => [event.sequence]),
      handoffs: tables.handoffs.select(isOwn, (handoff) => [handoff.epoch]),
      tasks: tables.tasks.select(isOwn, (task) => [task.createdAt, task.cause]),
      outcomes: tables.outcomes.select(isOwn, (outcome) => [outcome.openedAt, outcome.opportunityId]),
    };
    const reassigned = new Map(
      parts.handoffs.flatMap(({ epoch }) => {
        const event = tables.followUpEvents.get(ladderKey(link.id, epoch, "reassign"));
        return event?.kind === "reassign" ? [[epoch, event.at] as const] : [];
      }),
    );
    const touched = touches.flatMap(({ at, campaign }) => {
      const moment = link.facts[at] ?? "";
      return moment === "" ? [] : [{ at: moment, campaign: link.facts[campaign] ?? "" }];
    });
    return personLedger(link, { ...parts, reassigned, touches: touched }, facts);
  });
}
