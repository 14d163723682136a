/** How a person looks as a HubSpot contact and as a Salesforce lead or contact. */
import type { Random } from "../random.ts";
import type { Profile } from "./person-profile.ts";

/** What the person themselves typed into a form: some leave things blank. */
export function typedProperties(profile: Profile, random: Random): Record<string, string> {
  const { firm, city } = profile;
  const maybe = (chance: number, value: string): string => (random.chance(chance) ? value : "");
  return filled({
    email: profile.email,
    firstname: maybe(0.94, profile.firstName),
    lastname: maybe(0.96, profile.lastName),
    jobtitle: maybe(0.9, profile.title),
    phone: maybe(0.7, profile.phone),
    mobilephone: profile.mobile,
    company: maybe(0.92, firm.name),
    website: maybe(0.4, `https://www.${firm.domain}/`),
    industry: maybe(0.8, firm.industry),
    employees: maybe(0.85, String(firm.employees)),
    city: maybe(0.85, city.city),
    state: maybe(0.85, city.state),
    zip: maybe(0.7, city.zip),
    country: maybe(0.95, profile.countryText),
    product_interest: profile.productInterest.join(";"),
    origin: profile.source.origin,
    landing_page: profile.campaign,
    hs_analytics_source: profile.source.analytics,
  });
}

/** What a rep typed, or an older import: sparser, with the phone written in another way. */
export function typedLead(profile: Profile, random: Random): Record<string, unknown> {
  const { firm, city } = profile;
  const maybe = (chance: number, value: string): string | null =>
    random.chance(chance) && value !== "" ? value : null;
  return {
    Email: profile.email,
    FirstName: maybe(0.92, profile.firstName),
    LastName: profile.lastName,
    Title: maybe(0.7, profile.title),
    Company: firm.name,
    Phone: maybe(0.75, random.chance(0.5) ? profile.phone : profile.phone.replace(/[^\d+]/g, "")),
    MobilePhone: maybe(0.5, profile.mobile),
    Website: maybe(0.3, firm.domain),
    Industry: maybe(0.6, firm.industry),
    NumberOfEmployees: random.chance(0.6) ? firm.employees : null,
    City: maybe(0.6, city.city),
    State: maybe(0.6, city.state),
    PostalCode: maybe(0.5, city.zip),
    Country: maybe(0.8, profile.country.spellings[0] ?? ""),
    LeadSource: profile.source.leadSource,
  };
}

export function filled(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== ""));
}
