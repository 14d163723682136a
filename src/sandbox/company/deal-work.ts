/** How opportunities go: from stage to stage, won, lost, or simply never heard of again. */
import type { StoredRecord } from "../salesforce/field-definition.ts";
import type { CompanyWorld, Person } from "./company-world.ts";
import { dealAmount } from "./opening-stock.ts";
import { exponential } from "./person-profile.ts";
import { DAY_MS, workingMoment } from "./working-hours.ts";

/** Why buyers said no, as reps file it. */
const LOSS_REASONS = ["Price", "Product", "Need gone", "Went with a competitor", "Out of touch"] as const;

const STAGES = ["Qualification", "Needs Analysis", "Value Proposition", "Proposal/Price Quote", "Negotiation/Review"];

export interface DealStart {
  readonly rep: string;
  readonly utcOffset: number;
  readonly opportunityName: string;
  /** The opportunity that a conversion made. */
  readonly opportunityId?: string;
  /** Or the contact for whom one is opened. */
  readonly contact?: StoredRecord;
}

/** Puts an amount on the opportunity, or opens one for a contact, and plans how it goes on. */
export function startDeal(world: CompanyWorld, person: Person, start: DealStart): void {
  const { salesforce } = world.sandbox;
  const Amount = dealAmount(person);
  const CloseDate = dayAfter(world, 20 + person.random.integer(0, 40));
  const id = start.opportunityId ?? openFor(world, start, Amount, CloseDate);
  if (id === undefined) return;
  if (start.opportunityId !== undefined) {
    const details = { Amount, CloseDate, Product__c: productOf(start) };
    world.act("put an amount on a deal", () => salesforce.edit("Opportunity", id, details, start.rep));
  }
  planStep(world, person, start, id, 0);
}

function openFor(world: CompanyWorld, start: DealStart, Amount: number, CloseDate: string): string | undefined {
  const { salesforce } = world.sandbox;
  const { contact, rep, opportunityName: Name } = start;
  if (contact === undefined) return undefined;
  let id: string | undefined;
  world.act("opened a deal", () => {
    const AccountId = contact["AccountId"] ?? null;
    id = salesforce.create(
      "Opportunity",
      { Name, StageName: "Prospecting", CloseDate, Amount, AccountId, OwnerId: rep, Product__c: productOf(start) },
      rep,
    );
    salesforce.create("OpportunityContactRole", { OpportunityId: id, ContactId: contact["Id"], IsPrimary: true }, rep);
  });
  return id;
}

/** A deal is called by its firm and what it is about. */
function productOf({ opportunityName }: DealStart): string {
  return opportunityName.split(" - ").at(-1) ?? "";
}

function planStep(world: CompanyWorld, person: Person, start: DealStart, id: string, step: number): void {
  const { random } = person;
  const wait = (0.4 + exponential(random, 2.4)) * DAY_MS;
  world.at(workingMoment(world.now() + wait, start.utcOffset, random), () => takeStep(world, person, start, id, step));
}

function takeStep(world: CompanyWorld, person: Person, start: DealStart, id: string, step: number): void {
  const { salesforce } = world.sandbox;
  const { random, profile } = person;
  const deal = salesforce.record("Opportunity", id);
  if (deal === undefined || deal["IsDeleted"] === true || deal["IsClosed"] === true) return;
  if (random.chance(0.035)) {
    world.count("went silent");
    return;
  }
  const today = dayAfter(world, 0);
  if (random.chance(0.12 - 0.08 * profile.fit)) {
    world.act("lost", () =>
      salesforce.edit(
        "Opportunity",
        id,
        { StageName: "Closed Lost", CloseDate: today, Loss_Reason__c: random.pick(LOSS_REASONS) },
        start.rep,
      ),
    );
    return;
  }
  const next = STAGES[step];
  if (next === undefined) {
    const isWon = random.chance(0.35 + 0.5 * profile.fit);
    const reason = isWon ? {} : { Loss_Reason__c: random.pick(LOSS_REASONS) };
    const closing = { StageName: isWon ? "Closed Won" : "Closed Lost", CloseDate: today, ...reason };
    world.act(isWon ? "won" : "lost", () => salesforce.edit("Opportunity", id, closing, start.rep));
    return;
  }
  const haggled = random.chance(0.2) ? { Amount: Math.round(Number(deal["Amount"] ?? 0) * 0.009) * 100 } : {};
  world.act("moved a deal", () => salesforce.edit("Opportunity", id, { StageName: next, ...haggled }, start.rep));
  planStep(world, person, start, id, step + (random.chance(0.35) ? 2 : 1));
}

function dayAfter(world: CompanyWorld, days: number): string {
  return new Date(world.now() + days * DAY_MS).toISOString().slice(0, 10);
}
