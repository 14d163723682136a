/** Writes down what counting one person does, so that a report of any period can do it again without reading the person. */
import type { Moment } from "../model/report-row.ts";

/** Cells of the rows of one group, by the bits of their columns: what one word of a line stands for. */
export type GroupWord = readonly (readonly [table: string, row: string, columns: number])[];

/** What lines name by numbers: groups of cells, lists of durations, figures that change from period to period. Grows at its end and never changes. */
export class CountWords {
  readonly #words: string[];
  readonly #numbers: Map<string, number>;

  constructor(words: readonly string[] = []) {
    this.#words = [...words];
    this.#numbers = new Map(words.map((word, number) => [word, number]));
  }

  get length(): number {
    return this.#words.length;
  }

  /** Those from that number on. */
  from(first: number): readonly string[] {
    return this.#words.slice(first);
  }

  numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    const number = this.#words.push(word) - 1;
    this.#numbers.set(word, number);
    return number;
  }
}

/** An id that needs no other spelling in a line. */
const STANDS_ALONE = /^[\w.:@/-]+$/;

export const ROW_END = "\u001f";
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what parts two rows
const UNFIT = /[\n\r\0\u001f]/;

/** How a word begins. */
export const WORD = { group: "g", durations: "d", change: "c", money: "m", periodMoney: "r", currency: "u" } as const;

/**
 * One line for each person: `link|parts|row`. Each part begins with ";" and when it counts: "n" always, "l" and a moment where the person is a lead who
 * first came then, a moment alone where it lies in the period. Behind that, each after a blank: the number of a group; "d", a list, ":" and milliseconds;
 * "c" and a change; "a", a stage's place, ":" and the moment since which an open lead stands in it; "m", "r" and "u", a word, ":" and hundredths: money of a
 * row, money of the period, and money whose currency needs a rate; ":" and the id of another record, or nothing for the person's own, whose groups and money follow. Behind the row come those of the
 * person's opportunities in report-deals.csv, each after `ROW_END`.
 */
export class CountRecording {
  readonly words: CountWords;
  #link = "";
  #parts = "";
  #head = "";
  #id = "";
  #isUnfit = false;

  constructor(words: CountWords) {
    this.words = words;
  }

  begin(link: string): void {
    this.#link = link;
    this.#parts = "";
    this.#head = "";
    this.#isUnfit = false;
  }

  /** What follows counts in every report. */
  always(): void {
    this.#open("n");
  }

  /** What follows counts where the person is a lead of the report. */
  asLead(firstContact: Moment): void {
    this.#open(`l${firstContact}`);
  }

  /** What follows counts where the moment lies in the period. */
  at(moment: Moment): void {
    this.#open(String(moment));
  }

  add(group: number, id: string): void {
    this.#name(id);
    this.#parts += ` ${group}`;
  }

  took(durations: string, ms: number): void {
    this.#parts += ` d${this.words.numberOf(WORD.durations + durations)}:${ms}`;
  }

  changed(figure: string, name: string): void {
    this.#parts += ` c${this.words.numberOf(WORD.change + JSON.stringify([figure, name]))}`;
  }

  earned(table: string, row: string, key: string, hundredths: number): void {
    this.#parts += ` m${this.words.numberOf(WORD.money + JSON.stringify([table, row, key]))}:${hundredths}`;
  }

  /** Money of a source that is a figure of the period. */
  changedMoney(figure: string, source: string, key: string, hundredths: number): void {
    this.#parts += ` r${this.words.numberOf(WORD.periodMoney + JSON.stringify([figure, source, key]))}:${hundredths}`;
  }

  /** Money that is told apart where its currency has no rate. */
  usedCurrency(key: string, hundredths: number, opportunity: string): void {
    this.#name(opportunity);
    this.#parts += ` u${this.words.numberOf(WORD.currency + key)}:${hundredths}`;
  }

  standsSince(stage: number, since: Moment): void {
    this.#parts += ` a${stage}:${since}`;
  }

  /** Something about the person cannot be told by a line. */
  giveUp(): void {
    this.#isUnfit = true;
  }

  /** The line; null where there can be none. `row` is that of the person in report.csv, "" for none, `deals` those of their opportunities. */
  end(row: string, deals: readonly string[] = []): string | null {
    const rows = [row, ...deals];
    // Up to the rows a sign is a byte.
    const isOneLine = !/[^ -~]|\|/.test(this.#link + this.#parts) && !rows.some((one) => UNFIT.test(one));
    return this.#isUnfit || !isOneLine ? null : `${this.#link}|${this.#parts}|${rows.join(ROW_END)}`;
  }

  #name(id: string): void {
    if (id === this.#id) return;
    this.#id = id;
    this.#parts += id === this.#link ? " :" : ` :${STANDS_ALONE.test(id) ? id : encodeURIComponent(id)}`;
  }

  #open(head: string): void {
    if (head === this.#head) return;
    this.#head = head;
    this.#id = this.#link;
    this.#parts += `;${head}`;
  }
}
