/** Counts people again from the lines that a recording wrote, each where it belongs in this report. */
import type { CellBook } from "./cell-book.ts";
import { isWithin } from "./cohorts.ts";
import { type GroupWord, ROW_END, WORD } from "./count-recording.ts";
import type { QualityCounter } from "./data-quality.ts";
import type { DurationList } from "./duration-list.ts";
import type { GateCounter } from "./gates.ts";
import type { ChangeCounter } from "./period-changes.ts";
import type { FigureKey, MoneyFigure, Pair } from "./period-figures.ts";
import type { ReportMoments } from "./report-lead.ts";

const [SPACE, COLON, SEMICOLON, PIPE] = [32, 58, 59, 124];
const [ZERO, MINUS, DOT, LETTER_A, LETTER_C, LETTER_D, LETTER_L, LETTER_N] = [48, 45, 46, 97, 99, 100, 108, 110];
const [LETTER_R, LETTER_U] = [114, 117];

const NO_DEALS: readonly string[] = [];

type PeriodMoney = readonly [figure: MoneyFigure, source: string, key: string];
type MoneyRow = readonly [table: string, row: string, key: string];

/** What counts in this report: 1 the groups, 2 the changes. */
const [NOTHING, COUNTS, CHANGES] = [0, 1, 2];

export class CountReplay {
  readonly #words: readonly string[];
  readonly #book: CellBook;
  readonly #gates: GateCounter;
  readonly #changes: ChangeCounter;
  readonly #quality: QualityCounter;
  readonly #moments: ReportMoments;
  /** What each word means here, from when it is first met: rows of tables are made by whoever stands in them. */
  readonly #groups: (number | undefined)[] = [];
  readonly #durations: (DurationList | undefined)[] = [];
  readonly #pairs: (Pair | undefined)[] = [];
  readonly #money: (MoneyRow | undefined)[] = [];
  readonly #periodMoney: (PeriodMoney | undefined)[] = [];
  #bytes = new Uint8Array(0);
  #at = 0;
  #isLead = false;
  #earliest = Number.NaN;

  constructor(
    words: readonly string[],
    counters: {
      readonly book: CellBook;
      readonly gates: GateCounter;
      readonly changes: ChangeCounter;
      readonly quality: QualityCounter;
    },
    moments: ReportMoments,
  ) {
    this.#words = words;
    this.#book = counters.book;
    this.#gates = counters.gates;
    this.#changes = counters.changes;
    this.#quality = counters.quality;
    this.#moments = moments;
  }

