/** What looks like a breach of a law and is none: the checker must leave it alone. */
import { ARCHIVED } from "../stand-ins.ts";
import { emailOf } from "../storm-fields.ts";
import { conflict, cycleBegins, forgotten, moment, remade, takenBack, toAndFro, written } from "./made-up-turns.ts";
import { type Excuse, minute } from "./made-up-world.ts";

export const EXCUSED: readonly Excuse[] = [
  [
    "I2 everybody is linked",
    "the contact, under a new address, that the lead of somebody who was forgotten has become",
    (world) => {
      forgotten(world);
      const { salesforce } = world.systems;
      const after = salesforce.create("Contact", { Email: emailOf(0, 1), LastName: "Last0" }, world.rep);
      world.human({ what: "convert", system: "salesforce", field: "(converted)", before: world.lead, after });
    },
  ],
  [
    "I4 nothing is lost",
    "the loser of a recorded conflict",
    (world) => {
      world.human({ what: "edit", system: "hubspot", field: "jobtitle", before: "v1", after: "v7" });
      conflict(world, "v7");
    },
  ],
  [
    "I4 nothing is lost",
    "an edit before a merge, of whose values the vendor makes what it likes",
    (world) => {
      world.human({ what: "edit", system: "hubspot", at: minute(15), field: "jobtitle", before: "v1", after: "v7" });
      remade(world);
    },
  ],
  [
    "I4 nothing is lost",
    "an edit of a merged contact that the other of the two people replaced there",
    (world) => {
      remade(world);
      world.human({ what: "edit", system: "hubspot", at: minute(60), field: "jobtitle", before: "v1", after: "v7" });
      const replaced = { field: "jobtitle", before: "v7", after: "v1" };
      world.human({ what: "edit", system: "hubspot", at: minute(70), who: 1, id: world.contact, ...replaced });
    },
  ],
  [
    "I4 nothing is lost",
    "an edit of which an automation of the customer's makes something else when something else is written",
    (world) => {
      world.human({ what: "edit", system: "salesforce", field: "Title", before: "v1", after: "v7" });
      world.change({ field: "Title", before: "v7", after: "V7" });
      const path = "/services/data/v66.0/composite";
      const part = { method: "PATCH", url: `/services/data/v66.0/sobjects/Lead/${world.lead}` };
      world.stores({ ...written(world), ...{ system: "salesforce", object: "Lead", recordId: world.lead } });
      world.request({
        path,
        system: "salesforce",
        body: { compositeRequest: [{ ...part, body: { jobtitle: "v1" } }] },
      });
    },
  ],
  [
    "I5 nothing stale wins",
    "a request that had left before the person entered theirs",
    (world) => {
      world.human({ what: "edit", system: "salesforce", at: minute(15), field: "Title", before: "v1", after: "v8" });
      world.human({ what: "edit", system: "hubspot", at: minute(40), field: "jobtitle", before: "v1", after: "v9" });
      world.change({ system: "hubspot", field: "jobtitle", before: "v9", after: "v8", at: minute(42) });
      world.request({ path: "/crm/v3/objects/contacts/batch/update", sentAt: minute(39), at: minute(42) });
    },
  ],
  ["I5 nothing stale wins", "an entry that is taken back before any run has read it", (world) => takenBack(world)],
  [
    "I6 no ping-pong",
    "what was written without an answer is put right, by as many writes",
    (world) => {
      toAndFro(world, [3, 4]);
      for (const run of [3, 4])
        world.request({ path: "/services/data/v66.0/composite", system: "salesforce", fault: "late", ...moment(run) });
    },
  ],
  [
    "I26 conflicts are true",
    "what is left of a title in a field that an admin has made shorter",
    (world) => {
      const retype = { do: "retype", side: "salesforce", how: "short", at: 0 } as const;
      world.plan = { ...world.plan, steps: [retype] };
      conflict(world, "fir");
    },
  ],
  [
    "I6 no ping-pong",
    "of a list each side is written what it lacks, after each of two edits",
    (world) => {
      for (const [run, list] of [
        [3, "analytics;reporting"],
        [4, "analytics;automation;reporting"],
      ] as const) {
        world.run(run, run * 10);
        world.human({ what: "edit", system: "hubspot", field: "product_interest", after: list });
        world.change({ system: "hubspot", field: "product_interest", before: "", after: list, ...moment(run) });
        world.change({ field: "Product_Interest__c", before: null, after: list, ...moment(run) });
      }
    },
  ],
  [
    "I17 blanks are meant",
    "a blank of a person who was merged with another",
    (world) => {
      world.human({ what: "merge", system: "hubspot", field: "(merged)", before: world.contact, after: "77" });
      world.change({ field: "Title", before: "v1", after: null });
    },
  ],
  [
    "I22 cursors are sound",
    "an edit of a contact that is archived, as the mapping says, before the cursor passes",
    (world) => {
      world.human({ what: "edit", system: "hubspot", id: "77", field: "jobtitle", before: "", after: "v5" });
      world.change({
        system: "hubspot",
        id: "77",
        field: ARCHIVED,
        before: undefined,
        after: minute(21),
        at: minute(21),
      });
      world.passesBy(minute(40));
    },
  ],
  [
    "I5 nothing stale wins",
    "an entry that is taken back after runs had read it that died before they decided",
    (world) => takenBack(world, "dies"),
  ],
  [
    "I5 nothing stale wins",
    "an entry that is taken back after a run had read it that found the person deleted",
    (world) => takenBack(world, "ends"),
  ],
  [
    "I24 the books balance",
    "a write that was stored, sent and heard of, and an objection that goes by address",
    (world) => {
      world.stores(written(world));
      const objects = { hs_email_optout: { from: "false", to: "true", rule: "most-restrictive" } };
      world.stores({ ...written(world), key: "key-2", fields: objects });
      const path = "/crm/v3/objects/contacts/batch/update";
      world.request({ path, body: { inputs: [{ id: world.contact, properties: { jobtitle: "v1" } }] } });
      const all = "/communication-preferences/v4/statuses/batch/unsubscribe-all";
      world.request({ path: all, body: { inputs: [emailOf(0)] } });
    },
  ],
  [
    "I29 erasure",
    "somebody who was forgotten and whom a marketer merges with somebody else, who keeps the address",
    (world) => {
      forgotten(world);
      world.human({ what: "merge", system: "hubspot", at: minute(70), field: "(merged)", before: "77", after: "78" });
      world.stored = `[{"email":"${emailOf(0)}"}]`;
    },
  ],
  [
    "I18 limits are kept",
    "an empty quota that is asked again by whoever has not heard of it",
    (world) => {
      for (let call = 0; call < 5; call += 1)
        world.request({ path: "/crm", answer: '{"policyName":"DAILY"}', fault: "hang-after" });
    },
  ],
  [
    "I11 stages climb",
    "a stage of a new cycle of whoever stepped aside in a merge and has no record left",
    (world) => {
      cycleBegins(world, 4, 40);
      world.human({ what: "stage", system: "hubspot", at: minute(50), field: "lifecyclestage", after: "customer" });
      world.stage(4, "customer", { epoch: 2, reason: "set by hand in HubSpot" });
      world.relink({ state: "superseded", hubspotId: null, salesforceId: null });
    },
  ],
  [
    "I11 stages climb",
    "a stage of a new cycle that was set after the run set out that began it",
    (world) => {
      cycleBegins(world, 4, 40);
      const set = { system: "hubspot", field: "lifecyclestage", after: "customer" } as const;
      world.human({ what: "stage", at: minute(40) + 500, ...set });
      world.stage(4, "customer", { epoch: 2, reason: "set by hand in HubSpot" });
    },
  ],
  [
    "I14 deletes stay",
    "a contact that was archived, as the mapping says, with a lead that is brought back and converted since",
    (world) => {
      world.plan = { ...world.plan, setting: { ...world.plan.setting, onDelete: "archive" } };
      world.human({ what: "delete", system: "salesforce", at: minute(20) });
      world.change({ system: "hubspot", field: ARCHIVED, before: undefined, after: minute(30), at: minute(30) });
      world.human({ what: "convert", system: "salesforce", at: minute(50), field: "(converted)", after: "003A" });
      world.relink({ salesforceObject: "Contact", salesforceId: "003A" });
    },
  ],
  [
    "I14 deletes stay",
    "a contact that nobody had decided about when another one was made, and that was found by its id later",
    (world) => {
      world.storeLog.length = 0;
      world.human({ what: "delete", system: "hubspot", at: minute(40) });
      world.run(3, 59);
      const made = { system: "hubspot", id: "78", field: "email", created: true, before: undefined } as const;
      world.change({ ...made, after: emailOf(0), invocation: 3, at: minute(60) });
      world.run(4, 70);
      world.commits(4, 3);
    },
  ],
  [
    "I11 stages climb",
    "a stage of a new cycle that was set on a contact which has been merged with another person's since, so that nothing of theirs is left",
    (world) => {
      cycleBegins(world, 4, 40);
      world.commits(4, 4);
      const set = { system: "hubspot", field: "lifecyclestage", after: "customer" } as const;
      world.human({ what: "stage", at: minute(45), ...set });
      world.stage(4, "customer", { epoch: 2, reason: "set by hand in HubSpot" });
      world.relink({ state: "superseded", hubspotId: null, salesforceId: null });
    },
  ],
];
