/**
 * Person Accounts: the Contact of one refuses to be written, so what is meant for it goes to its Account, under the names that the fields have there; never
 * the Account's `Name`, which follows from the person's.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_guidelines_personaccounts.htm
 */
import type { Write, WriteOutcome } from "../../core/model/plan.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { deferred, unknown } from "./salesforce-outcomes.ts";
import { readRows } from "./salesforce-row-reading.ts";
import { idOf, type Row, textOrNull } from "./salesforce-wire.ts";
import { isOneOf } from "./soql.ts";

/** Contacts that were found to be the other half of a Person Account. Only a saving: whoever does not know them is told by the refusal. */
export type PersonContacts = Set<string>;

/** The second is what the vendor's knowledge base shows for a write to a person's contact (help.salesforce.com, 005305352). */
const REFUSALS: ReadonlySet<string> = new Set(["INVALID_PERSON_ACCOUNT_OPERATION", "INSUFFICIENT_ACCESS_OR_READONLY"]);

/** A person's name has the same fields on both, and these the two share. */
const SAME_NAME: ReadonlySet<string> = new Set([
  ...["FirstName", "LastName", "MiddleName", "Salutation", "Suffix", "Phone", "Fax", "OwnerId", "Description"],
]);

/** The Account's name for a field of the Contact. */
function onPersonAccount(field: string): string {
  if (field.endsWith("__c")) return `${field.slice(0, -"__c".length)}__pc`;
  return SAME_NAME.has(field) ? field : `Person${field}`;
}

/** Whether a write has to be looked at again, because its contact is a person's, or may be. */
export function mayBePersons(write: Write, outcome: WriteOutcome | undefined, known: PersonContacts): boolean {
  if (write.object !== "Contact" || write.operation !== "update" || write.id === null) return false;
  return known.has(write.id) || isRefusedToPersons(outcome);
}

function isRefusedToPersons(outcome: WriteOutcome | undefined): boolean {
  return outcome?.kind === "rejected" && REFUSALS.has(outcome.code);
}

/** A write as it goes to the Account, or what is known of it without sending it. */
export type Redirected = { readonly write: Write } | { readonly outcome: WriteOutcome };

/** Where each of these writes to contacts has to go; those that are no person's are left out. Throws RetryLater and StopRun. */
export async function towardsAccounts(
  calls: SalesforceCalls,
  writes: readonly Write[],
  known: PersonContacts,
): Promise<ReadonlyMap<Write, Redirected>> {
  const ids = [...new Set(writes.flatMap(({ id }) => id ?? []))];
  const fields = ["Id", "AccountId", "LastModifiedDate", "IsPersonAccount", "Account.LastModifiedDate"];
  const selection = { object: "Contact", fields, where: [isOneOf("Id", ids)], includeDeleted: false };
  const [rows = []] = await readRows(calls, [selection]);
  const contacts = new Map(rows.map((row) => [idOf(row), row]));
  const redirected = new Map<Write, Redirected>();
  for (const write of writes) {
    const id = write.id ?? "";
    const contact = contacts.get(id);
    if (contact?.["IsPersonAccount"] === true) {
      known.add(id);
      redirected.set(write, towardsAccount(write, contact));
    } else if (known.delete(id))
      redirected.set(write, { outcome: deferred(write, "it is no Person Account any more") });
  }
  return redirected;
}

/** The condition is the Account's: its own stamp moves also when nothing of the person changes. */
function towardsAccount(write: Write, contact: Row): Redirected {
  const modifiedAt = Date.parse(textOrNull(contact["LastModifiedDate"]) ?? "");
  const { ifUnmodifiedSince } = write;
  const since = ifUnmodifiedSince === null ? Number.POSITIVE_INFINITY : Date.parse(ifUnmodifiedSince);
  if (modifiedAt > since) return { outcome: { kind: "stale", key: write.key } };
  const account = contact["Account"] as Row | null;
  const stamp = new Date(Date.parse(textOrNull(account?.["LastModifiedDate"]) ?? "")).toISOString();
  return {
    write: {
      ...write,
      object: "Account",
      id: textOrNull(contact["AccountId"]),
      fields: Object.fromEntries(
        Object.entries(write.fields).map(([field, change]) => [onPersonAccount(field), change]),
      ),
      ifUnmodifiedSince: ifUnmodifiedSince === null ? null : stamp,
    },
  };
}

/** What became of the Account, told as of the Contact. */
export function asOfContact(write: Write, outcome: WriteOutcome | undefined): WriteOutcome {
  if (outcome === undefined) return unknown(write, "Not accounted for");
  if (outcome.kind === "written") return { ...outcome, id: write.id ?? outcome.id };
  if (outcome.kind !== "rejected") return outcome;
  const names = new Map(Object.keys(write.fields).map((field) => [onPersonAccount(field), field]));
  return { ...outcome, fields: outcome.fields.map((field) => names.get(field) ?? field) };
}
