/** One invocation of a job, as Lambda runs it: every await that leaves the process is a stop, where it may be slow, freeze or die. */
import type { Clock } from "../../src/jobs/ports.ts";
import type { Call } from "./aims.ts";
import type { Fault, FaultSource, StopKind } from "./faults.ts";
import type { Kernel } from "./kernel.ts";
import type { Trace } from "./trace.ts";

/** Lambda ends an invocation after 15 minutes, wherever it is. */
const MOST_MS = 900_000;

export interface Stop {
  readonly number: number;
  readonly fault: Fault | undefined;
  /** One way, in milliseconds. */
  readonly latency: number;
}

export class Invocation implements Clock {
  readonly number: number;
  readonly startedAt: number;
  readonly #kernel: Kernel;
  readonly #trace: Trace;
  readonly #skewMs: number;
  readonly #met: (stop: string, fault: Fault) => void;
  #source: FaultSource | null;
  readonly #aimed: (call: Call) => Fault | undefined;
  #stops = 0;
  #waits = 0;
  dead = false;
  done = false;

  constructor(options: {
    readonly number: number;
    readonly kernel: Kernel;
    readonly trace: Trace;
    readonly skewMs: number;
    readonly faults: FaultSource;
    /** What an aim of the storm does to a call, before the faults are asked. */
    readonly aimed: (call: Call) => Fault | undefined;
    /** Told of every fault that is met. */
    readonly met: (stop: string, fault: Fault) => void;
  }) {
    this.number = options.number;
    this.startedAt = options.kernel.now;
    this.#kernel = options.kernel;
    this.#trace = options.trace;
    this.#skewMs = options.skewMs;
    this.#source = options.faults;
    this.#aimed = options.aimed;
    this.#met = options.met;
  }

  /** Work of a real database is under way, which no virtual time waits for. */
  isOutside = false;

  /** Waits for something that is no event: a real database. */
  async outside<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.isOutside = true;
    try {
      return await work();
    } finally {
      this.isOutside = false;
    }
  }

  /** It works on something without waiting for an event. */
  get isBusy(): boolean {
    return !this.dead && !this.done && this.#waits === 0;
  }

  now(): string {
    return new Date(this.#kernel.now + this.#skewMs).toISOString();
  }

  /** From here on nothing goes wrong any more. */
  heal(): void {
    this.#source = null;
  }

  die(why: string): Promise<never> {
    this.dead = true;
    this.#note(`dies: ${why}`);
    return new Promise(() => {});
  }

  /** What this stop meets. A fault that kills at once has done so when this returns: await `passed`. */
  begin(kind: StopKind, label: string, call?: Call): Stop {
    const number = this.#stops;
    this.#stops += 1;
    const aimed = this.#source === null || call === undefined ? undefined : this.#aimed(call);
    const fault = aimed ?? this.#source?.at(this.number, number, kind);
    this.#note(`${label}${fault === undefined ? "" : ` meets ${JSON.stringify(fault)}`}`);
    if (fault !== undefined) this.#met(`${this.number}.${number}`, fault);
    return { number, fault, latency: this.#source?.latency(this.number, number, kind) ?? 20 };
  }

  /** Virtual milliseconds pass; never comes back for the dead. */
  wait(ms: number): Promise<void> {
    if (this.dead) return new Promise(() => {});
    return new Promise((resolve) => {
      this.#waits += 1;
      this.#kernel.after(ms, () => {
        this.#waits -= 1;
        if (this.dead) return;
        if (this.#kernel.now - this.startedAt > MOST_MS) void this.die("15 minutes are over");
        else resolve();
      });
    });
  }

  async sleep(ms: number): Promise<void> {
    const { fault } = this.begin("sleep", `sleeps ${ms}`);
    if (fault?.kind === "kill-before") return this.die("killed");
    await this.wait(ms + (fault?.kind === "freeze" ? fault.ms : 0));
    if (fault?.kind === "kill-after") return this.die("killed");
  }

  /** As a timer; the dead hear none. */
  alarm(ms: number, ring: () => void): () => void {
    let open = true;
    this.#waits += 1;
    const close = (): boolean => {
      const was = open;
      if (was) this.#waits -= 1;
      open = false;
      return was;
    };
    this.#kernel.after(ms, () => {
      if (close() && !this.dead) ring();
    });
    return close;
  }

  #note(what: string): void {
    this.#trace.note(`${this.#kernel.now} #${this.number} ${what}`);
  }
}
