/** Reads the stage entries of a person from the one text in which the database tells them. */
import type { StageEntry } from "../core/model/report-row.ts";
import type { Stage } from "../core/model/rulebook.ts";

/** Reads "stage epoch at score band;..." sign by sign: five words of each of millions of entries, cut out one by one, are garbage for seconds. */
export function eventsOf(
  text: string,
  exits: readonly { readonly reason: string }[] | undefined,
): readonly StageEntry[] {
  const entries: StageEntry[] = [];
  let exit = 0;
  let start = 0;
  while (start < text.length) {
    const stageEnd = text.indexOf(" ", start);
    const epochEnd = text.indexOf(" ", stageEnd + 1);
    const atEnd = text.indexOf(" ", epochEnd + 1);
    const scoreEnd = text.indexOf(" ", atEnd + 1);
    const semicolon = text.indexOf(";", scoreEnd);
    const end = semicolon < 0 ? text.length : semicolon;
    const stage = word(text, start, stageEnd) as Stage;
    const isExit = stage === "recycled" || stage === "disqualified";
    entries.push({
      sequence: entries.length,
      epoch: numberIn(text, stageEnd + 1, epochEnd),
      stage,
      at: millis(numberIn(text, epochEnd + 1, atEnd)),
      reason: isExit ? (exits?.[exit]?.reason ?? "") : "",
      score: scoreEnd === atEnd + 1 ? null : numberIn(text, atEnd + 1, scoreEnd),
      band: end === scoreEnd + 1 ? null : word(text, scoreEnd + 1, end),
    });
    if (isExit) exit += 1;
    start = end + 1;
  }
  return entries;
}

/** Stages and bands, each once: the text of every entry would otherwise be a string of its own. */
const words = new Map<string, string>();
const WORDS_KEPT = 1_000;

function word(text: string, start: number, end: number): string {
  const cut = text.slice(start, end);
  const known = words.get(cut);
  if (known !== undefined) return known;
  if (words.size < WORDS_KEPT) words.set(cut, cut);
  return cut;
}

function numberIn(text: string, start: number, end: number): number {
  let number = 0;
  for (let index = start; index < end; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    // A fraction, a sign or an exponent.
    if (digit < 0 || digit > 9) return Number(text.slice(start, end));
    number = number * 10 + digit;
  }
  return number;
}

/** Seconds since 1970, as the database counts them; NaN for null. */
export function millis(seconds: number | null): number {
  return seconds === null ? Number.NaN : Math.round(seconds * 1_000);
}
