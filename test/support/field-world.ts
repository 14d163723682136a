/** One mapped field of one linked pair, played through the real merge: people edit, syncs read, decide and write, answers get lost. */
import { transformNamed } from "../../src/core/mapping/transforms.ts";
import type { FieldState, Link } from "../../src/core/model/link.ts";
import type { ObjectMapping, SyncRule } from "../../src/core/model/mapping.ts";
import type { Write } from "../../src/core/model/plan.ts";
import {
  type CrmRecord,
  type FieldVersion,
  type Instant,
  SYSTEMS,
  type System,
  type Value,
} from "../../src/core/model/record.ts";
import { applyOutcome } from "../../src/core/sync/apply-outcome.ts";
import { fieldsToWrite, updateWrite } from "../../src/core/sync/build-writes.ts";
import type { FieldConflict } from "../../src/core/sync/choose-value.ts";
import { NO_ARRIVALS } from "../../src/core/sync/find-arrivals.ts";
import { mergePerson } from "../../src/core/sync/merge-person.ts";
import { withChecks } from "../../src/core/sync/sight-fields.ts";

/** How the writes of one sync fare. Salesforce and HubSpot may meet different fates in one run. */
export type Delivery = "answered" | "never-arrived" | "answer-lost" | "hubspot-only" | "salesforce-only";
export const DELIVERIES: readonly Delivery[] = [
  "answered",
  "never-arrived",
  "answer-lost",
  "hubspot-only",
  "salesforce-only",
];

export type FieldStep =
  | { readonly do: "edit"; readonly side: System; readonly value: Value }
  /** `race`: a person enters this in HubSpot after our read and before our write. */
  | { readonly do: "sync"; readonly delivery: Delivery; readonly race?: Value };

const FIELD = "field";
const START = Date.parse("2026-03-02T08:00:00.000Z");

export function fieldMapping(rule: SyncRule): ObjectMapping {
  const transform = transformNamed(rule === "union" ? "set" : "text", {});
  return {
    name: "one field",
    file: "one-field.yml",
    hubspot: "contacts",
    salesforce: "Lead",
    matchKeys: [],
    include: null,
    create: [],
    onDelete: "unlink",
    fields: [{ name: FIELD, hubspot: FIELD, salesforce: "Field", rule, transform, whenMissing: undefined }],
  };
}

export interface FieldWorldOptions {
  readonly rule: SyncRule;
  readonly tieSide?: System;
  /** What both sides held before the first meeting. */
  readonly hubspot?: Value;
  readonly salesforce?: Value;
}

/** Values a person entered, and how each of them left the side it was entered on. */
export interface Entry {
  readonly side: System;
  readonly value: Value;
  /** A person replaced it, on a side that showed it: they knew what they did. */
  replacedByPerson: boolean;
}

/** Time moves by a minute with every step, so that no two edits tie unless a race says so. */
export class FieldWorld {
  readonly #mapping: ObjectMapping;
  readonly #tieSide: System;
  #now = START;
  #link: Link;
  #hubspot: FieldVersion[];
  #salesforce: { value: Value; modified: number };
  readonly conflicts: FieldConflict[] = [];
  readonly entries: Entry[] = [];
  /** Values that both sides were once known to hold. */
  readonly agreed = new Set<string>();
  /** Values that a sync has read on either side. */
  readonly read = new Set<string>();
  /** Writes that reached a side, in order. */
  readonly writes: { readonly system: System; readonly value: Value }[] = [];

  constructor(options: FieldWorldOptions) {
    this.#mapping = fieldMapping(options.rule);
    this.#tieSide = options.tieSide ?? "salesforce";
    this.#hubspot = [{ value: options.hubspot ?? null, at: instant(START), own: false }];
    this.#salesforce = { value: options.salesforce ?? null, modified: START };
    for (const side of ["hubspot", "salesforce"] as const) {
      const value = options[side] ?? null;
      if (value !== null) this.entries.push({ side, value, replacedByPerson: false });
    }
    this.#link = emptyLink(instant(START));
  }

  get state(): FieldState {
    return this.#link.fields[FIELD] ?? {};
  }

  value(side: System): Value {
    return side === "hubspot" ? asValue(this.#hubspot[0]?.value) : this.#salesforce.value;
  }

  play(steps: readonly FieldStep[]): this {
    for (const step of steps) {
      if (step.do === "edit") this.edit(step.side, step.value);
      else this.sync(step.delivery, step.race);
    }
    return this;
  }

  edit(side: System, value: Value): void {
    this.#now += 60_000;
    this.#enter(side, value);
  }

  #enter(side: System, value: Value): void {
    const shown = this.value(side);
    if (shown === value) return;
    const members = new Set(shown?.split(";"));
    for (const entry of this.entries)
      if (entry.value !== null && members.has(entry.value)) entry.replacedByPerson = true;
    if (value !== null) this.entries.push({ side, value, replacedByPerson: false });
    this.#store(side, value, false);
  }

