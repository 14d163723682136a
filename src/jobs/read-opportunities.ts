/** Reads opportunities and whose they are, in batches: through contact roles, and through the account where the setting says so. */
import type { OutcomeEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { CrmRecord, Instant } from "../core/model/record.ts";
import type { Lifecycle } from "../core/model/rulebook.ts";
import { type ContactRole, contactsOf, type TiedContact } from "../core/rules/opportunity-people.ts";
import { canonicalFact } from "../core/sync/gather-facts.ts";
import { CURRENCY_FIELD, hasCurrencies } from "./currency-rates.ts";
import { CONTACT, CONTACT_ROLE, OPPORTUNITY, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

const OPPORTUNITY_FIELDS = ["Name", "StageName", "Amount", "IsClosed", "IsWon", "CloseDate", "LastStageChangeDate"];
const ROLE_FIELDS = ["OpportunityId", "ContactId", "IsPrimary"];
const ACCOUNT = "AccountId";

type Schemas = Pick<RunFacts, "schemas">;

/** As they were read. For whom an opportunity counts is decided beside what is stored: `countOnce`. */
export interface OpportunitiesRead {
  readonly entries: readonly OutcomeEntry[];
  /** Opportunities of which the entries name everybody we know. */
  readonly whole: ReadonlySet<string>;
}

/** These opportunities and everybody whom they belong to. One that Salesforce hides from us stays as it was stored. */
export async function readOpportunities(
  dependencies: SyncDependencies,
  facts: Schemas,
  ids: readonly string[],
): Promise<OpportunitiesRead> {
  if (ids.length === 0) return { entries: [], whole: new Set() };
  const { store } = dependencies;
  const roles = Map.groupBy(await rolesBy(dependencies, "OpportunityId", ids), opportunityOf);
  const withRoles = await store.linksByRecord("salesforce", [...roles.values()].flat().map(contactOf));
  const known = new Set((await store.outcomesOfOpportunities(ids)).map(({ opportunityId }) => opportunityId));
  const isAsked = (id: string): boolean =>
    asksAccounts(dependencies) || known.has(id) || (roles.get(id) ?? []).some((role) => withRoles.has(contactOf(role)));
  const found = await readByIds(dependencies, facts, ids.filter(isAsked));
  const live = [...found.values()].filter(isLive);
  const colleagues = await colleaguesOf(
    dependencies,
    live.filter(({ ref }) => !roles.has(ref.id)),
  );
  const byAccount = await store.linksByRecord(
    "salesforce",
    [...colleagues.values()].flat().map(({ ref }) => ref.id),
  );
  const links = new Map([...withRoles, ...byAccount]);
  const entries = live.flatMap((opportunity) => {
    const contacts = colleagues.get(accountOf(opportunity)) ?? null;
    const ties = tiesOf(opportunity, roles.get(opportunity.ref.id) ?? [], contacts);
    return entriesOf(dependencies, opportunity, ties, links);
  });
  return { entries, whole: new Set(found.keys()) };
}

/** The opportunities of these contacts. `links` says, by contact, whose they are; other contacts are left out. */
export async function readOpportunitiesOfContacts(
  dependencies: SyncDependencies,
  facts: Schemas,
  contactIds: readonly string[],
  links: ReadonlyMap<string, Link>,
): Promise<readonly OutcomeEntry[]> {
  if (contactIds.length === 0) return [];
  const roles = Map.groupBy(await rolesBy(dependencies, "ContactId", contactIds), opportunityOf);
  const found = await readByIds(dependencies, facts, [...roles.keys()]);
  const through = [...found.values()].filter(isLive).flatMap((opportunity) => {
    const ties = tiesOf(opportunity, roles.get(opportunity.ref.id) ?? [], null);
    return entriesOf(dependencies, opportunity, ties, links);
  });
  return [...through, ...(await readThroughAccounts(dependencies, facts, contactIds, links, new Set(roles.keys())))];
}

async function readThroughAccounts(
  dependencies: SyncDependencies,
  facts: Schemas,
  contactIds: readonly string[],
  links: ReadonlyMap<string, Link>,
  known: ReadonlySet<string>,
): Promise<readonly OutcomeEntry[]> {
  if (!asksAccounts(dependencies)) return [];
  const { salesforce } = dependencies.clients;
  const read = await salesforce.readByIds({ object: CONTACT, ids: contactIds, fields: [ACCOUNT] });
  const contacts = Map.groupBy([...read.found.values()].filter(isLive), accountOf);
  const accounts = [...contacts.keys()].filter((id) => id !== "");
  if (accounts.length === 0) return [];
  const fields = fieldsOf(dependencies, facts);
  const all = await salesforce.readByField({ object: OPPORTUNITY, field: ACCOUNT, values: accounts, fields });
  const others = all.filter((opportunity) => isLive(opportunity) && !known.has(opportunity.ref.id));
  if (others.length === 0) return [];
  const ids = others.map(({ ref }) => ref.id);
  const taken = new Set((await rolesBy(dependencies, "OpportunityId", ids)).map(opportunityOf));
  return others
    .filter(({ ref }) => !taken.has(ref.id))
    .flatMap((opportunity) => {
      const ties = tiesOf(opportunity, [], contacts.get(accountOf(opportunity)) ?? []);
      return entriesOf(dependencies, opportunity, ties, links);
    });
}

function asksAccounts({ rulebook }: SyncDependencies): boolean {
  return rulebook.lifecycle.opportunitiesThrough === "account";
}

async function rolesBy(
  { clients }: SyncDependencies,
  field: "OpportunityId" | "ContactId",
  values: readonly string[],
): Promise<readonly CrmRecord[]> {
  const distinct = [...new Set(values)];
  const records = await clients.salesforce.readByField({
    object: CONTACT_ROLE,
    field,
    values: distinct,
    fields: ROLE_FIELDS,
  });
  return records.filter(isLive);
}

async function readByIds(
  dependencies: SyncDependencies,
  facts: Schemas,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CrmRecord>> {
  if (ids.length === 0) return new Map();
  const fields = fieldsOf(dependencies, facts);
  return (await dependencies.clients.salesforce.readByIds({ object: OPPORTUNITY, ids, fields })).found;
}

function fieldsOf(dependencies: SyncDependencies, { schemas }: Schemas): readonly string[] {
  const { lostReason, product = null } = dependencies.rulebook.lifecycle;
  return [
    ...OPPORTUNITY_FIELDS,
    ...(asksAccounts(dependencies) ? [ACCOUNT] : []),
    ...(lostReason === null ? [] : [lostReason]),
    ...(product === null ? [] : [product]),
    ...(hasCurrencies(schemas) ? [CURRENCY_FIELD] : []),
  ];
}

/** Contacts by account, for opportunities on which nobody has a role; no call where the setting does not ask for them. */
async function colleaguesOf(
  dependencies: SyncDependencies,
  opportunities: readonly CrmRecord[],
): Promise<ReadonlyMap<string, readonly CrmRecord[]>> {
  if (!asksAccounts(dependencies)) return new Map();
  const accounts = [...new Set(opportunities.map(accountOf))].filter((id) => id !== "");
  if (accounts.length === 0) return new Map();
  const contacts = await dependencies.clients.salesforce.readByField({
    object: CONTACT,
    field: ACCOUNT,
    values: accounts,
    fields: [ACCOUNT],
  });
  return Map.groupBy(contacts.filter(isLive), accountOf);
}

function tiesOf(
  opportunity: CrmRecord,
  roles: readonly CrmRecord[],
  contacts: readonly CrmRecord[] | null,
): readonly TiedContact[] {
  const told = roles.map(
    (role): ContactRole => ({ contactId: contactOf(role), isPrimary: role.fields["IsPrimary"] === true }),
  );
  const there = contacts?.map(({ ref, createdAt }) => ({ contactId: ref.id, createdAt })) ?? null;
  const closed = opportunity.fields["IsClosed"] === true;
  return contactsOf(told, there, closed ? stageAtOf(opportunity, closed) : null);
}

/** One entry for each person we know, the primary role first. */
function entriesOf(
  dependencies: SyncDependencies,
  opportunity: CrmRecord,
  ties: readonly TiedContact[],
  links: ReadonlyMap<string, Link>,
): readonly OutcomeEntry[] {
  const entries = new Map<string, OutcomeEntry>();
  for (const tie of ties) {
    const link = links.get(tie.contactId);
    if (link === undefined) continue;
    if (tie.through === "primary contact role" || !entries.has(link.id))
      entries.set(link.id, outcomeOf(opportunity, tie, link.id, dependencies.rulebook.lifecycle));
  }
  return [...entries.values()];
}

function outcomeOf(record: CrmRecord, tie: TiedContact, link: string, lifecycle: Lifecycle): OutcomeEntry {
  const { lostReason, product = null } = lifecycle;
  const { fields } = record;
  const reason = lostReason === null ? null : (fields[lostReason] ?? null);
  const { Amount: amount, [CURRENCY_FIELD]: currency } = fields;
  const closed = fields["IsClosed"] === true;
  return {
    opportunityId: record.ref.id,
    contactId: tie.contactId,
    link,
    through: tie.through,
    counts: false,
    name: String(fields["Name"] ?? ""),
    stageName: String(fields["StageName"] ?? ""),
    amount: typeof amount === "number" ? amount : null,
    currency: typeof currency === "string" && currency !== "" ? currency : null,
    closed,
    won: fields["IsWon"] === true,
    openedAt: record.createdAt,
    stageAt: stageAtOf(record, closed),
    lostReason: closed && fields["IsWon"] !== true && reason !== null && reason !== "" ? String(reason) : null,
    closeDate: closeDateOf(record),
    products: product === null ? null : canonicalFact(fields[product] ?? null, "set"),
  };
}

/** When it entered its present stage: as Salesforce keeps it, else the close date of a closed one, else its start. */
function stageAtOf(record: CrmRecord, closed: boolean): Instant {
  const { LastStageChangeDate: changed } = record.fields;
  const closeDate = closeDateOf(record);
  if (typeof changed === "string") return new Date(Date.parse(changed)).toISOString();
  if (!closed) return record.createdAt;
  return closeDate === null ? record.modifiedAt : `${closeDate}T00:00:00.000Z`;
}

/** A day, as in 2026-03-31. */
function closeDateOf({ fields: { CloseDate: closeDate } }: CrmRecord): string | null {
  return typeof closeDate === "string" ? closeDate.slice(0, 10) : null;
}

function isLive({ fate }: CrmRecord): boolean {
  return fate.kind === "live";
}

function opportunityOf({ fields }: CrmRecord): string {
  return String(fields["OpportunityId"] ?? "");
}

function contactOf({ fields }: CrmRecord): string {
  return String(fields["ContactId"] ?? "");
}

function accountOf({ fields }: CrmRecord): string {
  return String(fields[ACCOUNT] ?? "");
}
