/** The shape of config/calendar.yml: when people work, and when nobody does. */
import * as z from "zod";
import type { HolidayPlace, OfficeHours, WorkCalendars } from "../core/model/follow-up.ts";
import { choice, emailAddress } from "./file-shapes.ts";
import { HOLIDAY_PLACES } from "./holiday-places.ts";
import { writeInstead } from "./nearest-name.ts";
import { publicHolidays } from "./public-holidays.ts";
import type { RuleChecks } from "./rule-checks.ts";
import { found } from "./shape-words.ts";
import type { Path } from "./yaml-position.ts";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

function patterned(pattern: RegExp, advice: string): z.ZodString {
  const error = ({ input }: { readonly input?: unknown }) =>
    typeof input === "string" ? `"${input}" does not fit; ${advice}` : `${found(input)}; ${advice}`;
  return z.string({ error }).regex(pattern, { error });
}

const date = (): z.ZodString =>
  patterned(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'write a date in quotes, such as "2026-12-24"');
const time = (): z.ZodString =>
  patterned(/^([01]\d|2[0-4]):[0-5]\d$/, 'write a time of day in quotes, such as "09:00"');
const country = (): z.ZodString => patterned(/^[A-Z]{2}$/, "write a country's two capital letters, such as DE");
const region = (): z.ZodString =>
  patterned(/^[A-Z0-9]{1,3}$/, "write a region's letters, such as BY for Bavaria or CA for California");

const days = z.array(choice(DAYS, "a day of the week"));
const hours = z.strictObject({ from: time(), to: time() });

const placeShape = z.strictObject({
  "time-zone": z
    .string()
    .describe("Owners in this zone, as Salesforce has it on the user, ...")
    .refine(isTimeZone, {
      error: ({ input }) => `"${String(input)}" is not a time zone; write one such as Europe/Berlin`,
    }),
  country: country().describe("... have the public holidays of this country ..."),
  region: region().optional().describe("... or of this region of it."),
});

const ownerShape = z.strictObject({
  email: emailAddress(),
  country: country().optional(),
  region: region().optional(),
  "working-days": days.optional(),
  hours: hours.optional(),
  "days-off": z.array(date()).default([]),
});

export const calendarShape = z.strictObject({
  "working-days": days.default(["monday", "tuesday", "wednesday", "thursday", "friday"]),
  hours: hours.prefault({ from: "09:00", to: "17:00" }).describe("Local time of whoever owns the lead."),
  "days-off": z.array(date()).default([]).describe("Days on which nobody of the company works."),
  holidays: z.array(placeShape).default([]).describe("Whose public holidays count, by the owner's time zone."),
  owners: z.array(ownerShape).default([]).describe("What is different for single owners."),
});

type Hours = z.infer<typeof hours>;
type CalendarFile = z.infer<typeof calendarShape>;

export function toCalendars(shape: CalendarFile, checks: RuleChecks): WorkCalendars {
  checks.distinct(
    shape.holidays.map((place, index) => ({ path: ["holidays", index, "time-zone"], name: place["time-zone"] })),
    "a line for the zone",
  );
  checks.distinct(
    shape.owners.map(({ email }, index) => ({ path: ["owners", index, "email"], name: email.toLowerCase() })),
    "a line for the owner",
  );
  checkHours(shape.hours, ["hours"], checks);
  shape.owners.forEach((line, index) => {
    if (line.hours !== undefined) checkHours(line.hours, ["owners", index, "hours"], checks);
  });
  const standard = officeHours(shape["working-days"], shape.hours);
  return {
    hours: standard,
    daysOff: new Set(shape["days-off"]),
    places: new Map(
      shape.holidays.flatMap((line, index): [string, HolidayPlace][] => {
        const place = placeOf(line, ["holidays", index], checks);
        return place === null ? [] : [[line["time-zone"], place]];
      }),
    ),
    owners: new Map(
      shape.owners.map((line, index) => [
        line.email.toLowerCase(),
        {
          place: placeOf(line, ["owners", index], checks),
          hours:
            line.hours === undefined && line["working-days"] === undefined
              ? null
              : officeHours(line["working-days"] ?? shape["working-days"], line.hours ?? shape.hours),
          daysOff: new Set(line["days-off"]),
        },
      ]),
    ),
    publicHolidays: publicHolidays(),
  };
}

/** Codes that people write for a country that has another one. Of two letters, any other code is near to many. */
const USED_INSTEAD: ReadonlyMap<string, string> = new Map([
  ["UK", "GB"],
  ["EL", "GR"],
]);

function placeOf(
  line: { readonly country?: string | undefined; readonly region?: string | undefined },
  path: Path,
  checks: RuleChecks,
): HolidayPlace | null {
  if (line.country === undefined) {
    if (line.region !== undefined && checks.isSure(path, ["country"]))
      checks.issue([...path, "region"], "a region needs its country; add country: DE");
    return null;
  }
  const regions = HOLIDAY_PLACES.get(line.country);
  if (regions === undefined) {
    const meant = USED_INSTEAD.get(line.country);
    const advice = `write ${meant ?? "a country's two capital letters, such as DE"}`;
    checks.issue([...path, "country"], `the holidays of ${line.country} are not known; ${advice}`);
    return null;
  }
  if (line.region !== undefined && checks.isOwn([...path, "country"]) && !regions.includes(line.region)) {
    const advice =
      regions.length === 0 ? "remove it" : writeInstead(line.region, regions, `write one of ${regions.join(", ")}`);
    checks.issue([...path, "region"], `${line.country} has no region ${line.region}; ${advice}`);
    return null;
  }
  return { country: line.country, region: line.region ?? null };
}

function officeHours(names: readonly (typeof DAYS)[number][], { from, to }: Hours): OfficeHours {
  return { days: new Set(names.map((name) => DAYS.indexOf(name) + 1)), opens: minutes(from), closes: minutes(to) };
}

function checkHours({ from, to }: Hours, path: Path, checks: RuleChecks): void {
  const [opens, closes] = [minutes(from), minutes(to)];
  if ((closes <= opens || closes > 24 * 60) && checks.isSure(path, ["from", "to"]))
    checks.issue([...path, "to"], `${to} is not after ${from}; write when the working day ends, such as "17:00"`);
}

function minutes(text: string): number {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return hour * 60 + minute;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