  #store(side: System, value: Value, own: boolean): void {
    if (side === "hubspot") this.#hubspot.unshift({ value, at: instant(this.#now), own });
    else this.#salesforce = { value, modified: Math.floor(this.#now / 1_000) * 1_000 };
  }

  /** Reads both sides, decides, writes as the delivery allows, and stores what became of it. Gives the number of writes that were sent. */
  sync(delivery: Delivery, race?: Value): number {
    this.#now += 60_000;
    const { hubspot, salesforce } = this.#read();
    for (const side of SYSTEMS) this.read.add(this.value(side) ?? "");
    const merged = mergePerson(this.#link, this.#mapping, hubspot, salesforce, {
      tieSide: this.#tieSide,
      now: instant(this.#now),
      arrivals: NO_ARRIVALS,
    });
    this.conflicts.push(...merged.conflicts.map(({ conflict }) => conflict));
    const writes: Write[] = [];
    let link: Link = { ...this.#link, version: this.#link.version + 1, fields: merged.fields };
    for (const record of [hubspot, salesforce]) {
      const side = fieldsToWrite(record, this.#mapping, merged.targets, [], {
        mayWrite: () => true,
        holdsMoment: () => false,
      });
      if (side.mapped.length === 0) continue;
      const write = updateWrite(link, record, side, "fields");
      if (record === hubspot) link = { ...link, fields: withChecks(link.fields, this.#mapping, write, hubspot) };
      writes.push(write);
    }
    this.#now += 5_000;
    if (race !== undefined) this.#enter("hubspot", race);
    this.#now += 5_000;
    const unanswered = writes.filter((write) => !isAnswered(write, delivery));
    for (const write of writes) link = this.#deliver(link, write, delivery, unanswered);
    const { base } = link.fields[FIELD] ?? {};
    if (base !== undefined && base !== null) this.agreed.add(base);
    if (writes.length === 0 && race === undefined) link = this.#noteSeen(link);
    this.#link = link;
    return writes.length;
  }

  #read(): { readonly hubspot: CrmRecord; readonly salesforce: CrmRecord } {
    const modified = this.#hubspot[0]?.at ?? instant(START);
    const hubspot = record("hubspot", this.value("hubspot"), modified);
    const salesforce = record("salesforce", this.#salesforce.value, instant(this.#salesforce.modified));
    return { hubspot: { ...hubspot, history: { [FIELD]: [...this.#hubspot] } }, salesforce };
  }

  #deliver(link: Link, write: Write, delivery: Delivery, unanswered: readonly Write[]): Link {
    const { system } = write;
    if (arrives(write, delivery)) {
      const [field] = Object.values(write.fields);
      const value = asValue(field?.to);
      this.#store(system, value, true);
      this.writes.push({ system, value });
    }
    const outcome = isAnswered(write, delivery)
      ? ({ kind: "written", key: write.key, id: "1", created: false, version: null, returned: null } as const)
      : ({ kind: "unknown", key: write.key, message: "no answer" } as const);
    const context = {
      mapping: this.#mapping,
      schema: null,
      unanswered,
      verifyAfterSeconds: 20,
      quarantineSeconds: 90,
      arriving: {},
      run: "run",
    };
    const applied = applyOutcome(link, write, outcome, { ...context, now: instant(this.#now) });
    return { ...applied.link, version: applied.link.version + 1 };
  }

  /** A later read that tells nothing new says when the sides were last seen to be so. */
  #noteSeen(link: Link): Link {
    const at = instant(this.#now);
    const known = { hubspot: { version: "", at }, salesforce: { version: "", at } };
    return link.fields[FIELD]?.register === undefined ? { ...link, seen: known } : link;
  }
}

function arrives(write: Write, delivery: Delivery): boolean {
  return delivery === "answered" || delivery === "answer-lost" || delivery === `${write.system}-only`;
}

function isAnswered(write: Write, delivery: Delivery): boolean {
  return delivery !== "answer-lost" && arrives(write, delivery);
}

function emptyLink(at: Instant): Link {
  return {
    id: "link-1",
    state: "linked",
    hubspotId: "1",
    salesforceObject: "Lead",
    salesforceId: "00Q000000000001AAA",
    email: null,
    name: "somebody",
    version: 1,
    generation: 1,
    seen: {},
    fields: {},
    stage: null,
    score: null,
    facts: {},
    firstSeenAt: at,
    quarantine: {},
  };
}

function record(system: System, value: Value, modifiedAt: Instant): CrmRecord {
  const ref =
    system === "hubspot"
      ? { system, object: "contacts", id: "1" }
      : { system, object: "Lead", id: "00Q000000000001AAA" };
  const name = system === "hubspot" ? FIELD : "Field";
  return { ref, fate: { kind: "live" }, fields: { [name]: value }, createdAt: instant(START), modifiedAt, version: "" };
}

function instant(ms: number): Instant {
  return new Date(ms).toISOString();
}

function asValue(raw: unknown): Value {
  return raw === null || raw === undefined || raw === "" ? null : String(raw);
}
