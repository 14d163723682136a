/** Recordings of HubSpot replayed through our client: what LeadLoop concludes from each. */
import nock from "nock";
import { afterEach, describe, expect, test } from "vitest";
import type { Write } from "../../src/core/model/plan.ts";
import { createHubSpotClient } from "../../src/crm/hubspot/hubspot-client.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import { write } from "../support/salesforce-test-client.ts";
import { clockOn, keepingLog } from "./contract-harness.ts";
import { conclusions, type Exchange, ending, readRecording, readSequence } from "./replayed-recordings.ts";

const HOST = "https://api.hubapi.com";

function client(): CrmClient {
  return createHubSpotClient({
    accessToken: "pat-test",
    clock: clockOn(manualClock(Date.UTC(2026, 9, 5))),
    log: keepingLog().log,
    settings: {
      calls: { hubspot: { perRun: 100, dailyReserveShare: 0 }, salesforce: { perRun: 0, dailyReserveShare: 0 } },
      hubspot: { burst: 190, burstSeconds: 10, searchPerSecond: 4, concurrency: 4 },
    },
    requestTimeoutMs: 2_000,
    random: () => 0.5,
  });
}

function answer({ status, headers, body }: Exchange["response"]): void {
  const json = { "Content-Type": "application/json", ...headers };
  nock(HOST)
    .post(/^\/crm\/v3\/objects\/contacts\//)
    .query(true)
    .reply(status, body as nock.Body, json);
}

afterEach(() => {
  const unused = nock.pendingMocks();
  nock.cleanAll();
  expect(unused).toEqual([]);
});

interface Input {
  readonly id?: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** The recorded creates went by another call than ours, the upsert by e-mail, which answers 200 in the same form. */
async function replayWrite({ request, response }: Exchange): Promise<string[]> {
  const creating = request.path.endsWith("/batch/create");
  answer(creating ? { ...response, status: 200 } : response);
  const { inputs } = request.body as { readonly inputs: readonly Input[] };
  const writes = inputs.map(({ id, properties }, index): Write => {
    const unique = creating ? { field: "email", value: properties["email"] ?? "" } : null;
    return {
      ...write({ key: `row${index}`, object: "contacts", id: id ?? null, fields: properties, unique }),
      system: "hubspot",
    };
  });
  return conclusions(await client().write(writes));
}

/** What became of the inputs of each batch create or update, in their order, by the number of its exchange. */
const inSequence: Readonly<Record<number, readonly string[]>> = {
  10: ["created 290201"],
  19: ["updated 290201"],
  20: ["created 290251"],
  26: ["updated 290201"],
  31: ["updated 290201", "updated 290251"],
  45: ["updated 290201"],
  56: ["created 290301"],
  61: ["updated 290301"],
  67: ["updated 290201"],
  68: ["created 290351"],
  91: [
    "created 290402",
    "created 290701",
    "created 290501",
    "created 290751",
    "created 290601",
    "created 290451",
    "created 290801",
    "created 290551",
    "created 290651",
    "created 290401",
  ],
  92: [
    "created 290901",
    "created 291101",
    "created 291151",
    "created 290802",
    "created 290552",
    "created 290851",
    "created 291051",
    "created 291001",
    "created 290951",
    "created 290403",
  ],
  93: [
    "created 290654",
    "created 290553",
    "created 290554",
    "created 290752",
    "created 290803",
    "created 290502",
    "created 290652",
    "created 290503",
    "created 291201",
    "created 290653",
  ],
  94: [
    "created 291251",
    "created 290556",
    "created 290555",
    "created 291054",
    "created 291301",
    "created 291351",
    "created 291252",
    "created 291052",
    "created 290655",
    "created 291053",
  ],
  95: [
    "created 290505",
    "created 291202",
    "created 290504",
    "created 290602",
    "created 290603",
    "created 291302",
    "created 290657",
    "created 290604",
    "created 290656",
    "created 290902",
  ],
  147: ["created 291401"],
  156: ["updated 291401"],
  157: ["created 291451"],
  163: ["updated 291401"],
  168: ["updated 291401", "updated 291451"],
  182: ["updated 291401"],
  193: ["created 291501"],
  198: ["updated 291501"],
  205: ["updated 291401"],
  206: ["created 291551"],
  229: [
    "created 292051",
    "created 291601",
    "created 291751",
    "created 291851",
    "created 291701",
    "created 291801",
    "created 291901",
    "created 291951",
    "created 291651",
    "created 292001",
  ],
  230: [
    "created 292101",
    "created 291652",
    "created 291952",
    "created 292201",
    "created 291702",
    "created 292151",
    "created 291753",
    "created 292251",
    "created 291752",
    "created 291953",
  ],
  231: [
    "created 292301",
    "created 291852",
    "created 292052",
    "created 291602",
    "created 292252",
    "created 292351",
    "created 292152",
    "created 291954",
    "created 291955",
    "created 292253",
  ],
  232: [
    "created 291754",
    "created 291802",
    "created 292053",
    "created 291755",
    "created 291803",
    "created 292054",
    "created 292451",
    "created 291956",
    "created 292401",
    "created 292302",
  ],
  233: [
    "created 291804",
    "created 292551",
    "created 292352",
    "created 292601",
    "created 291853",
    "created 292501",
    "created 291603",
    "created 292153",
    "created 292303",
    "created 291957",
  ],
};

describe("hubspot/sequence-contacts.json", () => {
  const writes = readSequence("hubspot/sequence-contacts.json").flatMap((exchange, index): [number, Exchange][] =>
    /batch\/(create|update)$/.test(exchange.request.path) ? [[index + 1, exchange]] : [],
  );

  test.each(writes)("exchange %i", async (number, exchange) => {
    expect(await replayWrite(exchange)).toEqual(inSequence[number]);
  });

  test("no exchange is left out", () => {
    expect(Object.keys(inSequence).map(Number)).toEqual(writes.map(([number]) => number));
  });
});

/** A refusal of version 1 has the status, the category and the problems of today's; what it means for the one record that we write. */
const refusals: readonly (readonly [name: string, written: string, read: RegExp])[] = [
  ["19-contact-v1-not-found.404", "gone", /^missing 1$/],
  ["21-contact-v1-invalid-number.400", "rejected INVALID_LONG (closedate)", /^stopped: .*INVALID_LONG \(closedate\)/],
  ["22-contact-v1-invalid-email.400", "rejected INVALID_EMAIL (email)", /^stopped: .*INVALID_EMAIL \(email\)/],
  ["29-contact-v1-create-conflict.409", "rejected CONTACT_EXISTS ()", /^stopped: /],
  ["30-contact-v1-create-invalid-email.400", "rejected INVALID_EMAIL (email)", /^stopped: .*INVALID_EMAIL \(email\)/],
  ["32-contact-v1-merge-invalid.400", "rejected UNKNOWN ()", /^stopped: /],
];

/** Bodies that the authors of a client expect. */
const expectedByOthers: readonly (readonly [when: string, written: string | RegExp, read: RegExp])[] = [
  ["no such contact", /^stopped: .*404.*HUBSPOT_BASE_URL/, /^stopped: /],
  ["an empty properties map", "rejected VALIDATION_ERROR ()", /^stopped: /],
  ["with an unknown property", /^stopped: .*segment_group_id/, /^stopped: .*segment_group_id/],
  ["asking for an unknown property", "rejected VALIDATION_ERROR ()", /^stopped: .*VALIDATION_ERROR/],
  ["a contact that does not exist", "gone", /^missing 1$/],
  ["expired OAuth access token", /^stopped: .*HUBSPOT_ACCESS_TOKEN/, /^stopped: .*HUBSPOT_ACCESS_TOKEN/],
  ["bad token", /^stopped: .*HUBSPOT_ACCESS_TOKEN/, /^stopped: .*HUBSPOT_ACCESS_TOKEN/],
];

async function conclude(response: Exchange["response"]): Promise<{ written: string; read: string }> {
  const one: Write = {
    ...write({ key: "row", object: "contacts", id: "1", fields: { firstname: "A" } }),
    system: "hubspot",
  };
  let written = "";
  answer(response);
  const stopped = await ending(
    client()
      .write([one])
      .then((outcomes) => {
        [written = ""] = conclusions(outcomes);
      }),
  );
  answer(response);
  let missing = "";
  const readEnd = await ending(
    client()
      .readByIds({ object: "contacts", ids: ["1"], fields: [] })
      .then((found) => {
        missing = `missing ${found.missing.join(", ")}`;
      }),
  );
  return { written: written === "" ? stopped : written, read: missing === "" ? readEnd : missing };
}

describe("a refusal", () => {
  test.each(refusals)("%s", async (name, written, read) => {
    const recording = readRecording<Exchange & { readonly exchanges?: readonly Exchange[] }>(`hubspot/${name}.json`);
    const { response } = recording.exchanges?.at(-1) ?? recording;
    expect(await conclude({ ...response, headers: {} })).toEqual({ written, read: expect.stringMatching(read) });
  });

  interface Samples {
    readonly samples: readonly { readonly when: string; readonly status: number; readonly body: unknown }[];
  }
  test.each(expectedByOthers)("segment-error-bodies: %s", async (when, written, read) => {
    const { samples } = readRecording<Samples>("hubspot/segment-error-bodies.json");
    const sample = samples.find((each) => each.when.includes(when))!;
    const concluded = await conclude({ ...sample, headers: {} });
    expect(concluded).toEqual({
      written: typeof written === "string" ? written : expect.stringMatching(written),
      read: expect.stringMatching(read),
    });
  });
});

test("16-schema-contact: definitions of properties are what a mapping is checked against", async () => {
  const { response } = readRecording<Exchange>("hubspot/16-schema-contact-all-property-definitions.200.json");
  const { properties } = response.body as { readonly properties: readonly unknown[] };
  nock(HOST)
    .get("/crm/v3/properties/contacts")
    .query(true)
    .reply(200, { results: properties } as nock.Body);
  const { fields } = await client().describe("contacts");
  const field = (name: string) => fields.find((each) => each.name === name);
  expect(field("lifecyclestage")).toMatchObject({ type: "picklist", writable: true, restricted: true });
  expect(field("lifecyclestage")?.values).toContain("marketingqualifiedlead");
  expect(field("hs_email_bounce")).toMatchObject({ type: "number", writable: false });
});
