/** A Salesforce record that the integration user may not see any more is left out of every answer, without a word: nobody has deleted it, and an admin is told. */
import { afterEach, expect, test } from "vitest";
import { ON_DELETE } from "../../src/core/model/mapping.ts";
import { type Network, PLATFORM_NETWORK } from "../../src/crm/network.ts";
import { couple } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

interface QueryBody {
  readonly records?: readonly { readonly Id?: string }[];
  readonly compositeResponse?: readonly { readonly body: QueryBody }[];
}

/** What a sharing rule does: Salesforce's answers are without this record, whatever was asked. */
function hiding(id: string): Network {
  const without = (body: QueryBody): unknown => {
    if (body.compositeResponse !== undefined) {
      const parts = body.compositeResponse.map((part) => ({ ...part, body: without(part.body) }));
      return { ...body, compositeResponse: parts };
    }
    if (body.records === undefined) return body;
    const records = body.records.filter((record) => record.Id !== id);
    return { ...body, records, totalSize: records.length };
  };
  return {
    ...PLATFORM_NETWORK,
    fetch: async (url, request) => {
      const response = await PLATFORM_NETWORK.fetch(url, request);
      if (!/\/(query|queryAll|composite)$/.test(new URL(url).pathname) || !response.ok) return response;
      return Response.json(without((await response.json()) as QueryBody), response);
    },
  };
}

test.each(ON_DELETE)(
  "a lead that is hidden from LeadLoop is told by id and is nobody who was deleted (on-delete: %s): no second one is made, and the link goes on once it is shown again",
  async (onDelete) => {
    world = await openSyncWorld(database, {
      adjust: (loaded) => ({ ...loaded, mappings: loaded.mappings.map((mapping) => ({ ...mapping, onDelete })) }),
    });
    const ann = await couple(world, "ann@example.com");
    // Whoever is an MQL and has no lead would be given one.
    ann.hubspot({ lifecyclestage: "marketingqualifiedlead" });
    await world.settle();
    const hidden = world.dependencies({ network: hiding(ann.leadId) });
    ann.hubspot({ jobtitle: "Biologist" });
    await world.pass(5);
    const run = await world.sync({}, hidden);
    expect([run.outcome, writesOf(run)]).toEqual(["done", 0]);
    expect(run.plan.skips.map(({ recordName, reason }) => [recordName, reason])).toEqual([
      [
        "Ann Lee",
        `Lead ${ann.leadId} cannot be found any more, but nothing says that it was deleted (it may be hidden from LeadLoop, or deleted for good): the link ends, and HubSpot contact ${ann.hubspotId} is left alone; it goes on when the record is found again, at the latest when everybody is read`,
      ],
    ]);
    expect((await world.person("ann@example.com")).state).toBe("tombstoned");
    ann.hubspot({ firstname: "Anna" });
    await world.pass(5);
    const next = await world.sync({}, hidden);
    expect([writesOf(next), next.plan.skips]).toEqual([0, []]);
    await world.pass(5);
    expect(writesOf(await world.sync({ full: true }, hidden))).toBe(0);
    const { hubspot, salesforce } = world.sandbox;
    expect(hubspot.contact(ann.hubspotId)).toMatchObject({ archived: false });
    expect(ann.hubspotValue("leadloop_deleted") ?? "").toBe("");
    expect(salesforce.records("Lead")).toHaveLength(1);

    await world.pass(5);
    await world.sync({ full: true });
    await world.settle();
    expect((await world.person("ann@example.com")).state).toBe("linked");
    expect([ann.salesforceValue("Title"), ann.salesforceValue("FirstName")]).toEqual(["Biologist", "Anna"]);
    expect([hubspot.contacts().length, salesforce.records("Lead").length]).toEqual([1, 1]);
  },
);
