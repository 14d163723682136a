/** Streams everybody's ledger to the report: pages of people in link order, the next one fetched while one is counted. */
import { type RawBuilder, sql } from "kysely";
import type { PersonLedger, ReportReading, ReportSection } from "../core/model/report-row.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { selectLinks } from "./link-part.ts";
import { PAGE, readPage, readSection } from "./report-page.ts";
import { heldReading, saveHeldReading, storeReportPeople, storeTouches } from "./report-people.ts";
import type { StateDatabase } from "./state-database.ts";

const REBUILD_PAGE = 1_000;

export function reportPart(database: StateDatabase): ReportPart {
  return {
    reportPages: (reading) => reportPages(database, reading),
    reportSections: async (reading) => {
      await rebuildWhereFactsChanged(database, reading);
      return sectionsOf(database);
    },
    reportSection: (section) => readSection(database, section),
  };
}

type ReportPart = Pick<StateStore, "reportPages" | "reportSections" | "reportSection">;

/** Jumps from end to end along the key: to number everybody takes the database four times as long, while nobody is counted yet. */
async function sectionsOf(database: StateDatabase): Promise<readonly ReportSection[]> {
  const endBehind = (condition: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`(select link from report_person where connection = ${database.connection} ${condition} order by link
      offset ${sql.lit(PAGE - 1)} limit 1)`;
  const ends = await database.read((db) =>
    sql<{ link: string }>`with recursive ends as (
      select ${endBehind(sql``)} as link
      union all select ${endBehind(sql`and link > ends.link`)} from ends where ends.link is not null)
      select link from ends where link is not null order by link`.execute(db),
  );
  const links = ends.rows.map(({ link }) => link);
  return ["", ...links].map((after, place) => ({ after, last: links[place] ?? null }));
}

/** The database gathers a page while the one before it is counted. */
async function* reportPages(database: StateDatabase, reading: ReportReading): AsyncGenerator<Iterable<PersonLedger>> {
  await rebuildWhereFactsChanged(database, reading);
  let coming = readPage(database, "");
  while (true) {
    const page = await coming;
    if (page === null) return;
    coming = readPage(database, page.last);
    // Waited for in its turn; a failure that comes before that must not end the process.
    coming.catch(() => undefined);
    // The statement leaves when promises are done with: without a turn of the event loop it would lie here until the page is counted.
    await new Promise((resolve) => setImmediate(resolve));
    yield page.people;
  }
}

/** The first report, and the first after report.yml asks for other facts, fills the narrow rows from the links. */
async function rebuildWhereFactsChanged(database: StateDatabase, reading: ReportReading): Promise<void> {
  const { connection } = database;
  const held = await database.read((db) => heldReading(db, connection));
  if (held !== null && JSON.stringify(held) === JSON.stringify(reading)) return;
  let after = "";
  while (true) {
    const last: string | null = await database.write(async (tx) => {
      const links = await selectLinks(
        tx,
        connection,
        sql`and id > ${after} order by id limit ${sql.lit(REBUILD_PAGE)} for share`,
      );
      await storeReportPeople(tx, connection, links, [], reading);
      await storeTouches(tx, connection, links, reading);
      return links.at(-1)?.id ?? null;
    });
    if (last === null) break;
    after = last;
  }
  await database.write((tx) => saveHeldReading(tx, connection, reading));
}
