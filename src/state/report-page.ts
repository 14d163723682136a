/** Reads one page of people with their ledgers for the report: one statement, whose answer is one row of JSON documents. */
import { CompiledQuery } from "kysely";
import type { PersonLedger, PersonToCount, ReportSection } from "../core/model/report-row.ts";
import { LedgerReader, type LedgerTexts, ledgerColumns } from "./page-ledger.ts";
import { PersonReader } from "./person-documents.ts";
import { HistoryReader } from "./stage-history.ts";
import type { StateDatabase } from "./state-database.ts";

/** People of a page: enough that a statement's fixed cost vanishes (at 500 planning it took a fifth of the database's time), few enough that two pages fit into memory. */
export const PAGE = 2_000;

/**
 * Drivers take a result apart row by row and column by column, which for a million people costs more than to count them. Histories and documents are a
 * line for each person, read when their turn comes: what a whole page would be made into is garbage that must be moved about first.
 */
const READ_PAGE = `
  with page as materialized (
    select max(link) as last, string_agg(document::text, '\n') as people, string_agg(history, '\n') as histories
    from (select link, document, history from report_person
      where connection = $1 and link > $2 and ($3::text is null or link <= $3) order by link limit $4) as person)
  select last, people, histories, ${ledgerColumns("link > $2 and link <= (select last from page)")} from page`;

/** The ledgers of some among many: found person by person, however few or many they are. */
const LEDGERS_OF_SOME = ledgerColumns("link = any((select links from page)::text[])");

const READ_STALE = `
  with page as materialized (
    select array_agg(link) as links, json_agg(version) as versions, string_agg(document::text, '\n') as people, string_agg(history, '\n') as histories
    from (select link, version, document, history from report_person
      where connection = $1 and link > $2 and counted is null order by link limit $3) as person)
  select versions::text, people, histories, ${LEDGERS_OF_SOME} from page`;

/** Whoever has no true line comes with their ledger; an untrue line may stand beside them. */
const READ_COUNTED = `
  with page as materialized (
    select array_agg(link) as links, string_agg(document::text, '\n') as people, string_agg(history, '\n') as histories
    from (select link, document, history from (
        select link, document, history from report_person where connection = $1 and link > $2 and ($3::text is null or link <= $3) and counted is null
        union all
        select link, document, history from report_person where connection = $1 and link > $2 and ($3::text is null or link <= $3) and not counted
      ) as either order by link) as person)
  select (select value from setting where connection = $1 and name = $4) as standing,
    counted.links, counted.lines, people, histories, ${LEDGERS_OF_SOME}
  from page, (select string_agg(link, '\n') as links, string_agg(line, '\n') as lines from (
    select link, line from report_line where connection = $1 and link > $2 and ($3::text is null or link <= $3) order by link) as line) as counted`;

interface PeopleTexts extends LedgerTexts {
  readonly people: string | null;
  readonly histories: string | null;
}

interface CountedTexts extends PeopleTexts {
  readonly standing: string | null;
  /** One of each on a line, in the same order. */
  readonly links: string | null;
  readonly lines: string | null;
}

/** People in link order; `last` is the link of the last one. Each time they are gone through they are read anew. */
export interface LedgerPage {
  readonly last: string;
  readonly people: Iterable<PersonLedger>;
}

/** The people behind `after`, as many as stand on a page; null when it was the last. */
export async function readPage(database: StateDatabase, after: string): Promise<LedgerPage | null> {
  const row = await fetchPage(database, { after, last: null }, PAGE);
  return row === undefined || row.last === null ? null : { last: row.last, people: again(() => peopleOf(row)) };
}

/** All people of a section. */
export async function readSection(database: StateDatabase, section: ReportSection): Promise<Iterable<PersonLedger>> {
  const row = await fetchPage(database, section, null);
  return row === undefined ? [] : again(() => peopleOf(row));
}

/** All people of a section: the line of whoever has a true one, while the setting of that name has that value. */
export async function readCounted(
  database: StateDatabase,
  section: ReportSection,
  setting: { readonly name: string; readonly value: string },
): Promise<Iterable<PersonLedger | string>> {
  const parameters = [section.after, section.last, setting.name];
  const row = await fetchRow<CountedTexts>(database, READ_COUNTED, parameters);
  // The lines stand elsewhere than the reader knows them to.
  if (row?.standing !== setting.value) return readSection(database, section);
  const { links, lines } = row;
  return again(() => (lines === null ? peopleOf(row) : linesAndPeople(links ?? "", lines, peopleOf(row))));
}

/** The people behind `after` who have no true line, with their versions. */
export async function readStale(
  database: StateDatabase,
  after: string,
  most: number,
): Promise<readonly PersonToCount[]> {
  const row = await fetchRow<PeopleTexts & { readonly versions: string | null }>(database, READ_STALE, [after, most]);
  const versions: readonly number[] = JSON.parse(row?.versions ?? "[]");
  const people = row === undefined ? [] : [...peopleOf(row)];
  return people.map((ledger, place) => ({ version: versions[place] ?? 0, ledger }));
}

function fetchPage(database: StateDatabase, { after, last }: ReportSection, most: number | null) {
  return fetchRow<PeopleTexts & { readonly last: string | null }>(database, READ_PAGE, [after, last, most]);
}

async function fetchRow<Row>(
  database: StateDatabase,
  statement: string,
  parameters: readonly (string | number | null)[],
): Promise<Row | undefined> {
  const query = CompiledQuery.raw(statement, [database.connection, ...parameters]);
  const answer = await database.read((db) => db.executeQuery<Row>(query));
  return answer.rows[0];
}

function again<Item>(begin: () => Iterator<Item>): Iterable<Item> {
  return { [Symbol.iterator]: begin };
}

function* peopleOf(row: PeopleTexts): Generator<PersonLedger> {
  const ledgers = new LedgerReader(row);
  const histories = new HistoryReader(row.histories ?? "");
  const documents = new PersonReader(row.people ?? "");
  for (let person = documents.next(); person !== null; person = documents.next())
    yield ledgers.of(person, histories.next());
}

/** Both in link order; whoever comes with their ledger has no true line. */
function* linesAndPeople(
  links: string,
  lines: string,
  people: Iterator<PersonLedger>,
): Generator<PersonLedger | string> {
  const linkTexts = textsOf(links);
  let person = nextOf(people);
  for (const line of textsOf(lines)) {
    const link = nextOf(linkTexts) ?? "";
    for (; person !== null && person.person.id < link; person = nextOf(people)) yield person;
    if (person?.person.id !== link) yield line;
  }
  for (; person !== null; person = nextOf(people)) yield person;
}

function* textsOf(lines: string): Generator<string> {
  for (let start = 0; start <= lines.length; ) {
    const lineEnd = lines.indexOf("\n", start);
    const end = lineEnd < 0 ? lines.length : lineEnd;
    yield lines.slice(start, end);
    start = end + 1;
  }
}

function nextOf<Item>(items: Iterator<Item>): Item | null {
  const next = items.next();
  return next.done === true ? null : next.value;
}
