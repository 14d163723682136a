/** Where a person of a storm stands in both systems: by either of their addresses. */
import type { RecordView } from "../../src/sandbox/hubspot/hubspot-model.ts";
import type { StoredRecord } from "../../src/sandbox/salesforce/field-definition.ts";
import type { StandIns, SystemName } from "./stand-ins.ts";
import { emailOf, personOf } from "./storm-fields.ts";

export interface SalesforcePerson {
  readonly object: "Lead" | "Contact";
  readonly record: StoredRecord;
}

export function contactOf({ hubspot }: StandIns, who: number): RecordView | undefined {
  return hubspot.contactByEmail(emailOf(who)) ?? hubspot.contactByEmail(emailOf(who, 1));
}

/** The Contact, or the Lead that was not converted. */
export function salesforceRecordOf({ salesforce }: StandIns, who: number): SalesforcePerson | undefined {
  for (const object of ["Contact", "Lead"] as const) {
    const rows = [emailOf(who), emailOf(who, 1)].flatMap((email) => salesforce.recordsBy(object, "Email", email));
    const record = rows.find((row) => row["IsConverted"] !== true);
    if (record !== undefined) return { object, record };
  }
  return undefined;
}

/** As the record shows it, deleted or not; of what was merged into somebody else's record, the person's own. */
export function addressOf(
  { hubspot, salesforce }: StandIns,
  at: { readonly system: SystemName; readonly object: string; readonly id: string },
  who: number,
): string {
  const shown =
    at.system === "hubspot"
      ? hubspot.contact(at.id)?.properties["email"]
      : salesforce.record(at.object, at.id)?.["Email"];
  return typeof shown === "string" && personOf(shown) === who ? shown : emailOf(who);
}

/** What a request about somebody holds: their addresses, and the ids of their records. */
export function namesOf(systems: StandIns, who: number): string[] {
  const ids = [contactOf(systems, who)?.id, salesforceRecordOf(systems, who)?.record["Id"]];
  return [emailOf(who), emailOf(who, 1), ...ids.flatMap((id) => (typeof id === "string" ? [id] : []))];
}
