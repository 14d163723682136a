/** What admins, marketers and reps do to records for no reason of the funnel: correct, clash, merge, delete, restore, move to a new address. */
import type { Random } from "../random.ts";
import { type CompanyWorld, type Person, type SalesforcePerson, WRITERS } from "./company-world.ts";
import { exponential } from "./person-profile.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, workingMoment } from "./working-hours.ts";

/** One kind of upkeep, and how often it happens on a working day in a company of 3,000 people. */
interface Chore {
  readonly name: string;
  readonly perDay: number;
  readonly needs: "contact" | "salesforce" | "both";
  readonly work: (world: CompanyWorld, person: Person, random: Random) => void;
}

const TITLES = ["Senior Manager", "Team Lead", "Director", "Head of Operations", "Project Manager", "VP Marketing"];

const CHORES: readonly Chore[] = [
  { name: "clash", perDay: 1.6, needs: "both", work: clash },
  { name: "correct in Salesforce", perDay: 5, needs: "salesforce", work: correctInSalesforce },
  { name: "correct in HubSpot", perDay: 4, needs: "contact", work: correctInHubspot },
  { name: "new address", perDay: 0.5, needs: "both", work: changeAddress },
  { name: "second contact", perDay: 0.5, needs: "contact", work: secondContact },
  { name: "second lead", perDay: 0.4, needs: "salesforce", work: secondLead },
  { name: "archive", perDay: 0.3, needs: "contact", work: archive },
  { name: "delete lead", perDay: 0.3, needs: "salesforce", work: deleteLead },
  { name: "do not call", perDay: 0.5, needs: "salesforce", work: doNotCall },
  { name: "stage by hand", perDay: 0.4, needs: "contact", work: stageByHand },
  { name: "erase", perDay: 0.04, needs: "contact", work: erase },
];

export function startHousekeeping(world: CompanyWorld, scale: number): void {
  for (const chore of CHORES) {
    const random = world.random.fork(`chore ${chore.name}`);
    const next = (): void => {
      const wait = exponential(random, (DAY_MS * 5) / 7 / (chore.perDay * scale));
      world.at(workingMoment(world.now() + wait, 0, random), () => {
        const person = someone(world, chore.needs, random);
        if (person !== undefined) chore.work(world, person, random);
        next();
      });
    };
    next();
  }
}

/** Somebody who is where the chore needs them; nobody after a few tries. */
function someone(world: CompanyWorld, needs: Chore["needs"], random: Random): Person | undefined {
  for (let tries = 0; tries < 40; tries += 1) {
    const person = random.pick(world.people);
    const hasContact = needs === "salesforce" || world.contactOf(person) !== undefined;
    const hasRecord = needs === "contact" || world.inSalesforce(person) !== undefined;
    if (hasContact && hasRecord) return person;
  }
  return undefined;
}

function ownerOf(world: CompanyWorld, known: SalesforcePerson): string {
  const owner = String(known.record["OwnerId"]);
  return world.sandbox.salesforce.people.repIds.includes(owner) ? owner : world.sandbox.salesforce.people.managerId;
}

function editBoth(
  world: CompanyWorld,
  person: Person,
  hubspot: Record<string, string>,
  salesforce: Record<string, unknown>,
  gap: number,
): void {
  const contact = world.contactOf(person);
  if (contact === undefined) return;
  world.act("edited in HubSpot", () => world.sandbox.hubspot.editContact(contact.id, hubspot, WRITERS.marketer));
  world.at(world.now() + gap, () => {
    const known = world.inSalesforce(person);
    if (known === undefined) return;
    const by = ownerOf(world, known);
    world.act("edited the same field in Salesforce", () =>
      world.sandbox.salesforce.edit(known.object, known.id, salesforce, by),
    );
  });
}

/** A marketer and a rep change the same field within minutes, differently. */
function clash(world: CompanyWorld, person: Person, random: Random): void {
  const gap = random.integer(1, 25) * MINUTE_MS;
  const [one, other] = random.shuffle(TITLES);
  const { lastName, phone } = person.profile;
  const roll = random.next();
  if (roll < 0.6 || phone === "") {
    editBoth(world, person, { jobtitle: one ?? "" }, { Title: other ?? "" }, gap);
    return;
  }
  if (roll < 0.8) {
    editBoth(world, person, { lastname: lastName.toUpperCase() }, { LastName: `${lastName}-Reed` }, gap);
    return;
  }
  const base = phone.replace(/\d\d$/, "");
  editBoth(
    world,
    person,
    { phone: `${base}${random.integer(10, 49)}` },
    { Phone: `${base}${random.integer(50, 99)}` },
    gap,
  );
}

function correctInSalesforce(world: CompanyWorld, person: Person, random: Random): void {
  const known = world.inSalesforce(person);
  if (known === undefined) return;
  const phone = person.profile.phone.replace(/\d\d$/, String(random.integer(10, 99)));
  const fields = random.pick([
    { Title: random.pick(TITLES) },
    { Phone: phone },
    { FirstName: person.profile.firstName },
    { Description: "Met again." },
  ]);
  world.act("corrected in Salesforce", () =>
    world.sandbox.salesforce.edit(known.object, known.id, fields, ownerOf(world, known)),
  );
}

