import { describe, expect, test } from "vitest";
import { salesforceCaller } from "./salesforce-caller.ts";

const converted = "Closed - Converted";

function withLead(fields: Record<string, unknown> = {}) {
  const caller = salesforceCaller();
  const org = caller.sandbox.salesforce;
  const rep = caller.reps[0]!;
  const leadId = org.create(
    "Lead",
    {
      FirstName: "Ann",
      LastName: "Lee",
      Company: "Lee Ltd",
      Email: "ann@example.com",
      LeadLoop_Key__c: "k1",
      ...fields,
    },
    rep,
  );
  caller.sandbox.clock.advance(60_000);
  return { ...caller, org, rep, leadId };
}

describe("conversion", () => {
  test("makes an account, a contact and an opportunity with its contact role", () => {
    const { org, rep, leadId } = withLead({ Street: "1 Main St", LeadLoop_Stage__c: "SQL" });
    const made = org.convertLead({ leadId, convertedStatus: converted, opportunityName: "Deal" }, rep);
    expect(org.record("Account", made.accountId)).toMatchObject({
      Name: "Lee Ltd",
      BillingStreet: "1 Main St",
      OwnerId: rep,
    });
    expect(org.record("Contact", made.contactId)).toMatchObject({
      Name: "Ann Lee",
      AccountId: made.accountId,
      MailingStreet: "1 Main St",
      LeadLoop_Key__c: "k1",
      LeadLoop_Stage__c: "SQL",
    });
    expect(org.record("Opportunity", made.opportunityId!)).toMatchObject({
      Name: "Deal",
      StageName: "Prospecting",
      CloseDate: "2026-03-31",
    });
    expect(org.recordsBy("OpportunityContactRole", "OpportunityId", made.opportunityId!)).toMatchObject([
      { ContactId: made.contactId, IsPrimary: true },
    ]);
    expect(org.record("Lead", leadId)).toMatchObject({
      IsConverted: true,
      Status: converted,
      ConvertedDate: "2026-01-05",
      ConvertedAccountId: made.accountId,
      ConvertedContactId: made.contactId,
      ConvertedOpportunityId: made.opportunityId,
      SystemModstamp: "2026-01-05T09:01:00.000+0000",
    });
  });

  test("fills only the empty fields of an existing contact and account", () => {
    const { org, rep, leadId } = withLead({ Title: "CEO", Phone: "1" });
    const accountId = org.create("Account", { Name: "Kept" }, rep);
    const contactId = org.create("Contact", { LastName: "Kept", Title: "CTO", AccountId: accountId }, rep);
    const made = org.convertLead({ leadId, convertedStatus: converted, contactId, doNotCreateOpportunity: true }, rep);
    expect(made).toEqual({ accountId, contactId, opportunityId: null });
    expect(org.record("Contact", contactId)).toMatchObject({
      LastName: "Kept",
      Title: "CTO",
      Phone: "1",
      Email: "ann@example.com",
    });
    expect(org.record("Account", accountId)).toMatchObject({ Name: "Kept", Phone: "1" });
  });

  test("moves tasks to the contact, and campaign memberships keep the lead and gain the contact", () => {
    const { org, rep, leadId, query } = withLead();
    const task = org.create("Task", { Subject: "Call", WhoId: leadId }, rep);
    const campaign = org.create("Campaign", { Name: "C" }, rep);
    const member = org.create("CampaignMember", { CampaignId: campaign, LeadId: leadId }, rep);
    const { contactId } = org.convertLead({ leadId, convertedStatus: converted }, rep);
    expect(org.record("Task", task)?.["WhoId"]).toBe(contactId);
    expect(org.record("CampaignMember", member)).toMatchObject({ LeadId: leadId, ContactId: contactId });
    expect(query(`SELECT ContactId FROM CampaignMember WHERE CampaignId = '${campaign}'`).body.records).toHaveLength(1);
    expect(() => org.create("CampaignMember", { CampaignId: campaign, LeadId: leadId }, rep)).toThrow(
      /Already a campaign member/,
    );
  });

  test("is final: a converted lead takes no update and no second conversion, and can be deleted", () => {
    const { org, rep, leadId, call } = withLead();
    org.convertLead({ leadId, convertedStatus: converted }, rep);
    const update = call("PATCH", "/composite/sobjects", {
      records: [{ attributes: { type: "Lead" }, id: leadId, Phone: "1" }],
    });
    expect(update.body).toEqual([
      {
        success: false,
        errors: [
          { statusCode: "CANNOT_UPDATE_CONVERTED_LEAD", message: "cannot reference converted lead", fields: [] },
        ],
      },
    ]);
    expect(() => org.convertLead({ leadId, convertedStatus: converted }, rep)).toThrow(
      "cannot reference converted lead",
    );
    org.remove("Lead", leadId, rep);
    expect(org.record("Lead", leadId)?.["IsDeleted"]).toBe(true);
  });

  test("needs a converted status, and leaves nothing behind when it is refused", () => {
    const { org, rep, leadId } = withLead();
    expect(() => org.convertLead({ leadId, convertedStatus: "Working - Contacted" }, rep)).toThrow(
      "invalid convertedStatus",
    );
    org.create("Contact", { LastName: "Other", LeadLoop_Key__c: "K1" }, rep);
    expect(() => org.convertLead({ leadId, convertedStatus: converted }, rep)).toThrow("duplicate value found");
    expect(org.records("Account")).toEqual([]);
    expect(org.record("Lead", leadId)?.["IsConverted"]).toBe(false);
  });
});

