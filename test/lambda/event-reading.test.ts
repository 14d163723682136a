/** Which records an event names: ids only, each once, our own writes left out, and nothing made of what is not understood. */
import { describe, expect, test } from "vitest";
import { changedContacts } from "../../src/lambda/hubspot-webhook-events.ts";
import { parseChangesMessage, parseRunMessage } from "../../src/lambda/queue-messages.ts";
import { changedRecords } from "../../src/lambda/salesforce-change-events.ts";
import { propertyChange } from "../support/lambda-world.ts";

const ids = (events: readonly object[]): readonly string[] | undefined =>
  changedContacts(JSON.stringify(events))?.map(({ id }) => id);
const merge = { subscriptionType: "contact.merge", primaryObjectId: 1, mergedObjectIds: [2], newObjectId: 3 };

describe("HubSpot's events", () => {
  test.each<[string, readonly object[], readonly string[]]>([
    ["a property that changed", [propertyChange(7)], ["7"]],
    ["the same contact twice", [propertyChange(7), propertyChange(7, { propertyName: "lastname" })], ["7"]],
    [
      "the generic kind",
      [propertyChange(7, { subscriptionType: "object.propertyChange", objectTypeId: "0-1" })],
      ["7"],
    ],
    ["an id as text", [propertyChange(0, { objectId: "9007199254740993" })], ["9007199254740993"]],
    ["a merge, with all who took part", [propertyChange(3, merge)], ["3", "1", "2"]],
    ["a deletion", [propertyChange(7, { subscriptionType: "contact.deletion" })], ["7"]],
    ["an erasure", [propertyChange(7, { subscriptionType: "contact.privacyDeletion" })], ["7"]],
    ["another integration's write", [propertyChange(7, { changeSource: "INTEGRATION", sourceId: "99" })], ["7"]],
    ["our own write", [propertyChange(7, { changeSource: "INTEGRATION", sourceId: "54321" })], []],
    ["a company", [propertyChange(7, { subscriptionType: "company.propertyChange" })], []],
    ["an id that JSON cannot hold exactly", [propertyChange(2 ** 60)], []],
    ["no list of objects", ["x", 3] as unknown as object[], []],
  ])("%s", (_what, events, expected) => {
    expect(ids(events)).toEqual(expected);
  });

  test.each(["", "{}", "null", "[", "<html>"])("%j is no list of events", (body) => {
    expect(changedContacts(body)).toBeNull();
  });
});

const LEAD = "00Q5g00000AbCdEEAV";
const change = (header: object): string =>
  JSON.stringify({ connection: "acme", detail: { payload: { ChangeEventHeader: header } } });

describe("Salesforce's change events", () => {
  test("name records, one transaction several of them", () => {
    const recordIds = [LEAD, "00Q5g00000AbCdFEAV"];
    expect(changedRecords(change({ entityName: "Lead", recordIds, changeOrigin: "" }))).toEqual({
      connection: "acme",
      records: recordIds.map((id) => ({ object: "Lead", id })),
    });
  });

  test("of our own writes name nobody, and those of another client with a similar name do", () => {
    const named = (client: string): number | undefined => {
      const changeOrigin = `com/salesforce/api/rest/66.0;client=${client}`;
      return changedRecords(change({ entityName: "Lead", recordIds: [LEAD], changeOrigin }))?.records.length;
    };
    expect([named("LeadLoop"), named("LeadLoopCopy"), named("dataloader")]).toEqual([0, 1, 1]);
  });

  test("that tell of a gap without ids name nobody", () => {
    const gap = { entityName: "Lead", recordIds: ["00Q*"], changeType: "GAP_OVERFLOW", changeOrigin: "" };
    expect(changedRecords(change(gap))?.records).toEqual([]);
  });

  test.each(["", "[]", "{}", '{"detail":{}}', '{"detail":{"payload":{"ChangeEventHeader":{}}}}'])(
    "%j is none",
    (body) => {
      expect(changedRecords(body)).toBeNull();
    },
  );
});

describe("messages of the queues", () => {
  test.each(["", "{", "[]", "{}", '{"connection":"acme","job":"drop"}', '{"job":"sync"}'])(
    "%j asks for no run",
    (body) => {
      expect(parseRunMessage(body)).toBeNull();
    },
  );

  test.each([
    "{",
    '{"connection":"acme","system":"sap","records":[]}',
    '{"connection":"acme","system":"hubspot"}',
    '{"connection":"acme","system":"hubspot","records":[{"object":"contacts","id":"1/../2"}]}',
    '{"connection":"acme","system":"hubspot","records":[{"object":"contacts","id":1}]}',
  ])("%j tells of no changes", (body) => {
    expect(parseChangesMessage(body)).toBeNull();
  });

  test("what we write, we read", () => {
    const run = { connection: "acme", job: "follow-up" };
    expect(parseRunMessage(JSON.stringify(run))).toEqual(run);
    const message = { connection: "acme", system: "salesforce", records: [{ object: "Lead", id: LEAD }] };
    expect(parseChangesMessage(JSON.stringify(message))).toEqual(message);
  });
});
