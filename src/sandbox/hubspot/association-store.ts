/** Which records are associated with which, and by what kind of association. */
import type { ObjectType } from "./hubspot-model.ts";

/**
 * Types the vendor defines, per direction; the first is the one used when none is named.
 * https://developers.hubspot.com/docs/guides/api/crm/associations/associations-v4#association-type-id-values
 */
const definedTypes: Readonly<Record<string, readonly number[]>> = {
  "tasks/contacts": [204],
  "contacts/tasks": [203],
};

export interface Association {
  readonly toId: string;
  readonly typeIds: readonly number[];
}

/** Associations go both ways: adding task to contact adds contact to task. */
export class AssociationStore {
  /** `type/id/otherType` to the other ids, each with its association types. */
  readonly #links = new Map<string, Map<string, Set<number>>>();

  /** The types that exist between two object types; empty when they cannot be associated. */
  typesBetween(from: ObjectType, to: ObjectType): readonly number[] {
    return definedTypes[`${from}/${to}`] ?? [];
  }

  add(from: ObjectType, fromId: string, to: ObjectType, toId: string, typeIds: readonly number[]): void {
    for (const typeId of typeIds) note(this.#links, `${from}/${fromId}/${to}`, toId, typeId);
    for (const typeId of this.typesBetween(to, from)) note(this.#links, `${to}/${toId}/${from}`, fromId, typeId);
  }

  remove(from: ObjectType, fromId: string, to: ObjectType, toId: string): void {
    this.#links.get(`${from}/${fromId}/${to}`)?.delete(toId);
    this.#links.get(`${to}/${toId}/${from}`)?.delete(fromId);
  }

  of(from: ObjectType, fromId: string, to: ObjectType): readonly Association[] {
    const found = this.#links.get(`${from}/${fromId}/${to}`) ?? new Map<string, Set<number>>();
    return [...found].map(([toId, typeIds]) => ({ toId, typeIds: [...typeIds] }));
  }

  /** Gives what belonged to one contact to another, as a merge does. */
  move(oldId: string, newId: string): void {
    for (const { toId, typeIds } of this.of("contacts", oldId, "tasks")) {
      this.remove("contacts", oldId, "tasks", toId);
      this.add("contacts", newId, "tasks", toId, typeIds);
    }
  }
}

function note(links: Map<string, Map<string, Set<number>>>, key: string, toId: string, typeId: number): void {
  const others = links.get(key) ?? new Map<string, Set<number>>();
  links.set(key, others);
  const typeIds = others.get(toId) ?? new Set<number>();
  others.set(toId, typeIds);
  typeIds.add(typeId);
}
