/** Keeps which addresses are unsubscribed from all e-mail, and lets the contacts that have them show it. */
import type { Random } from "../random.ts";
import { DueQueue } from "./due-queue.ts";
import type { RecordState, Writer } from "./hubspot-model.ts";
import type { RecordStore } from "./record-store.ts";
import { withChanges } from "./record-values.ts";

const PROPERTY = "hs_email_optout";

/** HubSpot itself keeps the property; its history never names the app that asked for it. */
const SUBSCRIPTIONS: Writer = { sourceType: "EMAIL", sourceId: "SubscriptionStatus" };

/**
 * An opt-out belongs to an address, not to a contact: a contact that is given another address has not opted out with it.
 * https://knowledge.hubspot.com/articles/kcs_article/email/can-opted-out-contacts-still-receive-some-types-of-email
 */
export class OptOuts {
  readonly #contacts: RecordStore;
  readonly #random: Random;
  readonly #lagMs: readonly [number, number];
  /** Address to the time since which it is unsubscribed. */
  readonly #since = new Map<string, number>();
  /** Addresses whose contacts do not show it yet. */
  readonly #due = new DueQueue<string>();

  /** `lagMs`: a contact shows an opt-out that came by API after a time drawn from this range. */
  constructor(contacts: RecordStore, random: Random, lagMs: readonly [number, number]) {
    this.#contacts = contacts;
    this.#random = random;
    this.#lagMs = lagMs;
  }

  /** The time since which an address, in stored form, is unsubscribed from everything; undefined when it is not. */
  since(email: string): number | undefined {
    return this.#since.get(email);
  }

  /** Unsubscribes an address, in stored form, from everything. True when it was not before. */
  unsubscribe(email: string, now: number): boolean {
    if (this.#since.has(email)) return false;
    this.#since.set(email, now);
    this.#due.add(now + this.#random.integer(...this.#lagMs), email);
    this.settle(now);
    return true;
  }

  /** Lets contacts show what is due by `now`. */
  settle(now: number): void {
    for (let due = this.#due.take(now); due !== undefined; due = this.#due.take(now)) {
      const contact = this.#contacts.holder("email", due.item);
      if (contact !== undefined && this.#since.has(due.item)) this.#show(contact, true, due.at);
    }
  }

  /**
   * Called after a contact was written; gives its state from then on. What a person did to the property counts for all addresses of the contact;
   * otherwise the property follows the addresses. `before` is undefined for a new contact.
   */
  follow(before: RecordState | undefined, after: RecordState, now: number): RecordState {
    const addresses = addressesOf(after);
    const [wasOut, isOut] = [before !== undefined && showsOptOut(before), showsOptOut(after)];
    if (isOut && !wasOut) {
      for (const address of addresses) if (!this.#since.has(address)) this.#since.set(address, now);
      return after;
    }
    if (wasOut && !isOut) {
      for (const address of addresses) this.#since.delete(address);
      return after;
    }
    if (before !== undefined && addressesOf(before).join(";") === addresses.join(";")) return after;
    return this.#show(
      after,
      addresses.some((address) => this.#since.has(address)),
      now,
    );
  }

  #show(contact: RecordState, optedOut: boolean, at: number): RecordState {
    if (showsOptOut(contact) === optedOut) return contact;
    const values = withChanges("contacts", contact.values, { [PROPERTY]: String(optedOut) }, SUBSCRIPTIONS, at);
    return this.#contacts.change(contact, { values }, at);
  }
}

function showsOptOut(state: RecordState): boolean {
  return state.values[PROPERTY]?.value === "true";
}

function addressesOf(state: RecordState): readonly string[] {
  return [state.values["email"]?.value ?? "", ...state.additionalEmails].filter((address) => address !== "");
}
