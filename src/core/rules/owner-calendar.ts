/** The working time of one owner: their zone, their hours, the public holidays where they are, the company's days off. */
import type { DaysOff, WorkCalendars } from "../model/follow-up.ts";
import type { Owner } from "../model/record.ts";
import type { WorkingCalendar } from "./business-hours.ts";

/** A queue, and an owner whose zone is not known, work by UTC. */
export function calendarOf(owner: Pick<Owner, "email" | "timeZone"> | null, calendars: WorkCalendars): WorkingCalendar {
  const timeZone = owner?.timeZone ?? "UTC";
  const own = calendars.owners.get(owner?.email?.toLowerCase() ?? "");
  const hours = own?.hours ?? calendars.hours;
  const place = own?.place ?? calendars.places.get(timeZone) ?? null;
  const days: DaysOff[] = [calendars.daysOff];
  if (own !== undefined) days.push(own.daysOff);
  if (place !== null) days.push(calendars.publicHolidays(place));
  return {
    timeZone,
    days: hours.days,
    opens: hours.opens,
    closes: hours.closes,
    holidays: { has: (date) => days.some((off) => off.has(date)) },
  };
}
