/** How long a storm takes, in virtual milliseconds. */

export const TICK_MS = 300_000;
/** How long it blows. */
export const STORM_MS = 24 * TICK_MS;
/** When it begins. */
export const STORM_START = Date.parse("2026-03-02T08:00:00.000Z");
