/** Which objects a run reads as a whole, where each read goes on that an earlier run has begun, and what is stored of it with each page. */

import type { ReadPass } from "../core/model/read-pass.ts";
import type { System } from "../core/model/record.ts";
import { NOTHING_YET, type SafetyTally } from "../core/sync/check-safety.ts";
import { later } from "../core/sync/sight-fields.ts";
import { requestsFor } from "./change-requests.ts";
import type { ChangePage, ChangeRequest } from "./ports.ts";
import type { Cursor } from "./state-port.ts";
import { HUBSPOT_CONTACTS, personObjects, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";
import { isWalkDue } from "./walk-everybody.ts";

/** A pass that is older starts anew: Salesforce keeps a job for seven days, and a deleted record for fifteen. */
const OLDEST_PASS_MS = 6 * 86_400_000;

const SYSTEMS = ["salesforce", "hubspot"] as const;

type Requests = Readonly<Record<System, readonly ChangeRequest[]>>;

export function objectsOfPeople({ mappings }: Pick<SyncDependencies, "mappings">): ReadonlySet<string> {
  return new Set([HUBSPOT_CONTACTS, ...personObjects(mappings)]);
}

/** The reads of one run. */
export class WholeReads {
  readonly requests: Requests;
  /** Everybody is read, by this run or by it and those before it. */
  readonly everybody: boolean;
  /** Some of it was read by earlier runs. */
  readonly resumed: boolean;
  /** Whoever is known and not met is to be looked up in the end. */
  readonly compares: boolean;
  readonly #passes: Map<string, ReadPass>;

  private constructor(
    requests: Requests,
    passes: readonly ReadPass[],
    kind: Pick<WholeReads, "everybody" | "resumed" | "compares">,
  ) {
    this.requests = requests;
    this.everybody = kind.everybody;
    this.resumed = kind.resumed;
    this.compares = kind.compares;
    this.#passes = new Map(passes.map((pass) => [`${pass.system}:${pass.object}`, pass]));
  }

  /** Goes on with the pass that was begun, or begins one where something is to be read as a whole. `full`: everything, whatever the cursors say. */
  static async of(dependencies: SyncDependencies, facts: RunFacts, full: boolean): Promise<WholeReads> {
    const kept = full ? [] : facts.cursors;
    const everybody = kept.length === 0 || isWalkDue(dependencies, facts, kept);
    const requests = requestsBy(dependencies, facts, everybody ? withoutPeople(dependencies, kept) : kept);
    const begun = usablePasses(dependencies, facts);
    const known = new Set(begun.map(({ system, object }) => `${system}:${object}`));
    const whole = wholeAmong(requests);
    if (begun.length > 0 && whole.every(({ system, request }) => known.has(`${system}:${request.object}`)))
      return resumedFrom(dependencies, facts, begun);
    const compares = everybody && !facts.dry && (await dependencies.store.scanLinks(null, 1)).length > 0;
    const passes = whole.map(({ system, request }) => passOf(facts, system, request, compares));
    if (!facts.dry && passes.length + facts.readPasses.length > 0)
      await dependencies.store.beginReadPasses(facts.lease, passes);
    return new WholeReads(requests, passes, { everybody, resumed: false, compares });
  }

  static resumed(requests: Requests, passes: readonly ReadPass[], everybody: boolean): WholeReads {
    return new WholeReads(requests, passes, {
      everybody,
      resumed: true,
      compares: passes.some((pass) => pass.compares),
    });
  }

  /** There is a pass to be forgotten in the end. */
  get isPass(): boolean {
    return this.#passes.size > 0;
  }

  /** What the runs before this one have foreseen. */
  get foreseen(): SafetyTally {
    const sum: Record<keyof SafetyTally, number> = { ...NOTHING_YET };
    for (const { foreseen } of this.#passes.values())
      for (const danger of Object.keys(sum) as (keyof SafetyTally)[])
        sum[danger] = Math.max(sum[danger], foreseen[danger]);
    return sum;
  }

  /** Whether the object is being read as a whole. */
  isUnderWay(system: System, object: string): boolean {
    return this.#passes.get(`${system}:${object}`)?.ended === false;
  }

  /** How far the pass over the page's object is with it; null where there is none, or where nothing has changed. */
  after(system: System, { object, position, last }: ChangePage, foreseen: SafetyTally): ReadPass | null {
    const pass = this.#passes.get(`${system}:${object}`);
    if (pass === undefined || pass.ended || (!last && (position === null || position === pass.position))) return null;
    const next = { ...pass, position, ended: last, foreseen };
    this.#passes.set(`${system}:${object}`, next);
    return next;
  }
}

function resumedFrom(dependencies: SyncDependencies, facts: RunFacts, begun: readonly ReadPass[]): WholeReads {
  const open = new Map(begun.filter(({ ended }) => !ended).map((pass) => [`${pass.system}:${pass.object}`, pass]));
  // What was read to its end is read on from its cursor, a wider schema or not.
  const widened = facts.widened.filter(({ system, object }) => open.has(`${system}:${object}`));
  const requests = requestsBy(dependencies, { ...facts, widened }, facts.cursors);
  const goingOn = (system: System): readonly ChangeRequest[] =>
    requests[system].map((request) => {
      const pass = open.get(`${system}:${request.object}`);
      if (pass === undefined) return request;
      const whole = { ...request, windows: [{ from: null, to: null }] };
      if (pass.position === null) return whole;
      dependencies.log.info({ event: "read.resumed", system, object: request.object });
      return { ...whole, after: pass.position };
    });
  const objects = new Set(begun.map(({ object }) => object));
  const everybody = [...objectsOfPeople(dependencies)].every((object) => objects.has(object));
  return WholeReads.resumed({ hubspot: goingOn("hubspot"), salesforce: goingOn("salesforce") }, begun, everybody);
}

/** All of the passes that were begun, or none: those of one pass hang together. */
function usablePasses(dependencies: SyncDependencies, facts: RunFacts): readonly ReadPass[] {
  if (facts.readPasses.length === 0) return [];
  const requests = requestsBy(dependencies, facts, []);
  const isUsable = ({ system, object, account, fields, begunAt }: ReadPass): boolean => {
    const request = requests[system].find((one) => one.object === object);
    return (
      account === facts.accounts[system] &&
      request !== undefined &&
      fields === fieldsOf(request) &&
      begunAt <= facts.startedAt &&
      begunAt > later(facts.startedAt, -OLDEST_PASS_MS)
    );
  };
  return facts.readPasses.every(isUsable) ? facts.readPasses : [];
}

function requestsBy(dependencies: SyncDependencies, facts: RunFacts, cursors: readonly Cursor[]): Requests {
  const of = (system: System): readonly ChangeRequest[] => requestsFor(dependencies, facts, system, cursors);
  return { hubspot: of("hubspot"), salesforce: of("salesforce") };
}

function withoutPeople(dependencies: SyncDependencies, cursors: readonly Cursor[]): readonly Cursor[] {
  const objects = objectsOfPeople(dependencies);
  return cursors.filter((cursor) => !objects.has(cursor.object));
}

function wholeAmong(requests: Requests): readonly { readonly system: System; readonly request: ChangeRequest }[] {
  return SYSTEMS.flatMap((system) =>
    requests[system].filter(({ windows }) => windows[0]?.from === null).map((request) => ({ system, request })),
  );
}

function passOf(facts: RunFacts, system: System, request: ChangeRequest, compares: boolean): ReadPass {
  return {
    system,
    object: request.object,
    account: facts.accounts[system],
    fields: fieldsOf(request),
    begunAt: facts.startedAt,
    position: null,
    ended: false,
    compares,
    foreseen: NOTHING_YET,
  };
}

function fieldsOf({ fields }: ChangeRequest): string {
  return fields.join(" ");
}
