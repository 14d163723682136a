/** I29: whom an admin has forgotten (`leadloop erase`) is in no table any more, is left alone in both systems, and is made anew in neither. */
import type { Decisions } from "../../../src/jobs/state-port.ts";
import type { Checker, Evidence } from "../evidence.ts";
import { personOf, STORM_FIELDS } from "../storm-fields.ts";
import { isForgotten } from "./naive.ts";
import { personsOf } from "./same-person.ts";

/** One erasure that took effect. */
interface Erasure {
  readonly at: number;
  readonly links: ReadonlySet<string>;
  /** What the state had known of them until then. */
  readonly addresses: ReadonlySet<string>;
  readonly records: ReadonlySet<string>;
}

/** Those that the state still remembers: a backup of before that is put back undoes an erasure, and it has to be asked for again. */
export function erasuresOf(evidence: Evidence): Erasure[] {
  const { storeLog } = evidence;
  const asked = storeLog.filter(({ method, given }) => method === "erase" && given[2] === "asked for by an operator");
  return asked.flatMap(({ at, given }): Erasure[] => {
    if (isForgotten(evidence, at)) return [];
    const links = new Set(given[1] as readonly string[]);
    const stored = storeLog
      .filter((row) => row.method === "commitDecisions" && row.at <= at)
      .flatMap((row) => (row.given[1] as Partial<Decisions>).links ?? [])
      .filter(({ id }) => links.has(id));
    const last = new Map(stored.map((link) => [link.id, link]));
    const known = [...last.values()];
    return [
      {
        ...{ at, links },
        addresses: new Set(known.flatMap(({ email }) => email ?? [])),
        records: new Set(known.flatMap(({ hubspotId, salesforceId }) => [hubspotId ?? [], salesforceId ?? []].flat())),
      },
    ];
  });
}

/** The records of whoever was forgotten, and what their leads were converted into: they are left alone, and the erasure has told which they are. */
export function recordsOfTheForgotten(evidence: Evidence): ReadonlySet<string> {
  const found = new Set(erasuresOf(evidence).flatMap(({ records }) => [...records]));
  for (const { field, id, after } of evidence.humans)
    if (field === "(converted)" && found.has(id)) found.add(String(after));
  return found;
}

export const theForgottenStayForgotten: Checker = (evidence) =>
  erasuresOf(evidence).flatMap((erasure) => [
    ...standing(evidence, erasure),
    ...traces(evidence, erasure),
    ...madeAnew(evidence, erasure),
    ...written(evidence, erasure),
  ]);

function standing({ state }: Evidence, { links }: Erasure): string[] {
  return state.links.flatMap(({ id, state: stands, email }) =>
    links.has(id) && (stands !== "erased" || email !== null) ? [`${id} was forgotten and is ${stands}`] : [],
  );
}

/** A value that is there once tells whose it is; what two people share since they were merged tells nothing. */
function traces(evidence: Evidence, { at, addresses, records }: Erasure): string[] {
  const { stored, humans, state } = evidence;
  if (stored === null) return [];
  const persons = personsOf(evidence);
  const theirs = new Set([...records].map(persons));
  const names = new Set([...addresses].map(personOf));
  const isMerged = humans.some((row) => row.what === "merge" && (names.has(row.who) || theirs.has(persons(row.id))));
  // Whoever is merged with somebody else is that person now, whatever the address.
  if (isMerged) return [];
  const found = [...addresses].filter((address) => stored.includes(address)).map((address) => `the address ${address}`);
  // Whoever came again under an address that nobody had known is somebody new, who may bring the same values.
  const isBack = state.links.some(({ email }) => email !== null && names.has(personOf(email)));
  if (isBack) return found.map((what) => `${what} of somebody who was forgotten is still in the state`);
  const fields = STORM_FIELDS.filter(({ kind }) => kind === "text" || kind === "phone");
  const entered = humans.filter(
    (row) =>
      row.at <= at &&
      records.has(row.id) &&
      fields.some((field) => [field.hubspot, field.Lead, field.Contact].includes(row.field ?? "")),
  );
  const values = [...new Set(entered.map(({ after }) => String(after ?? "")))].filter((value) => value !== "");
  const left = values.filter((value) => stored.includes(`"${value}"`)).map((value) => `the value "${value}"`);
  return [...found, ...left].map((what) => `${what} of somebody who was forgotten is still in the state`);
}

/** By a run that began afterwards: a request that had left before nobody can call back. */
function madeAnew({ systems, invocations }: Evidence, { at, addresses }: Erasure): string[] {
  const since = new Set(invocations.filter(({ startedAt }) => startedAt > at).map(({ number }) => number));
  return systems.changes
    .filter((row) => row.created && since.has(row.invocation) && /^email$/i.test(row.field))
    .filter((row) => addresses.has(String(row.after)))
    .map((row) => `${row.object} ${row.id} was made for ${String(row.after)}, who was forgotten`);
}

function written({ systems, invocations }: Evidence, { at, records }: Erasure): string[] {
  const since = new Set(invocations.filter(({ startedAt }) => startedAt > at).map(({ number }) => number));
  return systems.changes
    .filter((row) => since.has(row.invocation) && records.has(row.id))
    .map((row) => `${row.object} ${row.id} of somebody who was forgotten had ${row.field} written`);
}
