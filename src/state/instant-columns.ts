/** Reads PostgreSQL's spelling of a moment as an Instant. */
import pg from "pg";
import type { Instant } from "../core/model/record.ts";

/** Type numbers of the columns that `pg` shall read our way (pg_type.oid). */
const TIMESTAMPTZ = 1184;
const INT8 = 20;

export const typeParser: typeof pg.types.getTypeParser = (type: number, format?: "text" | "binary") => {
  if (type === TIMESTAMPTZ) return instantOfColumn;
  if (type === INT8) return Number;
  return pg.types.getTypeParser(type, format ?? "text");
};

const IN_UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/;

/** `2026-10-01 12:00:00.5+00` (ISO date style, any offset) as `2026-10-01T12:00:00.500Z`. */
function instantOfColumn(text: string): Instant {
  if (IN_UTC.test(text)) {
    const fraction = text.slice(20, -3).padEnd(3, "0").slice(0, 3);
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
  }
  // PostgreSQL writes whole hours as "+02"; Date wants "+02:00".
  const spelled = text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
  return new Date(spelled).toISOString();
}

const IN_UTC_DOCUMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+00:00$/;

/** The same of a moment inside a JSON document: `2026-10-01T12:00:00.5+00:00`, any offset. */
export function instantOfDocument(text: string): Instant {
  if (!IN_UTC_DOCUMENT.test(text)) return new Date(text).toISOString();
  const fraction = text.slice(20, -6).padEnd(3, "0").slice(0, 3);
  return `${text.slice(0, 19)}.${fraction}Z`;
}
