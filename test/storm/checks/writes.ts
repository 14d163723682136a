/** I3, I7, I13 to I17: what the log of writes must not show. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Decisions } from "../../../src/jobs/state-port.ts";
import type { Checker, Evidence } from "../evidence.ts";
import type { HumanRow } from "../human-steps.ts";
import type { ChangeRow } from "../stand-ins.ts";
import { STORM_FIELDS, type StormField } from "../storm-fields.ts";
import { isForgotten, meaning } from "./naive.ts";
import { personsOf } from "./same-person.ts";

/**
 * I3: after the quiet point nothing is written any more. Reading everybody tries once more what a record's system had refused: that an admin has taken the
 * rule away meanwhile is a change that no record tells of, and the reject has told what to do.
 */
export const quiet: Checker = ({ systems, quietAt, invocations, state }) =>
  systems.changes
    .filter((change) => change.at > quietAt)
    .filter(({ invocation, id }) => {
      const isComparison = invocations.some(({ number, job }) => number === invocation && job === "comparison");
      return !isComparison || !state.intents.some(({ recordId, state: end }) => recordId === id && end === "rejected");
    })
    .map((change) => `${told(change)}, long after the last edit`)
    .slice(0, 3);

/** I7: at most one live record of ours per key and per address. */
export const noDuplicates: Checker = ({ systems, humans }) => {
  const created = systems.changes.filter(
    (change) => change.created && (change.field === "leadloop_key" || change.field === "LeadLoop_Key__c"),
  );
  // The law is about live records: that a person deleted the first one in between is for the law of deletes to judge.
  const deletedBefore = (id: string, at: number): boolean =>
    humans.some((row) => row.id === id && row.at < at && (row.what === "delete" || row.what === "erase"));
  const twice = created.filter((change, index) =>
    created
      .slice(0, index)
      .some(
        (other) =>
          other.system === change.system && other.after === change.after && !deletedBefore(other.id, change.at),
      ),
  );
  const ours = new Set(created.map((change) => `${change.object}:${change.id}`));
  const live = ["Lead", "Contact"].flatMap((object) =>
    systems.salesforce
      .records(object)
      .filter((row) => row["IsDeleted"] !== true && row["IsConverted"] !== true && ours.has(`${object}:${row["Id"]}`)),
  );
  const madeFor = (id: unknown): unknown =>
    systems.changes.find((change) => change.created && change.id === id && change.field === "Email")?.after;
  // Section 2.8: two linked contacts that a person merges in HubSpot are one link; that their two leads should become one is proposed, never done.
  const mergedByHand = (one: unknown, other: unknown): boolean =>
    madeFor(one) !== madeFor(other) && humans.some((row) => row.what === "merge" && row.system === "hubspot");
  const shared = live.flatMap((row, index) =>
    typeof row["Email"] === "string" &&
    live.slice(0, index).some((other) => other["Email"] === row["Email"] && !mergedByHand(other["Id"], row["Id"]))
      ? [row["Email"]]
      : [],
  );
  return [
    ...twice.map((change) => `${told(change)}: created a second time under one key`),
    ...shared.map((email) => `two live records of ours in Salesforce have the address ${String(email)}`),
  ];
};

/** I13: nothing of ours takes an objection back. */
export const consentNeverLoosened: Checker = ({ systems }) =>
  systems.changes
    .filter(
      ({ field, before, after }) =>
        ["do_not_call", "hs_email_optout", "DoNotCall", "HasOptedOutOfEmail"].includes(field) &&
        String(before) === "true" &&
        String(after) !== "true",
    )
    // HubSpot keeps an opt-out by address: with another address the property shows that one's. That it is unsubscribed too is for the end to tell (`consentsAgree`).
    .filter(
      ({ at, id, field }) =>
        field !== "hs_email_optout" ||
        !systems.changes.some((other) => other.at === at && other.id === id && other.field === "email"),
    )
    .map((change) => `${told(change)}: an objection was taken back`);

/** A run that began before, or shortly after, may not have seen it: lag, late commits. */
const BLIND_MS = 330_000;

/** I14: whom a person has deleted, we do not make again in that system, unless a person does. */
export const deletesStay: Checker = (evidence) => {
  const { systems, humans, invocations } = evidence;
  return systems.changes
    .filter((change) => change.created && (change.field === "email" || change.field === "Email"))
    .flatMap((change) => {
      const rows = humans.filter(
        (row) => row.address === change.after && row.system === change.system && row.at < change.at,
      );
      const last = rows.findLast((row) => ["delete", "erase", "create", "restore", "convert"].includes(row.what));
      if (last === undefined || (last.what !== "delete" && last.what !== "erase")) return [];
      // HubSpot finds archived contacts by id only: one that people made and deleted before any run saw it cannot be looked up by its address, until the list of
      // archived ones has told it. One that LeadLoop made itself can, by its key, though the answer was lost.
      const known =
        knewContact(evidence, last.id, String(change.after), change.at) ||
        systems.changes.some((made) => made.created && made.id === last.id && !isForgotten(evidence, made.at));
      if (change.system === "hubspot" && !known) return [];
      const began = invocations.find((row) => row.number === change.invocation)?.startedAt ?? change.at;
      return began > last.at + BLIND_MS ? [`${told(change)}: made again after a person had deleted it`] : [];
    });
};

