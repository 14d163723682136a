/** Which opportunities belong to which people, and how they stand: through contact roles, read in bulk. */
import { isDeepStrictEqual } from "node:util";
import type { OutcomeEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { CrmRecord, Instant } from "../core/model/record.ts";
import { CURRENCY_FIELD, hasCurrencies } from "./currency-rates.ts";
import type { DirtyRow } from "./state-port.ts";
import { CONTACT_ROLE, OPPORTUNITY, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

const OPPORTUNITY_FIELDS = ["Name", "StageName", "Amount", "IsClosed", "IsWon", "CloseDate", "LastStageChangeDate"];
const ROLE_FIELDS = ["OpportunityId", "ContactId", "IsPrimary"];

/** Works the marks of changed opportunities and roles: stores outcomes and marks their people. */
export async function followOpportunities(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  rows: readonly DirtyRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map((row) => row.key.slice(2));
  const roles = await rolesBy(dependencies, "OpportunityId", ids);
  const contacts = [...new Set(roles.map((role) => String(role.fields["ContactId"])))];
  const entries = await readOutcomes(
    dependencies,
    facts,
    roles,
    await dependencies.store.linksByRecord("salesforce", contacts),
  );
  await save(dependencies, facts, entries, rows);
  tally.verdict(entries.length > 0 ? "written" : "skipped", 0);
  tally.verdict("unchanged", rows.length);
}

/** Opportunities of contacts that were linked just now: they may be older than the link. */
export async function followNewContacts(
  dependencies: SyncDependencies,
  facts: RunFacts,
  contactIds: readonly string[],
): Promise<void> {
  if (contactIds.length === 0) return;
  const links = await dependencies.store.linksByRecord("salesforce", contactIds);
  await save(dependencies, facts, await outcomesOfContacts(dependencies, facts, contactIds, links), []);
}

/** How the opportunities of these contacts stand. `links` says, by contact, whose they are; other contacts' are left out. */
export async function outcomesOfContacts(
  dependencies: SyncDependencies,
  facts: Pick<RunFacts, "schemas">,
  contactIds: readonly string[],
  links: ReadonlyMap<string, Link>,
): Promise<readonly OutcomeEntry[]> {
  if (contactIds.length === 0) return [];
  return readOutcomes(dependencies, facts, await rolesBy(dependencies, "ContactId", contactIds), links);
}

async function rolesBy(
  dependencies: SyncDependencies,
  field: string,
  values: readonly string[],
): Promise<readonly CrmRecord[]> {
  const records = await dependencies.clients.salesforce.readByField({
    object: CONTACT_ROLE,
    field,
    values: [...new Set(values)],
    fields: ROLE_FIELDS,
  });
  return records.filter((record) => record.fate.kind === "live");
}

async function readOutcomes(
  dependencies: SyncDependencies,
  { schemas }: Pick<RunFacts, "schemas">,
  roles: readonly CrmRecord[],
  links: ReadonlyMap<string, Link>,
): Promise<OutcomeEntry[]> {
  const relevant = roles.filter((role) => links.has(String(role.fields["ContactId"])));
  const ids = [...new Set(relevant.map((role) => String(role.fields["OpportunityId"])))];
  if (ids.length === 0) return [];
  const { lostReason } = dependencies.rulebook.lifecycle;
  const { found } = await dependencies.clients.salesforce.readByIds({
    object: OPPORTUNITY,
    ids,
    fields: [
      ...OPPORTUNITY_FIELDS,
      ...(lostReason === null ? [] : [lostReason]),
      ...(hasCurrencies(schemas) ? [CURRENCY_FIELD] : []),
    ],
  });
  return relevant.flatMap((role) => {
    const opportunity = found.get(String(role.fields["OpportunityId"]));
    const link = links.get(String(role.fields["ContactId"]));
    return opportunity === undefined || link === undefined || opportunity.fate.kind !== "live"
      ? []
      : [outcomeOf(opportunity, link.id, lostReason)];
  });
}

function outcomeOf(record: CrmRecord, link: string, lostReason: string | null): OutcomeEntry {
  const { fields } = record;
  const reason = lostReason === null ? null : (fields[lostReason] ?? null);
  const { Amount: amount, [CURRENCY_FIELD]: currency } = fields;
  const closed = fields["IsClosed"] === true;
  return {
    opportunityId: record.ref.id,
    link,
    name: String(fields["Name"] ?? ""),
    stageName: String(fields["StageName"] ?? ""),
    amount: typeof amount === "number" ? amount : null,
    currency: typeof currency === "string" && currency !== "" ? currency : null,
    closed,
    won: fields["IsWon"] === true,
    openedAt: record.createdAt,
    stageAt: stageAtOf(record, closed),
    lostReason: closed && fields["IsWon"] !== true && reason !== null && reason !== "" ? String(reason) : null,
  };
}

/** When it entered its present stage: as Salesforce keeps it, else the close date of a closed one, else its start. */
function stageAtOf(record: CrmRecord, closed: boolean): Instant {
  const { LastStageChangeDate: changed, CloseDate: closeDate } = record.fields;
  if (typeof changed === "string") return new Date(Date.parse(changed)).toISOString();
  if (!closed) return record.createdAt;
  return typeof closeDate === "string" ? `${closeDate.slice(0, 10)}T00:00:00.000Z` : record.modifiedAt;
}

/** Stores what is new and marks whom it is about: what was known already is no reason to look at anybody again. */
async function save(
  dependencies: SyncDependencies,
  facts: RunFacts,
  entries: readonly OutcomeEntry[],
  rows: readonly DirtyRow[],
): Promise<void> {
  const { store, clock } = dependencies;
  if (facts.dry || entries.length + rows.length === 0) return;
  const stored = await store.outcomesOf([...new Set(entries.map((entry) => entry.link))]);
  const known = new Map(stored.map((entry) => [entry.opportunityId, entry]));
  const news = entries.filter((entry) => !isDeepStrictEqual(known.get(entry.opportunityId), entry));
  if (news.length > 0) await store.saveOutcomes(facts.lease, news);
  const now = clock.now();
  const dirty = [...new Set(news.map((entry) => entry.link))].map((link) => ({
    key: `l:${link}`,
    reason: "opportunity",
    dueAt: now,
  }));
  await store.commitOutcomes(facts.lease, { links: [], intents: [], tasks: [], rejects: [], dirty, done: rows });
}
