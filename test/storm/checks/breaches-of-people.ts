/** Made-up histories that break a law about people, their values, tasks and stages: what each changes of the intact world, and what its checker says. */
import { emailOf } from "../storm-fields.ts";
import { conflict, cycleBegins, remade, takenBack, taskMade, toAndFro } from "./made-up-turns.ts";
import { type Breach, minute } from "./made-up-world.ts";

export const BREACHES_OF_PEOPLE: readonly Breach[] = [
  ["I1 agreement", "a title differs", (world) => world.show({ jobtitle: "v2" }), /title is "v2" in HubSpot, "v1"/],
  ["I1 agreement", "an address differs", (world) => world.show({ email: emailOf(0, 1) }), /the address is "q0@/],
  [
    "I2 everybody is linked",
    "an MQL of HubSpot is in no link",
    (world) => void world.createContact(1, { lifecyclestage: "marketingqualifiedlead" }),
    /contact \d+ \(p1@.*\) is in no link and nobody was told why/,
  ],
  [
    "I2 everybody is linked",
    "a lead is in no link",
    (world) => void world.createLead(1),
    /Lead 00Q\w+ \(p1@.*\) is in no link/,
  ],
  [
    "I2 everybody is linked",
    "a link was never made whole",
    (world) => world.relink({ state: "pending" }),
    /is pending and nobody was told why/,
  ],
  [
    "I2 everybody is linked",
    "a contact stands in two links",
    (world) => world.link({ id: "link-1" }),
    /contact \d+ stands in 2 links/,
  ],
  [
    "I4 nothing is lost",
    "an edit is nowhere at the end",
    (world) => world.human({ what: "edit", system: "hubspot", field: "jobtitle", before: "v1", after: "v7" }),
    /title "v7", entered in hubspot at .* is gone without a word/,
  ],
  [
    "I4 nothing is lost",
    "an edit of somebody who was merged, after a run had seen them so, is nowhere at the end",
    (world) => {
      remade(world);
      world.human({ what: "edit", system: "hubspot", at: minute(60), field: "jobtitle", before: "v1", after: "v7" });
    },
    /title "v7", entered in hubspot at .* is gone without a word/,
  ],
  [
    "I4 nothing is lost",
    "a box that was ticked last is not ticked",
    (world) =>
      world.human({ what: "edit", system: "salesforce", field: "Budget_Known__c", before: false, after: true }),
    /budget true, the last word of salesforce, is gone without a word/,
  ],
  [
    "I4 nothing is lost",
    "a part of a set that was entered last is not in it",
    (world) => {
      world.show({ product_interest: "analytics" });
      const entered = { field: "product_interest", before: "", after: "analytics;reporting" };
      world.human({ what: "edit", system: "hubspot", ...entered });
    },
    /interest "analytics;reporting", the last word of hubspot, is gone without a word/,
  ],
  [
    "I5 nothing stale wins",
    "an older value of the other side is written over a younger one",
    (world) => {
      world.human({ what: "edit", system: "salesforce", at: minute(15), field: "Title", before: "v1", after: "v8" });
      world.human({ what: "edit", system: "hubspot", at: minute(40), field: "jobtitle", before: "v1", after: "v9" });
      world.change({ system: "hubspot", field: "jobtitle", before: "v9", after: "v8", at: minute(42) });
    },
    /title "v9" was replaced by the older "v8"/,
  ],
  [
    "I5 nothing stale wins",
    "what was taken back counts once a run has read the entry and decided",
    (world) => takenBack(world, "decides"),
    /title "" was replaced by the older "v8"/,
  ],
  [
    "I6 no ping-pong",
    "each of four runs turns a title back, while others and other fields are edited and answers get lost",
    (world) => {
      toAndFro(world, [3, 4, 5, 6]);
      for (let edit = 0; edit < 9; edit += 1) {
        const other = world.createContact(1 + edit, {});
        world.human({ what: "edit", system: "hubspot", who: 1 + edit, id: other, field: "jobtitle", after: "v7" });
        world.human({ what: "edit", system: "hubspot", field: "phone", after: `+1415200${1_000 + edit}` });
        world.request({ path: "/crm/v3/objects/contacts/batch/update", invocation: 3, fault: "drop-after" });
        world.change({ invocation: 3, system: "hubspot", id: other, field: "phone", before: "", after: "1" });
      }
    },
    /title of person 0 was written 5 times for 1 edits and 0 writes without an answer/,
  ],
  [
    "I7 no duplicate record",
    "a lead is made twice under one key",
    (world) => {
      for (const id of ["00Q1", "00Q2"])
        world.change({ id, field: "LeadLoop_Key__c", created: true, before: undefined, after: "link-9" });
    },
    /created a second time under one key/,
  ],
  [
    "I7 no duplicate record",
    "two live leads of ours share an address",
    (world) => {
      for (const id of [world.lead, world.createLead(0)])
        for (const [field, after] of Object.entries({ LeadLoop_Key__c: `of ${id}`, Email: emailOf(0) }))
          world.change({ id, field, created: true, before: undefined, after });
    },
    /two live records of ours in Salesforce have the address p0@/,
  ],
  [
    "I8 no duplicate task",
    "a task is made again for its cause",
    (world) => taskMade(world, "00T2", "mql:1"),
    /two tasks for mql:1/,
  ],
  [
    "I9 tasks happen",
    "a task hangs",
    (world) => world.state.tasks.splice(0, 1, { ...world.state.tasks[0]!, state: "sent" }),
    /the task of link-0 for mql:1 is still sent/,
  ],
  [
    "I9 tasks happen",
    "a task is done and was never there",
    (world) => world.state.tasks.push({ ...world.state.tasks[0]!, cause: "mql:2" }),
    /for mql:2 is done, but is not in Salesforce/,
  ],
  [
    "I9 tasks happen",
    "a task is gone and nobody deleted it",
    (world) => world.systems.salesforce.remove("Task", world.task, world.rep),
    /was deleted, and no person did it/,
  ],
  [
    "I10 the task ledger is complete",
    "a task that the ledger does not know",
    (world) => taskMade(world, "00T2", "mql:7"),
    /task 00T2 for mql:7 is in no ledger/,
  ],
  ["I11 stages climb", "a stage falls", (world) => world.stage(3, "lead"), /from mql of cycle 1 to lead of cycle 1/],
  [
    "I11 stages climb",
    "a stage is entered without a reason",
    (world) => world.stage(3, "sql", { reason: "" }),
    /entered sql without a reason/,
  ],
  [
    "I11 stages climb",
    "a stage of a new cycle that nobody had set since it began",
    (world) => {
      world.human({ what: "stage", system: "hubspot", at: minute(15), field: "lifecyclestage", after: "customer" });
      cycleBegins(world, 4, 40);
      world.stage(4, "customer", { epoch: 2, reason: "set by hand in HubSpot" });
    },
    /customer of cycle 2 was set by hand in HubSpot, where nobody had set a stage since it began/,
  ],
  ["I12 stages meet", "a pair has no stage", (world) => world.relink({ stage: null }), /has no stage/],
  [
    "I12 stages meet",
    "HubSpot shows another stage",
    (world) => world.show({ lifecyclestage: "salesqualifiedlead" }),
    /is mql of cycle 1, but HubSpot shows salesqualifiedlead/,
  ],
  [
    "I12 stages meet",
    "a further stage that a person had set is not there",
    (world) => world.human({ what: "stage", system: "salesforce", field: "LeadLoop_Stage__c", after: "Customer" }),
    /is mql, but a person had set a further stage/,
  ],
  [
    "I13 consent",
    "an objection is taken back by us",
    (world) => world.change({ field: "DoNotCall", before: true, after: false }),
    /an objection was taken back/,
  ],
  [
    "I13 consent",
    "an objection does not reach the other side",
    (world) => world.show({ do_not_call: "true" }),
    /objection to calls is true in HubSpot, false in Salesforce/,
  ],
  [
    "I14 deletes stay",
    "a contact that a run had told, and that a marketer deleted, is made again",
    (world) => {
      world.link({ id: "link-1", hubspotId: "77", email: emailOf(1) });
      world.commits(2, 3);
      world.human({ what: "delete", system: "hubspot", who: 1, id: "77" });
      world.run(3, 59);
      const made = { system: "hubspot" as const, object: "contacts", id: "78", field: "email", created: true };
      world.change({ ...made, before: undefined, after: emailOf(1), invocation: 3, at: minute(60) });
    },
    /made again after a person had deleted it/,
  ],
  [
    "I14 deletes stay",
    "a lead that a rep deleted is made again",
    (world) => {
      world.human({ what: "delete", system: "salesforce", who: 1, id: "00Q1" });
      world.run(3, 59);
      const made = { id: "00Q2", field: "Email", created: true, before: undefined, after: emailOf(1) };
      world.change({ ...made, invocation: 3, at: minute(60) });
    },
    /made again after a person had deleted it/,
  ],
  [
    "I14 deletes stay",
    "a lead is deleted by us, and nobody asked",
    (world) => world.change({ field: "IsDeleted", before: false, after: true }),
    /was deleted by us, and nobody asked for it/,
  ],
  [
    "I14 deletes stay",
    "the mapping archives, and the other record is still there",
    (world) => {
      world.plan = { ...world.plan, setting: { ...world.plan.setting, onDelete: "archive" } };
      world.human({ what: "delete", system: "hubspot" });
      world.relink({ state: "tombstoned" });
    },
    /was deleted in hubspot, and its other record is still there/,
  ],
  [
    "I17 blanks are meant",
    "a blank that nobody entered",
    (world) => world.change({ field: "Title", before: "v1", after: null }),
    /a blank that nobody entered/,
  ],
  [
    "I17 blanks are meant",
    "a blank after somebody else's was cleared, others were merged, and the person was deleted and brought back",
    (world) => {
      const other = world.createContact(1, {});
      world.human({ what: "clear", system: "hubspot", who: 1, id: other, field: "jobtitle", before: "v3", after: "" });
      world.human({
        what: "merge",
        system: "hubspot",
        who: 1,
        id: other,
        field: "(merged)",
        before: other,
        after: other,
      });
      for (const what of ["delete", "restore", "convert"] as const) world.human({ what, system: "salesforce" });
      world.change({ field: "Title", before: "v1", after: null });
    },
    /a blank that nobody entered/,
  ],
  [
    "I5 nothing stale wins",
    "of somebody who was merged, an older value is written over a younger one that was entered after a run had seen them so",
    (world) => {
      remade(world);
      world.human({ what: "edit", system: "salesforce", at: minute(60), field: "Title", before: "v1", after: "v8" });
      world.human({ what: "edit", system: "hubspot", at: minute(80), field: "jobtitle", before: "v1", after: "v9" });
      world.change({ system: "hubspot", field: "jobtitle", before: "v9", after: "v8", at: minute(82) });
    },
    /title "v9" was replaced by the older "v8"/,
  ],
  [
    "I26 conflicts are true",
    "a conflict names what nobody entered",
    (world) => conflict(world, "invented"),
    /a conflict of p0@.* about title names "invented", which nobody entered/,
  ],
  [
    "I26 conflicts are true",
    "a conflict of somebody who was merged names what only another person entered",
    (world) => {
      remade(world);
      world.human({ what: "edit", system: "hubspot", who: 1, id: "78", field: "jobtitle", before: "", after: "v6" });
      conflict(world, "v6");
    },
    /a conflict of p0@.* about title names "v6", which nobody entered/,
  ],
  [
    "I30 cleared first",
    "a stage is set back without a clear",
    (world) => world.change({ system: "hubspot", field: "lifecyclestage", before: "customer", after: "lead" }),
    /was set back from customer to lead without a clear/,
  ],
];
