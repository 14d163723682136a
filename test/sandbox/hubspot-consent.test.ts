/** Unsubscribing from everything: per address, over both families of paths, and never the other way round. */
import { describe, expect, test } from "vitest";
import { type Caller, hubSpot, marketer } from "./hubspot-caller.ts";

const V4 = "/communication-preferences/v4/statuses";
const DATED = "/communication-preferences/2026-09/statuses";
const EMAIL_WRITER = { sourceType: "EMAIL", sourceId: "unsubscribe-link" };

const optOut = (caller: Caller, id: string): string | undefined =>
  caller.account.contact(id)?.properties["hs_email_optout"];

const contact = (caller: Caller, email: string): string => caller.account.createContact({ email }, marketer);

function unsubscribe(
  caller: Caller,
  inputs: readonly unknown[],
  { base = V4, query = "channel=EMAIL&verbose=true" } = {},
) {
  return caller.call("POST", `${base}/batch/unsubscribe-all?${query}`, { inputs });
}

describe("a batch of addresses", () => {
  test.each([V4, DATED])("is unsubscribed under %s, and the contacts show it a little later, with history", (base) => {
    const caller = hubSpot();
    const ids = [contact(caller, "ada@example.com"), contact(caller, "bob@example.com")];
    const answer = unsubscribe(caller, ["ADA@example.com", "nobody@example.com"], { base });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: "COMPLETE", startedAt: expect.any(String) });
    const ada = answer.body.results.find((row: { subscriberIdString: string }) =>
      row.subscriberIdString.startsWith("ADA"),
    );
    expect(ada.statuses[0]).toMatchObject({
      channel: "EMAIL",
      status: "UNSUBSCRIBED",
      subscriptionId: 1,
      setStatusSuccessReason: "UNSUBSCRIBE_FROM_ALL_OCCURRED",
    });
    expect(ids.map((id) => optOut(caller, id))).toEqual([undefined, undefined]);
    caller.clock.advance(5_000);
    expect(ids.map((id) => optOut(caller, id))).toEqual(["true", undefined]);
    expect(caller.account.contactHistory(ids[0]!, "hs_email_optout")).toMatchObject([
      { value: "true", sourceType: "EMAIL" },
    ]);
  });

  test("says so when nothing changed, and changes nothing then", () => {
    const caller = hubSpot({ optOutLagMs: [0, 0] });
    const id = contact(caller, "ada@example.com");
    unsubscribe(caller, ["ada@example.com"]);
    const before = caller.account.contact(id);
    caller.clock.advance(60_000);
    const again = unsubscribe(caller, ["ada@example.com"]);
    expect(again.body.results[0].statuses[0].setStatusSuccessReason).toBe("NO_STATUS_CHANGE");
    expect(caller.account.contact(id)).toEqual(before);
  });

  test("reports bad addresses beside the good ones", () => {
    const caller = hubSpot({ optOutLagMs: [0, 0] });
    const id = contact(caller, "ada@example.com");
    const answer = unsubscribe(caller, ["ada@example.com", "no address"]);
    expect(answer.status).toBe(207);
    expect(answer.body).toMatchObject({
      results: [{ subscriberIdString: "ada@example.com" }],
      numErrors: 1,
      errors: [{ category: "VALIDATION_ERROR", context: { subscriberIdString: ["no address"] } }],
    });
    expect(optOut(caller, id)).toBe("true");
  });

  test("lists what was done only when asked to", () => {
    const caller = hubSpot();
    expect(unsubscribe(caller, ["ada@example.com"], { query: "channel=EMAIL" }).body.results).toEqual([]);
    expect(caller.account.optOuts.since("ada@example.com")).toBe(caller.clock.now());
  });

  test.each([
    ["without a channel", { inputs: ["ada@example.com"] }, "verbose=true"],
    ["with another channel", { inputs: ["ada@example.com"] }, "channel=SMS"],
    ["with an unknown parameter", { inputs: ["ada@example.com"] }, "channel=EMAIL&force=true"],
    ["without inputs", {}, "channel=EMAIL"],
    ["with no input", { inputs: [] }, "channel=EMAIL"],
    ["with objects for addresses", { inputs: [{ id: "ada@example.com" }] }, "channel=EMAIL"],
    ["with a further key", { inputs: ["ada@example.com"], status: "SUBSCRIBED" }, "channel=EMAIL"],
    [
      "of more than 100",
      { inputs: Array.from({ length: 101 }, (_, index) => `p${index}@example.com`) },
      "channel=EMAIL",
    ],
  ])("is refused %s, and nobody is unsubscribed", (_what, body, query) => {
    const caller = hubSpot();
    const answer = caller.call("POST", `${V4}/batch/unsubscribe-all?${query}`, body);
    expect([answer.status, answer.body.category]).toEqual([400, "VALIDATION_ERROR"]);
    expect(caller.account.optOuts.since("ada@example.com")).toBeUndefined();
  });

  test("needs a token and counts against the limits", () => {
    const caller = hubSpot({}, { limits: { burst: 1, search: 5, daily: 100 } });
    const stranger = { authorization: "Bearer pat-wrong" };
    const path = `${V4}/batch/unsubscribe-all?channel=EMAIL`;
    expect(caller.call("POST", path, { inputs: ["ada@example.com"] }, stranger).status).toBe(401);
    expect(unsubscribe(caller, ["ada@example.com"]).status).toBe(200);
    expect(unsubscribe(caller, ["bob@example.com"]).status).toBe(429);
    expect(caller.account.optOuts.since("bob@example.com")).toBeUndefined();
  });
});

