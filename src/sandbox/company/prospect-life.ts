/** What people do by themselves: arrive, visit, open, click, fill forms, ask for a demo, unsubscribe, bounce. */
import type { RecordView } from "../hubspot/hubspot-model.ts";
import { type CompanyWorld, numberOf, type Person, WRITERS } from "./company-world.ts";
import { filled, typedProperties } from "./contact-properties.ts";
import { LEAD_SOURCES, type LeadSource } from "./lead-sources.ts";
import { exponential, makeProfile } from "./person-profile.ts";
import { DAY_MS, isWeekend, MINUTE_MS, wakingMoment, workingMoment } from "./working-hours.ts";

/** Weekends bring this share of a working day's new people. */
const WEEKEND_SHARE = 0.25;
/** Share of new people who are ever seen again, and of last year's who still are. */
const COME_BACK = 0.6;
const STILL_AWAKE = 0.2;
const DOWNLOADS = [
  "Download: Buyer's guide",
  "Download: Benchmark report",
  "Webinar: Closed loop",
  "Webinar: Data quality",
];
const REQUESTS = ["Demo request", "Contact sales", "Pricing request", "Free assessment"];

/** Starts the arrivals. `scale` multiplies the sources' own rates. */
export function startArrivals(world: CompanyWorld, scale: number): void {
  for (const source of LEAD_SOURCES) {
    const random = world.random.fork(`arrivals ${source.origin}`);
    const next = (): void => {
      const wait = exponential(random, DAY_MS / (source.perDay * scale));
      const moment = wakingMoment(world.now() + wait, random.pick([-5, -5, 0, 1]), random);
      world.at(moment, () => {
        if (!isWeekend(world.now(), 0) || random.chance(WEEKEND_SHARE)) arrive(world, source);
        next();
      });
    };
    next();
  }
}

/** A fair brings many people on one day, typed in from badges the morning after. */
export function planFair(world: CompanyWorld, moment: number, people: number): void {
  const fair = LEAD_SOURCES.find(({ origin }) => origin === "trade fair");
  if (fair === undefined) return;
  world.at(moment, () => {
    for (let index = 0; index < people; index += 1) arrive(world, fair);
  });
}

function arrive(world: CompanyWorld, source: LeadSource): void {
  const number = world.people.length + 1;
  const profile = makeProfile(world.random.fork(`profile ${number}`), number, source);
  const person = world.addPerson(profile);
  const { random } = person;
  const now = new Date(world.now()).toISOString();
  const byForm = source.form !== "";
  const properties = filled({
    ...typedProperties(profile, random),
    first_contact_at: now,
    ...(byForm
      ? { num_conversion_events: "1", recent_conversion_event_name: source.form, recent_conversion_date: now }
      : {}),
    ...(source.analytics === "OFFLINE" ? {} : pageViews(undefined, random.integer(1, 5), now)),
    ...(random.chance(0.01) ? { do_not_call: "true" } : {}),
  });
  world.act("arrived", () => {
    person.hubspotId = world.sandbox.hubspot.createContact(properties, { ...WRITERS.form, sourceType: "FORM" });
  });
  if (random.chance(COME_BACK)) startLife(world, person);
}

/** Most names in any address book never stir again; some of last year's people still do. */
export function wakeUp(world: CompanyWorld, people: readonly Person[]): void {
  for (const person of people) {
    if (person.random.chance(STILL_AWAKE * (0.3 + 2 * person.profile.interest))) startLife(world, person);
  }
}

/** Plans the person's next visit; each visit plans the one after. */
function startLife(world: CompanyWorld, person: Person): void {
  const { random, profile } = person;
  const meanDays = 4 + 60 * (1 - profile.interest) ** 2;
  const moment = world.now() + exponential(random, meanDays * DAY_MS);
  world.at(wakingMoment(moment, profile.country.utcOffset, random), () => {
    const contact = world.contactOf(person);
    if (contact !== undefined) doSomething(world, person, contact);
    startLife(world, person);
  });
}

