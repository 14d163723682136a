/** The company inside the sandbox: people who buy or do not, reps who sell, admins who tidy up; all of it follows from the seed. */
import type { Sandbox } from "../sandbox-parts.ts";
import { enterCampaigns } from "./campaign-budgets.ts";
import { CompanyWorld } from "./company-world.ts";
import { typedLead } from "./contact-properties.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { fillOpeningStock } from "./opening-stock.ts";
import { planFair, startArrivals, startOwnLeads, wakeUp } from "./prospect-life.ts";
import { SalesWork, typeInLead } from "./sales-work.ts";
import { DAY_MS, nextWorkingDayAt } from "./working-hours.ts";

const STANDARD_PEOPLE = 3_000;
/** Fairs end on these days of the simulation. */
const FAIR_DAYS = [16, 58];

export interface CompanyOptions {
  /** People at the beginning; arrivals and upkeep grow in proportion. 3,000 by default. */
  readonly people?: number;
}

export interface PlaySummary {
  readonly now: string;
  /** People there are by now. */
  readonly people: number;
  /** How often what was done since the beginning. */
  readonly deeds: Readonly<Record<string, number>>;
}

/**
 * Fills an empty sandbox with the company as it stands at the clock's present moment, and registers it with `onPlay`.
 * Playing moves the clock. Same seed, same options, same product in between: the same company, to the millisecond.
 */
export function moveIn(sandbox: Sandbox, options: CompanyOptions = {}): void {
  const { people = STANDARD_PEOPLE } = options;
  const world = new CompanyWorld(sandbox);
  const scale = people / STANDARD_PEOPLE;
  enterCampaigns(world);
  fillOpeningStock(world, people);
  wakeUp(world, [...world.people]);
  startArrivals(world, scale);
  startOwnLeads(world, scale, (person) => typeInLead(world, person, typedLead(person.profile, person.random)));
  for (const day of FAIR_DAYS) {
    planFair(world, nextWorkingDayAt(world.now() + day * DAY_MS, 0, 10), Math.round(55 * scale));
  }
  new SalesWork(world).start();
  startHousekeeping(world, scale);
  sandbox.onPlay = (until): PlaySummary => {
    world.playUntil(until);
    return { now: new Date(world.now()).toISOString(), people: world.people.length, deeds: { ...world.deeds } };
  };
}
