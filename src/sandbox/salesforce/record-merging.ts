/** Merges up to three records of one object into one: the losers go to the recycle bin, their children move to the winner. */
import type { ObjectDefinition } from "./field-definition.ts";
import type { WriteContext } from "./input-resolving.ts";
import { inTransaction, type OrgState, recordsWith } from "./org-state.ts";
import { discard } from "./record-deleting.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { type RecordInput, requireLive, touchRecord, updateRecord } from "./sobject-writing.ts";

/** Children that move with a merge: [child object, reference field]. */
const moving: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Lead: [
    ["Task", "WhoId"],
    ["CampaignMember", "LeadId"],
  ],
  Contact: [
    ["Task", "WhoId"],
    ["CampaignMember", "ContactId"],
    ["OpportunityContactRole", "ContactId"],
    ["Contact", "ReportsToId"],
    ["Lead", "ConvertedContactId"],
  ],
  Account: [
    ["Contact", "AccountId"],
    ["Opportunity", "AccountId"],
    ["Task", "WhatId"],
    ["Account", "ParentId"],
    ["Lead", "ConvertedAccountId"],
  ],
};

export interface MergeResult {
  readonly mergedIds: readonly string[];
  readonly movedIds: readonly string[];
}

/**
 * Merges `loserIds` (one or two) into `masterId`; `changes` are written to the winner.
 * Losers keep their values, IsDeleted true and MasterRecordId the winner; children's SystemModstamp moves.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm
 */
export function mergeRecords(
  state: OrgState,
  object: ObjectDefinition,
  masterId: string,
  loserIds: readonly string[],
  changes: RecordInput,
  context: WriteContext,
): MergeResult {
  return inTransaction(state, () => {
    if (object.abilities["mergeable"] !== true) {
      throw new SalesforceFault("INVALID_TYPE", `entity type cannot be merged: ${object.label}`);
    }
    if (loserIds.length < 1 || loserIds.length > 2 || loserIds.includes(masterId)) {
      throw new SalesforceFault("INVALID_NUMBER_OF_RECORDS", "a merge takes one master and one or two other records");
    }
    requireLive(state, object, masterId);
    const movedIds: string[] = [];
    for (const loserId of loserIds) {
      const loser = requireLive(state, object, loserId);
      movedIds.push(...moveChildren(state, object, loserId, masterId, context));
      discard(state, object, loser, context, { MasterRecordId: masterId });
    }
    if (Object.keys(changes).length > 0) updateRecord(state, object, masterId, changes, context);
    else touchRecord(state, object, masterId, {}, context, { modified: true });
    return { mergedIds: loserIds, movedIds };
  });
}

function moveChildren(
  state: OrgState,
  object: ObjectDefinition,
  loserId: string,
  masterId: string,
  context: WriteContext,
): string[] {
  const moved: string[] = [];
  for (const [childName, field] of moving[object.name] ?? []) {
    const child = state.catalog.require(childName);
    for (const row of recordsWith(state, childName, field, loserId)) {
      const id = String(row["Id"]);
      const taken =
        childName === "CampaignMember" &&
        recordsWith(state, childName, field, masterId).some((other) => other["CampaignId"] === row["CampaignId"]);
      if (taken) continue; // stays with the loser and goes to the recycle bin with it
      touchRecord(state, child, id, { [field]: masterId }, context);
      moved.push(id);
    }
  }
  return moved;
}
