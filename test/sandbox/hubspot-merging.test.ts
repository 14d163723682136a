import { expect, test } from "vitest";
import { type Caller, hubSpot, marketer } from "./hubspot-caller.ts";

const merge = (hub: Caller, primaryObjectId: string, objectIdToMerge: string) =>
  hub.call("POST", "/crm/v3/objects/contacts/merge", { primaryObjectId, objectIdToMerge });

function pair(hub: Caller): [string, string] {
  const first = hub.account.createContact({ email: "a@example.com", firstname: "A", lifecyclestage: "lead" }, marketer);
  hub.clock.advance(1000);
  const second = hub.account.createContact(
    { email: "b@example.com", firstname: "B", lastname: "Bee", lifecyclestage: "customer" },
    marketer,
  );
  hub.clock.advance(1000);
  return [first, second];
}

test("a merge makes a new record to which both old ids lead", () => {
  const hub = hubSpot();
  const [first, second] = pair(hub);
  const merged = merge(hub, first, second);
  expect(merged.status).toBe(200);
  const { id } = merged.body;
  expect([first, second]).not.toContain(id);
  expect(merged.body.properties).toMatchObject({
    email: "a@example.com",
    firstname: "A",
    lastname: "Bee",
    lifecyclestage: "customer",
    hs_merged_object_ids: `${first};${second}`,
    hs_calculated_merged_vids: `${first}:${hub.clock.now()};${second}:${hub.clock.now()}`,
  });
  for (const old of [first, second]) {
    expect(hub.call("GET", `/crm/v3/objects/contacts/${old}`).body.id).toBe(id);
    const read = hub.call("POST", "/crm/v3/objects/contacts/batch/read", {
      inputs: [{ id: old }],
      properties: ["hs_additional_emails"],
    });
    expect(read.body.results).toMatchObject([{ id, properties: { hs_additional_emails: "b@example.com" } }]);
  }
  expect(hub.search({}).body.results.map((result: { id: string }) => result.id)).toEqual([id]);
  expect(hub.call("GET", "/crm/v3/objects/contacts?archived=true").body.results).toEqual([]);
});

test("an id merged away twice leads to the last record, and all ids are remembered", () => {
  const hub = hubSpot();
  const [first, second] = pair(hub);
  const third = hub.account.createContact({ email: "c@example.com" }, marketer);
  const middle = hub.account.mergeContacts(first, second);
  const last = hub.account.mergeContacts(third, middle);
  for (const old of [first, second, third, middle]) expect(hub.account.contact(old)?.id).toBe(last);
  expect(hub.account.contact(last)?.properties["hs_merged_object_ids"]).toBe([third, first, second, middle].join(";"));
  expect(hub.account.contact(last)?.properties["hs_additional_emails"]).toBe("a@example.com;b@example.com");
});

test("two ids that lead to one record are read as one", () => {
  const hub = hubSpot();
  const [first, second] = pair(hub);
  const id = hub.account.mergeContacts(first, second);
  const read = hub.call("POST", "/crm/v3/objects/contacts/batch/read", {
    inputs: [{ id: first }, { id: second }, { id }],
  });
  expect([read.status, read.body.results.map((result: { id: string }) => result.id)]).toEqual([200, [id]]);
});

test("a merge the vendor refuses is refused", () => {
  const hub = hubSpot();
  const [first, second] = pair(hub);
  expect(merge(hub, first, "999").status).toBe(404);
  expect(merge(hub, first, first).body.message).toMatch(/canonical vid is not a valid contact/);
  hub.account.mergeContacts(first, second);
  expect(merge(hub, first, second).status).toBe(400);
});

test("tasks of both contacts belong to the merged one", () => {
  const hub = hubSpot();
  const [first, second] = pair(hub);
  const task = hub.call("POST", "/crm/v3/objects/tasks", {
    properties: { hs_timestamp: "2026-10-30T16:00:00Z", hs_task_subject: "Call" },
    associations: [{ to: { id: second }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 204 }] }],
  });
  const id = hub.account.mergeContacts(first, second);
  const links = hub.call("GET", `/crm/v4/objects/contacts/${id}/associations/tasks`);
  expect(links.body.results).toMatchObject([{ toObjectId: Number(task.body.id) }]);
});

test("an archived contact is found only when asked for, keeps its id, and comes back", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com" }, marketer);
  hub.clock.advance(1000);
  expect(hub.call("DELETE", `/crm/v3/objects/contacts/${id}`).status).toBe(204);
  expect(hub.call("DELETE", "/crm/v3/objects/contacts/999").status).toBe(204);
  expect(hub.call("GET", `/crm/v3/objects/contacts/${id}`).status).toBe(404);
  expect(hub.call("GET", `/crm/v3/objects/contacts/${id}?archived=true`).body).toMatchObject({
    id,
    archived: true,
    archivedAt: "2026-10-05T12:00:01Z",
  });
  const read = { inputs: [{ id }] };
  expect(hub.call("POST", "/crm/v3/objects/contacts/batch/read", read).status).toBe(207);
  expect(hub.call("POST", "/crm/v3/objects/contacts/batch/read?archived=true", read).body.results).toHaveLength(1);
  expect(hub.call("GET", "/crm/v3/objects/contacts?archived=true").body.results).toMatchObject([
    { id, archived: true },
  ]);

  hub.account.restoreContact(id);
  expect(hub.call("GET", `/crm/v3/objects/contacts/${id}`).body.archived).toBe(false);
  expect(hub.search({}).body.results).toHaveLength(1);
});

test("an e-mail created again after an archive is another record, and the old one cannot come back beside it", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com" }, marketer);
  hub.account.archiveContact(id);
  expect(hub.account.createContact({ email: "a@example.com" }, marketer)).not.toBe(id);
  expect(() => hub.account.restoreContact(id)).toThrow(/has a@example.com by now/);
});

test("an erased contact is gone, and none of its addresses can come back", () => {
  const hub = hubSpot();
  const [first, second] = pair(hub);
  const id = hub.account.mergeContacts(first, second);
  const erase = hub.call("POST", "/crm/v3/objects/contacts/gdpr-delete", {
    objectId: "b@example.com",
    idProperty: "email",
  });
  expect(erase.status).toBe(204);
  for (const gone of [id, first]) expect(hub.account.contact(gone)).toBeUndefined();
  for (const email of ["a@example.com", "b@example.com"]) {
    const answer = hub.call("POST", "/crm/v3/objects/contacts", { properties: { email } });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(/GDPR blacklisted/)]);
  }
});

test("an unknown address goes on the block list too, an unknown id is 404", () => {
  const hub = hubSpot();
  const body = { objectId: "New@example.com", idProperty: "email" };
  expect(hub.call("POST", "/crm/v3/objects/contacts/gdpr-delete", body).status).toBe(204);
  expect(() => hub.account.createContact({ email: "new@example.com" }, marketer)).toThrow(/GDPR/);
  expect(hub.call("POST", "/crm/v3/objects/contacts/gdpr-delete", { objectId: "999" }).status).toBe(404);
});
