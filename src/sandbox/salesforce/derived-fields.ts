/** Works out the fields the platform itself maintains from those people and clients write. */
import type { FieldValue, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import { latestRecord, type OrgState, tableOf } from "./org-state.ts";

type Changes = Record<string, FieldValue>;

/**
 * What to set on `after`, the record about to be saved, so that its derived fields hold.
 * `before` is undefined for a new record; `stamp` is the moment of the write in the vendor's format.
 */
export function derivedFields(
  state: OrgState,
  object: ObjectDefinition,
  before: StoredRecord | undefined,
  after: StoredRecord,
  stamp: string,
): Changes {
  switch (object.name) {
    case "Lead":
    case "Contact":
    case "User":
      return { Name: fullName(after), ...(object.name === "User" ? {} : { PhotoUrl: photoOf(after) }) };
    case "Account":
      return { PhotoUrl: photoOf(after), ...(after["IsPersonAccount"] === true ? { Name: fullName(after) } : {}) };
    case "Opportunity":
      return opportunityFields(state, before, after, stamp);
    case "Task":
      return taskFields(state, before, after, stamp);
    case "CampaignMember":
      return campaignMemberFields(before, after, stamp);
    default:
      return {};
  }
}

function fullName(record: StoredRecord): string {
  return [record["FirstName"], record["LastName"]].filter((part) => part !== null && part !== undefined).join(" ");
}

function photoOf(record: StoredRecord): string {
  return `/services/images/photo/${String(record["Id"])}`;
}

function opportunityFields(
  state: OrgState,
  before: StoredRecord | undefined,
  after: StoredRecord,
  stamp: string,
): Changes {
  const changes: Changes = {};
  const stageMoved = before?.["StageName"] !== after["StageName"];
  const stage = stageOf(state, after["StageName"] ?? null);
  if (stageMoved) {
    changes["IsClosed"] = stage?.["IsClosed"] ?? false;
    changes["IsWon"] = stage?.["IsWon"] ?? false;
    changes["ForecastCategory"] = stage?.["ForecastCategory"] ?? "Pipeline";
    changes["ForecastCategoryName"] = stage?.["ForecastCategoryName"] ?? "Pipeline";
    const probabilityGiven = after["Probability"] !== (before?.["Probability"] ?? null);
    if (!probabilityGiven) changes["Probability"] = stage?.["DefaultProbability"] ?? null;
    if (before !== undefined) changes["LastStageChangeDate"] = stamp;
  }
  const probability = changes["Probability"] ?? after["Probability"];
  const amount = after["Amount"];
  changes["ExpectedRevenue"] =
    typeof amount === "number" && typeof probability === "number" ? (amount * probability) / 100 : null;
  return { ...changes, ...fiscalFields(after["CloseDate"]) };
}

function fiscalFields(closeDate: FieldValue | undefined): Changes {
  if (typeof closeDate !== "string") return {};
  const year = Number(closeDate.slice(0, 4));
  const quarter = Math.ceil(Number(closeDate.slice(5, 7)) / 3);
  return { FiscalYear: year, FiscalQuarter: quarter, Fiscal: `${year} ${quarter}` };
}

/** The row of OpportunityStage that describes a stage; undefined for a stage name nobody defined. */
function stageOf(state: OrgState, name: FieldValue): StoredRecord | undefined {
  for (const stage of tableOf(state, state.catalog.require("OpportunityStage")).allLatest()) {
    if (stage["ApiName"] === name) return stage;
  }
  return undefined;
}

function taskFields(state: OrgState, before: StoredRecord | undefined, after: StoredRecord, stamp: string): Changes {
  const closed = after["Status"] === "Completed";
  const wasClosed = before?.["IsClosed"] === true;
  let completed = before?.["CompletedDateTime"] ?? null;
  if (closed && !wasClosed) completed = stamp;
  if (!closed) completed = null;
  return {
    IsClosed: closed,
    CompletedDateTime: completed,
    IsHighPriority: after["Priority"] === "High",
    TaskSubtype: after["TaskSubtype"] ?? "Task",
    AccountId: accountOfTask(state, after),
  };
}

/** A task shows the account it is about, or the account of its contact or opportunity. */
function accountOfTask(state: OrgState, task: StoredRecord): FieldValue {
  const about = task["WhatId"];
  if (typeof about === "string" && about.startsWith("001")) return about;
  if (typeof about === "string" && about.startsWith("006")) {
    return latestRecord(state, "Opportunity", about)?.["AccountId"] ?? null;
  }
  const who = task["WhoId"];
  if (typeof who !== "string" || !who.startsWith("003")) return null;
  return latestRecord(state, "Contact", who)?.["AccountId"] ?? null;
}

function campaignMemberFields(before: StoredRecord | undefined, after: StoredRecord, stamp: string): Changes {
  const responded = after["Status"] === "Responded";
  const first = before?.["FirstRespondedDate"] ?? null;
  return {
    HasResponded: responded,
    FirstRespondedDate: responded && first === null ? stamp.slice(0, 10) : first,
    Type: after["ContactId"] === null ? "Lead" : "Contact",
  };
}