function doSomething(world: CompanyWorld, person: Person, contact: RecordView): void {
  const { random, profile } = person;
  const roll = random.next();
  const asks = 0.17 * profile.interest ** 2 + 0.01;
  if (roll < asks) {
    fillForm(world, person, contact, random.pick(REQUESTS), "asked for sales");
    return;
  }
  if (roll < asks + 0.12) {
    fillForm(world, person, contact, random.pick(DOWNLOADS), "filled a form");
    return;
  }
  if (roll < asks + 0.5) {
    visit(world, person, contact);
    return;
  }
  readEmail(world, person, contact);
}

function visit(world: CompanyWorld, person: Person, contact: RecordView): void {
  const now = new Date(world.now()).toISOString();
  const views = pageViews(contact, person.random.integer(1, 6), now);
  world.act("visited", () => world.sandbox.hubspot.editContact(contact.id, views, WRITERS.analytics));
}

function pageViews(contact: RecordView | undefined, pages: number, now: string): Record<string, string> {
  const before = contact === undefined ? 0 : numberOf(contact, "hs_analytics_num_page_views");
  const visits = contact === undefined ? 0 : numberOf(contact, "hs_analytics_num_visits");
  return {
    hs_analytics_num_page_views: String(before + pages),
    hs_analytics_num_visits: String(visits + 1),
    hs_analytics_last_visit_timestamp: now,
  };
}

function fillForm(world: CompanyWorld, person: Person, contact: RecordView, form: string, deed: string): void {
  const { random, profile } = person;
  const now = new Date(world.now()).toISOString();
  const typed = random.chance(0.5) ? typedProperties(profile, random) : {};
  const { email: _email, origin: _origin, landing_page: _page, ...corrections } = typed;
  const properties = filled({
    ...corrections,
    ...pageViews(contact, random.integer(2, 5), now),
    num_conversion_events: String(numberOf(contact, "num_conversion_events") + 1),
    recent_conversion_event_name: form,
    recent_conversion_date: now,
  });
  world.act(deed, () => world.sandbox.hubspot.editContact(contact.id, properties, WRITERS.form));
}

function readEmail(world: CompanyWorld, person: Person, contact: RecordView): void {
  const { hubspot } = world.sandbox;
  const { random, profile } = person;
  const { properties } = contact;
  if (properties["hs_email_optout"] === "true" || numberOf(contact, "hs_email_bounce") > 0) {
    if (profile.kind !== "wrong-data") visit(world, person, contact);
    return;
  }
  if (profile.kind === "wrong-data" && random.chance(0.5)) {
    const bounced = { hs_email_bounce: "1", hs_email_hard_bounce_reason_enum: "UNKNOWN_USER" };
    world.act("bounced", () => hubspot.editContact(contact.id, bounced, WRITERS.email));
    return;
  }
  const now = new Date(world.now()).toISOString();
  const changes: Record<string, string> = { ...add(contact, "hs_email_open"), hs_email_last_open_date: now };
  if (random.chance(0.15 + 0.35 * profile.interest)) {
    Object.assign(
      changes,
      add(contact, "hs_email_click"),
      { hs_email_last_click_date: now },
      pageViews(contact, 1, now),
    );
  }
  if (random.chance(0.06 * profile.interest)) {
    Object.assign(changes, add(contact, "hs_email_replied"), { hs_email_last_reply_date: now });
  }
  world.act("read an e-mail", () => hubspot.editContact(contact.id, changes, WRITERS.email));
  if (!random.chance(0.012)) return;
  const moment = world.now() + random.integer(1, 20) * MINUTE_MS;
  world.at(moment, () => {
    const present = world.contactOf(person);
    if (present === undefined) return;
    world.act("unsubscribed", () => hubspot.editContact(present.id, { hs_email_optout: "true" }, WRITERS.email));
  });
}

function add(contact: RecordView, property: string): Record<string, string> {
  return { [property]: String(numberOf(contact, property) + 1) };
}

/** Leads that reps type in themselves after a call or a partner's hint: known to Salesforce only, until a sync. */
export function startOwnLeads(world: CompanyWorld, scale: number, create: (person: Person) => void): void {
  const random = world.random.fork("own leads");
  const next = (): void => {
    const wait = exponential(random, (1.2 * DAY_MS) / scale);
    world.at(workingMoment(world.now() + wait, 0, random), () => {
      const number = world.people.length + 1;
      const person = world.addPerson(makeProfile(world.random.fork(`profile ${number}`), number));
      create(person);
      startLife(world, person);
      next();
    });
  };
  next();
}
