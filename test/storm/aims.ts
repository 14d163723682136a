/** Aims of a storm: a call of ours about a certain person meets a fault, or people act right beside it. What is aimed at moves with the run; a plan by time could not hit it. */
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import type { Fault } from "./faults.ts";
import type { HumanStep } from "./human-steps.ts";
import type { SystemName } from "./stand-ins.ts";

/** Calls that are aimed at. */
export type Target =
  | "hubspot create"
  | "hubspot update"
  | "salesforce create"
  | "salesforce update"
  | "task create"
  | "store closeWrites"
  | "store commitDecisions"
  | "store saveTasks";

/** A call on its way, as far as aims look at it. */
export interface Call {
  readonly name: string;
  readonly body: string;
}

export interface Aim {
  /** Milliseconds since the storm began, between which the first such call is hit. */
  readonly from: number;
  readonly until: number;
  readonly on: Target;
  /** Whose call it is; of the store's calls, which are nobody's, the person about whom the aim is. */
  readonly who: number;
  readonly fault?: Fault;
  /** What people do, so many milliseconds after the call has begun. */
  readonly people?: readonly { readonly afterMs: number; readonly step: HumanStep }[];
  /** Taken once this one has hit. */
  readonly next?: Aim;
}

export class Aims {
  readonly #open: Aim[];
  readonly #namesOf: (who: number) => readonly string[];

  /** `namesOf`: what a request that is about a person holds, ids and addresses. */
  constructor(aims: readonly Aim[], namesOf: (who: number) => readonly string[]) {
    this.#open = [...aims];
    this.#namesOf = namesOf;
  }

  /** The aim that this call is hit by, at most one; it is over with that. `at`: milliseconds since the storm began. */
  hit(call: Call, at: number): Aim | undefined {
    const place = this.#open.findIndex((aim) => at >= aim.from && at < aim.until && this.#isAbout(aim, call));
    const [aim] = place < 0 ? [] : this.#open.splice(place, 1);
    if (aim?.next !== undefined) this.#open.push(aim.next);
    return aim;
  }

  #isAbout({ on, who }: Aim, { name, body }: Call): boolean {
    return name === on && (on.startsWith("store ") || this.#namesOf(who).some((one) => body.includes(one)));
  }
}

/** How aims call a request. What none is aimed at goes by its path. */
export function nameOfRequest(system: SystemName, { method, path, body }: SandboxRequest): string {
  if (system === "hubspot") {
    if (/\/contacts\/batch\/(upsert|create)$/.test(path)) return "hubspot create";
    return path.endsWith("/contacts/batch/update") ? "hubspot update" : path;
  }
  if (path.endsWith("/composite")) return body.includes('"method":"PATCH"') ? "salesforce update" : path;
  if (!path.endsWith("/composite/sobjects")) return path;
  if (method === "PATCH") return "salesforce update";
  return body.includes('"type":"Task"') ? "task create" : "salesforce create";
}
