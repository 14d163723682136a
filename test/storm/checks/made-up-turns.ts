/** Turns of a made-up history that several breaches and excuses take. */
import type { IntentEntry } from "../../../src/core/model/ledger.ts";
import type { Link } from "../../../src/core/model/link.ts";
import { type MadeUpWorld, minute } from "./made-up-world.ts";

/** A title is entered in HubSpot and cleared again; meanwhile sales enter one, which is then written over the blank. Some run reads the first one in between. */
export function takenBack(world: MadeUpWorld, reader?: "decides" | "dies" | "ends"): void {
  world.human({ what: "edit", system: "hubspot", at: minute(20), field: "jobtitle", before: "", after: "v9" });
  world.human({ what: "edit", system: "salesforce", at: minute(25), field: "Title", before: "", after: "v8" });
  if (reader !== undefined) {
    if (reader !== "dies") world.run(3, 30);
    world.reads(3, "hubspot", `{"id":"${world.contact}","jobtitle":"v9"}`, minute(30));
    if (reader === "ends") world.relink({ state: "tombstoned" });
    if (reader !== "dies") world.commits(3, 3);
    world.relink({});
  }
  world.human({ what: "clear", system: "hubspot", at: minute(60), field: "jobtitle", before: "v9", after: "" });
  world.change({ system: "hubspot", field: "jobtitle", before: "", after: "v8", at: minute(62) });
}

/** Each of these runs writes the other title than the one before. */
export function toAndFro(world: MadeUpWorld, runs: readonly number[]): void {
  for (const run of runs) {
    world.run(run, run * 10);
    world.change({ field: "Title", before: `v${run % 2}`, after: `v${(run + 1) % 2}`, ...moment(run) });
  }
}

/** When such a run writes. */
export function moment(run: number): { invocation: number; at: number } {
  return { invocation: run, at: minute(run * 10) };
}

/** Another contact is merged into that of person 0, and a run sees it. */
export function remade(world: MadeUpWorld): void {
  world.human({ what: "merge", system: "hubspot", field: "(merged)", before: "77", after: world.contact });
  world.run(3, 40);
  world.commits(3, 3);
}

/** What the ledger says of a title that is written to the contact of person 0. */
export function written(world: MadeUpWorld): IntentEntry {
  const at = { system: "hubspot", object: "contacts", recordId: world.contact } as const;
  const fields = { jobtitle: { from: "v0", to: "v1", rule: "two-way" } };
  return { key: "key-1", link: "link-0", ...at, fields, state: "written" } as unknown as IntentEntry;
}

export function taskMade(world: MadeUpWorld, id: string, cause: string): void {
  const made = { object: "Task", id, field: "LeadLoop_Cause__c", created: true, before: undefined };
  world.change({ ...made, after: cause });
}

export function conflict(world: MadeUpWorld, hubspot: string): void {
  const { id: link } = world.state.links[0] as Link;
  world.state.conflicts.push({
    ...{ id: "conflict-1", link, field: "jobtitle", rule: "two-way", hubspot, salesforce: "v1", kept: "salesforce" },
    ...{ because: "the later edit", at: new Date(minute(30)).toISOString(), run: "run-2", open: false },
  });
}

/** An admin forgets person 0, of whom nothing is left in the state unless it is said; a run follows. */
export function forgotten(world: MadeUpWorld, changes: Partial<Link> = {}): void {
  const given = [{ job: "sync" }, ["link-0"], "asked for by an operator", new Date(minute(50)).toISOString()];
  world.storeLog.push({ at: minute(50), invocation: 900, method: "erase", fence: 3, given, answer: null });
  world.relink({ state: "erased", email: null, ...changes });
  world.stored = "[]";
  world.run(3, 59);
}

/** A run decides that sales has sent person 0 back. */
export function cycleBegins(world: MadeUpWorld, number: number, at: number): void {
  world.run(number, at);
  const event = { link: "link-0", epoch: 2, stage: "recycled", sequence: 3 };
  const given = [{ job: "sync" }, { links: [], conflicts: [], stageEvents: [event] }];
  const row = { invocation: number, method: "commitDecisions", fence: number, given, answer: { stale: [] } };
  world.storeLog.push({ at: minute(at) + 1_000, ...row });
  world.stage(3, "recycled", { epoch: 2, reason: "no budget" });
}
