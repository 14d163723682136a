/** Compares a world with what a story expects of it, and says every difference in words. */
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import type { StoryPeople } from "./story-people.ts";
import type { ExpectedPerson, ExpectedRun } from "./story-shape.ts";
import { type SyncWorld, writesOf } from "./sync-world.ts";

/** Throws with every difference between a run and what is expected of it. */
export function checkRun(result: SyncResult, expected: ExpectedRun): void {
  const { hubspot, salesforce, tasks } = result.written;
  const said: string[] = [];
  const note = (what: string, present: unknown, wanted: unknown): void => {
    if (wanted !== undefined && present !== wanted) said.push(`${what} is ${show(present)}, not ${show(wanted)}`);
  };
  note("the outcome", result.outcome, expected.outcome);
  if (expected.writes === "none") note("the number of writes", writesOf(result), 0);
  else {
    note("writes to HubSpot", hubspot.created + hubspot.updated, expected.writes?.hubspot);
    note("writes to Salesforce", salesforce.created + salesforce.updated, expected.writes?.salesforce);
    note("tasks", tasks, expected.writes?.tasks);
  }
  note("conflicts", result.conflicts, expected.conflicts);
  note("rejected", result.rejected, expected.rejected);
  const reasons = result.reasons.join("; ");
  if (expected.says !== undefined && !reasons.includes(expected.says))
    said.push(`the run says "${reasons}", not "${expected.says}"`);
  if (said.length === 0) return;
  const writes = result.plan.writes.map(({ system, recordName, fields }) => [system, recordName, fields]);
  throw new Error(`${said.join("; ")} (${result.outcome}: ${reasons}; planned ${JSON.stringify(writes)})`);
}

/** Throws with every difference between the people of a story and what is expected of them. */
export async function checkPeople(
  world: SyncWorld,
  people: StoryPeople,
  expected: Readonly<Record<string, ExpectedPerson>>,
  place: (name: string) => string,
): Promise<void> {
  const said: string[] = [];
  for (const [name, wanted] of Object.entries(expected)) {
    const wrong = [...recordsWrong(people, name, wanted), ...(await ledgerWrong(world, people, name, wanted))];
    if (wrong.length > 0) said.push(`${place(name)}: ${name}: ${wrong.join("; ")}`);
  }
  if (said.length > 0) throw new Error(said.join("\n"));
}

function recordsWrong(people: StoryPeople, name: string, wanted: ExpectedPerson): string[] {
  const said: string[] = [];
  const note = (what: string, present: unknown, value: unknown): void => {
    if (!same(present, value)) said.push(`${what} is ${show(present)}, not ${show(value)}`);
  };
  for (const [field, value] of Object.entries(wanted.hubspot ?? {}))
    note(`${field} in HubSpot`, people.inHubspot(name, field), value);
  for (const [field, value] of Object.entries(wanted.salesforce ?? {}))
    note(`${field} in Salesforce`, people.inSalesforce(name, field), value);
  for (const kind of ["hubspot-contacts", "leads", "contacts"] as const) {
    const count = wanted[kind];
    if (count !== undefined) note(`the number of ${kind}`, people.count(kind, name), count);
  }
  if (wanted.tasks !== undefined) note("the number of tasks", people.tasksOf(name).length, wanted.tasks);
  if (wanted.owner !== undefined) note("the owner of record and tasks", people.owners(name).join(" "), wanted.owner);
  return said;
}

async function ledgerWrong(
  world: SyncWorld,
  people: StoryPeople,
  name: string,
  wanted: ExpectedPerson,
): Promise<string[]> {
  const link = await people.link(name);
  const said: string[] = [];
  const note = (what: string, present: unknown, value: unknown): void => {
    if (value !== undefined && !same(present, value)) said.push(`${what} is ${show(present)}, not ${show(value)}`);
  };
  note("the link", link?.state ?? "none", wanted.link);
  note("the Salesforce record", link?.salesforceObject, wanted["is-a"]);
  note("the stage", link?.stage?.stage, wanted.stage);
  note("the cycle", link?.stage?.epoch, wanted.cycle);
  if (link === null) return said;
  if (wanted.entered !== undefined) {
    const events = await world.store.stageEventsOf([link.id]);
    note("the stages entered", events.map(({ stage }) => stage).join(" "), wanted.entered.join(" "));
  }
  if (wanted.conflicts !== undefined) {
    const found = (await world.store.conflicts({ link: link.id, limit: 100 })).map((one) =>
      Object.fromEntries(Object.keys(CONFLICT).map((key) => [key, one[key as keyof typeof CONFLICT]])),
    );
    const wrong = found.length !== wanted.conflicts.length || !wanted.conflicts.every((one) => found.some(holds(one)));
    if (wrong) said.push(`the conflicts are ${JSON.stringify(found)}, not ${JSON.stringify(wanted.conflicts)}`);
  }
  if (wanted.rejects !== undefined) {
    const found = (await world.store.rejects({ link: link.id, limit: 100 })).map(({ message }) => message);
    const wrong =
      found.length !== wanted.rejects.length ||
      !wanted.rejects.every((part) => found.some((message) => message.includes(part)));
    if (wrong) said.push(`the rejects are ${JSON.stringify(found)}, not ${JSON.stringify(wanted.rejects)}`);
  }
  return said;
}

const CONFLICT = { field: "", hubspot: "", salesforce: "", kept: "" } as const;

function holds(wanted: Readonly<Record<string, unknown>>): (found: Readonly<Record<string, unknown>>) => boolean {
  return (found) => Object.entries(wanted).every(([key, value]) => value === undefined || same(found[key], value));
}

/** A blank is a blank, however a system spells it, and texts are compared with what stands in the file. */
function same(present: unknown, wanted: unknown): boolean {
  const blank = (value: unknown): boolean => value === null || value === undefined || value === "";
  return blank(present) || blank(wanted) ? blank(present) && blank(wanted) : String(present) === String(wanted);
}

function show(value: unknown): string {
  return value === null || value === undefined || value === "" ? "blank" : JSON.stringify(value);
}
