/** The HubSpot account as such: its state, and what people and HubSpot itself do in it. No HTTP here. */
import type { Random } from "../random.ts";
import type { SandboxClock } from "../sandbox-clock.ts";
import { adminContactProperties, defaultOwners } from "./account-setup.ts";
import { AssociationStore } from "./association-store.ts";
import { mergeContacts } from "./contact-merging.ts";
import { formatInstant, parseInstant } from "./hubspot-instants.ts";
import type {
  HistoryEntry,
  ObjectType,
  Owner,
  PropertyDefinition,
  RecordState,
  RecordView,
  Writer,
} from "./hubspot-model.ts";
import { HubSpotRefusal, resourceNotFound } from "./hubspot-refusals.ts";
import { OptOuts } from "./opt-outs.ts";
import { PropertyCatalogue } from "./property-catalogue.ts";
import { normalEmail } from "./property-values.ts";
import { RecordIds } from "./record-ids.ts";
import { RecordStore, type StoreTimes } from "./record-store.ts";
import { computedNames, readHistory, readValue } from "./record-values.ts";
import { changesOf, type PreparedWrite, prepareWrite, type WriteRules } from "./record-writing.ts";

/** Everything that makes one account differ from another. */
export interface HubSpotAccountOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly portalId?: number;
  /** The id our own integration's writes carry in property history. */
  readonly appId?: string;
  /** The account's time zone; the daily limit resets at its midnight. */
  readonly timeZone?: string;
  readonly owners?: readonly Owner[];
  /** Contact properties beyond the vendor's own. */
  readonly contactProperties?: readonly PropertyDefinition[];
  readonly times?: Partial<StoreTimes>;
  /** How long contacts take to show an opt-out that came by API, in milliseconds. */
  readonly optOutLagMs?: readonly [number, number];
  /** What happens to a lifecycle stage earlier than the present one; ignored with status 200 by default. */
  readonly lifecycle?: WriteRules["lifecycle"];
}

/** A contact to put into the account as if it had always been there. */
export interface ImportRow {
  readonly properties: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601 per property: when its value was written, where that is not `createdAt`. */
  readonly historyAt?: Readonly<Record<string, string>>;
  readonly by?: Writer;
}

const defaultTimes: StoreTimes = {
  lagMs: [2_000, 8_000],
  tailChance: 0,
  tailMs: 3_600_000,
  selfTouchChance: 0.6,
  selfTouchMs: 24_000,
};

export class HubSpotAccount {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly portalId: number;
  readonly timeZone: string;
  readonly owners: readonly Owner[];
  readonly catalogue: PropertyCatalogue;
  readonly associations = new AssociationStore();
  readonly optOuts: OptOuts;
  /** The writer of everything that comes in by API. */
  readonly apiWriter: Writer;
  readonly #stores: Readonly<Record<ObjectType, RecordStore>>;
  readonly #blockedEmails = new Set<string>();
  readonly #rules: WriteRules;
  #times: StoreTimes;
  /** Most records of a search page, whatever was asked for. */
  searchPage = 200;

  constructor(options: HubSpotAccountOptions) {
    this.clock = options.clock;
    this.random = options.random.fork("hubspot");
    this.portalId = options.portalId ?? 62_515;
    this.timeZone = options.timeZone ?? "US/Eastern";
    this.owners = options.owners ?? defaultOwners;
    this.apiWriter = { sourceType: "INTEGRATION", sourceId: options.appId ?? "18221010" };
    this.catalogue = new PropertyCatalogue(this.clock.now());
    this.#times = { ...defaultTimes, ...options.times };
    const ids = new RecordIds(this.random.fork("ids"));
    this.#stores = {
      contacts: new RecordStore("contacts", this.random.fork("contacts"), ids, this.#times),
      tasks: new RecordStore("tasks", this.random.fork("tasks"), ids, this.#times),
    };
    this.optOuts = new OptOuts(
      this.#stores.contacts,
      this.random.fork("opt-outs"),
      options.optOutLagMs ?? [1_000, 5_000],
    );
    this.#rules = {
      catalogue: this.catalogue,
      ownerIds: new Set(this.owners.map((owner) => owner.id)),
      blockedEmails: this.#blockedEmails,
      lifecycle: options.lifecycle ?? "ignores-backward",
    };
    for (const definition of options.contactProperties ?? adminContactProperties) this.defineProperty(definition);
  }

