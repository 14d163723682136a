import { Client } from "@hubspot/api-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FaultBox } from "../../src/sandbox/faults.ts";
import { type RunningServer, startServer } from "../../src/sandbox/sandbox-server.ts";
import { type Caller, hubSpot, marketer } from "./hubspot-caller.ts";

let hub: Caller;
let server: RunningServer;
let client: Client;

beforeEach(async () => {
  hub = hubSpot();
  server = await startServer({ handler: hub.handler, clock: hub.clock, faults: new FaultBox() });
  client = new Client({ accessToken: "pat-sandbox", basePath: server.url });
});
afterEach(async () => {
  await server.close();
});

test("the vendor's client creates, reads, updates, upserts and archives in batches", async () => {
  const created = await client.crm.contacts.batchApi.create({
    inputs: [
      { properties: { email: "ada@example.com", firstname: "Ada" }, associations: [], objectWriteTraceId: "t1" },
      { properties: { email: "bob@example.com" }, associations: [], objectWriteTraceId: "t2" },
    ],
  });
  const ada = created.results.find((result) => result.properties["email"] === "ada@example.com")!;
  expect(ada.properties["hs_object_id"]).toBe(ada.id);

  hub.clock.advance(1000);
  const updated = await client.crm.contacts.batchApi.update({
    inputs: [{ id: ada.id, properties: { lifecyclestage: "lead" } }],
  });
  expect(updated.results[0]?.properties["lifecyclestage"]).toBe("lead");

  const upserted = await client.crm.contacts.batchApi.upsert({
    inputs: [
      { idProperty: "email", id: "ADA@example.com ", properties: { lastname: "Lovelace" }, objectWriteTraceId: "u1" },
      { idProperty: "email", id: "cyd@example.com", properties: { lastname: "Vance" }, objectWriteTraceId: "u2" },
    ],
  });
  expect(upserted.results.map((result) => [result.properties["lastname"], result._new]).sort()).toEqual([
    ["Lovelace", false],
    ["Vance", true],
  ]);

  const read = await client.crm.contacts.batchApi.read({
    inputs: [{ id: ada.id }, { id: "999" }],
    properties: ["email", "lastname", "lifecyclestage"],
    propertiesWithHistory: ["lifecyclestage"],
  });
  expect(read.results).toHaveLength(1);
  expect(read.results[0]?.properties["lastname"]).toBe("Lovelace");
  expect(read.results[0]?.propertiesWithHistory?.["lifecyclestage"]?.[0]).toMatchObject({
    value: "lead",
    sourceType: "INTEGRATION",
    sourceId: "18221010",
  });
  expect("errors" in read && read.errors?.[0]?.category).toBe("OBJECT_NOT_FOUND");

  await client.crm.contacts.batchApi.archive({ inputs: [{ id: ada.id }] });
  expect(hub.account.contact(ada.id)?.archived).toBe(true);
});

test("the vendor's client searches, lists, merges and erases", async () => {
  const first = hub.account.createContact({ email: "one@example.com" }, marketer);
  const second = hub.account.createContact({ email: "two@example.com" }, marketer);
  const found = await client.crm.contacts.searchApi.doSearch({
    filterGroups: [{ filters: [{ propertyName: "email", operator: "EQ" as never, value: "one@example.com" }] }],
    sorts: ["lastmodifieddate"],
    properties: ["email"],
    limit: 200,
    after: "0",
  });
  expect(found.results.map((result) => result.id)).toEqual([first]);

  const merged = await client.crm.contacts.basicApi.merge({ primaryObjectId: first, objectIdToMerge: second });
  expect([first, second]).not.toContain(merged.id);
  expect(merged.properties["hs_merged_object_ids"]).toBe(`${first};${second}`);

  const byEmail = await client.crm.contacts.basicApi.getById(
    "two@example.com",
    ["email"],
    undefined,
    undefined,
    false,
    "email",
  );
  expect(byEmail.id).toBe(merged.id);

  const listed = await client.crm.contacts.basicApi.getPage(100, undefined, ["email"]);
  expect(listed.results.map((result) => result.id)).toEqual([merged.id]);

  await client.crm.contacts.basicApi.purge({ objectId: "one@example.com", idProperty: "email" });
  await expect(client.crm.contacts.basicApi.getById(merged.id)).rejects.toMatchObject({ code: 404 });
});

test("the vendor's client reads properties and owners and makes a task on a contact", async () => {
  const properties = await client.crm.properties.coreApi.getAll("contacts");
  const stage = properties.results.find((property) => property.name === "lifecyclestage");
  expect(stage?.options.map((option) => option.value)).toContain("marketingqualifiedlead");
  const key = await client.crm.properties.coreApi.create("contacts", {
    name: "outside_id",
    label: "Outside id",
    type: "string" as never,
    fieldType: "text" as never,
    groupName: "contactinformation",
    hasUniqueValue: true,
  });
  expect(key.hasUniqueValue).toBe(true);

  const owners = await client.crm.owners.ownersApi.getPage();
  expect(owners.results).toHaveLength(6);
  const gone = await client.crm.owners.ownersApi.getPage(undefined, undefined, 100, true);
  expect(gone.results.map((owner) => owner.archived)).toEqual([true]);

  const contact = hub.account.createContact({ email: "one@example.com" }, marketer);
  const task = await client.crm.objects.tasks.basicApi.create({
    properties: { hs_timestamp: "2026-10-30T16:00:00Z", hs_task_subject: "Call", hubspot_owner_id: "534941" },
    associations: [
      { to: { id: contact }, types: [{ associationCategory: "HUBSPOT_DEFINED" as never, associationTypeId: 204 }] },
    ],
  });
  expect(task.properties["hs_object_source"]).toBe("INTEGRATION");
  const links = await client.crm.associations.v4.batchApi.getPage("contacts", "tasks", { inputs: [{ id: contact }] });
  expect(links.results[0]?.to[0]?.toObjectId).toBe(Number(task.id));
});

test("the vendor's client reaches the dated paths and sees refusals", async () => {
  const response = await client.apiRequest({
    method: "POST",
    path: "/crm/objects/2026-09/contacts/search",
    body: { limit: 1 },
  });
  expect(response.status).toBe(200);
  const stranger = new Client({ accessToken: "pat-wrong", basePath: server.url });
  await expect(stranger.crm.contacts.basicApi.getPage()).rejects.toMatchObject({
    code: 401,
    body: { category: "INVALID_AUTHENTICATION" },
  });
});