/** Whether a link that was stored before had told the contact with that address. */
function knewContact(evidence: Evidence, id: string, address: string, at: number): boolean {
  return evidence.storeLog
    .filter((row) => row.method === "commitDecisions" && row.at < at && !isForgotten(evidence, row.at))
    .flatMap(({ given }) => (given[1] as Partial<Decisions>).links ?? [])
    .some(({ hubspotId, email }) => hubspotId === id && email === address);
}

/** I15: nothing outside of the mapping files and our own fields is ever asked for in a write. */
export const inScope: Checker = ({ systems }) => {
  const named = fieldsInFiles();
  const found = new Set<string>();
  for (const { system, request } of systems.requests) {
    if (request.method === "GET" || !request.body.startsWith("{")) continue;
    for (const field of fieldsOf(JSON.parse(request.body))) if (!named.has(field)) found.add(`${system}: ${field}`);
  }
  return [...found].map((field) => `a write named ${field}, which is in no file`);
};

const TASK_FIELDS = ["Subject", "Description", "Priority", "Status", "ActivityDate", "WhoId", "OwnerId"];

let inFiles: ReadonlySet<string> | null = null;

/** Every word of the mappings and of own-fields: much more than enough, and no code of ours read it. */
function fieldsInFiles(): ReadonlySet<string> {
  if (inFiles !== null) return inFiles;
  const words = new Set<string>([...TASK_FIELDS, "id"]);
  const collect = (value: unknown): void => {
    if (typeof value === "string") words.add(value);
    else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) collect(part);
  };
  for (const file of ["contact-lead", "contact-contact"])
    collect(parse(readFileSync(`mappings/${file}.yml`, "utf8")).fields);
  collect(parse(readFileSync("config/connector.yml", "utf8"))["own-fields"]);
  inFiles = words;
  return words;
}

interface WriteBody {
  readonly inputs?: readonly { readonly properties?: Readonly<Record<string, unknown>> }[];
  readonly records?: readonly Readonly<Record<string, unknown>>[];
  readonly compositeRequest?: readonly { readonly method: string; readonly body?: Readonly<Record<string, unknown>> }[];
}

function fieldsOf(body: WriteBody): string[] {
  const rows = [
    ...(body.inputs ?? []).map((input) => (Array.isArray(input.properties) ? {} : (input.properties ?? {}))),
    ...(body.records ?? []),
    ...(body.compositeRequest ?? []).filter((sub) => sub.method !== "GET").map((sub) => sub.body ?? {}),
  ];
  return rows.flatMap((row) => Object.keys(row)).filter((name) => name !== "attributes");
}

/** I16: a city that comes from HubSpot alone is not written to HubSpot. */
export const oneWayStays: Checker = ({ systems, mappingChangedAt, invocations }) =>
  systems.changes
    .filter(({ system, field, created, invocation, at }) => {
      const began = invocations.find((row) => row.number === invocation)?.startedAt ?? at;
      const since = mappingChangedAt ?? Number.POSITIVE_INFINITY;
      return system === "hubspot" && field === "city" && !created && began > since + BLIND_MS;
    })
    .map((change) => `${told(change)}: written against the one way of its rule`);

/** I17: no value becomes blank unless somebody blanked it for the same person and the rule lets blanks through. */
export const blanksAreMeant: Checker = (evidence) => {
  const nameOf = personsOf(evidence);
  return evidence.systems.changes.flatMap((change) => {
    // Section 2.7, one-way: what is entered on the side that is written to is overwritten, with a blank too. The admin made cities so.
    if (change.field === "City" || change.field === "MailingCity") {
      if (evidence.mappingChangedAt !== null && change.at > evidence.mappingChangedAt) return [];
    }
    const field = STORM_FIELDS.find((one) => [one.hubspot, one.Lead, one.Contact].includes(change.field));
    if (field === undefined || change.created || field.kind === "boolean") return [];
    if (meaning(field.kind, change.before) === "" || meaning(field.kind, change.after) !== "") return [];
    const earlier = evidence.humans.filter((row) => row.at <= change.at && nameOf(row.id) === nameOf(change.id));
    const meant = field.rule !== "never-blank" && earlier.some((row) => blanks(row, field));
    return meant ? [] : [`${told(change)}: a blank that nobody entered`];
  });
};

/** What the vendor makes of the values of two records that somebody merges, the other side may have to follow. */
function blanks({ what, field: name }: HumanRow, field: StormField): boolean {
  return what === "merge" || (what === "clear" && [field.hubspot, field.Lead, field.Contact].includes(name));
}

function told({ at, invocation, system, object, id, field, before, after }: ChangeRow): string {
  const time = new Date(at).toISOString().slice(11, 23);
  return `${time} invocation ${invocation}: ${system} ${object} ${id} ${field} from ${JSON.stringify(before)} to ${JSON.stringify(after)}`;
}