  /** Counts the person of the line, which `bytes` holds too: to go through bytes takes a third of the time. */
  add(line: string, bytes: Uint8Array<ArrayBuffer>): ReplayedPerson {
    this.#bytes = bytes;
    const idEnd = line.indexOf("|");
    const link = line.slice(0, idEnd);
    this.#at = idEnd + 1;
    this.#isLead = false;
    this.#earliest = Number.NaN;
    while (bytes[this.#at] === SEMICOLON) this.#part(link);
    const rows = line.slice(this.#at + 1);
    const end = rows.indexOf(ROW_END);
    const told = { isLead: this.#isLead, firstContact: this.#earliest };
    if (end < 0) return { row: rows, deals: NO_DEALS, ...told };
    const [row = "", ...deals] = rows.split(ROW_END);
    return { row, deals, ...told };
  }

  #part(link: string): void {
    const bytes = this.#bytes;
    const kind = bytes[this.#at + 1] ?? 0;
    this.#at += kind === LETTER_L || kind === LETTER_N ? 2 : 1;
    const moment = kind === LETTER_N ? 0 : this.#number();
    const what = this.#whatCounts(kind, moment);
    if (what === NOTHING) {
      let at = this.#at;
      while (bytes[at] !== SEMICOLON && bytes[at] !== PIPE) at += 1;
      this.#at = at;
    } else this.#items(link, moment, what);
  }

  #whatCounts(kind: number, moment: number): number {
    const { from, to } = this.#moments;
    if (kind === LETTER_N) return COUNTS;
    if (kind !== LETTER_L) {
      if (isWithin(moment, this.#moments)) return COUNTS | CHANGES;
      return this.#changes.isBefore(moment) ? CHANGES : NOTHING;
    }
    if ((from !== null && moment < from) || (to !== null && moment >= to)) return NOTHING;
    this.#isLead = true;
    this.#earliest = moment;
    return COUNTS;
  }

  #items(link: string, moment: number, what: number): void {
    const bytes = this.#bytes;
    const counts = (what & COUNTS) !== 0;
    let id = link;
    while (bytes[this.#at] === SPACE) {
      this.#at += 1;
      const kind = bytes[this.#at] ?? 0;
      if (kind === COLON) id = this.#id() || link;
      else if (kind === LETTER_C) this.#addChange(counts);
      else if (kind === LETTER_R) this.#addPeriodMoney(moment, (what & CHANGES) !== 0);
      else if (kind >= LETTER_A) this.#addMeasured(kind, { id, link }, counts);
      else {
        const number = this.#number();
        if (counts) this.#book.add(this.#groups[number] ?? this.#group(number), id);
      }
    }
  }

  /** Of the period, or of the one before it. */
  #addChange(isNow: boolean): void {
    this.#at += 1;
    const number = this.#number();
    const pair = this.#pairs[number] ?? this.#pair(number);
    if (isNow) pair.now += 1;
    else pair.before += 1;
  }

  #addMeasured(kind: number, { id, link }: Readonly<Record<"id" | "link", string>>, counts: boolean): void {
    this.#at += 1;
    const number = this.#number();
    this.#at += 1;
    const told = this.#number();
    if (!counts) return;
    if (kind === LETTER_D) (this.#durations[number] ?? this.#duration(number)).push(told);
    else if (kind === LETTER_A) this.#gates.addOpen(number, told, link);
    else if (kind === LETTER_U) this.#quality.use(this.#word(number, WORD.currency), told, id, link);
    else {
      const [table, row, key] = this.#money[number] ?? this.#moneyRow(number);
      this.#book.money.add(table, row, key, told);
    }
  }

  #addPeriodMoney(moment: number, counts: boolean): void {
    this.#at += 1;
    const number = this.#number();
    this.#at += 1;
    const told = this.#number();
    if (!counts) return;
    const [figure, source, key] = this.#periodMoney[number] ?? this.#moneyOfPeriod(number);
    this.#changes.earn(figure, source, key, told, moment);
  }

  #moneyOfPeriod(number: number): PeriodMoney {
    const money: PeriodMoney = JSON.parse(this.#word(number, WORD.periodMoney));
    this.#periodMoney[number] = money;
    return money;
  }

  #moneyRow(number: number): MoneyRow {
    const row: MoneyRow = JSON.parse(this.#word(number, WORD.money));
    this.#money[number] = row;
    return row;
  }

  #number(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let number = 0;
    let digit = (bytes[at] ?? 0) - ZERO;
    while (digit >= 0 && digit <= 9) {
      number = number * 10 + digit;
      at += 1;
      digit = (bytes[at] ?? 0) - ZERO;
    }
    this.#at = at;
    const isUnusual = digit === MINUS - ZERO || digit === DOT - ZERO;
    return isUnusual ? this.#unusualNumber(start) : number;
  }

  /** A sign or a fraction. */
  #unusualNumber(start: number): number {
    this.#at = start;
    return Number(this.#text((byte) => byte === MINUS || byte === DOT || (byte >= ZERO && byte < COLON)));
  }

  #id(): string {
    this.#at += 1;
    const id = this.#text((byte) => byte !== SPACE && byte !== SEMICOLON && byte !== PIPE);
    return id.includes("%") ? decodeURIComponent(id) : id;
  }

  /** The signs from here on that belong to it, all of them ASCII. */
  #text(belongs: (byte: number) => boolean): string {
    const bytes = this.#bytes;
    let text = "";
    for (let byte = bytes[this.#at] ?? 0; belongs(byte); byte = bytes[this.#at] ?? 0) {
      text += String.fromCharCode(byte);
      this.#at += 1;
    }
    return text;
  }

  #group(number: number): number {
    const word: GroupWord = JSON.parse(this.#word(number, WORD.group));
    const group = this.#book.recordedGroup(word);
    this.#groups[number] = group;
    return group;
  }

  #duration(number: number): DurationList {
    const list = this.#book.durations.recorded(this.#word(number, WORD.durations));
    this.#durations[number] = list;
    return list;
  }

  #pair(number: number): Pair {
    const [figure, name]: [FigureKey, string] = JSON.parse(this.#word(number, WORD.change));
    const pair = this.#changes.pairOf(figure, name);
    this.#pairs[number] = pair;
    return pair;
  }

  #word(number: number, kind: string): string {
    const word = this.#words[number];
    if (word?.startsWith(kind) !== true) throw new Error(`a line names word ${number}, which is not of kind ${kind}`);
    return word.slice(kind.length);
  }
}

/** A person as they were counted. */
export interface ReplayedPerson {
  /** Their row of report.csv; "" for none. */
  readonly row: string;
  /** Those of their opportunities in report-deals.csv. */
  readonly deals: readonly string[];
  readonly isLead: boolean;
  /** NaN for whoever is no lead of this report. */
  readonly firstContact: number;
}