describe("merging", () => {
  test("deletes the losers under their master and moves their children and the children's stamps", () => {
    const { org, rep, sandbox, query } = withLead();
    const [master, loser] = ["A", "B"].map((LastName) => org.create("Contact", { LastName }, rep)) as [string, string];
    const task = org.create("Task", { Subject: "x", WhoId: loser }, rep);
    sandbox.clock.advance(60_000);
    org.merge("Contact", master, [loser], rep, { Phone: "1" });
    expect(org.record("Task", task)).toMatchObject({ WhoId: master, SystemModstamp: "2026-01-05T09:02:00.000+0000" });
    expect(org.record("Contact", master)).toMatchObject({
      Phone: "1",
      LastModifiedDate: "2026-01-05T09:02:00.000+0000",
    });
    expect(query("SELECT Id FROM Contact WHERE IsDeleted = true").body.records).toEqual([]);
    const [row] = query("SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE IsDeleted = true", "queryAll").body
      .records;
    expect(row).toMatchObject({ Id: loser, IsDeleted: true, MasterRecordId: master });
  });

  test("takes two losers at most and only mergeable objects", () => {
    const { org, rep } = withLead();
    const ids = ["A", "B", "C", "D"].map((LastName) => org.create("Contact", { LastName }, rep)) as [
      string,
      ...string[],
    ];
    expect(() => org.merge("Contact", ids[0], ids.slice(1), rep)).toThrow("one or two other records");
    const task = org.create("Task", { Subject: "x" }, rep);
    expect(() => org.merge("Task", task, [task], rep)).toThrow("cannot be merged");
  });
});

test("a deleted record is only in queryAll, with its children, until it is restored with them", () => {
  const { org, rep, leadId, values } = withLead();
  const task = org.create("Task", { Subject: "x", WhoId: leadId }, rep);
  org.remove("Lead", leadId, rep);
  expect(values("SELECT Id FROM Lead", "Id")).toEqual([]);
  expect(values("SELECT Id FROM Lead WHERE MasterRecordId = null", "Id", "queryAll")).toEqual([leadId]);
  expect(org.record("Task", task)?.["IsDeleted"]).toBe(true);
  org.restore("Lead", leadId);
  expect(values("SELECT Id FROM Lead", "Id")).toEqual([leadId]);
  expect(org.record("Task", task)?.["IsDeleted"]).toBe(false);
});

