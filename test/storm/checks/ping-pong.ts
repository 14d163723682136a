/** I6: no field goes to and fro. */
import type { Checker, Evidence } from "../evidence.ts";
import type { ChangeRow, RequestRow } from "../stand-ins.ts";
import { STORM_FIELDS, type StormField } from "../storm-fields.ts";
import { meaning } from "./naive.ts";
import { personsOf } from "./same-person.ts";

const PEOPLE: ReadonlySet<string> = new Set(["contacts", "Lead", "Contact"]);

/** A write that met one of these was not heard of as it was: what it did is found and put right by another. */
const UNHEARD: ReadonlySet<string | null> = new Set<RequestRow["fault"]>([
  ...(["late", "hang-after", "drop-after", "kill-after", "broken-after", "cut", "partial", "freeze"] as const),
]);

/** So often an automation of the customer's may turn back what we write, before the field has to be held for the record. */
const MOST_TURNS = 3;

/** I6: in the records of one person no more writes of a field than edits of it and unheard writes to them can explain. */
export const noPingPong: Checker = (evidence) => {
  const { systems, humans, putBack, mappingChangedAt } = evidence;
  const nameOf = personsOf(evidence);
  const unheard = systems.requests
    .filter(({ fault }) => UNHEARD.has(fault))
    .map((row) => new Set(systems.changes.filter((change) => didThis(row, change)).map(({ id }) => nameOf(id))));
  const admins = [putBack, mappingChangedAt].filter((moment) => moment !== null).length;
  return STORM_FIELDS.flatMap((field) => {
    const names = [field.hubspot, field.Lead, field.Contact];
    const changes = changesOf(evidence, field, names);
    return [...new Set(changes.map(({ id }) => nameOf(id)))].flatMap((person) => {
      const theirs = changes.filter(({ id }) => nameOf(id) === person);
      const asked = theirs.filter((change) => named(evidence, change, [change.field]));
      const turned = theirs.filter((change) => !named(evidence, change, [change.field, change.after])).length;
      const edits = humans.filter((row) => names.includes(row.field) && nameOf(row.id) === person).length;
      const lost = unheard.filter((persons) => persons.has(person)).length;
      if (counted(field, asked) <= edits + lost + admins + Math.min(turned, MOST_TURNS) + 1) return [];
      return [
        `${field.name} of ${person} was written ${asked.length} times for ${edits} edits and ${lost} writes without an answer`,
      ];
    });
  });
};

/** Of a list an edit of one side may leave something to write on each: then as many writes are right on either side. */
function counted({ kind }: StormField, asked: readonly ChangeRow[]): number {
  const onOneSide = asked.filter(({ system }) => system === "hubspot").length;
  return kind === "set" ? Math.max(onOneSide, asked.length - onOneSide) : asked.length;
}

function changesOf({ systems }: Evidence, field: StormField, names: readonly (string | null)[]): ChangeRow[] {
  return systems.changes.filter(
    ({ object, created, field: name, before, after }) =>
      PEOPLE.has(object) &&
      !created &&
      names.includes(name) &&
      meaning(field.kind, before) !== meaning(field.kind, after),
  );
}

function didThis(row: RequestRow, change: ChangeRow): boolean {
  return row.at === change.at && row.invocation === change.invocation && row.system === change.system;
}

/** Whether the request that made a change spoke of it; what it did not say, an automation of the customer's did on its occasion. */
export function named({ systems }: Evidence, change: ChangeRow, words: readonly unknown[]): boolean {
  const rows = systems.requests.filter((row) => didThis(row, change));
  return (
    rows.length === 0 ||
    rows.some(({ request }) => words.every((word) => request.body.includes(JSON.stringify(word ?? ""))))
  );
}
