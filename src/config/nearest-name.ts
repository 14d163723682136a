/** The known name that a misspelt one most likely meant. */

/** The nearest of `names`, or null when none is near enough to be worth saying. Case, `_` and `-` do not count. */
export function nearestName(word: string, names: readonly string[]): string | null {
  const wanted = plain(word);
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const name of names) {
    const distance = editDistance(wanted, plain(name));
    if (best === null || distance < best.distance) best = { name, distance };
  }
  if (best === null) return null;
  return best.distance <= Math.max(1, Math.floor(wanted.length / 4)) ? best.name : null;
}

/** What to write instead of `word`: the nearest name, all names when they are few, or the words in `otherwise`. */
export function writeInstead(word: string, names: readonly string[], otherwise = ""): string {
  const near = nearestName(word, names);
  if (near !== null) return `write ${near}`;
  if (names.length > 0 && names.length <= 14)
    return names.length === 1 ? `write ${names[0]}` : `write one of ${names.join(", ")}`;
  return otherwise;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let distance = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) distance = Math.min(distance, at(before, j - 2) + 1);
      next.push(distance);
    }
    before = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
