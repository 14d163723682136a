/** Somebody who shared an address with others is let go as soon as they are the only one who has it, not only when everybody is read again. */
import { afterEach, expect, test } from "vitest";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

const EMAIL = "manon@example.com";
let world: TestWorld | undefined;
afterEach(async () => world?.close());

test.each(["HubSpot", "Salesforce"])(
  "a double is let go when the linked person gets another address in %s",
  async (side) => {
    world = await openTestWorld();
    const { hubspot, salesforce } = world.sandbox;
    const rep = salesforce.people.repIds[0] ?? "";
    const newLead = (): string =>
      salesforce.create("Lead", { Email: EMAIL, LastName: "Benoît", Company: "Harbor Tools" }, rep);
    const lead = newLead();
    await world.settle();
    const double = newLead();
    await world.pass(5);
    await world.settle();
    expect(salesforce.record("Lead", double)?.["LeadLoop_Key__c"]).toBeNull();
    const contact = hubspot.contactByEmail(EMAIL)?.id ?? "";

    if (side === "HubSpot") hubspot.editContact(contact, { email: "manon.new@example.com" }, PERSON);
    else salesforce.edit("Lead", lead, { Email: "manon.new@example.com" }, rep);
    await world.pass(20);
    await world.settle();

    expect(hubspot.contact(contact)?.properties["email"]).toBe("manon.new@example.com");
    expect(salesforce.record("Lead", lead)?.["Email"]).toBe("manon.new@example.com");
    const links = await world.connection.store.scanLinks(null, 10);
    expect(links.map(({ state, email, salesforceId }) => [state, email, salesforceId]).toSorted()).toEqual(
      [
        ["linked", "manon.new@example.com", lead],
        ["linked", EMAIL, double],
      ].toSorted(),
    );
  },
);
