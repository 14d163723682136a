/** One line of a CSV file as RFC 4180 has it, written by hand: a million lines take a second this way, and ten by a library that takes any options. */

/** Text that a spreadsheet would run as a formula gets an apostrophe in front, which spreadsheets do not show (OWASP, "CSV Injection"). Some of them trim first. */
const FORMULA = /^(?:[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])/;
const QUOTED = /[",\r\n]/;
/** Signs that neither begin a formula nor need quotes: a cell of these alone, as nearly all are, is looked at once. */
const PLAIN = /^[\w.:/][\w.:/@+ ()=;-]*$/;

/** A cell of free text. */
export function textCell(text: string): string {
  if (text === "" || PLAIN.test(text)) return text;
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** An amount of hundredths as 12.5. */
export function moneyCell(hundredths: number): string {
  return String(hundredths / 100);
}

const HOUR_MS = 3_600_000;
const HOURS_KEPT = 50_000;
const hours = new Map<number, string>();

/** An instant, "" for one that has not come. Put together from three pieces that are kept: most of the cost of writing a moment is its calendar. */
export function instantCell(moment: number): string {
  if (Number.isNaN(moment)) return "";
  const hour = Math.floor(moment / HOUR_MS);
  let text = hours.get(hour);
  if (text === undefined) {
    text = new Date(hour * HOUR_MS).toISOString().slice(0, -10);
    if (hours.size < HOURS_KEPT) hours.set(hour, text);
  }
  const rest = moment - hour * HOUR_MS;
  const second = Math.floor(rest / 1_000);
  return text + SECONDS[second] + MILLIS[rest - second * 1_000];
}

const two = (number: number): string => String(number).padStart(2, "0");
/** "05:33." for each second of an hour, and "007Z" for each thousandth of a second. */
const SECONDS = Array.from({ length: 3_600 }, (_, second) => `${two(Math.floor(second / 60))}:${two(second % 60)}.`);
const MILLIS = Array.from({ length: 1_000 }, (_, millis) => `${String(millis).padStart(3, "0")}Z`);
