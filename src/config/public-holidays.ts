/** Public holidays of a country or region, from a package whose data of all countries is loaded when the first date is asked for. */
import { createRequire } from "node:module";
import type Holidays from "date-holidays";
import type { DaysOff, HolidayPlace } from "../core/model/follow-up.ts";

// Not an import: the data is larger than the rest of LeadLoop, and a run that hands nobody over never needs it. A Lambda carries it as a file of its own.
const load = createRequire(import.meta.url);

/** Looks holidays up by place and year, each year of a place once. */
export function publicHolidays(): (place: HolidayPlace) => DaysOff {
  const places = new Map<string, DaysOff>();
  return (place) => {
    const name = `${place.country} ${place.region ?? ""}`;
    const known = places.get(name) ?? holidaysOf(place);
    places.set(name, known);
    return known;
  };
}

function holidaysOf({ country, region }: HolidayPlace): DaysOff {
  const years = new Map<number, ReadonlySet<string>>();
  let book: Holidays | null = null;
  return {
    has(date) {
      const year = Number(date.slice(0, 4));
      const known = years.get(year);
      if (known !== undefined) return known.has(date);
      book ??= openBook(country, region);
      const found = new Set(
        book.getHolidays(year).flatMap((holiday) => datesOf(holiday.date, holiday.start, holiday.end)),
      );
      years.set(year, found);
      return found.has(date);
    },
  };
}

function openBook(country: string, region: string | null): Holidays {
  const Book = load("date-holidays") as typeof Holidays;
  const options = { types: ["public" as const] };
  return region === null ? new Book(country, options) : new Book(country, region, options);
}

/** A holiday of several days, and one that begins the evening before, count for each day on which they lie at noon. */
function datesOf(first: string, start: Date, end: Date): string[] {
  const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000));
  const noon = Date.parse(`${first.slice(0, 10)}T12:00:00.000Z`);
  return Array.from({ length: days }, (_, day) => new Date(noon + day * 86_400_000).toISOString().slice(0, 10));
}
