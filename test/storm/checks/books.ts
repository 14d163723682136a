/** I24: the books balance: of each run, between what was written and what the ledger says of it, and between the state and the report. */
import type { IntentEntry, TaskEntry } from "../../../src/core/model/ledger.ts";
import type { Link } from "../../../src/core/model/link.ts";
import type { Decisions } from "../../../src/jobs/state-port.ts";
import type { Checker, Evidence } from "../evidence.ts";
import type { RequestRow, SystemName } from "../stand-ins.ts";
import { isForgotten } from "./naive.ts";

/** The counters of every run add up. */
export const runsAddUp: Checker = ({ invocations }) =>
  invocations.flatMap(({ number, result }) => {
    if (result === null) return [];
    const { total, written, unchanged, skipped, rejected, deferred } = result.considered;
    const sum = written + unchanged + skipped + rejected + deferred;
    return sum === total ? [] : [`invocation ${number} considered ${total} but accounts for ${sum}`];
  });

/** How many records a link has in each of its states, at the least and at the most. */
const RECORDS_OF: Readonly<Record<Link["state"], readonly [least: number, most: number]>> = {
  linked: [2, 2],
  single: [1, 1],
  ambiguous: [1, 1],
  pending: [0, 2],
  tombstoned: [1, 2],
  superseded: [0, 1],
  // One that stepped aside in a merge may have left both of its records to another person before it was forgotten.
  erased: [0, 2],
};

/** Every link is in one state, with as many records as belong to it; nobody is still to be looked at; the report counts whoever lives. */
export const everybodyIsAccountedFor: Checker = ({ state, reported }) => {
  const shapes = state.links.flatMap(({ id, state: standing, hubspotId, salesforceId }) => {
    const records = [hubspotId, salesforceId].filter((one) => one !== null).length;
    const [least, most] = RECORDS_OF[standing];
    return records < least || records > most ? [`${id} is ${standing} and has ${records} records`] : [];
  });
  const names = state.links.map(({ id }) => id);
  const twice = names.filter((id, index) => names.indexOf(id) !== index);
  const living = state.links.filter((link) => link.state !== "superseded" && link.state !== "erased").length;
  return [
    ...shapes,
    ...twice.map((id) => `${id} is in the state twice`),
    ...state.dirty.map(({ key }) => `${key} is still to be looked at, long after the last edit`),
    ...(reported === living ? [] : [`the report counts ${reported} leads, the state has ${living}`]),
  ];
};

/** A record that was asked to be written, by its id or by our key, with the values it was to have. */
interface SentRow {
  readonly at: number;
  readonly system: SystemName;
  readonly id: string;
  readonly object: string;
  readonly values: Readonly<Record<string, unknown>>;
}

type Values = Readonly<Record<string, unknown>>;

interface WriteBody {
  /** Of contacts, or addresses to which nothing is to be sent. */
  readonly inputs?: readonly (string | { readonly id?: string; readonly properties?: Values })[];
  readonly records?: readonly (Values & { readonly attributes: { readonly type: string } })[];
  readonly compositeRequest?: readonly { readonly method: string; readonly url: string; readonly body?: Values }[];
}

function rowsOf({ system, sentAt: at, request: { method, path, body, query } }: RequestRow): SentRow[] {
  if (method === "DELETE")
    return (query.get("ids") ?? "").split(",").map((id) => ({ at, system, id, object: "", values: {} }));
  const writes = /\/(batch\/(create|update|upsert|archive|unsubscribe-all)|composite|composite\/sobjects)$/.test(path);
  if (method === "GET" || !writes) return [];
  const { inputs = [], records = [], compositeRequest = [] } = JSON.parse(body) as WriteBody;
  return [
    ...inputs.map((input): SentRow => {
      if (typeof input === "string")
        return { at, system, id: input, object: "address", values: { hs_email_optout: "true" } };
      const { id, properties = {} } = input;
      // A contact that is made without being named by its key tells it all the same.
      return { at, system, id: id ?? String(properties["leadloop_key"]), object: "contacts", values: properties };
    }),
    ...records.map(({ attributes, id, ...values }) => {
      const named = id ?? values["LeadLoop_Key__c"] ?? values["LeadLoop_Cause__c"];
      return { at, system, id: String(named), object: attributes.type, values };
    }),
    ...compositeRequest
      .filter((part) => part.method !== "GET")
      .map(({ url, body: values = {} }) => {
        const [object = "", id = ""] = url.split("/").slice(-2);
        return { at, system, id, object, values };
      }),
  ];
}

