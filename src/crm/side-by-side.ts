/** Does the same work for many items, a few at a time, and never leaves work running behind its caller's back. */

/**
 * Results in the order of the items, at most `limit` under way at once. After a failure nothing more is started; once what is under way has
 * ended, the first failure is thrown.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>();
  const failures: unknown[] = [];
  const upcoming = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of upcoming) {
      try {
        results.set(index, await work(item));
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return items.map((_item, index) => results.get(index) as R);
}

/** The items in order, `size` at a time. */
export function chunked<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
