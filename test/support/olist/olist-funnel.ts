/** The Olist marketing funnel beside the project: where it lies, and what an independent count of its two files says. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Two CSV files of a public data set (CC BY-NC-SA 4.0); see load.yml. Not part of the project, so it may be absent. */
export const OLIST_FOLDER = fileURLToPath(new URL("../../../../shared/data/olist", import.meta.url));

export const OLIST_DESCRIPTION = fileURLToPath(new URL("load.yml", import.meta.url));

/** The reason why the data cannot be used here; null where it can. */
export function whyNoOlist(): string | null {
  return existsSync(OLIST_FOLDER) ? null : "the Olist data set is not in ../shared/data/olist";
}

/** A moment after the last win (2018-11-14). */
export const AFTER_THE_LAST_WIN = "2018-12-01T08:00:00.000Z";

/** Origin, MQLs, won, won per cent; the blank origin goes by the name that the caller gives it. */
export function olistTable(blank: string): readonly (readonly [string, number, number, number])[] {
  return [
    ["organic search", 2296, 271, 11.8],
    ["paid search", 1586, 195, 12.3],
    ["social", 1350, 75, 5.56],
    ["unknown", 1099, 179, 16.29],
    ["direct traffic", 499, 56, 11.22],
    ["email", 493, 15, 3.04],
    ["referral", 284, 24, 8.45],
    ["other", 150, 4, 2.67],
    ["display", 118, 6, 5.08],
    ["other publicities", 65, 3, 4.62],
    [blank, 60, 14, 23.33],
  ];
}