  /** The store of an object type, with everything that was due having happened. */
  store(type: ObjectType): RecordStore {
    const now = this.clock.now();
    this.#stores[type].settle(now);
    this.optOuts.settle(now);
    return this.#stores[type];
  }

  /** Changes how far the search lags and how records move by themselves; what is under way stays as it is. */
  setTimes(times: Partial<StoreTimes>): void {
    this.#times = { ...this.#times, ...times };
    for (const store of Object.values(this.#stores)) store.times = this.#times;
  }

  /** Adds a property to contacts, or to another type. Throws a HubSpotRefusal when the definition is not possible. */
  defineProperty(definition: PropertyDefinition, type: ObjectType = "contacts"): void {
    this.catalogue.define(type, definition, this.clock.now());
    if (definition.hasUniqueValue) this.#stores[type].identifyBy(definition.name);
  }

  /** Takes one option out of a contact property; contacts keep the value they have. */
  removePropertyOption(name: string, value: string): void {
    this.catalogue.removeOption("contacts", name, value, this.clock.now());
  }

  /** Creates a contact and returns its id. Throws a HubSpotRefusal as the API would answer. */
  createContact(properties: Readonly<Record<string, string>>, by: Writer): string {
    const write = this.prepare("contacts", undefined, properties, by, new Set());
    return this.commitCreate("contacts", write, by).id;
  }

  /** Writes properties of a live contact. Throws a HubSpotRefusal as the API would answer. */
  editContact(id: string, properties: Readonly<Record<string, string>>, by: Writer): void {
    const state = this.liveContact(id);
    this.commitUpdate("contacts", state, this.prepare("contacts", state, properties, by, new Set()), by);
  }

  archiveContact(id: string): void {
    this.archive("contacts", this.liveContact(id));
  }

  /** Brings an archived contact back under its id. Throws a HubSpotRefusal when its e-mail was taken meanwhile. */
  restoreContact(id: string): void {
    const store = this.store("contacts");
    const state = store.get(id);
    if (state?.archivedAt === undefined) throw resourceNotFound();
    const email = state.values["email"]?.value ?? "";
    const holder = store.holder("email", email);
    if (holder !== undefined) throw new HubSpotRefusal(409, "CONFLICT", `Contact ${holder.id} has ${email} by now.`);
    store.change(state, { archivedAt: undefined }, this.clock.now());
  }

  /** Merges two live contacts and returns the id of the new one, to which both old ids lead from then on. */
  mergeContacts(primaryId: string, otherId: string): string {
    const [primary, other] = [this.liveContact(primaryId), this.liveContact(otherId)];
    const now = this.clock.now();
    const merged = mergeContacts(this.store("contacts"), this.catalogue, primary, other, now);
    for (const state of [primary, other]) this.associations.move(state.id, merged.id);
    this.optOuts.follow(undefined, merged, now);
    return merged.id;
  }

  /** Deletes a contact for good, as the GDPR asks for; its e-mails cannot come back. */
  eraseContact(id: string): void {
    const store = this.store("contacts");
    const state = store.get(id);
    if (state === undefined) throw resourceNotFound();
    const email = state.values["email"]?.value ?? "";
    for (const address of [email, ...state.additionalEmails]) this.blockEmail(address);
    store.remove(state, this.clock.now());
  }

  /** Puts an address on the GDPR block list. */
  blockEmail(email: string): void {
    if (email !== "") this.#blockedEmails.add(normalEmail(email));
  }

  /** The contact as it truly is, archived or not; an id that was merged away leads to the record it became. */
  contact(id: string): RecordView | undefined {
    const state = this.store("contacts").get(id);
    return state === undefined ? undefined : this.view(state);
  }

  /** Every contact, the archived ones last. */
  contacts(): readonly RecordView[] {
    const store = this.store("contacts");
    return [...store.list(false, 0), ...store.list(true, 0)].map((state) => this.view(state));
  }

  contactByEmail(email: string): RecordView | undefined {
    const state = this.store("contacts").holder("email", normalEmail(email));
    return state === undefined ? undefined : this.view(state);
  }

  /** Versions of one property of a contact, newest first; empty for an unknown contact. */
  contactHistory(id: string, property: string): readonly HistoryEntry[] {
    const state = this.store("contacts").get(id);
    return state === undefined ? [] : readHistory("contacts", state, property, this.clock.now());
  }

  /** Every task, the archived ones last. */
  tasks(): readonly RecordView[] {
    const store = this.store("tasks");
    return [...store.list(false, 0), ...store.list(true, 0)].map((state) => this.view(state, "tasks"));
  }

  /**
   * Puts many contacts in at once, visible to search immediately, and returns their ids in the order of the rows.
   * Read-only properties may be given; `hs_additional_emails` takes a list joined by ";".
   * The modification time is the latest of the times given. Throws a HubSpotRefusal at the first impossible row.
   */
  importContacts(rows: readonly ImportRow[]): readonly string[] {
    const store = this.store("contacts");
    return rows.map((row) => {
      const by = row.by ?? { sourceType: "IMPORT", sourceId: "initial-import" };
      const { hs_additional_emails: additional = "", ...properties } = row.properties;
      const createdAt = instantOf(row.createdAt);
      const times: Record<string, number> = {};
      for (const [name, text] of Object.entries(row.historyAt ?? {})) times[name] = instantOf(text);
      // A row may hold what HubSpot's own machinery filled in, so it is checked as if that had written it.
      const write = this.prepare("contacts", undefined, properties, { ...by, sourceType: "CALCULATED" }, new Set());
      const changes = {
        ...changesOf("contacts", undefined, write, by, createdAt, times),
        additionalEmails: additional
          .split(";")
          .map(normalEmail)
          .filter((email) => email !== ""),
      };
      const modifiedAt = Math.max(createdAt, ...Object.values(times));
      const state = store.create({ createdAt, by, changes }, modifiedAt, true);
      return this.optOuts.follow(undefined, state, modifiedAt).id;
    });
  }

  /** Checks a write without carrying it out; see `prepareWrite`. */
  prepare(
    type: ObjectType,
    state: RecordState | undefined,
    properties: Readonly<Record<string, string>>,
    by: Writer,
    claims: Set<string>,
  ): PreparedWrite {
    return prepareWrite(this.#rules, this.store(type), state, properties, by, claims);
  }

  commitCreate(type: ObjectType, write: PreparedWrite, by: Writer): RecordState {
    const now = this.clock.now();
    const changes = changesOf(type, undefined, write, by, now);
    const created = this.store(type).create({ createdAt: now, by, changes }, now);
    return type === "contacts" ? this.optOuts.follow(undefined, created, now) : created;
  }

  commitUpdate(type: ObjectType, state: RecordState, write: PreparedWrite, by: Writer): RecordState {
    const now = this.clock.now();
    const changed = this.store(type).change(state, changesOf(type, state, write, by, now), now);
    return type === "contacts" ? this.optOuts.follow(state, changed, now) : changed;
  }

  archive(type: ObjectType, state: RecordState): void {
    this.store(type).change(state, { archivedAt: this.clock.now() }, this.clock.now());
  }

  /** The live contact with this id; throws a 404 refusal when there is none. */
  liveContact(id: string): RecordState {
    const state = this.store("contacts").get(id);
    if (state === undefined || state.archivedAt !== undefined) throw resourceNotFound();
    return state;
  }

  /** A record with every value it has. */
  view(state: RecordState, type: ObjectType = "contacts"): RecordView {
    const now = this.clock.now();
    const properties: Record<string, string> = {};
    for (const name of [...Object.keys(state.values), ...computedNames[type]].sort()) {
      const value = readValue(type, state, name, now);
      if (value !== null) properties[name] = value;
    }
    return {
      id: state.id,
      properties,
      createdAt: formatInstant(state.createdAt),
      updatedAt: formatInstant(state.modifiedAt),
      archived: state.archivedAt !== undefined,
    };
  }
}

function instantOf(text: string): number {
  const ms = parseInstant(text);
  if (ms === undefined) throw new RangeError(`not an instant: ${text}`);
  return ms;
}
