/** Whose turn comes first when calls or time are short. */

/** Lower goes first. */
export const PRIORITY = { hot: 0, ordinary: 1, backfill: 2 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

/** The more urgent of two; ordinary where neither says. */
export function moreUrgent(one: Priority = PRIORITY.ordinary, other: Priority = one): Priority {
  return one < other ? one : other;
}
