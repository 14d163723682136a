/** Made-up histories that break a law about the runs themselves, their calls and their books: what each changes of the intact world, and what its checker says. */
import type { DirtyRow } from "../../../src/jobs/state-port.ts";
import { WRITER_HEADER } from "../../support/written-by-a-test.ts";
import { emailOf } from "../storm-fields.ts";
import { written } from "./made-up-turns.ts";
import { type Breach, type MadeUpWorld, minute } from "./made-up-world.ts";

export const BREACHES_OF_RUNS: readonly Breach[] = [
  [
    "I0 no error escapes",
    "a job throws what is no stop",
    (world) => world.invocations.push({ ...world.invocations[0]!, number: 3, error: new TypeError("x is undefined") }),
    /invocation 3 \(sync\) threw TypeError/,
  ],
  [
    "I3 quiet",
    "a value is written a day after the last edit",
    (world) => world.change({ field: "Title", before: "v1", after: "v2", at: minute(300) }),
    /Title from "v1" to "v2", long after the last edit/,
  ],
  [
    "I15 in scope",
    "a property that no mapping names is written",
    (world) => batch(world, [{ id: world.contact, properties: { fax: "1" } }]),
    /a write named hubspot: fax, which is in no file/,
  ],
  [
    "I15 in scope",
    "a call that no description of HubSpot allows",
    (world) => {
      const request = {
        method: "GET",
        path: "/crm/v3/objects/contacts",
        headers: { [WRITER_HEADER]: "test" },
        body: "",
      };
      const query = new URLSearchParams("page=2");
      world.systems.answer("hubspot", { ...request, query }, { invocation: 2, sentAt: minute(30), fault: null });
    },
    /hubspot: GET \/crm\/v3\/objects\/contacts\?page is in no description of the vendor/,
  ],
  [
    "I16 one way stays one way",
    "a city is written to the side that decides it",
    (world) => {
      world.mappingChangedAt = minute(20);
      world.run(3, 59);
      world.change({ system: "hubspot", field: "city", before: "Rome", after: "Bonn", invocation: 3, at: minute(60) });
    },
    /written against the one way of its rule/,
  ],
  [
    "I18 limits are kept",
    "HubSpot is called within its Retry-After",
    (world) => {
      world.systems.refusals.push({ invocation: 2, system: "hubspot", how: "retry-after", heardAt: minute(30) });
      world.request({ path: "/crm/v3/objects/contacts/search", sentAt: minute(30) + 10_000 });
    },
    /invocation 2 called hubspot within its Retry-After/,
  ],
  [
    "I18 limits are kept",
    "an empty quota is asked again and again",
    (world) => {
      for (let call = 0; call < 5; call += 1) world.request({ path: "/crm", answer: '{"policyName":"DAILY"}' });
    },
    /asked 5 times after the day's quota was gone/,
  ],
  [
    "I19 batches are clean",
    "a record twice in a batch",
    (world) => batch(world, [{ id: world.contact }, { id: world.contact }]),
    /held 2 records, 1 of them twice/,
  ],
  [
    "I19 batches are clean",
    "a batch too large",
    (world) =>
      batch(
        world,
        Array.from({ length: 101 }, (_, id) => ({ id: `${id}` })),
      ),
    /held 101 records, 0 of them twice/,
  ],
  [
    "I20 the dead are left alone",
    "a contact that was deleted long before is written to",
    (world) => {
      world.human({ what: "delete", system: "hubspot" });
      world.run(3, 59);
      batch(world, [{ id: world.contact }], { invocation: 3, at: minute(60) });
    },
    /invocation 3 wrote to \d+, which was gone \(delete\) long before/,
  ],
  [
    "I21 fences hold",
    "something is stored under an old fence",
    (world) => world.commits(2, 3, 1),
    /commitDecisions under fence 1, when 2 was given/,
  ],
  [
    "I21 fences hold",
    "a version is decided twice",
    (world) => world.commits(2, 2),
    /link-0 version 2 was stored twice/,
  ],
  [
    "I22 cursors are sound",
    "the settled cursor passes an edit that nobody read",
    (world) => {
      world.human({ what: "edit", system: "hubspot", id: "77", field: "jobtitle", before: "", after: "v5" });
      world.passesBy(minute(40));
    },
    /contacts 77, edited at .* was passed by the settled cursor unread/,
  ],
  [
    "I24 the books balance",
    "a mark is in no book",
    (world) => {
      const considered = { total: 2, written: 1, unchanged: 0, skipped: 0, rejected: 0, deferred: 0 };
      world.run(3, 20, { considered });
    },
    /invocation 3 considered 2 but accounts for 1/,
  ],
  [
    "I24 the books balance",
    "a linked person has one record",
    (world) => world.relink({ salesforceId: null }),
    /link-0 is linked and has 1 records/,
  ],
  ["I24 the books balance", "a link is there twice", (world) => world.link(), /link-0 is in the state twice/],
  [
    "I24 the books balance",
    "a mark is never worked off",
    (world) => world.state.dirty.push({ key: "l:link-0", reason: "changed" } as DirtyRow),
    /l:link-0 is still to be looked at/,
  ],
  [
    "I24 the books balance",
    "the report counts somebody else",
    (world) => {
      world.miscounted = 1;
    },
    /the report counts 2 leads, the state has 1/,
  ],
  [
    "I24 the books balance",
    "a value is sent that was not stored before",
    (world) => {
      world.stores(written(world));
      batch(world, [{ id: world.contact, properties: { jobtitle: "v1", city: "Bonn" } }]);
    },
    /hubspot contacts \d+ was sent jobtitle,city, which no ledger has/,
  ],
  [
    "I24 the books balance",
    "an address is unsubscribed that nobody of the ledger had",
    (world) => {
      world.human({ what: "address", system: "hubspot", field: "email", before: emailOf(0), after: emailOf(1) });
      world.stores({ ...written(world), fields: { hs_email_optout: { from: null, to: "true", rule: "consent" } } });
      world.request({
        path: "/communication-preferences/v4/statuses/batch/unsubscribe-all",
        body: { inputs: [emailOf(2)] },
      });
    },
    /hubspot address \S+ was sent hs_email_optout, which no ledger has/,
  ],
  [
    "I24 the books balance",
    "a write is stored once it has been sent",
    (world) => {
      world.stores(written(world), 40);
      batch(world, [{ id: world.contact, properties: { jobtitle: "v1" } }]);
    },
    /was sent jobtitle, which no ledger has/,
  ],
  [
    "I24 the books balance",
    "a write counts as done that was never sent",
    (world) => world.stores(written(world)),
    /the ledger says that key-1 was written, and it was never sent/,
  ],
  [
    "I24 the books balance",
    "nobody knows in the end what became of a write",
    (world) => world.stores({ ...written(world), state: "unknown" }),
    /key-1 is still unknown, long after the last edit/,
  ],
  [
    "I24 the books balance",
    "a write disappears from the ledger",
    (world) => {
      world.stores(written(world));
      world.state.intents.length = 0;
    },
    /key-1 was stored and is in no ledger any more/,
  ],
  [
    "I28 the log is clean",
    "a line of the log shows an address",
    (world) => world.logged.push(`{"event":"x","who":"${emailOf(0)}"}`),
    /a line of the log shows "@storm.example.com"/,
  ],
  [
    "I28 the log is clean",
    "a line of the log shows a secret",
    (world) => world.logged.push('{"authorization":"Bearer pat-sandbox"}'),
    /a line of the log shows "pat-sandbox"/,
  ],
];

function batch(world: MadeUpWorld, inputs: readonly object[], row: { invocation?: number; at?: number } = {}): void {
  world.request({ path: "/crm/v3/objects/contacts/batch/update", body: { inputs }, ...row });
}
