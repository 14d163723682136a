/** Looks for words and phrases in a text as whole words, in any case: "VP" is in "VP, Sales" and not in "vpn admin". */

/** Texts and phrases repeat from person to person (titles, industries); beyond so many different ones everything is forgotten and learned anew. */
const MOST_TEXTS = 5_000;
const shapes = new Map<string, string>();

/** The text in small letters with single spaces between and around its words; "" when it has none. */
export function shapedWords(text: string): string {
  const known = shapes.get(text);
  if (known !== undefined) return known;
  const words = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  const shaped = words === "" ? "" : ` ${words} `;
  if (shapes.size >= MOST_TEXTS) shapes.clear();
  shapes.set(text, shaped);
  return shaped;
}

/** Whether one of the phrases stands in the text. */
export function mentionsOne(text: string, phrases: Iterable<string>): boolean {
  if (text === "") return false;
  const shaped = shapedWords(text);
  for (const phrase of phrases) {
    const wanted = shapedWords(phrase);
    if (wanted !== "" && shaped.includes(wanted)) return true;
  }
  return false;
}

/** The same for phrases that never change, which are brought into shape once. */
export function phraseFinder(phrases: readonly string[]): (text: string) => boolean {
  const wanted = phrases.map(shapedWords).filter((phrase) => phrase !== "");
  return (text) => {
    if (text === "") return false;
    const shaped = shapedWords(text);
    for (const phrase of wanted) if (shaped.includes(phrase)) return true;
    return false;
  };
}
