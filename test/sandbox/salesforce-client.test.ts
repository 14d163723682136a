import jsforce from "jsforce";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSandbox, type RunningSandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";

const sandbox = createSandbox({ clock: manualClock(Date.UTC(2026, 0, 5, 9)) });
let running: RunningSandbox;
let conn: InstanceType<typeof jsforce.Connection>;

beforeAll(async () => {
  running = await startSandbox(sandbox);
  const loginUrl = running.salesforceUrl;
  const oauth2 = { clientId: "sandbox-client", clientSecret: "sandbox-secret", loginUrl };
  conn = new jsforce.Connection({ loginUrl, oauth2, version: "66.0" });
  await conn.authorize({ grant_type: "client_credentials" });
});

afterAll(() => running.close());

const headers = { "Sforce-Auto-Assign": "FALSE", "Sforce-Duplicate-Rule-Header": "allowSave=true" };

test("jsforce logs in, and its identity is the integration user", async () => {
  expect(conn.instanceUrl).toBe(running.salesforceUrl);
  expect((await conn.identity()).user_id).toBe(sandbox.salesforce.people.integrationUserId);
});

test("jsforce creates, updates, upserts, retrieves and deletes many", async () => {
  const leads = conn.sobject("Lead");
  const created = await leads.create([{ LastName: "A", Company: "X" }, { LastName: "B" }], { headers });
  expect(created.map((one) => one.success)).toEqual([true, false]);
  const id = created[0]?.id ?? "";
  expect((await leads.update([{ Id: id, Phone: "1" }], { headers }))[0]?.success).toBe(true);
  const upserted = await leads.upsert([{ LeadLoop_Key__c: "k1", LastName: "C", Company: "Y" }], "LeadLoop_Key__c", {
    headers,
  });
  expect(upserted[0]).toMatchObject({ success: true, created: true });
  const [row, missing] = await conn.retrieve("Lead", [id, "00Q000000000000AAA"]);
  expect([row?.["Phone"], missing]).toEqual(["1", null]);
  expect((await leads.destroy([id]))[0]?.success).toBe(true);
  expect(conn.limitInfo.apiUsage?.limit).toBe(115_000);
});

test("jsforce upserts one record, and hears of several matches", async () => {
  const contacts = conn.sobject("Contact");
  expect(await contacts.upsert({ LeadLoop_Key__c: "one", LastName: "One" }, "LeadLoop_Key__c")).toMatchObject({
    created: true,
  });
  expect(await contacts.upsert({ LeadLoop_Key__c: "one", Phone: "2" }, "LeadLoop_Key__c")).toMatchObject({
    created: false,
  });
  const twins = [1, 2].map(() => ({ LastName: "Twin", Email: "twin@example.com" }));
  await contacts.create(twins);
  await expect(contacts.upsert({ Email: "twin@example.com", Phone: "3" }, "Email")).rejects.toMatchObject({
    name: "MULTIPLE_CHOICES",
  });
});

test("jsforce pages through a query, and sees deleted rows with scanAll", async () => {
  const rep = sandbox.salesforce.people.repIds[0] ?? "";
  const accounts = Array.from({ length: 2_100 }, (_, index) =>
    sandbox.salesforce.create("Account", { Name: `A${index}` }, rep),
  );
  const first = await conn.query("SELECT Id, Owner.Email FROM Account");
  expect([first.totalSize, first.records.length, first.done]).toEqual([2_100, 2_000, false]);
  const rest = await conn.queryMore(first.nextRecordsUrl ?? "");
  expect([rest.records.length, rest.done]).toEqual([100, true]);
  sandbox.salesforce.remove("Account", accounts[0] ?? "", rep);
  const all = await conn.query("SELECT Id FROM Account WHERE IsDeleted = true", { scanAll: true });
  expect(all.records).toHaveLength(1);
});