test("tracked fields leave history rows with old and new values, an owner with names and with ids", () => {
  const { org, rep, reps, leadId, query } = withLead({ Phone: "1" });
  org.edit(
    "Lead",
    leadId,
    { Phone: "2", Website: "https://example.com", OwnerId: reps[1], Product_Interest__c: "reporting" },
    rep,
  );
  const { records } = query(
    `SELECT Field, OldValue, NewValue, CreatedDate, CreatedById FROM LeadHistory WHERE LeadId = '${leadId}'`,
  ).body;
  const shown = records.map((row: Record<string, unknown>) => [row["Field"], row["OldValue"], row["NewValue"]]);
  expect(shown).toEqual([
    ["created", null, null],
    ["Phone", "1", "2"],
    ["Owner", "Amara Okafor", "Ben Whitlock"],
    ["Owner", reps[0], reps[1]],
    ["Product_Interest__c", null, null],
  ]);
  expect(records[1]).toMatchObject({ CreatedDate: "2026-01-05T09:01:00.000+0000", CreatedById: rep });
});

describe("an opportunity", () => {
  test("takes closed, won, probability and forecast from its stage and remembers when that changed", () => {
    const { org, rep, sandbox } = withLead();
    const id = org.create(
      "Opportunity",
      { Name: "D", StageName: "Qualification", CloseDate: "2026-02-01", Amount: 200 },
      rep,
    );
    expect(org.record("Opportunity", id)).toMatchObject({
      IsClosed: false,
      Probability: 20,
      ExpectedRevenue: 40,
      LastStageChangeDate: null,
    });
    sandbox.clock.advance(60_000);
    org.edit("Opportunity", id, { StageName: "Closed Won" }, rep);
    expect(org.record("Opportunity", id)).toMatchObject({
      IsClosed: true,
      IsWon: true,
      Probability: 100,
      ExpectedRevenue: 200,
      ForecastCategoryName: "Closed",
      LastStageChangeDate: "2026-01-05T09:02:00.000+0000",
    });
    org.edit("Opportunity", id, { NextStep: "invoice" }, rep);
    org.edit("Opportunity", id, { Amount: 300 }, rep);
    const history = org
      .records("OpportunityHistory")
      .map((row) => [row["StageName"], row["Amount"], row["PrevAmount"]]);
    expect(history).toEqual([
      ["Qualification", 200, null],
      ["Closed Won", 200, 200],
      ["Closed Won", 300, 200],
    ]);
  });
});

test("a completed task is closed, and moves its person's last activity and SystemModstamp but not the last modification", () => {
  const { org, rep, leadId } = withLead();
  const id = org.create("Task", { Subject: "Call", WhoId: leadId, ActivityDate: "2026-01-04" }, rep);
  expect(org.record("Task", id)).toMatchObject({
    Status: "Not Started",
    Priority: "Normal",
    IsClosed: false,
    CompletedDateTime: null,
  });
  expect(org.record("Lead", leadId)?.["LastActivityDate"]).toBeNull();
  org.edit("Task", id, { Status: "Completed" }, rep);
  expect(org.record("Task", id)).toMatchObject({ IsClosed: true, CompletedDateTime: "2026-01-05T09:01:00.000+0000" });
  expect(org.record("Lead", leadId)).toMatchObject({
    LastActivityDate: "2026-01-04",
    LastModifiedDate: "2026-01-05T09:00:00.000+0000",
    SystemModstamp: "2026-01-05T09:01:00.000+0000",
  });
});

test("a task is found by its cause, so that a second upsert makes no second task", () => {
  const { call, org, leadId } = withLead();
  const upsert = () =>
    call("PATCH", "/composite/sobjects/Task/LeadLoop_Cause__c", {
      records: [{ attributes: { type: "Task" }, LeadLoop_Cause__c: "handoff-1", Subject: "Call", WhoId: leadId }],
    }).body[0].created;
  expect([upsert(), upsert(), org.records("Task").length]).toEqual([true, false, 1]);
});