describe("one address", () => {
  test.each([V4, DATED])("is asked about and unsubscribed under %s", (base) => {
    const caller = hubSpot({ optOutLagMs: [0, 0] });
    const id = contact(caller, "ada+news@example.com");
    const path = `${base}/${encodeURIComponent("ada+news@example.com")}/unsubscribe-all?channel=EMAIL&verbose=true`;
    expect(caller.call("GET", path).body.results).toEqual([]);
    const done = caller.call("POST", path);
    expect(done.body.results[0]).toMatchObject({ status: "UNSUBSCRIBED", subscriberIdString: "ada+news@example.com" });
    expect(caller.call("GET", path).body.results).toMatchObject([
      { wideStatusType: "PORTAL_WIDE", status: "UNSUBSCRIBED", channel: "EMAIL" },
    ]);
    expect(optOut(caller, id)).toBe("true");
  });

  test("must be an address, and the channel must be named", () => {
    const caller = hubSpot();
    expect(caller.call("POST", `${V4}/nobody/unsubscribe-all?channel=EMAIL`).status).toBe(400);
    expect(caller.call("POST", `${V4}/ada%40example.com/unsubscribe-all`).status).toBe(400);
    expect(caller.call("GET", `${V4}/ada%40example.com/unsubscribe-all`).status).toBe(400);
  });
});

test("many addresses are asked about at once", () => {
  const caller = hubSpot();
  unsubscribe(caller, ["ada@example.com"]);
  const answer = caller.call("POST", `${V4}/batch/unsubscribe-all/read?channel=EMAIL`, {
    inputs: ["ada@example.com", "bob@example.com"],
  });
  const statuses = answer.body.results.map((row: { subscriberIdString: string; wideStatuses: unknown[] }) => [
    row.subscriberIdString,
    row.wideStatuses.length,
  ]);
  expect(statuses.sort()).toEqual([
    ["ada@example.com", 1],
    ["bob@example.com", 0],
  ]);
});

describe("an opt-out follows the address", () => {
  test("a contact is found by a secondary address too", () => {
    const caller = hubSpot({ optOutLagMs: [0, 0] });
    const merged = caller.account.mergeContacts(contact(caller, "a@example.com"), contact(caller, "b@example.com"));
    unsubscribe(caller, ["b@example.com"]);
    expect(optOut(caller, merged)).toBe("true");
  });

  test("another address has not opted out, the old one still has", () => {
    const caller = hubSpot({ optOutLagMs: [0, 0] });
    const id = contact(caller, "old@example.com");
    unsubscribe(caller, ["old@example.com"]);
    caller.account.editContact(id, { email: "new@example.com" }, marketer);
    expect(optOut(caller, id)).toBe("false");
    expect(optOut(caller, contact(caller, "old@example.com"))).toBe("true");
  });

  test("a merge keeps the opt-out of either contact", () => {
    const caller = hubSpot({ optOutLagMs: [0, 0] });
    const [kept, other] = [contact(caller, "a@example.com"), contact(caller, "b@example.com")];
    caller.account.editContact(kept, { hs_email_optout: "false" }, EMAIL_WRITER);
    unsubscribe(caller, ["b@example.com"]);
    expect(optOut(caller, caller.account.mergeContacts(kept, other))).toBe("true");
  });

  test("an unsubscribe link and a subscription by hand count for the address", () => {
    const caller = hubSpot();
    const id = contact(caller, "ada@example.com");
    caller.account.editContact(id, { hs_email_optout: "true" }, EMAIL_WRITER);
    expect(caller.account.optOuts.since("ada@example.com")).toBe(caller.clock.now());
    caller.account.editContact(id, { hs_email_optout: "false" }, EMAIL_WRITER);
    expect(caller.account.optOuts.since("ada@example.com")).toBeUndefined();
  });
});

describe("nothing in the API opts anybody back in", () => {
  test.each(["true", "false", ""])("the property refuses %j", (value) => {
    const caller = hubSpot({ optOutLagMs: [0, 0] });
    const id = contact(caller, "ada@example.com");
    unsubscribe(caller, ["ada@example.com"]);
    const answer = caller.call("PATCH", `/crm/v3/objects/contacts/${id}`, { properties: { hs_email_optout: value } });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining("READ_ONLY_VALUE")]);
    expect(optOut(caller, id)).toBe("true");
  });

  test.each([
    ["POST", `${V4}/ada%40example.com`],
    ["POST", `${V4}/batch/write`],
    ["POST", `${V4}/ada%40example.com/resubscribe`],
    ["DELETE", `${V4}/ada%40example.com/unsubscribe-all`],
    ["POST", "/communication-preferences/v3/subscribe"],
  ])("%s %s does not exist here", (method, path) => {
    const answer = hubSpot().call(method, path, method === "POST" ? {} : undefined);
    expect([404, 405]).toContain(answer.status);
  });
});
