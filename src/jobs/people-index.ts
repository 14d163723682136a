/** The links that one chunk works on, including those it has just made, so that two records of one person meet within a chunk and in a dry run. */
import type { Link } from "../core/model/link.ts";
import { SYSTEMS, type System } from "../core/model/record.ts";
import type { DirtyTarget } from "./person-draft.ts";
import type { StateStore } from "./state-port.ts";

export class PeopleIndex {
  readonly #store: StateStore;
  readonly #loaded: ReadonlyMap<string, Link>;
  readonly #byId = new Map<string, Link>();
  readonly #byRecord = new Map<string, string>();
  readonly #byEmail = new Map<string, Set<string>>();
  readonly #asked = new Set<string>();
  /** Salesforce id of each link as it was stored. */
  readonly #stored = new Map<string, string | null>();
  /** Links that exist only here, not in the store yet. */
  readonly fresh = new Set<string>();

  /** `loaded`: links that this run has read from the store already and not changed since, by record. */
  constructor(store: StateStore, loaded: ReadonlyMap<string, Link> = new Map()) {
    this.#store = store;
    this.#loaded = loaded;
  }

  async loadRecords(system: System, ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#asked.has(`${system}:${id}`));
    for (const id of unknown) this.#asked.add(`${system}:${id}`);
    const unread = unknown.filter((id) => !this.#recall(system, id));
    if (unread.length === 0) return;
    for (const [id, link] of await this.#store.linksByRecord(system, unread)) this.#take(system, id, link);
  }

  /** Whoever the marks name. */
  async loadTargets(targets: readonly DirtyTarget[]): Promise<void> {
    for (const system of SYSTEMS) {
      const ids = targets.flatMap((target) =>
        target.kind === "record" && target.system === system ? [target.id] : [],
      );
      await this.loadRecords(system, ids);
    }
    await this.loadLinks(targets.flatMap((target) => (target.kind === "link" ? [target.id] : [])));
  }

  #recall(system: System, id: string): boolean {
    const link = this.#loaded.get(`${system}:${id}`);
    if (link === undefined) return false;
    this.#take(system, id, link);
    return true;
  }

  #take(system: System, id: string, link: Link): void {
    this.#keep(link);
    this.#byRecord.set(`${system}:${id}`, link.id);
  }

  /** A link as it is stored. Whoever asks for one of its records would be given it again, unless another took its place. */
  #keep(link: Link): void {
    if (this.#byId.has(link.id)) return;
    this.put(link);
    if (link.state === "superseded") return;
    if (link.hubspotId !== null) this.#asked.add(`hubspot:${link.hubspotId}`);
    if (link.salesforceId !== null) this.#asked.add(`salesforce:${link.salesforceId}`);
  }

  /** Every link that was looked at, as it was stored or made. */
  ids(): Iterable<string> {
    return this.#byId.keys();
  }

  async loadLinks(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#byId.has(id));
    if (unknown.length === 0) return;
    for (const link of await this.#store.links(unknown)) this.#keep(link);
  }

  async loadEmails(emails: readonly string[]): Promise<void> {
    const unknown = [...new Set(emails)].filter((email) => !this.#asked.has(`email:${email}`));
    if (unknown.length === 0) return;
    for (const link of await this.#store.linksByEmail(unknown)) this.#keep(link);
    for (const email of unknown) this.#asked.add(`email:${email}`);
  }

  /** Adds a link or replaces the one with its id. */
  put(link: Link): void {
    if (!this.#byId.has(link.id)) this.#stored.set(link.id, link.salesforceId);
    this.#byId.set(link.id, link);
    if (link.email !== null) this.#byEmail.set(link.email, (this.#byEmail.get(link.email) ?? new Set()).add(link.id));
    if (link.hubspotId !== null) this.#byRecord.set(`hubspot:${link.hubspotId}`, link.id);
    if (link.salesforceId !== null) this.#byRecord.set(`salesforce:${link.salesforceId}`, link.id);
  }

  get(id: string): Link | undefined {
    return this.#byId.get(id);
  }

  byRecord(system: System, id: string): Link | undefined {
    const link = this.#byRecord.get(`${system}:${id}`);
    return link === undefined ? undefined : this.#byId.get(link);
  }

  byEmail(email: string): Link[] {
    const ids = [...(this.#byEmail.get(email) ?? [])];
    return ids.flatMap((id) => {
      const link = this.#byId.get(id);
      return link?.email === email ? [link] : [];
    });
  }

  /** Salesforce Contacts that a link has met only now: their opportunities may be older than the link. */
  newContacts(): string[] {
    const ids = [...this.#byId.values()].flatMap((link) => {
      const met = this.fresh.has(link.id) || this.#stored.get(link.id) !== link.salesforceId;
      return met && link.salesforceObject === "Contact" && link.salesforceId !== null ? [link.salesforceId] : [];
    });
    return [...new Set(ids)];
  }

  /** Sends an old id to the link that has taken it over. */
  alias(system: System, oldId: string, link: string): void {
    this.#byRecord.set(`${system}:${oldId}`, link);
  }
}
