/** Says a period by its first and last day, as people do: a week is Monday to Sunday, not Monday to Monday. */
import { instantAt, momentOf } from "./moment.ts";

/** "2026-11-16 to 2026-11-22" of a period that ends as the 23rd begins; the last day of one that ends within a day is that day. Days are those of UTC. */
export function periodDays(from: string | null, to: string): string {
  const [first, end] = [momentOf(from ?? ""), momentOf(to)];
  const last = end <= first ? to : instantAt(end - 1);
  return `${from?.slice(0, 10) ?? "the beginning"} to ${last.slice(0, 10)}`;
}