function correctInHubspot(world: CompanyWorld, person: Person, random: Random): void {
  const contact = world.contactOf(person);
  if (contact === undefined) return;
  const { firm, city, countryText } = person.profile;
  const interest = random.pick(["analytics", "automation", "reporting", "integrations"]);
  const properties = random.pick([
    { jobtitle: random.pick(TITLES) },
    { industry: firm.industry, employees: String(firm.employees) },
    { city: city.city, country: countryText },
    { product_interest: `;${interest}` },
  ]) as Record<string, string>;
  world.act("corrected in HubSpot", () => world.sandbox.hubspot.editContact(contact.id, properties, WRITERS.marketer));
}

/** The person has changed jobs or married: a new address, entered on one side. */
function changeAddress(world: CompanyWorld, person: Person, random: Random): void {
  const [contact, known] = [world.contactOf(person), world.inSalesforce(person)];
  if (contact === undefined || known === undefined) return;
  const email = presentAddress(person).replace("@", `.new${random.integer(10, 99)}@`);
  const isDone = random.chance(0.5)
    ? world.act("changed an address in HubSpot", () =>
        world.sandbox.hubspot.editContact(contact.id, { email }, WRITERS.marketer),
      )
    : world.act("changed an address in Salesforce", () =>
        world.sandbox.salesforce.edit(known.object, known.id, { Email: email }, ownerOf(world, known)),
      );
  if (isDone) world.addEmail(person, email);
}

/** The same person signs up with another address; a marketer notices and merges. */
function secondContact(world: CompanyWorld, person: Person, random: Random): void {
  const { hubspot } = world.sandbox;
  const email = presentAddress(person).replace("@", `.alt${random.integer(10, 99)}@`);
  const { firstName, lastName, source } = person.profile;
  const properties = { email, firstname: firstName, lastname: lastName, origin: source.origin };
  let second = "";
  const isDone = world.act("signed up twice", () => {
    second = hubspot.createContact(properties, WRITERS.form);
  });
  if (!isDone) return;
  world.at(workingMoment(world.now() + (1 + random.next() * 60) * HOUR_MS, 0, random), () => {
    const contact = world.contactOf(person);
    if (contact === undefined) return;
    world.act("merged contacts", () => {
      person.hubspotId = hubspot.mergeContacts(contact.id, second);
    });
  });
}

/** A rep types a lead in again under another address; the manager merges them. */
function secondLead(world: CompanyWorld, person: Person, random: Random): void {
  const { salesforce } = world.sandbox;
  const known = world.inSalesforce(person);
  if (known?.object !== "Lead") return;
  const by = ownerOf(world, known);
  const { firstName: FirstName, lastName: LastName, firm } = person.profile;
  // Half of them leave the address away, the others copy it.
  const Email = random.chance(0.5) ? null : presentAddress(person);
  let second = "";
  const isDone = world.act("typed in a lead again", () => {
    second = salesforce.create("Lead", { FirstName, LastName, Company: firm.name, Email, OwnerId: by }, by);
  });
  if (!isDone) return;
  world.at(workingMoment(world.now() + (1 + random.next() * 60) * HOUR_MS, 0, random), () => {
    const first = salesforce.record("Lead", known.id);
    if (first === undefined || first["IsDeleted"] === true || first["IsConverted"] === true) return;
    world.act("merged leads", () => salesforce.merge("Lead", known.id, [second], salesforce.people.managerId));
  });
}

function presentAddress(person: Person): string {
  return person.addresses[0] ?? person.profile.email;
}

function archive(world: CompanyWorld, person: Person, random: Random): void {
  const contact = world.contactOf(person);
  if (contact === undefined) return;
  world.act("archived a contact", () => world.sandbox.hubspot.archiveContact(contact.id));
  if (!random.chance(0.3)) return;
  world.at(workingMoment(world.now() + random.integer(2, 70) * HOUR_MS, 0, random), () => {
    world.act("restored a contact", () => world.sandbox.hubspot.restoreContact(contact.id));
  });
}

function deleteLead(world: CompanyWorld, person: Person, random: Random): void {
  const { salesforce } = world.sandbox;
  const known = world.inSalesforce(person);
  if (known?.object !== "Lead") return;
  world.act("deleted a lead", () => salesforce.remove("Lead", known.id, salesforce.people.managerId));
  if (!random.chance(0.3)) return;
  world.at(workingMoment(world.now() + random.integer(2, 70) * HOUR_MS, 0, random), () => {
    world.act("restored a lead", () => salesforce.restore("Lead", known.id));
  });
}

function doNotCall(world: CompanyWorld, person: Person, random: Random): void {
  const known = world.inSalesforce(person);
  if (known === undefined) return;
  const fields = random.chance(0.7) ? { DoNotCall: true } : { HasOptedOutOfEmail: true };
  world.act("asked to be left alone", () =>
    world.sandbox.salesforce.edit(known.object, known.id, fields, ownerOf(world, known)),
  );
}

/** Mostly forward. Backward needs a cleared value first: that is how HubSpot's page does it, too. */
function stageByHand(world: CompanyWorld, person: Person, random: Random): void {
  const { hubspot } = world.sandbox;
  const contact = world.contactOf(person);
  if (contact === undefined) return;
  const edit = (lifecyclestage: string): boolean =>
    world.act("set a stage by hand", () => hubspot.editContact(contact.id, { lifecyclestage }, WRITERS.marketer));
  if (random.chance(0.75)) {
    edit("marketingqualifiedlead");
    return;
  }
  if (edit("")) edit("subscriber");
}

function erase(world: CompanyWorld, person: Person): void {
  const contact = world.contactOf(person);
  if (contact === undefined) return;
  world.act("erased on request", () => world.sandbox.hubspot.eraseContact(contact.id));
}