test("jsforce sends a composite call with a condition per record", async () => {
  const rep = sandbox.salesforce.people.repIds[0] ?? "";
  const id = sandbox.salesforce.create("Lead", { LastName: "Guarded", Company: "X" }, rep);
  const httpHeaders = { "If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT" };
  const url = `/services/data/v66.0/sobjects/Lead/${id}`;
  const compositeRequest = [{ method: "PATCH", url, referenceId: "r1", body: { Phone: "1" }, httpHeaders }];
  const answer = await conn.requestPost<{ compositeResponse: { httpStatusCode: number }[] }>("/composite", {
    compositeRequest,
  });
  expect(answer.compositeResponse[0]?.httpStatusCode).toBe(412);
});

test("jsforce converts a lead and merges contacts over SOAP", async () => {
  const rep = sandbox.salesforce.people.repIds[0] ?? "";
  const leadId = sandbox.salesforce.create("Lead", { LastName: "Con", Company: "Verted & <Sons>" }, rep);
  const request = { leadId, convertedStatus: "Closed - Converted", doNotCreateOpportunity: true };
  const converted = await conn.soap.convertLead(request as Parameters<typeof conn.soap.convertLead>[0]);
  expect(converted).toMatchObject({ success: true, leadId, opportunityId: null });
  expect(sandbox.salesforce.record("Account", String((converted as { accountId: string }).accountId))?.["Name"]).toBe(
    "Verted & <Sons>",
  );
  const again = await conn.soap.convertLead(request as Parameters<typeof conn.soap.convertLead>[0]);
  expect(again).toMatchObject({ success: false, errors: [{ statusCode: "CANNOT_UPDATE_CONVERTED_LEAD" }] });
  const [master, loser] = ["M", "L"].map((LastName) => sandbox.salesforce.create("Contact", { LastName }, rep));
  const merge = { masterRecord: { type: "Contact", Id: master, Phone: "7" }, recordToMergeIds: [loser] };
  const merged = await conn.soap.merge(merge as unknown as Parameters<typeof conn.soap.merge>[0]);
  expect(merged).toMatchObject({ success: true, id: master, mergedRecordIds: [loser] });
  expect(sandbox.salesforce.record("Contact", loser ?? "")?.["MasterRecordId"]).toBe(master);
});

test("jsforce loads CSV and reads a result as CSV through Bulk API 2.0", async () => {
  conn.bulk2.pollInterval = 10;
  const input = 'LeadLoop_Key__c,LastName,Company,Phone\nbulk1,"Q ""x"", y",Y,#N/A\nbulk2,,,\n';
  const options = { object: "Lead", operation: "upsert", externalIdFieldName: "LeadLoop_Key__c", input } as const;
  const loaded = await conn.bulk2.loadAndWaitForResults(options);
  expect(loaded.successfulResults).toMatchObject([{ sf__Created: "true", LastName: 'Q "x", y' }]);
  expect(loaded.failedResults[0]?.sf__Error).toMatch(/^REQUIRED_FIELD_MISSING:.*:LastName,Company --$/);
  const rows: unknown[] = [];
  for await (const row of await conn.bulk2.query(
    "SELECT LastName, Owner.Email FROM Lead WHERE LeadLoop_Key__c = 'bulk1'",
  ))
    rows.push(row);
  expect(rows).toEqual([{ LastName: 'Q "x", y', "Owner.Email": "leadloop.integration@northwind.example.com" }]);
});

test("jsforce reports the vendor's error codes", async () => {
  await expect(conn.query("SELECT Nope FROM Lead")).rejects.toMatchObject({ errorCode: "INVALID_FIELD" });
  await expect(conn.sobject("Lead").create({ LastName: "x" })).rejects.toMatchObject({
    errorCode: "REQUIRED_FIELD_MISSING",
  });
  sandbox.salesforce.expireSessions();
  await expect(conn.query("SELECT Id FROM Lead")).rejects.toThrow(/No refresh token|refresh session/);
});
