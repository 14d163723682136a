/** Durations that are told by their middle and their slow end: a list of the book, which a recording can fill again. */
import type { CountRecording } from "./count-recording.ts";
import { NumberList } from "./statistics.ts";

export class DurationList {
  /** As a recording names it. */
  readonly #word: string;
  readonly #list: NumberList;
  readonly #unit: number;
  readonly #recording: CountRecording | null;

  /** `unit`: milliseconds of one. */
  constructor(name: string, list: NumberList, unit: number, recording: CountRecording | null) {
    this.#word = `${unit} ${name}`;
    this.#list = list;
    this.#unit = unit;
    this.#recording = recording;
  }

  push(ms: number): void {
    if (this.#recording === null) this.#list.push(ms / this.#unit);
    else this.#recording.took(this.#word, ms);
  }

  get list(): NumberList {
    return this.#list;
  }
}

/** All lists of a report by name. */
export class DurationLists {
  readonly #recording: CountRecording | null;
  readonly #known = new Map<string, DurationList>();
  /** As plain data, to be added to those of another thread. */
  readonly tally = new Map<string, NumberList>();

  constructor(recording: CountRecording | null) {
    this.#recording = recording;
  }

  /** The list of that name, whose numbers are milliseconds over `unit`. */
  list(name: string, unit: number): DurationList {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const list = this.tally.get(name) ?? new NumberList();
    this.tally.set(name, list);
    const made = new DurationList(name, list, unit, this.#recording);
    this.#known.set(name, made);
    return made;
  }

  /** The list that a recording named so. */
  recorded(word: string): DurationList {
    const blank = word.indexOf(" ");
    return this.list(word.slice(blank + 1), Number(word.slice(0, blank)));
  }
}
