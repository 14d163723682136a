/** Where a recount puts ids: table, row and column, as `drill` of report.json has them. */
export class CellShelf {
  readonly cells = new Map<string, string[]>();
  /** Rows that are told although nobody stands in them. */
  readonly #begun = new Map<string, Set<string>>();

  begin(table: string, row: string): void {
    this.#begun.set(table, (this.#begun.get(table) ?? new Set()).add(row));
  }

  put(table: string, row: string, column: string, id: string): void {
    const address = `${table}/${row}/${column}`;
    const ids = this.cells.get(address) ?? [];
    ids.push(id);
    this.cells.set(address, ids);
  }

  count(table: string, row: string, column: string): number {
    return this.cells.get(`${table}/${row}/${column}`)?.length ?? 0;
  }

  rows(table: string): readonly string[] {
    const names = new Set(this.#begun.get(table));
    for (const address of this.cells.keys()) {
      if (address.startsWith(`${table}/`)) names.add(address.slice(table.length + 1, address.lastIndexOf("/")));
    }
    return [...names].sort();
  }
}

export const hundredths = (number: number): number => Math.round(number * 100) / 100 || 0;

export interface Share {
  readonly of: number;
  readonly count: number;
  readonly percent: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Percent with two decimals, and Wilson's interval from its formula. */
export function share(count: number, of: number): Share {
  if (of === 0) return { of, count, percent: null, low: null, high: null };
  const [z, p] = [1.959963984540054, count / of];
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const reach = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return {
    of,
    count,
    percent: hundredths(100 * p),
    low: Math.max(0, hundredths(100 * (middle - reach))),
    high: Math.min(100, hundredths(100 * (middle + reach))),
  };
}

/** With two decimals; between neighbours where the place is none of theirs. */
export function quantile(values: readonly number[], part: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((one, other) => one - other);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return hundredths(below + (above - below) * (place - Math.floor(place)));
}
