/** What the contract suite needs of a system: a client, and the people who work in the system behind its back. */
import { test } from "vitest";
import type { Write, WriteOutcome } from "../../src/core/model/plan.ts";
import type { CrmRecord, RawValue } from "../../src/core/model/record.ts";
import type { ChangePage, ChangeRequest, Clock, CrmClient, Log, LogEvent, ReadAnswer } from "../../src/jobs/ports.ts";
import type { FaultBox } from "../../src/sandbox/faults.ts";
import type { SandboxClock } from "../../src/sandbox/sandbox-clock.ts";

/** A person in words that belong to neither system. */
export interface PersonValues {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly key?: string;
}

export interface ConnectOptions {
  readonly perRun?: number;
  readonly dailyReserveShare?: number;
  readonly requestTimeoutMs?: number;
  /** A token or secret that the system does not know. */
  readonly badLogin?: boolean;
  /** Nobody listens there. */
  readonly unreachable?: boolean;
}

/** One system with its client, and what people do in it behind the client's back. */
export interface Harness {
  connect(options?: ConnectOptions): CrmClient;
  readonly account: string;
  /** The object whose records are people. */
  readonly object: string;
  /** How the system spells the fields of a person. */
  readonly fields: Readonly<Record<keyof PersonValues | "score", string>>;
  /** A field that takes only some values, and one of these. */
  readonly choice: { readonly field: string; readonly value: string };
  /** What a create must hold beside the fields above. */
  readonly required: Readonly<Record<string, RawValue>>;
  /** The system's clock; the client's waits move it too. */
  readonly clock: SandboxClock;
  /** Every event that the client logged. */
  readonly logged: readonly LogEvent[];
  readonly faults: FaultBox;
  /** Regular expressions of the paths of a read by id and of a batch of writes, for faults. */
  readonly paths: { readonly read: string; readonly write: string };
  readonly people: {
    create(values: PersonValues): string;
    edit(id: string, values: PersonValues): void;
    remove(id: string): void;
    /** Gives the id under which both live on. */
    merge(survivorId: string, otherId: string): string;
    /** What the system truly holds of the field; `undefined` for an unknown record. */
    read(id: string, field: string): RawValue | undefined;
    count(): number;
  };
  close(): Promise<void>;
}

/** Our port's clock on the sandbox's: waiting takes no real time and moves both sides. */
export function clockOn(sandbox: SandboxClock): Clock {
  return {
    now: () => new Date(sandbox.now()).toISOString(),
    sleep: async (ms) => sandbox.advance(ms),
  };
}

/** A log that keeps what it is told. */
export function keepingLog(): { readonly log: Log; readonly logged: readonly LogEvent[] } {
  const logged: LogEvent[] = [];
  const keep = (event: LogEvent): void => {
    logged.push(event);
  };
  return { log: { debug: keep, info: keep, warn: keep, error: keep }, logged };
}

export const MINUTE = 60_000;

export async function collected<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

export type Skips = readonly { readonly test: string; readonly reason: string }[];

/** The words that the tests of the contract are written in. One system is set up anew for each test. */
export class ContractBench {
  readonly #skip: Skips;
  #harness: Harness | undefined;
  #client: CrmClient | undefined;

  constructor(skip: Skips) {
    this.#skip = skip;
  }

  begin(harness: Harness): void {
    this.#harness = harness;
    this.#client = harness.connect();
  }

  get harness(): Harness {
    return this.#harness!;
  }

  get client(): CrmClient {
    return this.#client!;
  }

  /** A test of the contract, unless this system cannot keep it. */
  check(title: string, body: () => Promise<void>): void {
    const reason = this.#skip.find((entry) => entry.test === title)?.reason;
    if (reason === undefined) test(title, body);
    else test.skip(`${title} (not here: ${reason})`, body);
  }

  now(): string {
    return new Date(this.harness.clock.now()).toISOString();
  }

  person(number: number): PersonValues {
    return {
      firstName: `First${number}`,
      lastName: `Last${number}`,
      email: `person${number}@example.com`,
      key: `key-${number}`,
    };
  }

  /** Makes `count` people in the system, numbered on from `first`, and gives their ids. */
  people(count: number, first = 1): string[] {
    return Array.from({ length: count }, (_, index) => this.harness.people.create(this.person(first + index)));
  }

  changes(windows: ChangeRequest["windows"]): Promise<ChangePage[]> {
    const { object, fields } = this.harness;
    return collected(this.client.readChanges([{ object, fields: [fields.email, fields.lastName], windows }]));
  }

  idsOf(pages: readonly ChangePage[]): string[] {
    return pages.flatMap((page) => page.records.map(({ ref }) => ref.id)).sort();
  }

  read(ids: readonly string[], from: CrmClient = this.client): Promise<ReadAnswer> {
    const { object, fields } = this.harness;
    return from.readByIds({ object, ids, fields: [fields.email, fields.lastName] });
  }

  byField(field: keyof PersonValues, values: readonly string[]): Promise<readonly CrmRecord[]> {
    const { object, fields } = this.harness;
    return this.client.readByField({ object, field: fields[field], values, fields: [fields.email] });
  }

  update(id: string, values: Readonly<Record<string, RawValue>>, parts: Partial<Write> = {}): Write {
    return this.#write(`update-${id}`, { id, ...parts }, values);
  }

  archive(id: string): Write {
    return this.#write(`archive-${id}`, { id, operation: "archive", purpose: "archive" }, {});
  }

  /** The create of person `number` under their unique key. */
  creation(number: number, values: Readonly<Record<string, RawValue>> = {}): Write {
    const { email = "", firstName = "", lastName = "", key = "" } = this.person(number);
    const { fields, required } = this.harness;
    const own = {
      [fields.email]: email,
      [fields.firstName]: firstName,
      [fields.lastName]: lastName,
      [fields.key]: key,
    };
    const parts = { operation: "create", purpose: "create", unique: { field: fields.key, value: key } } as const;
    return this.#write(`create-${number}`, parts, { ...required, ...own, ...values });
  }

  kinds(outcomes: readonly WriteOutcome[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  #write(key: string, parts: Partial<Write>, values: Readonly<Record<string, RawValue>>): Write {
    const fields = Object.entries(values).map(([field, to]) => [field, { from: undefined, to, rule: "two-way" }]);
    return {
      key,
      link: `link-${key}`,
      recordName: key,
      system: this.client.system,
      object: this.harness.object,
      id: null,
      operation: "update",
      fields: Object.fromEntries(fields),
      reason: "the contract",
      unique: null,
      ifUnmodifiedSince: null,
      step: 0,
      purpose: "fields",
      ...parts,
    };
  }
}
