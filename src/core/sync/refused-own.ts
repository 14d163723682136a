/** Values of our own that a system refuses, such as a stage that its list lacks: told by the name of their field, and left out until they are others. */
import type { FieldState, Link } from "../model/link.ts";
import type { ObjectMapping } from "../model/mapping.ts";
import type { Write } from "../model/plan.ts";
import type { CrmRecord, RawValue, System, Value } from "../model/record.ts";
import { isSameRaw, type OwnValue } from "./build-writes.ts";
import { KEY } from "./key-taken.ts";

const OWN = "our ";
/** Writes that carry values of ours beside those of people; the others are about one value, and are refused as a whole. */
const CARRYING: ReadonlySet<Write["purpose"]> = new Set(["fields", "meet", "create"]);

/** By this name a link keeps that the value of one of our own fields was refused. */
export function refusedOwnName(field: string): string {
  return `${OWN}${field}`;
}

/** Of the fields that a refusal names, those of our own that were written. The key is another matter. */
export function ownAmong(write: Write, names: readonly string[], mapping: ObjectMapping): readonly string[] {
  if (!CARRYING.has(write.purpose)) return [];
  const mapped = new Set(mapping.fields.map((field) => field[write.system]));
  return names.filter((name) => !mapped.has(name) && (write.fields[name]?.rule ?? KEY) !== KEY);
}

/** What a link keeps of values of our own that were refused. */
export function refusedOwn(
  write: Write,
  names: readonly string[],
  reason: string,
): Readonly<Record<string, FieldState>> {
  return Object.fromEntries(
    names.map((name) => {
      const values = { [write.system]: asValue(write.fields[name]?.to ?? null) };
      return [refusedOwnName(name), { held: { reason, values } }];
    }),
  );
}

/** The value that the system refused for one of our own fields; undefined where it refused none. */
export function refusedValue({ fields }: Pick<Link, "fields">, system: System, field: string): Value | undefined {
  return fields[refusedOwnName(field)]?.held?.values[system];
}

/** Those that may be sent: stage and cycle go together, or a record would tell the one of the other's time. */
export function withoutRefusedOwn(link: Pick<Link, "fields">, own: readonly OwnValue[]): readonly OwnValue[] {
  const refused = own.filter(({ system, field, value }) => refusedValue(link, system, field) === asValue(value));
  if (refused.length === 0) return own;
  const left = new Set(refused.flatMap(({ system, rule }) => (rule === "stage" ? [system] : [])));
  return own.filter((each) => !refused.includes(each) && !(each.rule === "stage" && left.has(each.system)));
}

/** Without refusals that are over: nothing or another value is to be sent to the record now, or it shows the one that was refused. */
export function withoutOldRefusals(
  fields: Link["fields"],
  own: readonly OwnValue[],
  records: Readonly<Record<System, CrmRecord | null>>,
): Link["fields"] {
  if (!Object.keys(fields).some((name) => name.startsWith(OWN))) return fields;
  const isOver = (name: string, system: System, value: Value): boolean => {
    const record = records[system];
    const wanted = own.find((each) => each.system === system && each.field === name);
    return (
      record !== null &&
      (wanted === undefined || asValue(wanted.value) !== value || isSameRaw(record.fields[name], value))
    );
  };
  return Object.fromEntries(
    Object.entries(fields).filter(([name, { held }]) => {
      if (name === KEY || !name.startsWith(OWN)) return true;
      // It was released: nothing else is kept under such a name.
      if (held === undefined) return false;
      const { hubspot, salesforce } = held.values;
      const field = name.slice(OWN.length);
      if (hubspot !== undefined) return !isOver(field, "hubspot", hubspot);
      return salesforce === undefined || !isOver(field, "salesforce", salesforce);
    }),
  );
}

function asValue(value: RawValue): Value {
  return value === null ? null : String(value);
}
