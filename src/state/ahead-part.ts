/** Keeps what was counted of people ahead of the report: a line for each, and the words that lines name by number. */
import { sql } from "kysely";
import { StopRun } from "../core/errors.ts";
import type { CountedAhead, CountedPerson } from "../core/model/report-row.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { binaryArray, textArray } from "./binary-array.ts";
import { readCounted, readStale } from "./report-page.ts";
import { RowTable, type Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";

/** The setting that says where the lines stand. */
const SETTING = "counted ahead";
const BEGINNING = "1970-01-01T00:00:00.000Z";
/** People whose lines are forgotten at once: nobody who writes to them waits long. */
const FORGOTTEN_AT_ONCE = 5_000;

/** Sources, owners, reasons: of no lead, so that an erasure leaves them. */
const WORDS = new RowTable<{ readonly number: number; readonly word: string }>("report_word", ["number"], {
  number: "integer",
  word: "json",
});

type AheadPart = Pick<
  StateStore,
  | "countedAhead"
  | "beginCountingAhead"
  | "peopleToCountAhead"
  | "keepCountedAhead"
  | "reportPeopleAbout"
  | "countedSection"
>;

export function aheadPart(database: StateDatabase): AheadPart {
  return {
    countedAhead: () => countedAhead(database),
    beginCountingAhead: (key) => begin(database, key),
    peopleToCountAhead: (after, most) => readStale(database, after, most),
    async keepCountedAhead(people, words, until) {
      const untold = people.find(({ line }) => line !== null && (line === "" || /[\n\0]/.test(line)));
      if (untold !== undefined) throw new Error(`the line of ${untold.link} is empty, or more than a line`);
      await database.write(async (tx) => {
        await keepWords(tx, database.connection, words, until);
        await keepLines(tx, database.connection, people);
      });
    },
    async reportPeopleAbout() {
      const answer = await database.read((db) =>
        sql<{ about: number }>`select greatest(reltuples, 0)::float8 as about from pg_class
          where oid = to_regclass('report_person')`.execute(db),
      );
      return answer.rows[0]?.about ?? 0;
    },
    countedSection: (section, { key, until, words }) =>
      readCounted(database, section, { name: SETTING, value: standingText({ key, until, words: words.length }) }),
  };
}

/** Any keeping that a reader must know of is another one. */
interface Standing {
  readonly key: string;
  readonly until: string;
  /** How many there are. */
  readonly words: number;
}

function standingText({ key, until, words }: Standing): string {
  return JSON.stringify({ key, until, words });
}

async function countedAhead(database: StateDatabase): Promise<CountedAhead | null> {
  const { connection } = database;
  const answer = await database.read((db) =>
    sql<{
      value: string;
      words: string | null;
    }>`select value, (select json_agg(word order by number)::text from report_word
      where connection = ${connection}) as words from setting where connection = ${connection} and name = ${SETTING}`.execute(
      db,
    ),
  );
  const [row] = answer.rows;
  if (row === undefined) return null;
  const { key, until }: Standing = JSON.parse(row.value);
  return { key, until, words: JSON.parse(row.words ?? "[]") };
}

/** First nobody finds a line, then they go, in steps that hold nobody up, and only then may there be others. */
async function begin(database: StateDatabase, key: string): Promise<void> {
  const { connection } = database;
  await database.write(async (tx) => {
    await sql`delete from setting where connection = ${connection} and name = ${SETTING}`.execute(tx);
    await sql`delete from report_word where connection = ${connection}`.execute(tx);
  });
  for (let after: string | null = ""; after !== null; ) after = await forgetLines(database, after);
  const value = standingText({ key, until: BEGINNING, words: 0 });
  await database.writeAlone((db) =>
    sql`insert into setting (connection, name, value) values (${connection}, ${SETTING}, ${value})`.execute(db),
  );
}

/** Gives the link of the last one who was looked at; null behind everybody. */
async function forgetLines(database: StateDatabase, after: string): Promise<string | null> {
  const { connection } = database;
  const answer = await database.writeAlone((db) =>
    sql<{ last: string | null }>`with page as materialized (
        select max(link) as last from (select link from report_person
          where connection = ${connection} and link > ${after} order by link limit ${sql.lit(FORGOTTEN_AT_ONCE)}) as person),
      forgotten as (update report_person set counted = null
        where connection = ${connection} and link > ${after} and link <= (select last from page) and counted is not null)
      select last from page`.execute(db),
  );
  return answer.rows[0]?.last ?? null;
}

async function keepWords(
  tx: Statements,
  connection: string,
  { first, words }: { readonly first: number; readonly words: readonly string[] },
  until: string,
): Promise<void> {
  const answer = await sql<{ value: string }>`select value from setting
    where connection = ${connection} and name = ${SETTING} for update`.execute(tx);
  const standing: Standing | null = JSON.parse(answer.rows[0]?.value ?? "null");
  if (standing?.words !== first) {
    const found = standing === null ? "has begun to forget what was counted" : `knows ${standing.words} words`;
    throw new StopRun(
      `another run counts people ahead for the report: it ${found}, this one knows ${first}. Nothing was stored; that run goes on.`,
      { kind: "paused" },
    );
  }
  const rows = words.map((word, index) => ({ number: first + index, word }));
  await WORDS.store(tx, connection, rows, { do: "nothing" });
  const later = until > standing.until ? until : standing.until;
  const value = standingText({ key: standing.key, until: later, words: first + words.length });
  await sql`update setting set value = ${value} where connection = ${connection} and name = ${SETTING}`.execute(tx);
}

/**
 * Whoever is just being changed is left out: nobody waits, and theirs would not be true for long. Each is looked up by themselves: before the table's figures
 * are taken anew, the planner thinks that next to nobody waits for a line, and compares everybody told with everybody found.
 */
async function keepLines(tx: Statements, connection: string, people: readonly CountedPerson[]): Promise<void> {
  if (people.length === 0) return;
  const links = textArray(people.map(({ link }) => link));
  const lines = textArray(people.map(({ line }) => line ?? ""));
  const versions = binaryArray(
    "number",
    people.map(({ version }) => version),
  );
  await sql`with same as materialized (
      select told.link, told.line from unnest(${links}::text[], ${versions}::float8[], ${lines}::text[]) as told(link, version, line)
        cross join lateral (select 1 from report_person as person where person.connection = ${connection} and person.link = told.link
          and person.version = told.version::bigint and person.counted is null for no key update skip locked) as person),
    marked as (update report_person set counted = same.line <> '' from same
      where report_person.connection = ${connection} and report_person.link = same.link),
    gone as (delete from report_line using same
      where report_line.connection = ${connection} and report_line.link = same.link and same.line = '')
    insert into report_line (connection, link, line) select ${connection}, link, line from same where line <> ''
      on conflict (connection, link) do update set line = excluded.line`.execute(tx);
}