interface Ledger {
  readonly intents: readonly (IntentEntry & { readonly storedAt: number })[];
  readonly tasks: readonly TaskEntry[];
  /** The addresses that a link ever had, and those that a contact did: one that a person gave it need not come into the link of somebody who has stepped aside. */
  readonly addresses: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Whatever was ever stored of what is to be written. */
function ledgerOf({ storeLog, humans }: Evidence): Ledger {
  const decided = storeLog.filter(({ method }) => method === "commitDecisions");
  const given = decided.map((row) => ({ at: row.at, ...(row.given[1] as Partial<Decisions>) }));
  const entered = humans.filter(({ what, system }) => what === "address" && system === "hubspot");
  const addresses = new Map<string, Set<string>>();
  for (const { id, email } of [
    ...given.flatMap(({ links = [] }) => links),
    ...entered.map(({ id, after }) => ({ id, email: String(after) })),
  ])
    if (email !== null) addresses.set(id, (addresses.get(id) ?? new Set()).add(email));
  const saved = storeLog.filter(({ method }) => method === "saveTasks").flatMap((row) => row.given[1] as TaskEntry[]);
  return {
    intents: given.flatMap(({ at, intents = [] }) => intents.map((intent) => ({ ...intent, storedAt: at }))),
    tasks: [...given.flatMap(({ tasks = [] }) => tasks), ...saved],
    addresses,
  };
}

/** Nothing is written that was not stored before, and what the ledger says was written had been sent; no write is left without a word on what became of it. */
export const writesAreInTheLedger: Checker = (evidence) => {
  const { systems, state } = evidence;
  const ledger = ledgerOf(evidence);
  const sent = systems.requests.flatMap(rowsOf);
  const unasked = sent.filter((row) => !isInLedger(row, ledger));
  const erased = new Set(state.links.filter((link) => link.state === "erased").map(({ id }) => id));
  const kept = state.intents.filter(({ link }) => link === null || !erased.has(link));
  const unsent = kept.filter((intent) => intent.state === "written" && !sent.some((row) => isOf(row, intent, ledger)));
  const open = kept.filter(({ state: end }) => end === "sent" || end === "unknown");
  const known = new Set(state.intents.map(({ key }) => key));
  const here = new Set(state.links.map(({ id }) => id));
  const lost = ledger.intents.filter(
    ({ key, link, storedAt }) => !known.has(key) && here.has(link ?? "") && !isForgotten(evidence, storedAt),
  );
  return [
    ...unasked.map(
      (row) => `${row.system} ${row.object} ${row.id} was sent ${Object.keys(row.values)}, which no ledger has`,
    ),
    ...unsent.map(({ key }) => `the ledger says that ${key} was written, and it was never sent`),
    ...open.map(({ key, state: end }) => `${key} is still ${end}, long after the last edit`),
    ...lost.map(({ key }) => `${key} was stored and is in no ledger any more`),
  ];
};

function isInLedger(row: SentRow, ledger: Ledger): boolean {
  const { intents, tasks } = ledger;
  if (row.object === "Task")
    return tasks.some(({ cause, salesforceId }) => cause === row.id || salesforceId === row.id);
  return intents.some((intent) => intent.storedAt <= row.at && isOf(row, intent, ledger));
}

/** Whether a row is the one of an intent: of its record, with nothing in it that the intent does not name and mean. */
function isOf(row: SentRow, { system, recordId, link, fields }: IntentEntry, { addresses }: Ledger): boolean {
  const had = [link, recordId].some((whose) => addresses.get(whose ?? "")?.has(row.id) === true);
  const isAddress = had || fields["email"]?.from === row.id;
  const isTheirs = row.id === recordId || row.id === link || isAddress;
  if (row.system !== system || !isTheirs) return false;
  return Object.entries(row.values).every(([name, value]) => String(fields[name]?.to ?? "") === String(value ?? ""));
}
