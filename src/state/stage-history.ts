/** A person's stage entries as one text, so that the database reads and sends a life at once. */
import type { StageEvent } from "../core/model/ledger.ts";
import type { StageEntry } from "../core/model/report-row.ts";
import { STAGES, type Stage } from "../core/model/rulebook.ts";

/** One letter for each stage. Stored: a letter never changes its meaning. */
const LETTERS: Readonly<Record<Stage, string>> = {
  subscriber: "s",
  lead: "l",
  mql: "m",
  sal: "a",
  sql: "q",
  opportunity: "o",
  customer: "c",
  evangelist: "e",
  recycled: "r",
  disqualified: "d",
};

/** Places in `STAGES` by the letter's code. */
const PLACES = Array.from({ length: 128 }, (_, code) =>
  STAGES.findIndex((stage) => LETTERS[stage] === String.fromCharCode(code)),
);

/** Letter and epoch, moment in milliseconds, score, band and reason, each entry closed by ";". Only exits have a reason that the report tells. Stands in a JSON string as it is. */
export function historyOf(events: readonly StageEvent[]): string {
  let text = "";
  for (const { stage, epoch, at, score, band, reason } of events)
    text += `${LETTERS[stage]}${epoch} ${Date.parse(at)} ${score ?? ""} ${band ?? ""} ${isExit(stage) ? escaped(reason) : ""};`;
  return text;
}

/** SQL for the same over rows of stage_event. */
export const HISTORY_OF_EVENTS = `string_agg(case stage ${STAGES.map((stage) => `when '${stage}' then '${LETTERS[stage]}'`).join(" ")} end || epoch
  || ' ' || round(date_part('epoch', at) * 1000)::bigint || ' ' || coalesce(score::text, '') || ' ' || coalesce(band, '') || ' '
  || case when stage in ('recycled', 'disqualified') then regexp_replace(replace(replace(replace(replace(reason, '%', '%25'), ';', '%3B'), '"', '%22'), '\\', '%5C'), '[[:cntrl:]]', ' ', 'g') else '' end, ';' order by sequence) || ';'`;

function isExit(stage: Stage): boolean {
  return stage === "recycled" || stage === "disqualified";
}

/** What ends a reason or a string, escapes, or is no sign at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const MEANS_MORE = /[%;"\\\u0000-\u001f]/g;

function escaped(reason: string): string {
  return reason.replace(MEANS_MORE, encodeURIComponent);
}

function unescaped(reason: string): string {
  return reason.includes("%") ? decodeURIComponent(reason) : reason;
}

/** Reads what `historyOf` wrote for one person after the other, each on a line of its own. */
export class HistoryReader {
  readonly #text: string;
  /** The sign that is read next. */
  #at = 0;

  constructor(histories: string) {
    this.#text = histories;
  }

  /** The entries of the next person. Sign by sign: words of each of millions of entries, cut out one by one, are garbage for seconds. */
  next(): readonly StageEntry[] {
    const text = this.#text;
    const entries: StageEntry[] = [];
    while (this.#at < text.length && text.charCodeAt(this.#at) !== LINE_FEED) {
      const place = PLACES[text.charCodeAt(this.#at)] ?? 0;
      this.#at += 1;
      const epoch = this.#number() ?? 0;
      const at = this.#number() ?? 0;
      const score = this.#number();
      const band = this.#band();
      entries.push({ epoch, stage: STAGES[place] ?? "subscriber", place, at, reason: this.#reason(), score, band });
    }
    this.#at += 1;
    return entries;
  }

  /** A number and the blank behind it; null for none. */
  #number(): number | null {
    const text = this.#text;
    const start = this.#at;
    let number = 0;
    let at = start;
    for (let code = text.charCodeAt(at); code !== SPACE; code = text.charCodeAt(at)) {
      // A fraction, a sign or an exponent.
      if (code < ZERO || code > NINE) return this.#unusualNumber();
      number = number * 10 + code - ZERO;
      at += 1;
    }
    this.#at = at + 1;
    return at === start ? null : number;
  }

  #unusualNumber(): number {
    const end = this.#text.indexOf(" ", this.#at);
    const number = Number(this.#text.slice(this.#at, end));
    this.#at = end + 1;
    return number;
  }

  #band(): string | null {
    const start = this.#at;
    let end = start;
    while (this.#text.charCodeAt(end) !== SPACE) end += 1;
    this.#at = end + 1;
    return end === start ? null : bandIn(this.#text, start, end);
  }

  #reason(): string {
    const start = this.#at;
    if (this.#text.charCodeAt(start) === SEMICOLON) {
      this.#at = start + 1;
      return "";
    }
    const end = this.#text.indexOf(";", start);
    this.#at = end + 1;
    return unescaped(this.#text.slice(start, end));
  }
}

const [LINE_FEED, SPACE, SEMICOLON] = [10, 32, 59];
const [ZERO, NINE] = [48, 57];

/** Each band once, found by its signs as a number: the text of every entry would otherwise be a string of its own. */
const bands = new Map<number, string>();
const BANDS_KEPT = 1_000;

function bandIn(text: string, start: number, end: number): string {
  if (end - start > 3) return text.slice(start, end);
  let signs = 0;
  for (let index = start; index < end; index += 1) signs = signs * 65_536 + text.charCodeAt(index);
  const known = bands.get(signs);
  if (known !== undefined) return known;
  const band = text.slice(start, end);
  if (bands.size < BANDS_KEPT) bands.set(signs, band);
  return band;
}
