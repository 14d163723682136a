/** Which opportunities belong to which people, and how they stand: through contact roles, read in bulk. */
import type { OutcomeEntry } from "../core/model/ledger.ts";
import type { CrmRecord } from "../core/model/record.ts";
import type { DirtyRow } from "./state-port.ts";
import { CONTACT_ROLE, OPPORTUNITY, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

const OPPORTUNITY_FIELDS = ["Name", "StageName", "Amount", "IsClosed", "IsWon", "CloseDate", "LastStageChangeDate"];
const ROLE_FIELDS = ["OpportunityId", "ContactId", "IsPrimary"];

/** Works the marks of changed opportunities and roles: stores outcomes and marks their people. */
export async function followOpportunities(dependencies: SyncDependencies, facts: RunFacts, tally: RunTally, rows: readonly DirtyRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map((row) => row.key.slice(2));
  const roles = await rolesBy(dependencies, "OpportunityId", ids);
  const entries = await outcomesOf(dependencies, ids, roles);
  await save(dependencies, facts, entries, rows);
  tally.verdict(entries.length > 0 ? "written" : "skipped", 0);
  tally.verdict("unchanged", rows.length);
}

/** Opportunities of contacts that were linked just now: they may be older than the link. */
export async function followNewContacts(dependencies: SyncDependencies, facts: RunFacts, contactIds: readonly string[]): Promise<void> {
  if (contactIds.length === 0) return;
  const roles = await rolesBy(dependencies, "ContactId", contactIds);
  const ids = [...new Set(roles.map((role) => String(role.fields["OpportunityId"])))];
  if (ids.length === 0) return;
  await save(dependencies, facts, await outcomesOf(dependencies, ids, roles), []);
}

async function rolesBy(dependencies: SyncDependencies, field: string, values: readonly string[]): Promise<readonly CrmRecord[]> {
  const records = await dependencies.clients.salesforce.readByField({ object: CONTACT_ROLE, field, values: [...new Set(values)], fields: ROLE_FIELDS });
  return records.filter((record) => record.fate.kind === "live");
}

async function outcomesOf(dependencies: SyncDependencies, ids: readonly string[], roles: readonly CrmRecord[]): Promise<OutcomeEntry[]> {
  const { store, clients } = dependencies;
  const contacts = [...new Set(roles.map((role) => String(role.fields["ContactId"])))];
  const links = await store.linksByRecord("salesforce", contacts);
  const relevant = roles.filter((role) => links.has(String(role.fields["ContactId"])));
  const wanted = [...new Set(relevant.map((role) => String(role.fields["OpportunityId"])))].filter((id) => ids.includes(id));
  if (wanted.length === 0) return [];
  const { found } = await clients.salesforce.readByIds({ object: OPPORTUNITY, ids: wanted, fields: OPPORTUNITY_FIELDS });
  return relevant.flatMap((role) => {
    const opportunity = found.get(String(role.fields["OpportunityId"]));
    const link = links.get(String(role.fields["ContactId"]));
    return opportunity === undefined || link === undefined || opportunity.fate.kind !== "live" ? [] : [outcomeOf(opportunity, link.id)];
  });
}

function outcomeOf(record: CrmRecord, link: string): OutcomeEntry {
  const { fields } = record;
  const amount = fields["Amount"];
  const changed = fields["LastStageChangeDate"];
  const closed = fields["IsClosed"] === true;
  const closeDate = typeof fields["CloseDate"] === "string" ? `${fields["CloseDate"].slice(0, 10)}T00:00:00.000Z` : record.modifiedAt;
  return {
    opportunityId: record.ref.id,
    link,
    name: String(fields["Name"] ?? ""),
    stageName: String(fields["StageName"] ?? ""),
    amount: typeof amount === "number" ? amount : null,
    currency: null,
    closed,
    won: fields["IsWon"] === true,
    openedAt: record.createdAt,
    stageAt: typeof changed === "string" ? new Date(Date.parse(changed)).toISOString() : closed ? closeDate : record.createdAt,
    lostReason: null,
  };
}

async function save(dependencies: SyncDependencies, facts: RunFacts, entries: readonly OutcomeEntry[], rows: readonly DirtyRow[]): Promise<void> {
  const { store, clock } = dependencies;
  if (facts.dry) return;
  const now = clock.now();
  if (entries.length > 0) await store.saveOutcomes(facts.lease, entries);
  const people = [...new Set(entries.map((entry) => entry.link))];
  const dirty = people.map((link) => ({ key: `l:${link}`, reason: "opportunity", dueAt: now }));
  await store.commitOutcomes(facts.lease, { links: [], intents: [], tasks: [], rejects: [], dirty, done: rows });
}
