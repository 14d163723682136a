/** What the simulated people share: both systems, the agenda of what happens when, and who is who. */

import { DueQueue } from "../hubspot/due-queue.ts";
import type { RecordView, Writer } from "../hubspot/hubspot-model.ts";
import { HubSpotRefusal } from "../hubspot/hubspot-refusals.ts";
import type { Random } from "../random.ts";
import type { StoredRecord } from "../salesforce/field-definition.ts";
import { SalesforceFault } from "../salesforce/salesforce-fault.ts";
import type { Sandbox } from "../sandbox-parts.ts";
import type { Profile } from "./person-profile.ts";

/** One human being, whatever records both systems have of them. */
export interface Person {
  readonly profile: Profile;
  /** Their own chances, so that what one person does never changes what another does. */
  readonly random: Random;
  /** Every address they have used, the present one first. */
  addresses: readonly string[];
  hubspotId: string | null;
}

export interface SalesforcePerson {
  readonly object: "Lead" | "Contact";
  readonly id: string;
  readonly record: StoredRecord;
}

export const WRITERS = {
  marketer: { sourceType: "CRM_UI", sourceId: "userId:9101" },
  form: { sourceType: "FORM", sourceId: "form-1" },
  email: { sourceType: "EMAIL", sourceId: "campaign-1" },
  analytics: { sourceType: "ANALYTICS", sourceId: "web" },
  import: { sourceType: "IMPORT", sourceId: "badge-scans" },
} as const satisfies Readonly<Record<string, Writer>>;

export class CompanyWorld {
  readonly sandbox: Sandbox;
  readonly random: Random;
  readonly people: Person[] = [];
  /** How often people did what; refused attempts end with " (refused)". */
  readonly deeds: Record<string, number> = {};
  readonly #agenda = new DueQueue<() => void>();
  readonly #byEmail = new Map<string, Person>();

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.random = sandbox.random.fork("company");
  }

  now(): number {
    return this.sandbox.clock.now();
  }

  /** Puts something on the agenda. What lies in the past happens at once when time next moves. */
  at(moment: number, work: () => void): void {
    this.#agenda.add(moment, work);
  }

  /** Lets everything on the agenda up to `until` happen, each at its own time on the sandbox's clock. */
  playUntil(until: number): void {
    const { clock } = this.sandbox;
    for (let due = this.#agenda.take(until); due !== undefined; due = this.#agenda.take(until)) {
      if (due.at > clock.now()) clock.set(due.at);
      due.item();
    }
    if (until > clock.now()) clock.set(until);
  }

  addPerson(profile: Profile): Person {
    const random = this.random.fork(`person ${profile.number}`);
    const person: Person = { profile, random, addresses: [profile.email], hubspotId: null };
    this.people.push(person);
    this.#byEmail.set(profile.email.toLowerCase(), person);
    return person;
  }

  /** The person has a new address; the old ones still find them. */
  addEmail(person: Person, email: string): void {
    person.addresses = [email, ...person.addresses];
    this.#byEmail.set(email.toLowerCase(), person);
  }

  personWith(email: unknown): Person | undefined {
    return typeof email === "string" ? this.#byEmail.get(email.toLowerCase()) : undefined;
  }

  /** Does something one of the systems may refuse, as a person would see an error message and go on. True when it was done. */
  act(deed: string, work: () => void): boolean {
    try {
      work();
    } catch (error) {
      if (!(error instanceof HubSpotRefusal) && !(error instanceof SalesforceFault)) throw error;
      this.count(`${deed} (refused)`);
      return false;
    }
    this.count(deed);
    return true;
  }

  count(deed: string): void {
    this.deeds[deed] = (this.deeds[deed] ?? 0) + 1;
  }

  /** The person's live contact, whatever it was merged into. */
  contactOf(person: Person): RecordView | undefined {
    const { hubspot } = this.sandbox;
    const known = person.hubspotId === null ? undefined : hubspot.contact(person.hubspotId);
    const found =
      known?.archived === false ? known : firstOf(person.addresses, (email) => hubspot.contactByEmail(email));
    if (found === undefined) return undefined;
    person.hubspotId = found.id;
    return found;
  }

  /** The person's Salesforce contact, or else their lead while it is not converted. */
  inSalesforce(person: Person): SalesforcePerson | undefined {
    const { salesforce } = this.sandbox;
    for (const object of ["Contact", "Lead"] as const) {
      const record = firstOf(person.addresses, (email) =>
        salesforce.recordsBy(object, "Email", email).find((one) => one["IsConverted"] !== true),
      );
      if (record !== undefined) return { object, id: String(record["Id"]), record };
    }
    return undefined;
  }
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A number property of a contact; blank is 0. */
export function numberOf(view: RecordView, property: string): number {
  return Number(view.properties[property] ?? "0");
}
