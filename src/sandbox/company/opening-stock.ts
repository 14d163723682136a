/** Fills both systems as a year without a connection has left them: some people here, some there, some in both and not alike. */
import type { ImportRow } from "../hubspot/hubspot-account.ts";
import type { Random } from "../random.ts";
import type { CompanyWorld, Person } from "./company-world.ts";
import { filled, typedLead, typedProperties } from "./contact-properties.ts";
import { makeProfile } from "./person-profile.ts";
import { DAY_MS } from "./working-hours.ts";

const OLDEST_DAYS = 365;
/** Nobody in the stock came later than this before the first day. */
const YOUNGEST_DAYS = 2;

/** For so long nobody tells marketing that a deal was lost. */
const UNHEARD_DAYS = 7;

type Whereabouts = "hubspot" | "both" | "salesforce";

/** Adds `count` people, spread over the year before now, and some customers among those whom sales knows. */
export function fillOpeningStock(world: CompanyWorld, count: number): void {
  const random = world.random.fork("stock");
  const rows: { readonly person: Person; readonly row: ImportRow }[] = [];
  for (let index = 0; index < count; index += 1) {
    const number = world.people.length + 1;
    const person = world.addPerson(makeProfile(world.random.fork(`profile ${number}`), number));
    const createdAt =
      world.now() - (YOUNGEST_DAYS + person.random.next() ** 1.3 * (OLDEST_DAYS - YOUNGEST_DAYS)) * DAY_MS;
    const whereabouts = whereIs(random);
    const isCustomer = whereabouts !== "hubspot" && person.random.chance(0.14);
    const row = whereabouts === "salesforce" ? null : contactRow(world, person, createdAt, isCustomer);
    const lost = whereabouts === "hubspot" ? null : addToSalesforce(world, person, createdAt, isCustomer);
    if (row !== null) rows.push({ person, row: withLostDeal(row, lost, world.now()) });
  }
  const ids = world.sandbox.hubspot.importContacts(rows.map(({ row }) => row));
  for (const [index, { person }] of rows.entries()) person.hubspotId = ids[index] ?? null;
}

function whereIs(random: Random): Whereabouts {
  const share = random.next();
  if (share < 0.58) return "hubspot";
  return share < 0.82 ? "both" : "salesforce";
}

function contactRow(world: CompanyWorld, person: Person, createdAt: number, isCustomer: boolean): ImportRow {
  const { random } = person;
  const created = new Date(createdAt).toISOString();
  const hasEngaged = random.chance(0.2);
  const lastSeen = createdAt + random.next() ** 1.5 * (world.now() - DAY_MS - createdAt);
  const engagedAt = new Date(lastSeen).toISOString();
  const stage = isCustomer ? "customer" : openStage(random, hasEngaged);
  const stageAt = new Date(createdAt + random.next() * (lastSeen - createdAt)).toISOString();
  const properties = filled({
    ...typedProperties(person.profile, random),
    first_contact_at: random.chance(0.95) ? created : "",
    lifecyclestage: stage,
    ...(hasEngaged ? engagement(random, engagedAt) : {}),
    ...(random.chance(0.05) ? { hs_email_optout: "true" } : {}),
    ...(random.chance(0.02) ? { do_not_call: "true" } : {}),
    ...(random.chance(0.02) ? { hs_email_bounce: "1" } : {}),
  });
  return {
    properties,
    createdAt: created,
    historyAt: hasEngaged ? { lifecyclestage: stageAt, hs_email_open: engagedAt } : { lifecyclestage: stageAt },
    by: { sourceType: "IMPORT", sourceId: "initial-import" },
  };
}

/** Marketing has not heard yet that the deal was lost, and still has an opportunity. */
function withLostDeal(row: ImportRow, lost: LostDeal | null, now: number): ImportRow {
  if (lost === null || now - lost.closed > UNHEARD_DAYS * DAY_MS) return row;
  const opened = new Date(lost.opened).toISOString();
  const properties = { ...row.properties, lifecyclestage: "opportunity" };
  return { ...row, properties, historyAt: { ...row.historyAt, lifecyclestage: opened } };
}

function openStage(random: Random, hasEngaged: boolean): string {
  if (!hasEngaged) return random.chance(0.9) ? "subscriber" : "";
  if (random.chance(0.05)) return "marketingqualifiedlead";
  return random.chance(0.02) ? "salesqualifiedlead" : "lead";
}

