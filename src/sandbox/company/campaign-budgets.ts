/** What the company's marketing has paid for its campaigns, as it is written on them in Salesforce. */
import type { CompanyWorld } from "./company-world.ts";
import { DAY_MS } from "./working-hours.ts";

interface CampaignBudget {
  readonly name: string;
  readonly type: string;
  /** All that was spent on it so far; null where nobody has entered it. */
  readonly cost: number | null;
  /** Its first and last day, counted from the first day of the simulation; null where it goes on. */
  readonly from: number;
  readonly to: number | null;
}

/** Most are named as their landing page is, and so is what brought people; two of one name are two flights of one campaign. */
const BUDGETS: readonly CampaignBudget[] = [
  { name: "/lp/spring-offer", type: "Advertisement", cost: 21_500, from: -330, to: -1 },
  { name: "/lp/automation", type: "Advertisement", cost: 18_200, from: -365, to: -180 },
  { name: "/lp/automation", type: "Advertisement", cost: 12_400, from: -179, to: -1 },
  { name: "/lp/compare-vendors", type: "Advertisement", cost: 16_900, from: -365, to: null },
  { name: "/quiz", type: "Advertisement", cost: 23_800, from: -300, to: null },
  { name: "/partners", type: "Partners", cost: 24_500, from: -365, to: null },
  { name: "/webinar/closed-loop", type: "Webinar", cost: 18_300, from: -250, to: null },
  { name: "/webinar/data-quality", type: "Webinar", cost: 15_100, from: -200, to: null },
  { name: "Spring fair booth", type: "Trade Show", cost: 14_000, from: 15, to: 17 },
  { name: "Partner summit", type: "Conference", cost: 9_000, from: 57, to: 59 },
  { name: "List 2025-B", type: "Direct Mail", cost: 7_500, from: -120, to: -120 },
  { name: "Brand film", type: "Advertisement", cost: null, from: -90, to: null },
];

/** Enters them as a marketer has, before the first day. */
export function enterCampaigns(world: CompanyWorld): void {
  const { salesforce } = world.sandbox;
  const now = world.now();
  const dateOn = (day: number): string => new Date(now + day * DAY_MS).toISOString().slice(0, 10);
  for (const { name, type, cost, from, to } of BUDGETS) {
    const fields = {
      Name: name,
      Type: type,
      Status: "In Progress",
      IsActive: true,
      StartDate: dateOn(from),
      EndDate: to === null ? null : dateOn(to),
      ActualCost: cost,
    };
    salesforce.create("Campaign", fields, salesforce.people.managerId, now - DAY_MS);
  }
}
