/** Looks for words and phrases in a text as whole words, in any case: "VP" is in "VP, Sales" and not in "vpn admin". */

/** A text as its words. */
interface Words {
  /** In small letters with single spaces between and around them; "" when there are none. */
  readonly spaced: string;
  readonly each: readonly string[];
}

const NO_WORDS: Words = { spaced: "", each: [] };

/** Texts and phrases repeat from person to person (titles, industries); beyond so many different ones everything is forgotten and learned anew. */
const MOST_TEXTS = 20_000;
const known = new Map<string, Words>();

function wordsOf(text: string): Words {
  const before = known.get(text);
  if (before !== undefined) return before;
  const plain = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  const words = plain === "" ? NO_WORDS : { spaced: ` ${plain} `, each: plain.split(" ") };
  if (known.size >= MOST_TEXTS) known.clear();
  known.set(text, words);
  return words;
}

/** Whether one of the phrases stands in the text. */
export function mentionsOne(text: string, phrases: Iterable<string>): boolean {
  const { spaced } = wordsOf(text);
  for (const phrase of phrases) {
    const wanted = wordsOf(phrase).spaced;
    if (wanted !== "" && spaced.includes(wanted)) return true;
  }
  return false;
}

/** The same for phrases that never change: single words are looked up, longer phrases searched for. */
export function phraseFinder(phrases: readonly string[]): (text: string) => boolean {
  const wanted = phrases.map(wordsOf);
  const single = new Set(wanted.flatMap(({ each }) => (each.length === 1 ? each : [])));
  const longer = wanted.flatMap(({ each, spaced }) => (each.length > 1 ? [spaced] : []));
  const find = (text: string): boolean => {
    const { spaced, each } = wordsOf(text);
    for (const word of each) if (single.has(word)) return true;
    for (const phrase of longer) if (spaced.includes(phrase)) return true;
    return false;
  };
  const answers = new Map<string, boolean>();
  return (text) => {
    if (text === "") return false;
    const before = answers.get(text);
    if (before !== undefined) return before;
    const found = find(text);
    if (answers.size >= MOST_TEXTS) answers.clear();
    answers.set(text, found);
    return found;
  };
}