function engagement(random: Random, at: string): Record<string, string> {
  const opens = random.integer(0, 12);
  const clicks = random.integer(0, Math.floor(opens / 2));
  const forms = random.chance(0.25) ? 1 : 0;
  return filled({
    hs_email_open: String(opens),
    hs_email_last_open_date: opens > 0 ? at : "",
    hs_email_click: String(clicks),
    hs_email_last_click_date: clicks > 0 ? at : "",
    hs_analytics_num_page_views: String(random.integer(1, 14)),
    hs_analytics_last_visit_timestamp: at,
    num_conversion_events: String(forms),
    recent_conversion_event_name: forms > 0 ? "Newsletter" : "",
    recent_conversion_date: forms > 0 ? at : "",
  });
}

interface LostDeal {
  readonly opened: number;
  readonly closed: number;
}

/** Gives the deal that was lost, if one was. */
function addToSalesforce(world: CompanyWorld, person: Person, createdAt: number, isCustomer: boolean): LostDeal | null {
  const { salesforce } = world.sandbox;
  const { random, profile } = person;
  // A rep who has left still owns some records.
  const owner = random.chance(0.02) ? salesforce.people.formerRepId : random.pick(salesforce.people.repIds);
  const typed = { ...typedLead(profile, random), OwnerId: owner, ...consent(random) };
  const isContact = isCustomer || random.chance(0.3);
  const copies = random.chance(0.008) ? 2 : 1;
  let lost: LostDeal | null = null;
  for (let copy = 0; copy < copies; copy += 1) {
    const at = createdAt + copy * DAY_MS;
    if (isContact) lost = addContact(world, person, typed, { owner, at, isCustomer });
    else salesforce.create("Lead", { ...typed, Status: openStatus(random) }, owner, at);
  }
  return lost;
}

function openStatus(random: Random): string {
  return random.chance(0.85) ? "Open - Not Contacted" : "Closed - Not Converted";
}

function consent(random: Random): Record<string, boolean> {
  return { DoNotCall: random.chance(0.03), HasOptedOutOfEmail: random.chance(0.03) };
}

interface ContactStart {
  readonly owner: string;
  readonly at: number;
  readonly isCustomer: boolean;
}

/** A contact on an account of its firm; a customer's has a won opportunity, some others a lost one, which is given. */
function addContact(
  world: CompanyWorld,
  person: Person,
  typed: Readonly<Record<string, unknown>>,
  start: ContactStart,
): LostDeal | null {
  const { salesforce } = world.sandbox;
  const { random, profile } = person;
  const { owner, at, isCustomer } = start;
  const { Company, Website, Industry, NumberOfEmployees, City, State, PostalCode, Country, ...own } = typed;
  const account = { Name: Company, Website, Industry, NumberOfEmployees, OwnerId: owner };
  const AccountId = salesforce.create("Account", account, owner, at);
  const mailing = { MailingCity: City, MailingState: State, MailingPostalCode: PostalCode, MailingCountry: Country };
  const contactId = salesforce.create("Contact", { ...own, ...mailing, AccountId }, owner, at);
  if (!isCustomer && !random.chance(0.15)) return null;
  const opened = at + random.next() * 0.5 * (world.now() - at);
  const closed = opened + random.next() * (world.now() - DAY_MS - opened);
  const opportunity = {
    Name: `${String(Company)} - ${profile.productInterest[0] ?? "analytics"}`,
    Product__c: profile.productInterest[0] ?? "analytics",
    StageName: "Prospecting",
    CloseDate: new Date(closed).toISOString().slice(0, 10),
    Amount: dealAmount(person),
    AccountId,
    OwnerId: owner,
    LeadSource: profile.source.leadSource,
  };
  const id = salesforce.create("Opportunity", opportunity, owner, opened);
  salesforce.create(
    "OpportunityContactRole",
    { OpportunityId: id, ContactId: contactId, IsPrimary: true },
    owner,
    opened,
  );
  salesforce.edit("Opportunity", id, { StageName: isCustomer ? "Closed Won" : "Closed Lost" }, owner, closed);
  return isCustomer ? null : { opened, closed };
}

/** What a firm of this size pays a year, in hundreds. */
export function dealAmount(person: Person): number {
  const { employees } = person.profile.firm;
  return Math.round(((2_500 + employees ** 0.8 * 60) * (0.6 + 0.8 * person.random.next())) / 100) * 100;
}
