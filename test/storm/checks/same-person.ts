/** Which records are one person's: by what people did to them and by the addresses they have had. Whom somebody merged is one from the start. */
import type { Evidence } from "../evidence.ts";
import { personOf } from "../storm-fields.ts";

const PERSON = "person ";

/** Gives the name of the person a record belongs to, the same for all records of one; a record that nobody knows is a person of its own. */
export function personsOf({ humans, systems }: Evidence): (id: string) => string {
  const nextOf = new Map<string, string>();
  const nameOf = (one: string): string => {
    let name = one;
    for (let next = nextOf.get(name); next !== undefined; next = nextOf.get(name)) name = next;
    return name;
  };
  const join = (one: string, other: string): void => {
    const [left, right] = [nameOf(one), nameOf(other)];
    if (left === right) return;
    if (left.startsWith(PERSON)) nextOf.set(right, left);
    else nextOf.set(left, right);
  };
  for (const { id, who, field, before, after } of humans) {
    join(id, `${PERSON}${who}`);
    if (field === "(merged)" || field === "(converted)") for (const other of [before, after]) join(id, String(other));
  }
  const known = (id: string, address: unknown): void => {
    const who = personOf(address);
    if (who !== undefined) join(id, `${PERSON}${who}`);
  };
  for (const { id, field, before, after } of systems.changes)
    if (field === "email" || field === "Email") for (const address of [before, after]) known(id, address);
  for (const { id, properties } of systems.hubspot.contacts()) known(id, properties["email"]);
  for (const object of ["Lead", "Contact"])
    for (const record of systems.salesforce.records(object)) known(String(record["Id"]), record["Email"]);
  return nameOf;
}
