/** Moves records into the recycle bin and back, with the records that go along. */
import type { ObjectDefinition, StoredRecord } from "./field-definition.ts";
import type { WriteContext } from "./input-resolving.ts";
import { inTransaction, type OrgState, recordsWith, storeRecord, tableOf } from "./org-state.ts";
import { requireNoPersonContact } from "./person-accounts.ts";
import { requireLock, requireUnique } from "./record-rules.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { requireAbility, requireLive, stampFor } from "./sobject-writing.ts";

/** Child records that are deleted with their parent: [child object, reference field]. */
const cascades: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Account: [
    ["Contact", "AccountId"],
    ["Opportunity", "AccountId"],
    ["Task", "WhatId"],
  ],
  Contact: [
    ["OpportunityContactRole", "ContactId"],
    ["CampaignMember", "ContactId"],
    ["Task", "WhoId"],
    ["ContactHistory", "ContactId"],
  ],
  Lead: [
    ["CampaignMember", "LeadId"],
    ["Task", "WhoId"],
    ["LeadHistory", "LeadId"],
  ],
  Opportunity: [
    ["OpportunityContactRole", "OpportunityId"],
    ["OpportunityHistory", "OpportunityId"],
    ["Task", "WhatId"],
  ],
  Campaign: [["CampaignMember", "CampaignId"]],
};

/** Deletes a record and its children. Throws a SalesforceFault when it is unknown, deleted already or locked. */
export function deleteRecord(state: OrgState, object: ObjectDefinition, id: string, context: WriteContext): void {
  inTransaction(state, () => {
    requireAbility(object, "deletable");
    const record = requireLive(state, object, id);
    requireLock(state, id, context);
    requireNoPersonContact(object, record);
    discard(state, object, record, context, {});
  });
}

/** Marks a record and its children as deleted, past all rules. `extra` is stored on the record itself. */
export function discard(
  state: OrgState,
  object: ObjectDefinition,
  record: StoredRecord,
  context: WriteContext,
  extra: Readonly<Record<string, string>>,
): void {
  mark(state, object, record, context, true, extra);
  for (const [childName, field] of cascades[object.name] ?? []) {
    const child = state.catalog.require(childName);
    for (const row of recordsWith(state, childName, field, String(record["Id"]))) {
      // A membership or task that has moved to the contact on conversion outlives the lead.
      if (field === "LeadId" && (row["ContactId"] ?? null) !== null) continue;
      discard(state, child, row, context, {});
    }
  }
}

/** Brings a record back from the recycle bin, with the children that were deleted in the same moment. */
export function restoreRecord(state: OrgState, object: ObjectDefinition, id: string, context: WriteContext): void {
  inTransaction(state, () => {
    const record = tableOf(state, object).latest(id);
    if (record?.["IsDeleted"] !== true) {
      throw new SalesforceFault("UNDELETE_FAILED", `Entity is not in the recycle bin: ${id}`);
    }
    requireUnique(state, object, undefined, { ...record, IsDeleted: false });
    bringBack(state, object, record, context);
  });
}

function bringBack(state: OrgState, object: ObjectDefinition, record: StoredRecord, context: WriteContext): void {
  mark(state, object, record, context, false, {});
  for (const [childName, field] of cascades[object.name] ?? []) {
    const child = state.catalog.require(childName);
    const table = tableOf(state, child);
    for (const childId of [...table.idsWith(field, String(record["Id"]))]) {
      const row = table.latest(childId);
      if (row?.["IsDeleted"] !== true) continue;
      const together = !("SystemModstamp" in row) || row["SystemModstamp"] === record["SystemModstamp"];
      if (together) bringBack(state, child, row, context);
    }
  }
}

function mark(
  state: OrgState,
  object: ObjectDefinition,
  record: StoredRecord,
  context: WriteContext,
  deleted: boolean,
  extra: Readonly<Record<string, string>>,
): void {
  const stamp = stampFor(state, context);
  const audit = object.fields.has("LastModifiedDate") ? { LastModifiedDate: stamp, LastModifiedById: context.by } : {};
  const moved = object.fields.has("SystemModstamp") ? { SystemModstamp: stamp } : {};
  storeRecord(state, object, { ...record, ...extra, ...audit, ...moved, IsDeleted: deleted });
}
